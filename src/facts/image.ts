// Stages of a Dockerfile with the image's configuration before each instruction, as BuildKit's converter has it.
import type { Problem } from '../model.ts';
import { expandWord, type VariableLookup } from '../parse/dockerfile/expand.ts';
import type { DockerfileSyntax, Instruction } from '../parse/dockerfile/syntax.ts';
import { type Base, DEFAULT_PATH } from './baseImages/base.ts';
import { baseOf } from './baseImages/baseImages.ts';
import { isImageReference, isPlatform } from './reference.ts';
import { stepProblem } from './stepRules.ts';
import { absolute, isKnown, unknown, unknownPath } from './values.ts';

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
  /** What a base image is; absent: what the table knows. */
  readonly base?: (ref: string) => Base;
}

const PLATFORM_ARGS = /^(TARGET|BUILD)(PLATFORM|OS|OSVERSION|ARCH|VARIANT)$|^TARGETSTAGE$/;
/** Variables that all states together may hold; a hostile file has a new one on every line. */
const MOST_VARIABLES = 2_000_000;

/** Computes stages and states. Never throws. */
export function imageFacts(syntax: DockerfileSyntax, options: ImageOptions = {}): ImageFacts {
  const { escape: escapeChar } = syntax;
  const problems: Problem[] = [];
  const buildArgs = options.buildArgs ?? new Map<string, string>();
  const fail = (at: Instruction, message: string): void => {
    problems.push({ offset: at.start, message });
  };
  const expand = (word: string, lookup: VariableLookup, at: Instruction): string => {
    const { value, problem } = expandWord(word, lookup, escapeChar);
    if (problem === undefined) return value;
    fail(at, problem);
    return unknown(`${word} (${problem})`);
  };

  const globals: Instruction[] = [];
  const groups: { from: Instruction; instructions: Instruction[] }[] = [];
  for (const i of syntax.instructions) {
    if (i.keyword === 'FROM') groups.push({ from: i, instructions: [] });
    else (groups.at(-1)?.instructions ?? globals).push(i);
  }
  /** ARGs before the first FROM; undefined: without a value. */
  const globalArgs = new Map<string, string | undefined>();
  const lookupGlobal: VariableLookup = (n) =>
    globalArgs.get(n) ??
    (PLATFORM_ARGS.test(n) || globalArgs.has(n) ? (buildArgs.get(n) ?? unknown(`ARG ${n}`)) : undefined);
  for (const i of globals) {
    for (const { name, value } of i.pairs) {
      const given = buildArgs.get(name);
      if (given !== undefined) globalArgs.set(name, given);
      else if (value !== undefined) globalArgs.set(name, expand(value, lookupGlobal, i));
      else if (!globalArgs.has(name)) globalArgs.set(name, undefined);
    }
  }

  const stageNames = new Map(groups.map(({ from }, n) => [from.words[2]?.value.toLowerCase() ?? '', n] as const));
  stageNames.delete('');
  const stages: Stage[] = [];
  const byName = new Map<string, Stage>();
  let variables = 0;
  for (const [index, { from, instructions }] of groups.entries()) {
    const ref = expand(from.words[0]?.value ?? '', lookupGlobal, from);
    for (const flag of from.flags) {
      const platform = expand(flag.value ?? '', lookupGlobal, from);
      if (isKnown(platform) && !isPlatform(platform)) fail(from, `${platform.slice(0, 40)} is no platform`);
    }
    const name = from.words[2]?.value.toLowerCase();
    const parent = byName.get(ref);
    if (ref === '') fail(from, 'the name of the base image is empty');
    else if (parent === undefined && ref !== 'scratch' && isKnown(ref) && !isImageReference(ref)) {
      fail(from, `${ref.slice(0, 80)} is no image reference`);
    }
    if (parent?.instructions.some((i) => i.keyword === 'ONBUILD')) {
      fail(from, `the ONBUILD instructions of ${ref}, which run here, are not followed`);
    }
    const base = parent?.base ?? (options.base ?? baseOf)(ref);
    let state = parent ? childState(parent.final) : baseState(base, ref);
    const before: ImageState[] = [];
    const context = { base, stageStart: from.index, globalArgs, buildArgs, expand, fail };
    for (const i of instructions) {
      before.push(state);
      const problem = stepProblem(i, {
        lookup: lookupIn(state, base),
        escape: escapeChar,
        cwd: state.cwd,
        stage: index,
        stageNames,
        stageCount: groups.length,
      });
      if (problem !== undefined) fail(i, problem);
      if (variables > MOST_VARIABLES) continue;
      const next = step(state, i, context);
      if (next.buildEnv !== state.buildEnv) variables += next.buildEnv.size;
      if (variables > MOST_VARIABLES) fail(i, 'too many variables to follow');
      state = next;
    }
    const stage: Stage = {
      index,
      from,
      base,
      instructions,
      before,
      final: state,
      ...(name === undefined ? {} : { name }),
      ...(parent === undefined ? {} : { parent: parent.index }),
    };
    stages.push(stage);
    if (name !== undefined) byName.set(name, stage);
  }
  return { stages, globals, problems };
}

/** What a stage FROM another one starts with: its variables, where the image's own hide the ARGs again. */
function childState(parent: ImageState): ImageState {
  return { ...parent, buildEnv: new Map([...parent.buildEnv, ...parent.env]) };
}

function baseState(base: Base, ref: string): ImageState {
  // BuildKit sets PATH where the image does not
  const path = base.complete ? DEFAULT_PATH : unknownPath(ref);
  const env = new Map([['PATH', path], ...base.env]);
  return {
    env,
    buildEnv: env,
    args: new Set(),
    cwd: base.cwd ?? unknown(`WORKDIR of ${ref}`),
    user: base.user ?? unknown(`USER of ${ref}`),
    shell: base.shell ?? ['/bin/sh', '-c'],
  };
}

/** How a stage's variables look to the words of an instruction: an incomplete base may set any name. */
export function lookupIn(state: ImageState, base: Base): VariableLookup {
  return (name) =>
    state.buildEnv.get(name) ?? (base.complete || state.args.has(name) ? undefined : unknown(`${name} of ${base.ref}`));
}

interface StepContext {
  readonly base: Base;
  /** Index of the stage's FROM. */
  readonly stageStart: number;
  readonly globalArgs: ReadonlyMap<string, string | undefined>;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly expand: (word: string, lookup: VariableLookup, at: Instruction) => string;
  readonly fail: (at: Instruction, message: string) => void;
}

function step(
  state: ImageState,
  i: Instruction,
  { base, stageStart, globalArgs, buildArgs, expand, fail }: StepContext,
): ImageState {
  const lookup = lookupIn(state, base);
  switch (i.keyword) {
    case 'ENV': {
      // all values of one ENV see the variables as they were before it
      const env = new Map(state.env);
      const buildEnv = new Map(state.buildEnv);
      for (const pair of i.pairs) {
        const key = expand(pair.name, lookup, i);
        if (!isKnown(key)) fail(i, 'the name of a variable is not known');
        else if (key === '' || key.includes('=')) fail(i, `'${key.slice(0, 40)}' is no name of a variable`);
        const value = expand(pair.value ?? '', lookup, i);
        env.set(key, value);
        buildEnv.set(key, value);
      }
      return { ...state, env, buildEnv };
    }
    case 'ARG': {
      const buildEnv = new Map(state.buildEnv);
      const args = new Set(state.args);
      const current: VariableLookup = (n) => buildEnv.get(n) ?? lookup(n);
      for (const { name, value: written } of i.pairs) {
        args.add(name);
        let value = buildArgs.get(name);
        if (value === undefined && written === undefined) value = globalArgs.get(name);
        else if (value === undefined && written !== undefined) value = expand(written, current, i);
        if (value !== undefined) buildEnv.set(name, value);
        // the platform's are always given; of the others BuildKit keeps what an ENV says
        else if (PLATFORM_ARGS.test(name) || !buildEnv.has(name)) buildEnv.set(name, unknown(`ARG ${name}`));
      }
      return { ...state, buildEnv, args };
    }
    case 'WORKDIR':
      return { ...state, cwd: absolute(expand(i.words[0]?.value ?? '', lookup, i), state.cwd) };
    case 'USER':
      return { ...state, user: expand(i.words[0]?.value ?? '', lookup, i) };
    case 'SHELL':
      return { ...state, shell: i.json?.map((word) => word.value) ?? state.shell };
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

/** Index of the stage that a build target names; the last one for ''. */
export function stageNamed(image: ImageFacts, target: string): number | undefined {
  if (target === '') return image.stages.length - 1;
  const named = image.stages.findLast((stage) => stage.name === target.toLowerCase());
  if (named) return named.index;
  return /^\d+$/.test(target) && Number(target) < image.stages.length ? Number(target) : undefined;
}
