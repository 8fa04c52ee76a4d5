// RUN uv sync  ->  ENV UV_PROJECT_ENVIRONMENT=/opt/venv above it, and /opt/venv wherever the Dockerfile names /app/.venv

import { applyEdits, checkEdits, insertLinesAfter, insertLinesBefore, replaceRange } from '../../src/edit/textEdits.ts';
import { trustOf } from '../../src/edit/trust.ts';
import type { Blocker } from '../../src/facts/blocker.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import { movedEnvironment } from '../../src/facts/compare/movedFolder.ts';
import { describe } from '../../src/facts/compare/sentences.ts';
import { isCopy } from '../../src/facts/copies/copy.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { aboveComments } from '../../src/facts/onPath/envLines.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import type { Reread } from '../../src/facts/textReadings.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { Fix, TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineMark } from '../../src/text/lines.ts';
import type { VenvMount } from './mountVerdict.ts';

const TO = '/opt/venv';
const VARIABLE = INSTALLERS.uv.variables.environment!;

/** The environment of a service outside of the folder that it mounts; or what cannot be changed along. */
export function relocation({ service, path, blocker }: VenvMount, facts: Facts): Fix | Blocker {
  const dockerfile = facts.dockerfiles.find(({ services }) => services.includes(service));
  const no = (words: string): Blocker => ({ code: 'named elsewhere', words });
  if (dockerfile === undefined || dockerfile.leftAlone !== undefined) return no('its image is not built here');
  if (blocker?.code === 'owner' || blocker?.code === 'foreign owner') return blocker;
  const makers = makersOf(dockerfile, path);
  if (makers.length === 0) return no(`${path} is not made by \`uv sync\` alone, so that no variable moves it`);
  const left = spelledOutside(dockerfile, path) ?? spelledInFiles(dockerfile, path, facts);
  if (left !== undefined) return no(left);
  const places = dockerfile.syntax.instructions.filter(
    (i) => mayName(i) && spelling(path).test(asWritten(dockerfile, i)),
  );
  const arrivals = places.filter(isCopy);
  const edits = [
    ...makers.map((i) => envAbove(dockerfile, i)),
    ...arrivals.map((i) => envBehind(dockerfile, i)),
    ...places.flatMap((i) => renamed(dockerfile, i, path)),
  ];
  if (checkEdits(facts.snapshot, edits).length > 0) return no('its lines cannot be changed one by one');
  const now = dockerfile.reread(applyEdits(dockerfile.text, edits));
  const [wrong] = blockersBetween(movedEnvironment(dockerfile.trace, { from: path, to: TO }), now.trace, {
    movesTo: [],
    bases: dockerfile.image.stages.map(({ base }) => base),
  });
  if (wrong !== undefined) return wrong;
  const syncs = foreignSync(now);
  if (syncs !== undefined) return { code: 'owner', words: syncs };
  const assumption = `It assumes that nothing outside of this repository names ${path}.`;
  const isAskedFor = facts.settings.venvVolume === 'relocate';
  return {
    title: `Make the environment at ${TO} instead of ${path}, outside of the mounted folder`,
    ...(isAskedFor ? trustOf(undefined, [assumption]) : trustOf(assumption)),
    edits,
    declares: {
      instructions: {
        added: [...makers, ...arrivals].map(() => 'ENV'),
        changed: places.map(({ keyword }) => keyword),
      },
      env: [VARIABLE, 'VIRTUAL_ENV', 'PATH'],
      relocatesEnvironment: { from: path, to: TO },
    },
  };
}

/** A start that syncs the environment as another user than makes it: outside of the mounted folder it may not write. */
function foreignSync({ trace }: Reread): string | undefined {
  const syncs = trace.events.filter(isRun).filter(({ install }) => install && envPathOf(install.target) === TO);
  const makers = new Set(syncs.flatMap(({ when, user }) => (when === 'build' ? [user] : [])));
  const sync = syncs.find(({ when, user }) => when === 'runtime' && !makers.has(user));
  return sync && `${describe(sync)} runs as ${readable(sync.user)}, who cannot write to ${TO}`;
}

/** The path as a word, or with something below it. */
const spelling = (path: string): RegExp =>
  new RegExp(`(?<![\\w.-])${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.-])`, 'g');

const asWritten = ({ text }: DockerfileFacts, { start, end }: Instruction): string => text.slice(start, end);

/** ENV, and copies from another stage. */
const mayName = (i: Instruction): boolean =>
  i.keyword === 'ENV' || (isCopy(i) && i.flags.some(({ name }) => name === 'from'));

/** The first instruction of each stage whose `uv sync` makes it; none where anything else makes it. */
function makersOf({ trace, syntax, image }: DockerfileFacts, path: string): Instruction[] {
  if (trace.allEnvironments.has(TO) || syntax.instructions.some(({ logical }) => logical.text.includes(VARIABLE)))
    return [];
  const creating = trace.events.filter((event) => event.kind === 'create' && event.path === path);
  const isSync = creating.every(
    (event) =>
      event.when === 'build' &&
      trace.events.some((o) => isRun(o) && o.instruction === event.instruction && /^uv sync\b/.test(o.key)),
  );
  const makers = image.stages.flatMap(({ index }) => creating.find((event) => event.stage === index) ?? []);
  return isSync ? makers.map(({ instruction }) => syntax.instructions[instruction]!) : [];
}

/** A line of the Dockerfile that names it otherwise than ENV and COPY --from do. */
function spelledOutside(dockerfile: DockerfileFacts, path: string): string | undefined {
  const relative = /(?<![\w./-])(\.\/)?\.venv(?![\w.-])/;
  const line = dockerfile.syntax.instructions.find((i) => {
    const text = asWritten(dockerfile, i);
    return relative.test(text) || (!mayName(i) && spelling(path).test(text));
  });
  return line === undefined
    ? undefined
    : `line ${lineMark(dockerfile.path, line.start)} of ${dockerfile.path} names ${path}, which would be ${TO}`;
}

/** What speaks of the environment of the host, or to people. */
const UNREAD = /(\.(md|rst|lock|ipynb)|ignore|(^|\/)\.gitattributes)$/;

/** Read by people, who start containers by its lines. */
const PAGE = /\.(md|rst)$/;

/** Another file that names it. */
function spelledInFiles(dockerfile: DockerfileFacts, path: string, { snapshot }: Facts): string | undefined {
  const name = new RegExp(`${spelling(path).source}|(?<![\\w.-])\\.venv/bin|${VARIABLE}`);
  const inContainer = new RegExp(`(?<=\\b(?:docker|podman|compose)\\b.*)(?:${name.source})`);
  for (const file of snapshot.paths.keys()) {
    if (file === dockerfile.path || (UNREAD.test(file) && !PAGE.test(file))) continue;
    const found = (PAGE.test(file) ? inContainer : name).exec(snapshot.read(file) ?? '');
    if (found !== null)
      return `line ${lineMark(file, found.index)} of ${file} names ${found[0]}, and ${path} would be ${TO}`;
  }
  return undefined;
}

const LINE = [`ENV ${VARIABLE}=${TO}`];

const envAbove = ({ path, text }: DockerfileFacts, { start }: Instruction): TextEdit =>
  insertLinesBefore({ path, text, offset: aboveComments(text, start), lines: LINE });

const envBehind = ({ path, text }: DockerfileFacts, { start, end }: Instruction): TextEdit =>
  insertLinesAfter({ path, text, offset: Math.max(start, end - 1), lines: LINE });

const renamed = (dockerfile: DockerfileFacts, i: Instruction, path: string): TextEdit[] =>
  [...asWritten(dockerfile, i).matchAll(spelling(path))].map(({ index }) =>
    replaceRange(dockerfile.path, { start: i.start + index, end: i.start + index + path.length }, TO),
  );
