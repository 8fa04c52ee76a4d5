// Who looks for an environment where the host's lands and does not make it there: an ignore line would take it away.

import type { Snapshot } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { indentationOf, lineAt } from '../../text/positions.ts';
import { contextBinds, contextCopies, fromElsewhere, takesIn } from '../copies/contextCopies.ts';
import { placesOfFolder } from '../copies/copy.ts';
import { startPlace } from '../ignore/startPlace.ts';
import { stageNamed } from '../image.ts';
import { absolute } from '../values.ts';
import { useInFiles } from './fileUses.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';
import { useOutside } from './outsideUses.ts';
import { pathWords } from './pathWords.ts';
import type { HostUse, Sought } from './sought.ts';
import { useThroughTool } from './toolUses.ts';

/** A Dockerfile in which the host's environment is sought. */
interface Search {
  readonly d: ReadDockerfile;
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
export function hostUse(d: ReadDockerfile, sought: Sought, snapshot: Snapshot): HostUse | undefined {
  const mounted = useUnderMount(d, sought);
  if (mounted !== undefined) return mounted;
  const landings = landingStages(d, sought);
  const search: Search = { d, sought, landings, places: landingPlaces(d, sought), snapshot };
  for (const stage of d.image.stages) {
    if (!landings.has(stage.index)) continue;
    const from = landings.get(stage.index)!;
    for (const i of stage.instructions) {
      if (i.index < from && i.keyword === 'RUN') continue;
      const word = wordOf(d, i, sought, (w) => isHosts(search, stage.index, w, i));
      if (word !== undefined) return { path: d.path, offset: i.start, word };
    }
  }
  const hosts = (stage: number, word: string): boolean => isHosts(search, stage, word);
  return (
    useOfMountedStage(d, sought, landings) ??
    useInEvents(search) ??
    useThroughTool(d, search, snapshot) ??
    useInFiles(search, hosts) ??
    useOutside(d, sought, snapshot, (word) => d.targets.some((stage) => landings.has(stage) && hosts(stage, word)))
  );
}

/** Stages into which a copy brings the host's environment, by itself or from another such stage: with the first instruction that does. */
function landingStages(d: ReadDockerfile, { path }: Sought): Map<number, number> {
  const found = new Map<number, number>();
  const taking = contextCopies(d).filter((copy) => takesIn(copy, path));
  for (const { index, parent, from, instructions } of d.image.stages) {
    const own = new Set(instructions.map((i) => i.index));
    const handedOn = d.trace.stages[index]!.files.copies.filter(
      (c) => own.has(c.instruction.index) && typeof c.from === 'number' && found.has(c.from),
    );
    const at = [
      ...(found.has(parent ?? -1) ? [from.index] : []),
      ...handedOn.map((c) => c.instruction.index),
      ...taking.filter((copy) => copy.stage === index).map((copy) => copy.instruction.index),
    ];
    if (at.length > 0) found.set(index, Math.min(...at));
  }
  return found;
}

const MOST_PLACES = 100;

/** Absolute paths at which the host's environment lands, by itself or with what is copied on from there; symbolic. */
function landingPlaces(d: ReadDockerfile, sought: Sought): Set<string> {
  const places = new Set(
    contextCopies(d).flatMap((c) => (takesIn(c, sought.path) ? placesOfFolder(c, sought.path) : [])),
  );
  for (const { files } of d.trace.stages) {
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
  d: ReadDockerfile,
  i: Instruction,
  { name }: Sought,
  isHosts: (word: string) => boolean,
): string | undefined {
  if (/^(RUN|CMD|ENTRYPOINT|HEALTHCHECK|ENV|ARG|SHELL|ONBUILD|WORKDIR)$/.test(i.keyword)) {
    const bodies = i.heredocs.map((h) => d.text.slice(h.body.start, h.body.end)).join('\n');
    const text =
      i.keyword === 'ENV' || i.keyword === 'ARG'
        ? i.pairs.map((p) => p.value ?? '').join(' ')
        : `${i.logical.text.slice(i.argsAt, i.argsTo)}\n${bodies}`.replace(/\brm\s+-[a-zA-Z]*f[^&|;\n]*/g, '');
    return pathWords(text, name).find(({ word }) => isHosts(word))?.word;
  }
  const from = i.flags.find((f) => f.name === 'from')?.value;
  const stage = from === undefined ? undefined : stageNamed(d.image, from);
  if (stage === undefined) return undefined;
  // a copy of it from a stage that has none of its own
  const own = [...d.trace.stages[stage]!.files.environments.keys()];
  return i.words
    .slice(0, -1)
    .find(({ value }) => value.split('/').includes(name) && !own.some((p) => p.endsWith(`/${name}`)))?.value;
}

/** Environments that are made in the image by the time that this instruction counts. */
function environmentsMadeBy(d: ReadDockerfile, stage: number, i: Instruction | undefined): Set<string> {
  const { files, before } = d.trace.stages[stage]!;
  const { instructions } = d.image.stages[stage]!;
  const at = i?.keyword === 'RUN' ? instructions.indexOf(i) : -1;
  const states =
    at >= 0
      ? [before[at], before[at + 1] ?? files]
      : d.image.stages.filter((s) => isStageBelow(d, s.index, stage)).map((s) => d.trace.stages[s.index]!.files);
  const here = d.trace.events.flatMap((e) =>
    e.kind === 'create' && e.instruction === instructions[at]?.index ? [e.path] : [],
  );
  return new Set([...here, ...states.flatMap((f) => [...(f?.environments.keys() ?? [])])]);
}

/** Is stage `at` the stage `above`, or FROM it? */
function isStageBelow(d: ReadDockerfile, at: number, above: number): boolean {
  for (let stage: number | undefined = at; stage !== undefined; stage = d.image.stages[stage]!.parent)
    if (stage === above) return true;
  return false;
}

/** Does the word mean the place where the host's environment lands, and is none made there? */
function isHosts({ d, sought: { name }, places }: Search, stage: number, word: string, i?: Instruction): boolean {
  const made = environmentsMadeBy(d, stage, i);
  const clean = word.replace(/^(\.\/)+/, '');
  const folder = clean.slice(
    0,
    clean
      .split('/')
      .slice(0, clean.split('/').indexOf(name) + 1)
      .join('/').length,
  );
  if (comesFromImage(d, stage, name)) return false;
  if (folder.startsWith('/')) return places.has(folder) && !made.has(folder);
  const { before, instructions } = d.image.stages[stage]!;
  const at = before[instructions.indexOf(i!)];
  const path = at && absolute(folder, at.cwd);
  if (path !== undefined && made.has(path)) return false;
  // a relative word may follow a `cd`: an environment of that name explains it
  return (
    ![...made].some((p) => p.endsWith(`/${name}`)) || (path !== undefined && places.has(path) && clean.includes('/'))
  );
}

/** COPY --from another image (or a named context) that brings something of that name. */
const comesFromImage = (d: ReadDockerfile, stage: number, name: string): boolean =>
  d.trace.stages[stage]!.files.copies.some(
    ({ from, instruction }) => from === 'image' && instruction.words.some((w) => w.value.split('/').includes(name)),
  );

/** `RUN --mount=type=bind` of a folder that has it, and a command of that RUN that names it. */
function useUnderMount(d: ReadDockerfile, sought: Sought): HostUse | undefined {
  for (const { instruction, stage, source, target } of contextBinds(d)) {
    if (source !== '' && !sought.path.startsWith(`${source}/`)) continue;
    const { cwd } = d.image.stages[stage]!.before[d.image.stages[stage]!.instructions.indexOf(instruction)]!;
    const made = environmentsMadeBy(d, stage, instruction);
    const word = wordOf(d, instruction, sought, (w) => {
      const path = absolute(w.replace(/^(\.\/)+/, ''), cwd);
      const covered = path.startsWith(`${target.replace(/\/+$/, '')}/`);
      return covered || (!w.startsWith('/') && ![...made].some((p) => p.endsWith(`/${sought.name}`)));
    });
    if (word !== undefined) return { path: d.path, offset: instruction.start, word };
  }
  return undefined;
}

/** `RUN --mount=from=` of a stage that the host's came into, which has none of its own. */
function useOfMountedStage(
  d: ReadDockerfile,
  { name }: Sought,
  landings: ReadonlyMap<number, number>,
): HostUse | undefined {
  for (const { instruction, from, sources, target } of fromElsewhere(d)) {
    const stage = stageNamed(d.image, from) ?? -1;
    if (!landings.has(stage)) continue;
    if ([...d.trace.stages[stage]!.files.environments.keys()].some((p) => p.endsWith(`/${name}`))) continue;
    const word =
      sources.find((s) => s.split('/').includes(name)) ??
      wordOf(d, instruction, { path: name, name }, (w) => !w.startsWith('/') || w.startsWith(`${target}/`));
    if (word !== undefined) return { path: d.path, offset: instruction.start, word };
  }
  return undefined;
}

/** Scripts of the repository that the trace follows, and the services. */
function useInEvents(search: Search): HostUse | undefined {
  const { d, landings, places, snapshot } = search;
  const { name } = search.sought;
  const hosts = (stage: number, word: string): boolean => isHosts(search, stage, word);
  for (const e of d.trace.events) {
    if (!landings.has(e.stage)) continue;
    if (
      e.kind === 'activate' &&
      !e.known &&
      places.has(e.path) &&
      !environmentsMadeBy(d, e.stage, undefined).has(e.path)
    )
      return { ...startPlace(d, e, e.written, snapshot), word: e.written };
    if (e.kind !== 'run' || e.file === undefined) continue;
    const word = pathWords(e.words.join(' '), name).find((w) => hosts(e.stage, w.word))?.word;
    if (word !== undefined) return { ...startPlace(d, e, word, snapshot), word };
  }
  for (const service of d.services) {
    const stage = d.targets.find((t) => landings.has(t));
    if (stage === undefined) break;
    const values = [...service.environment.values()].map((v) => ({ text: v.known ? v.value : '', origin: v.origin }));
    const commands = [service.command, service.entrypoint].flatMap((c) =>
      c === undefined ? [] : [{ text: (c.words ?? []).map((w) => w ?? '').join(' '), origin: c.origin }],
    );
    for (const { text, origin } of [...commands, ...values]) {
      const word = pathWords(text, name).find((w) => hosts(stage, w.word))?.word;
      const { path, range } = origin;
      if (word !== undefined) return { path, offset: range.start, word };
    }
    const other = useInService(service.origins, name, (w) => hosts(stage, w), snapshot);
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
