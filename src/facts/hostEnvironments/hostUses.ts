// Who looks for an environment where the host's lands and does not make it there: an ignore line would take it away.

import type { Snapshot } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { indentationOf, lineAt } from '../../text/positions.ts';
import { contextBinds, contextCopies, fromElsewhere, takesIn } from '../copies/contextCopies.ts';
import { placesOfFolder } from '../copies/copy.ts';
import { stageNamed } from '../image.ts';
import { absolute } from '../values.ts';
import { useInFiles } from './fileUses.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';
import { useOutside } from './outsideUses.ts';
import { pathWords } from './pathWords.ts';
import type { HostUse, Sought } from './sought.ts';
import { startPlace } from './startPlace.ts';
import { useThroughTool } from './toolUses.ts';

/** A Dockerfile in which the host's environment is sought. */
interface Search {
  readonly dockerfile: ReadDockerfile;
  readonly sought: Sought;
  /** Stages into which it comes, with the instruction that brings it. */
  readonly landings: ReadonlyMap<number, number>;
  /** Absolute paths at which it lands; symbolic. */
  readonly places: ReadonlySet<string>;
  readonly snapshot: Snapshot;
}

/**
 * The first place from which the image of this Dockerfile uses the environment where it lands, and nothing that can be read makes
 * one there. A word of an instruction, of a script or a service, or of a file that configures what is started.
 */
export function hostUse(dockerfile: ReadDockerfile, sought: Sought, snapshot: Snapshot): HostUse | undefined {
  const mounted = useUnderMount(dockerfile, sought);
  if (mounted !== undefined) return mounted;
  const landings = landingStages(dockerfile, sought);
  const search: Search = { dockerfile, sought, landings, places: landingPlaces(dockerfile, sought), snapshot };
  for (const stage of dockerfile.image.stages) {
    if (!landings.has(stage.index)) continue;
    const from = landings.get(stage.index)!;
    for (const i of stage.instructions) {
      if (i.index < from && i.keyword === 'RUN') continue;
      const word = wordOf(dockerfile, i, sought, (word) => isHosts(search, stage.index, word, i));
      if (word !== undefined) return { path: dockerfile.path, offset: i.start, word };
    }
  }
  const hosts = (stage: number, word: string): boolean => isHosts(search, stage, word);
  return (
    useOfMountedStage(dockerfile, sought, landings) ??
    useInEvents(search) ??
    useThroughTool(dockerfile, search, snapshot) ??
    useInFiles(search, hosts) ??
    useOutside(dockerfile, sought, snapshot, (word) =>
      dockerfile.targets.some((stage) => landings.has(stage) && hosts(stage, word)),
    )
  );
}

/** Stages into which a copy brings the host's environment, by itself or from another such stage: with the first instruction that does. */
function landingStages(dockerfile: ReadDockerfile, { path }: Sought): Map<number, number> {
  const found = new Map<number, number>();
  const taking = contextCopies(dockerfile).filter((copy) => takesIn(copy, path));
  for (const { index, parent, from, instructions } of dockerfile.image.stages) {
    const own = new Set(instructions.map((i) => i.index));
    const handedOn = dockerfile.trace.stages[index]!.files.copies.filter(
      (copy) => own.has(copy.instruction.index) && typeof copy.from === 'number' && found.has(copy.from),
    );
    const at = [
      ...(found.has(parent ?? -1) ? [from.index] : []),
      ...handedOn.map((copy) => copy.instruction.index),
      ...taking.filter((copy) => copy.stage === index).map((copy) => copy.instruction.index),
    ];
    if (at.length > 0) found.set(index, Math.min(...at));
  }
  return found;
}

const MOST_PLACES = 100;

/** Absolute paths at which the host's environment lands, by itself or with what is copied on from there; symbolic. */
function landingPlaces(dockerfile: ReadDockerfile, sought: Sought): Set<string> {
  const places = new Set(
    contextCopies(dockerfile).flatMap((copy) => (takesIn(copy, sought.path) ? placesOfFolder(copy, sought.path) : [])),
  );
  for (const { files } of dockerfile.trace.stages) {
    for (const copy of files.copies) {
      if (typeof copy.from !== 'number' || places.size > MOST_PLACES) continue;
      for (const place of [...places]) {
        const [next] = place.startsWith('/') ? placesOfFolder(copy, place.slice(1)) : [];
        if (next !== undefined) places.add(next);
      }
    }
  }
  return places;
}

/** The first word of the instruction (or of what a here-document of it holds) for which `isHosts` holds. */
function wordOf(
  dockerfile: ReadDockerfile,
  i: Instruction,
  { name }: Sought,
  isHosts: (word: string) => boolean,
): string | undefined {
  if (/^(RUN|CMD|ENTRYPOINT|HEALTHCHECK|ENV|ARG|SHELL|ONBUILD|WORKDIR)$/.test(i.keyword)) {
    const bodies = i.heredocs.map((heredoc) => dockerfile.text.slice(heredoc.body.start, heredoc.body.end)).join('\n');
    const text =
      i.keyword === 'ENV' || i.keyword === 'ARG'
        ? i.pairs.map((pair) => pair.value ?? '').join(' ')
        : `${i.logical.text.slice(i.argsAt, i.argsTo)}\n${bodies}`.replace(/\brm\s+-[a-zA-Z]*f[^&|;\n]*/g, '');
    return pathWords(text, name).find(({ word }) => isHosts(word))?.word;
  }
  const from = i.flags.find((flag) => flag.name === 'from')?.value;
  const stage = from === undefined ? undefined : stageNamed(dockerfile.image, from);
  if (stage === undefined) return undefined;
  // a copy of it from a stage that has none of its own
  const own = [...dockerfile.trace.stages[stage]!.files.environments.keys()];
  return i.words
    .slice(0, -1)
    .find(({ value }) => value.split('/').includes(name) && !own.some((path) => path.endsWith(`/${name}`)))?.value;
}

/** Environments that are made in the image by the time that this instruction counts. */
function environmentsMadeBy(dockerfile: ReadDockerfile, stage: number, i: Instruction | undefined): Set<string> {
  const { files, before } = dockerfile.trace.stages[stage]!;
  const { instructions } = dockerfile.image.stages[stage]!;
  const at = i?.keyword === 'RUN' ? instructions.indexOf(i) : -1;
  const states =
    at >= 0
      ? [before[at], before[at + 1] ?? files]
      : dockerfile.image.stages
          .filter((one) => isStageBelow(dockerfile, one.index, stage))
          .map((stage) => dockerfile.trace.stages[stage.index]!.files);
  const here = dockerfile.trace.events.flatMap((event) =>
    event.kind === 'create' && event.instruction === instructions[at]?.index ? [event.path] : [],
  );
  return new Set([...here, ...states.flatMap((files) => [...(files?.environments.keys() ?? [])])]);
}

/** Is stage `at` the stage `above`, or FROM it? */
function isStageBelow(dockerfile: ReadDockerfile, at: number, above: number): boolean {
  for (let stage: number | undefined = at; stage !== undefined; stage = dockerfile.image.stages[stage]!.parent)
    if (stage === above) return true;
  return false;
}

/** Does the word mean the place where the host's environment lands, and is none made there? */
function isHosts(
  { dockerfile, sought: { name }, places }: Search,
  stage: number,
  word: string,
  i?: Instruction,
): boolean {
  const made = environmentsMadeBy(dockerfile, stage, i);
  const clean = word.replace(/^(\.\/)+/, '');
  const folder = clean.slice(
    0,
    clean
      .split('/')
      .slice(0, clean.split('/').indexOf(name) + 1)
      .join('/').length,
  );
  if (comesFromImage(dockerfile, stage, name)) return false;
  if (folder.startsWith('/')) return places.has(folder) && !made.has(folder);
  const { before, instructions } = dockerfile.image.stages[stage]!;
  const at = before[instructions.indexOf(i!)];
  const path = at && absolute(folder, at.cwd);
  if (path !== undefined && made.has(path)) return false;
  // a relative word may follow a `cd`: an environment of that name explains it
  return (
    ![...made].some((path) => path.endsWith(`/${name}`)) ||
    (path !== undefined && places.has(path) && clean.includes('/'))
  );
}

/** COPY --from another image (or a named context) that brings something of that name. */
const comesFromImage = (dockerfile: ReadDockerfile, stage: number, name: string): boolean =>
  dockerfile.trace.stages[stage]!.files.copies.some(
    ({ from, instruction }) =>
      from === 'image' && instruction.words.some((word) => word.value.split('/').includes(name)),
  );

/** `RUN --mount=type=bind` of a folder that has it, and a command of that RUN that names it. */
function useUnderMount(dockerfile: ReadDockerfile, sought: Sought): HostUse | undefined {
  for (const { instruction, stage, source, target } of contextBinds(dockerfile)) {
    if (source !== '' && !sought.path.startsWith(`${source}/`)) continue;
    const { cwd } =
      dockerfile.image.stages[stage]!.before[dockerfile.image.stages[stage]!.instructions.indexOf(instruction)]!;
    const made = environmentsMadeBy(dockerfile, stage, instruction);
    const word = wordOf(dockerfile, instruction, sought, (word) => {
      const path = absolute(word.replace(/^(\.\/)+/, ''), cwd);
      const covered = path.startsWith(`${target.replace(/\/+$/, '')}/`);
      return covered || (!word.startsWith('/') && ![...made].some((path) => path.endsWith(`/${sought.name}`)));
    });
    if (word !== undefined) return { path: dockerfile.path, offset: instruction.start, word };
  }
  return undefined;
}

/** `RUN --mount=from=` of a stage that the host's came into, which has none of its own. */
function useOfMountedStage(
  dockerfile: ReadDockerfile,
  { name }: Sought,
  landings: ReadonlyMap<number, number>,
): HostUse | undefined {
  for (const { instruction, from, sources, target } of fromElsewhere(dockerfile)) {
    const stage = stageNamed(dockerfile.image, from) ?? -1;
    if (!landings.has(stage)) continue;
    if ([...dockerfile.trace.stages[stage]!.files.environments.keys()].some((path) => path.endsWith(`/${name}`)))
      continue;
    const word =
      sources.find((source) => source.split('/').includes(name)) ??
      wordOf(
        dockerfile,
        instruction,
        { path: name, name },
        (word) => !word.startsWith('/') || word.startsWith(`${target}/`),
      );
    if (word !== undefined) return { path: dockerfile.path, offset: instruction.start, word };
  }
  return undefined;
}

/** Scripts of the repository that the trace follows, and the services. */
function useInEvents(search: Search): HostUse | undefined {
  const { dockerfile, landings, places, snapshot } = search;
  const { name } = search.sought;
  const hosts = (stage: number, word: string): boolean => isHosts(search, stage, word);
  for (const event of dockerfile.trace.events) {
    if (!landings.has(event.stage)) continue;
    if (
      event.kind === 'activate' &&
      !event.known &&
      places.has(event.path) &&
      !environmentsMadeBy(dockerfile, event.stage, undefined).has(event.path)
    )
      return { ...startPlace(dockerfile, event, event.written, snapshot), word: event.written };
    if (event.kind !== 'run' || event.file === undefined) continue;
    const word = pathWords(event.words.join(' '), name).find((word) => hosts(event.stage, word.word))?.word;
    if (word !== undefined) return { ...startPlace(dockerfile, event, word, snapshot), word };
  }
  for (const service of dockerfile.services) {
    const stage = dockerfile.targets.find((target) => landings.has(target));
    if (stage === undefined) break;
    const values = [...service.environment.values()].map((value) => ({
      text: value.kind === 'known' ? value.value : '',
      origin: value.origin,
    }));
    const commands = [service.command, service.entrypoint].flatMap((command) =>
      command === undefined
        ? []
        : [{ text: (command.words ?? []).map((word) => word ?? '').join(' '), origin: command.origin }],
    );
    for (const { text, origin } of [...commands, ...values]) {
      const word = pathWords(text, name).find((word) => hosts(stage, word.word))?.word;
      const { path, range } = origin;
      if (word !== undefined) return { path, offset: range.start, word };
    }
    const other = useInService(service.origins, name, (word) => hosts(stage, word), snapshot);
    if (other !== undefined) return other;
  }
  return undefined;
}

/** What else of a service runs a program of it: `healthcheck`, `post_start`, labels of a scheduler. */
function useInService(
  origins: readonly { readonly path: string; readonly range: { readonly start: number; readonly end: number } }[],
  name: string,
  hosts: (word: string) => boolean,
  snapshot: Snapshot,
): HostUse | undefined {
  for (const { path, range } of origins) {
    const text = snapshot.read(path) ?? '';
    const found = pathWords(blockAt(text, range.start), name).find(
      ({ word }) => word.includes(`${name}/bin/`) && hosts(word),
    );
    if (found === undefined) continue;
    const start = lineAt(text, range.start).start;
    return { path, offset: start + found.at, word: found.word };
  }
  return undefined;
}

/** The line of this offset of a YAML file and all lines below it that are further in. */
function blockAt(text: string, offset: number): string {
  const { start, end } = lineAt(text, offset);
  const indent = indentationOf(text, offset).length;
  for (let at = end; at < text.length; at = lineAt(text, at).end) {
    const line = text.slice(at, lineAt(text, at).end);
    if (/\S/.test(line) && indentationOf(text, at).length <= indent) return text.slice(start, at);
  }
  return text.slice(start);
}
