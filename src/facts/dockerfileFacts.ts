// What is known of one Dockerfile: its syntax, image, build context and trace, as its services build and start it.

import type { Problem, Settings, Snapshot } from '../model.ts';
import { astProblem } from '../parse/dockerfile/dockerfileAst.ts';
import type { DockerfileSyntax } from '../parse/dockerfile/syntax.ts';
import type { Base } from './baseImages/base.ts';
import { type BuildContext, buildContextOf } from './buildContext.ts';
import { lacksProject } from './builds/projectReading.ts';
import type { ServiceFacts } from './compose/serviceFacts.ts';
import { startsOf, wholeStart } from './compose/serviceStarts.ts';
import { type ImageFacts, stageNamed } from './image.ts';
import { leftAlone } from './skippedFiles.ts';
import {
  type BuiltPlace,
  type ImageAround,
  MOST_INSTRUCTIONS,
  type Reread,
  type TextReadings,
} from './textReadings.ts';
import type { Trace } from './trace/input.ts';
import { unknown } from './values.ts';

export interface DockerfileFacts {
  readonly path: string;
  readonly text: string;
  readonly syntax: DockerfileSyntax;
  readonly image: ImageFacts;
  readonly context: BuildContext;
  readonly trace: Trace;
  /** Compose services whose build names this file. */
  readonly services: readonly ServiceFacts[];
  /** Indices of the stages that somebody builds: the last one and compose targets. */
  readonly targets: readonly number[];
  /** Facts that the file would give with another text, and with other paths ignored: for the proof of a fix. */
  readonly reread: (text: string, ignored?: (path: string) => boolean) => Reread;
  /** Image and trace as this one service builds (its own build arguments) and starts them. */
  readonly startedBy: (service: ServiceFacts) => Reread;
  /** Facts with every ARG of a stage open: what is known in them holds whatever --build-arg says. */
  readonly withOpenArgs: () => Reread;
  /** Why it must not be edited: it cannot be read exactly, is a template, vendored or generated. */
  readonly leftAlone?: Problem;
}

/** What a Dockerfile stands in. */
export interface Around {
  readonly snapshot: Snapshot;
  readonly settings: Settings;
  /** Those that build it. */
  readonly services: readonly ServiceFacts[];
  /** Those that start what is built from it. */
  readonly starters: readonly ServiceFacts[];
  /** The base of this name that the repository builds. */
  readonly below: (ref: string) => Base | undefined;
  /** What table and configuration know of a base: the same object for the same name. */
  readonly table: (ref: string) => Base;
  /** What its texts were read as before. */
  readonly readings: TextReadings;
}

/** Undefined where nothing readable stands at the path. */
export function dockerfileFacts(
  path: string,
  { snapshot, services, starters, settings, below, table, readings }: Around,
): DockerfileFacts | undefined {
  const text = snapshot.read(path);
  if (text === undefined) return undefined;
  const bases = new Map<string, Base>();
  const base = (ref: string): Base => {
    const before = bases.get(ref);
    if (before !== undefined) return before;
    const known = table(ref);
    const isReplaced = services.some((service) => service.build?.additionalContexts.includes(ref));
    const own = (known.knownBy === 'nobody' && !isReplaced && below(ref)) || known;
    bases.set(ref, own);
    return own;
  };
  const options = { ...buildArgsOf(services), base };
  const main = readings.read(text, options);
  const { whole, syntax, image } = main;
  const holdsProject = (folder: string): boolean =>
    !lacksProject({ syntax, trace: readings.traceForProject(main, folder, snapshot) }, folder, snapshot);
  const context = buildContextOf({ path, syntax, services, snapshot, configured: settings.contexts, holdsProject });
  const targets = targetStages(image, services);
  const { folder, ignored } = context;
  const startedAs = (started: ImageFacts) => startsOf(starters, started);
  const read = (other: string, around: ImageAround, place: Omit<BuiltPlace, 'folder'>): Reread => {
    const own = readings.read(other, around);
    const { syntax, image } = own;
    return { syntax, image, trace: readings.trace(own, { folder, ...place }, snapshot) };
  };
  const trace = readings.trace(main, { folder, ignored, starts: startedAs }, snapshot);
  const reread = (other: string, out: (path: string) => boolean = ignored): Reread =>
    read(other, options, { ignored: out, starts: startedAs });
  const withOpenArgs = (): Reread => {
    const names = image.stages
      .flatMap((stage) => stage.instructions)
      .flatMap((i) => (i.keyword === 'ARG' ? i.pairs.map((pair) => pair.name) : []));
    const buildArgs = new Map(names.map((name) => [name, unknown(`ARG ${name}`)]));
    return read(text, { base, buildArgs }, { ignored, starts: () => [] });
  };
  const started = new WeakMap<ServiceFacts, Reread>();
  const startedBy = (service: ServiceFacts): Reread => {
    const known = started.get(service);
    if (known !== undefined) return known;
    const starts = (own: ImageFacts) => wholeStart(service, own);
    const found = read(text, { base, buildArgs: ownArgs(service) }, { ignored, starts });
    started.set(service, found);
    return found;
  };
  const isLong = whole.instructions.length > MOST_INSTRUCTIONS;
  const long = isLong ? { offset: 0, message: `more than ${MOST_INSTRUCTIONS} instructions` } : undefined;
  const why =
    leftAlone(path, text, { syntax: whole, named: settings.named }) ??
    long ??
    syntax.problems[0] ??
    image.problems[0] ??
    astProblem(text, syntax);
  return {
    path,
    text,
    syntax,
    image,
    context,
    trace,
    services,
    targets,
    reread,
    withOpenArgs,
    startedBy,
    ...(why ? { leftAlone: why } : {}),
  };
}

/** Build arguments of the services; one on which they disagree is symbolic. */
function buildArgsOf(services: readonly ServiceFacts[]): { buildArgs?: ReadonlyMap<string, string> } {
  const args = new Map<string, string>();
  const unsure = new Set<string>();
  for (const service of services) {
    for (const [name, piece] of service.build?.args ?? []) {
      if (piece.kind === 'unknown' || (args.has(name) && args.get(name) !== piece.value)) unsure.add(name);
      else args.set(name, piece.value);
    }
  }
  for (const name of unsure) args.set(name, unknown(`ARG ${name}`));
  return args.size > 0 ? { buildArgs: args } : {};
}

/** Build arguments of one service; one that is unknown, or a default that the caller may change, is symbolic. */
function ownArgs(service: ServiceFacts): ReadonlyMap<string, string> {
  const args = new Map<string, string>();
  for (const [name, piece] of service.build?.args ?? [])
    args.set(name, piece.kind === 'known' && !piece.assumed ? piece.value : unknown(`ARG ${name}`));
  return args;
}

function targetStages(image: ImageFacts, services: readonly ServiceFacts[]): number[] {
  const last = image.stages.length - 1;
  const targets = new Set<number>(last >= 0 ? [last] : []);
  for (const service of services) {
    const target = service.build?.target;
    if (target?.kind === 'known') {
      const stage = stageNamed(image, target.value);
      if (stage !== undefined) targets.add(stage);
    }
  }
  return [...targets].sort((a, b) => a - b);
}
