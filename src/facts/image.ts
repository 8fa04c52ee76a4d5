// Stages of a Dockerfile with the image's configuration before each instruction, as BuildKit's converter has it.
import type { Problem } from '../model.ts';
import type { DockerfileSyntax, Instruction } from '../parse/dockerfile.ts';
import { expandWord, type Lookup } from '../parse/expand.ts';
import { type Base, baseOf } from './bases.ts';
import { absolute, isKnown, unknown } from './values.ts';

/** The image's configuration at one point. Values are symbolic (values.ts). */
export interface ImageState {
  /** What ENV set, and what the base image brings. */
  readonly env: ReadonlyMap<string, string>;
  /** What a RUN step sees: ENV and the ARGs that have a value. */
  readonly buildEnv: ReadonlyMap<string, string>;
  /** Names of ARGs in scope. */
  readonly args: ReadonlySet<string>;
  readonly cwd: string;
  readonly user: string;
  readonly shell: readonly string[];
  readonly cmd?: Instruction;
  readonly entrypoint?: Instruction;
  readonly healthcheck?: Instruction;
}

export interface Stage {
  readonly index: number;
  readonly name?: string;
  readonly from: Instruction;
  /** Index of the stage this one is FROM. */
  readonly parent?: number;
  /** The image at the bottom of the chain of stages. */
  readonly base: Base;
  /** Instructions after FROM. */
  readonly instructions: readonly Instruction[];
  /** State before each of `instructions`. */
  readonly before: readonly ImageState[];
  readonly final: ImageState;
}

export interface ImageFacts {
  readonly stages: readonly Stage[];
  /** Instructions before the first FROM. */
  readonly globals: readonly Instruction[];
  /** Words that BuildKit would refuse to expand, or that we do not follow. */
  readonly problems: readonly Problem[];
}

export interface ImageOptions {
  /** --build-arg values (compose `build.args`). */
  readonly buildArgs?: ReadonlyMap<string, string>;
  /** For judging against BuildKit: what every base image is. */
  readonly base?: (ref: string) => Base;
}

const PLATFORM_ARGS = /^(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)$|^TARGETSTAGE$/;

/** Computes stages and states. Never throws. */
export function imageFacts(syntax: DockerfileSyntax, options: ImageOptions = {}): ImageFacts {
  const { escape } = syntax;
  const problems: Problem[] = [];
  const buildArgs = options.buildArgs ?? new Map<string, string>();
  const expand = (word: string, lookup: Lookup, at: Instruction): string => {
    const { value, problem } = expandWord(word, lookup, escape);
    if (problem === undefined) return value;
    problems.push({ offset: at.start, message: problem });
    return unknown(`${word} (${problem})`);
  };

  const globals: Instruction[] = [];
  const globalArgs = new Map<string, string | undefined>();
  const stages: Stage[] = [];
  let current: { from: Instruction; instructions: Instruction[] } | undefined;
  const groups: { from: Instruction; instructions: Instruction[] }[] = [];
  for (const i of syntax.instructions) {
    if (i.keyword === 'FROM') groups.push((current = { from: i, instructions: [] }));
    else if (current) current.instructions.push(i);
    else globals.push(i);
  }
  for (const i of globals) {
    for (const pair of i.pairs) {
      const own = pair.value === undefined ? undefined : expand(pair.value, (n) => globalArgs.get(n), i);
      globalArgs.set(pair.name, buildArgs.get(pair.name) ?? own);
    }
  }

  for (const [index, group] of groups.entries()) {
    const { from, instructions } = group;
    const lookupGlobal: Lookup = (n) =>
      globalArgs.get(n) ??
      (PLATFORM_ARGS.test(n) ? unknown(`ARG ${n}`) : globalArgs.has(n) ? unknown(`ARG ${n}`) : undefined);
    const ref = expand(from.words[0]?.value ?? '', lookupGlobal, from);
    const name = from.words[2]?.value.toLowerCase();
    const parent = stages.findLast((s) => s.name === ref.toLowerCase());
    const base = parent?.base ?? (options.base ?? baseOf)(ref);
    let state: ImageState = parent
      ? parent.final
      : {
          env: new Map(base.complete ? base.env : [['PATH', unknown(`PATH of ${ref}`)], ...base.env]),
          buildEnv: new Map(base.complete ? base.env : [['PATH', unknown(`PATH of ${ref}`)], ...base.env]),
          args: new Set(),
          cwd: base.complete ? '/' : unknown(`WORKDIR of ${ref}`),
          user: base.complete ? '' : unknown(`USER of ${ref}`),
          shell: ['/bin/sh', '-c'],
        };
    const before: ImageState[] = [];
    for (const i of instructions) {
      before.push(state);
      state = step(state, i, { base, stageStart: from.index, globalArgs, buildArgs, expand });
    }
    stages.push({
      index,
      from,
      base,
      instructions,
      before,
      final: state,
      ...(name === undefined ? {} : { name }),
      ...(parent === undefined ? {} : { parent: parent.index }),
    });
  }
  return { stages, globals, problems };
}

/** How a stage's variables look to the words of an instruction: an incomplete base may set any name. */
export function lookupIn(state: ImageState, base: Base): Lookup {
  return (name) =>
    state.buildEnv.get(name) ?? (base.complete || state.args.has(name) ? undefined : unknown(`${name} of ${base.ref}`));
}

interface StepContext {
  readonly base: Base;
  /** Index of the stage's FROM. */
  readonly stageStart: number;
  readonly globalArgs: ReadonlyMap<string, string | undefined>;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly expand: (word: string, lookup: Lookup, at: Instruction) => string;
}

function step(
  state: ImageState,
  i: Instruction,
  { base, stageStart, globalArgs, buildArgs, expand }: StepContext,
): ImageState {
  const lookup = lookupIn(state, base);
  switch (i.keyword) {
    case 'ENV': {
      // all values of one ENV see the variables as they were before it
      const env = new Map(state.env);
      const buildEnv = new Map(state.buildEnv);
      for (const pair of i.pairs) {
        const key = expand(pair.name, lookup, i);
        const value = expand(pair.value ?? '', lookup, i);
        env.set(key, value);
        buildEnv.set(key, value);
      }
      return { ...state, env, buildEnv };
    }
    case 'ARG': {
      let { buildEnv, args } = state;
      for (const pair of i.pairs) {
        const scope = buildEnv;
        const name = expand(pair.name, lookup, i);
        args = new Set(args).add(name);
        const own = pair.value === undefined ? undefined : expand(pair.value, (n) => scope.get(n) ?? lookup(n), i);
        const given = buildArgs.get(name) ?? (pair.value === undefined ? globalArgs.get(name) : undefined) ?? own;
        const value = given ?? (PLATFORM_ARGS.test(name) ? unknown(`ARG ${name}`) : undefined);
        if (value !== undefined) buildEnv = new Map(buildEnv).set(name, value);
        else if (!buildEnv.has(name)) buildEnv = new Map(buildEnv).set(name, unknown(`ARG ${name}`));
      }
      return { ...state, buildEnv, args };
    }
    case 'WORKDIR':
      return { ...state, cwd: absolute(expand(i.words[0]?.value ?? '', lookup, i), state.cwd) };
    case 'USER':
      return { ...state, user: expand(i.words[0]?.value ?? '', lookup, i) };
    case 'SHELL':
      return { ...state, shell: i.json?.map((w) => w.value) ?? state.shell };
    case 'CMD':
      return { ...state, cmd: i };
    case 'ENTRYPOINT': {
      const { cmd, ...rest } = state;
      // an ENTRYPOINT drops the CMD that came from below, not one of its own stage
      const own = cmd !== undefined && cmd.index > stageStart ? { cmd } : {};
      return { ...rest, ...own, entrypoint: i };
    }
    case 'HEALTHCHECK':
      return { ...state, healthcheck: i };
    default:
      return state;
  }
}

/** Is `value` one that BuildKit knows at this point, and no part of it unknown to us? */
export const isPlain = (value: string | undefined): value is string => value !== undefined && isKnown(value);

/** Index of the stage that a build target names; the last one for ''. */
export function stageNamed(image: ImageFacts, target: string): number | undefined {
  if (target === '') return image.stages.length - 1;
  const named = image.stages.findLast((s) => s.name === target.toLowerCase());
  if (named) return named.index;
  return /^\d+$/.test(target) && Number(target) < image.stages.length ? Number(target) : undefined;
}
