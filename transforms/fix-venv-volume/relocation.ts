// RUN python -m venv /app/.venv  ->  RUN python -m venv /opt/venv, and /opt/venv wherever the repository names /app/.venv

import { overlaid } from '../../src/edit/overlay.ts';
import { checkEdits, insertLinesAfter, insertLinesBefore } from '../../src/edit/textEdits.ts';
import { trustOf } from '../../src/edit/trust.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import { movedEnvironment, respelledTrace } from '../../src/facts/compare/movedFolder.ts';
import { describe } from '../../src/facts/compare/sentences.ts';
import type { VenvPaths } from '../../src/facts/compare/venvSpelling.ts';
import { createCommand } from '../../src/facts/createCommand.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { type Facts, factsOf } from '../../src/facts/facts.ts';
import { aboveComments } from '../../src/facts/onPath/envLines.ts';
import { knownValue } from '../../src/facts/piece.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { isRootUser, sameUser } from '../../src/facts/shell/shellState.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { Declaration, Fix, TextEdit } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { type MakerLines, makerLines } from './makerLines.ts';
import type { VenvMount } from './mountVerdict.ts';
import { spelledInDockerfile } from './spelledInDockerfile.ts';
import { spelledInFiles } from './spelledInFiles.ts';
import { placeOutside } from './venvVolumeWords.ts';

const no = (words: string): Blocker => ({ code: 'named elsewhere', words });

/** The environment of a service outside of the folder that it mounts; or what cannot be changed along. */
export function relocation({ service, path: from, mount, blocker }: VenvMount, facts: Facts): Fix | Blocker {
  const dockerfile = facts.dockerfiles.find(({ services }) => services.includes(service));
  if (dockerfile === undefined || dockerfile.leftAlone !== undefined) return no('its image is not built here');
  if (blocker?.code === 'owner' || blocker?.code === 'foreign owner') return blocker;
  const paths: VenvPaths = { from, to: placeOutside(knownValue(mount.target)) };
  if (dockerfile.trace.allEnvironments.has(paths.to) || dockerfile.text.includes(paths.to))
    return no(`${paths.to} is named already`);
  const makers = makerLines(dockerfile, paths);
  if (isBlocker(makers)) return makers;
  const named = spelledInDockerfile(dockerfile, paths);
  if (isBlocker(named)) return named;
  const others = spelledInFiles(dockerfile, paths, facts);
  if (isBlocker(others)) return others;
  const edits = [...makers.flatMap((maker) => insertion(dockerfile, maker)), ...named.edits, ...others];
  if (edits.length === 0 || checkEdits(facts.snapshot, edits).length > 0)
    return no('its lines cannot be changed one by one');
  const added = makers.flatMap(({ lines }) => lines.map((line) => line.split(' ', 1)[0]!.toUpperCase()));
  const creates = makers.flatMap(({ lines }) => lines).some((line) => line.endsWith(createCommand(paths.to)));
  const declares: Declaration = {
    instructions: { added, changed: named.changed.map(({ keyword }) => keyword) },
    env: [...new Set(['VIRTUAL_ENV', 'PATH', ...makers.flatMap(({ env }) => env), ...namesSet(dockerfile, from)])],
    relocatesEnvironment: paths,
    ...(creates ? { creates: [paths.to] } : {}),
  };
  const wrong = unproven(dockerfile, { paths, edits, declares }, facts);
  if (wrong !== undefined) return wrong;
  const assumption = `It assumes that nothing outside of this repository names ${from}.`;
  const isAskedFor = facts.settings.venvVolume === 'relocate';
  return {
    title: `Make the environment at ${paths.to} instead of ${from}, outside of the mounted folder`,
    ...(isAskedFor ? trustOf(undefined, [assumption]) : trustOf(assumption)),
    edits,
    declares,
  };
}

/** Variables whose value has its path. */
const namesSet = ({ image }: DockerfileFacts, from: string): string[] =>
  image.stages.flatMap(({ final }) => [...final.env].flatMap(([name, value]) => (value.includes(from) ? [name] : [])));

function insertion({ path, text }: DockerfileFacts, { instruction, place, lines }: MakerLines): TextEdit[] {
  if (lines.length === 0) return [];
  const { start, end } = instruction;
  return place === 'above'
    ? [insertLinesBefore({ path, text, offset: aboveComments(text, start), lines })]
    : [insertLinesAfter({ path, text, offset: Math.max(start, end - 1), lines })];
}

interface Relocating {
  readonly paths: VenvPaths;
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
}

/** What some command of the image, as all of the repository builds and starts it, would find otherwise. */
function unproven(
  dockerfile: DockerfileFacts,
  { paths, edits, declares }: Relocating,
  { snapshot, settings }: Facts,
): Blocker | undefined {
  const now = factsOf(overlaid(snapshot, edits), settings).dockerfiles.find(({ path }) => path === dockerfile.path);
  if (now === undefined || now.leftAlone !== undefined) return no('its lines cannot be changed one by one');
  const [wrong] = blockersBetween(movedEnvironment(dockerfile.trace, paths), respelledTrace(now.trace, paths), {
    movesTo: [],
    creates: declares.creates ?? [],
    bases: dockerfile.image.stages.map(({ base }) => base),
  });
  const made = now.trace.events.find((event) => event.kind === 'create' && event.path === paths.from);
  if (made !== undefined) {
    const { start } = dockerfile.syntax.instructions[makerOf(dockerfile, paths.from)]!;
    return no(`line ${lineMark(dockerfile.path, start)} of ${dockerfile.path} makes ${paths.from} without naming it`);
  }
  return wrong ?? strangerBlocker(dockerfile, now, paths);
}

const makerOf = ({ trace }: DockerfileFacts, from: string): number =>
  trace.events.find((event) => event.kind === 'create' && event.path === from)!.instruction;

/** Somebody makes it, or installs into it, who may not write outside of the mounted folder. */
function strangerBlocker(dockerfile: DockerfileFacts, now: DockerfileFacts, { from, to }: VenvPaths) {
  for (const made of dockerfile.trace.events) {
    if (made.kind !== 'create' || made.path !== from) continue;
    const stage = dockerfile.image.stages[made.stage]!;
    const at = stage.instructions.findIndex(({ index }) => index === made.instruction);
    const user = stage.before[at]?.user ?? 'root';
    const line = lineMark(dockerfile.path, dockerfile.syntax.instructions[made.instruction]!.start);
    if (!isRootUser(user))
      return { code: 'owner', words: `line ${line} runs as ${readable(user)}, who cannot write to ${to}` } as const;
  }
  const isStrange = ({ stage, user, install }: RunEvent): boolean =>
    envPathOf(install?.target) === to &&
    !isRootUser(user) &&
    !sameUser(now.trace.stages[stage]!.files.environments.get(to)?.owner ?? '', user);
  const sync = now.trace.events.filter(isRun).find(isStrange);
  return (
    sync &&
    ({ code: 'owner', words: `${describe(sync)} runs as ${readable(sync.user)}, who cannot write to ${to}` } as const)
  );
}
