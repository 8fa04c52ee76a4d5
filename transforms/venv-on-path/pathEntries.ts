// Entries of PATH, and paths of commands, that do not mean what is written.

import { lostVariables } from '../../src/facts/copies/lostVariables.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { lookupIn, type Stage } from '../../src/facts/image.ts';
import { absolute, isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { expandWord } from '../../src/parse/dockerfile/expand.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineMark } from '../../src/text/lines.ts';
import { EMPTY_VARIABLE, MEANINGLESS_PATH } from './onPathDiagnoses.ts';
import { onPathBlocker } from './onPathPlan.ts';

/** What is wrong with the entries that ENV PATH adds; put right where the environment that is meant stands. */
export function pathEntries(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  return dockerfile.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((env, n) => {
      const relative = relativeEnvironment({ stage, env, n, dockerfile });
      if (relative !== undefined) return [relative];
      const pair = env.keyword === 'ENV' ? env.pairs.find(({ name }) => name === 'PATH') : undefined;
      if (pair?.value === undefined) return [];
      const said = pair.value
        .split(':')
        .flatMap((entry) => entryWords(entry.replace(/^"|"$/g, ''), { stage, env, n, dockerfile }) ?? []);
      const [first] = said;
      if (first === undefined) return [];
      return [
        {
          diagnosis: MEANINGLESS_PATH,
          path: dockerfile.path,
          offset: env.start,
          message: first.message,
          reason: first.reason,
          ...meantPath(first, { stage, env, n, dockerfile }, facts),
        },
      ];
    }),
  );
}

interface PathEntry {
  readonly stage: Stage;
  readonly env: Instruction;
  /** Index of `env` in its stage. */
  readonly n: number;
  readonly dockerfile: DockerfileFacts;
}

interface Said {
  readonly message: string;
  readonly reason: string;
  /** As it is written, and the whole path that is meant. */
  readonly entry?: string;
  readonly meant?: string;
}

/** The entry as the whole path, where an environment of that path stands in the end. */
function meantPath({ entry, meant }: Said, { stage, env, dockerfile }: PathEntry, facts: Facts): Pick<Finding, 'fix'> {
  const path = meant?.replace(/\/bin\/?$/, '') ?? '';
  if (entry === undefined || meant === undefined || !dockerfile.trace.stages[stage.index]!.files.environments.has(path))
    return {};
  const text = dockerfile.text.slice(env.start, env.end);
  const at = text.indexOf(entry);
  if (at < 0 || text.indexOf(entry, at + 1) >= 0 || !/^[\w./-]+$/.test(meant)) return {};
  const start = env.start + at;
  const edits = [{ path: dockerfile.path, start, end: start + entry.length, newText: meant }];
  const declares = { instructions: { changed: ['ENV'] }, env: ['PATH'], movesTo: [path] };
  if (onPathBlocker({ dockerfile, path, facts, target: stage.index }, edits, declares) !== undefined) return {};
  return { fix: { title: `Write \`${meant}\` for \`${entry}\` on PATH`, safety: 'safe', edits, declares } };
}

const HASHED = /\/(pypoetry\/virtualenvs|share\/virtualenvs|\.virtualenvs)\/[^/]*-[\w-]{6,}/;

function entryWords(entry: string, at: PathEntry): Said | undefined {
  const { stage, n } = at;
  const state = stage.before[n]!;
  if (entry.startsWith('~')) {
    const home = state.user === '' || state.user === 'root' ? '/root' : '$HOME';
    return {
      message: `\`${entry}\` on PATH begins with a \`~\`, which Docker does not expand: programs that no shell starts do not find it.`,
      reason: `Write the whole path (\`${entry.replace(/^~/, home)}\`).`,
      entry,
      meant: entry.replace(/^~/, home),
    };
  }
  if (/^[\w.-]+(\/[\w.-]+)*\/?$/.test(entry) && entry !== '.' && /bin\/?$/.test(entry)) {
    return {
      message: `\`${entry}\` on PATH is relative: it is looked up in the folder that each process happens to be in.`,
      reason: `Write the whole path (\`${readable(absolute(entry, state.cwd))}\`).`,
      entry,
      meant: absolute(entry, state.cwd),
    };
  }
  const variable = /^\$\{?(\w+)\}?\//.exec(entry)?.[1];
  if (variable !== undefined && variable !== 'PATH') return variableWords(variable, entry, at);
  if (HASHED.test(entry))
    return {
      message: `\`${entry}\` on PATH has a hash of the project's folder and Python in its name: it changes with either.`,
      reason:
        'Make the environment in the project (`ENV POETRY_VIRTUALENVS_IN_PROJECT=1`, `ENV PIPENV_VENV_IN_PROJECT=1`), and put that on PATH.',
    };
  return undefined;
}

/** `ENV VIRTUAL_ENV=.venv` */
function relativeEnvironment({ stage, env, n, dockerfile }: PathEntry): Finding | undefined {
  const pair = env.keyword === 'ENV' ? env.pairs.find(({ name }) => name === 'VIRTUAL_ENV') : undefined;
  const value = pair?.value?.replace(/^"(.*)"$/, '$1') ?? '';
  if (!/^\.{0,2}[\w-][\w./-]*$/.test(value)) return undefined;
  return {
    diagnosis: MEANINGLESS_PATH,
    path: dockerfile.path,
    offset: env.start,
    message: `\`VIRTUAL_ENV=${value}\` is relative: it, and an entry of PATH that begins with it, is looked up in the folder that each process happens to be in.`,
    reason: `Write the whole path (\`VIRTUAL_ENV=${readable(absolute(value, stage.before[n]!.cwd))}\`).`,
  };
}

/** A variable that is empty where PATH uses it, or relative. */
function variableWords(name: string, entry: string, { stage, env, n, dockerfile }: PathEntry): Said | undefined {
  const state = stage.before[n]!;
  const set = expandWord(entry, lookupIn(state, stage.base), dockerfile.syntax.escape).value;
  if (name !== 'VIRTUAL_ENV' && state.buildEnv.get(name) && isKnown(set) && /^[\w.][\w./-]*\/bin\/?$/.test(set))
    return {
      message: `\`${entry}\` on PATH is \`${set}\`, which is relative: it is looked up in the folder that each process happens to be in.`,
      reason: `Write the whole path (\`${readable(absolute(set, state.cwd))}\`).`,
    };
  if (stage.base.knownBy === 'nobody' || state.buildEnv.has(name) || state.args.has(name)) return undefined;
  // one line above that COPY mends both
  const isOfCopy = lostVariables(dockerfile).some(
    (lost) => lost.name === name && lost.stage === stage && lost.copy.instruction.index < env.index,
  );
  if (isOfCopy) return undefined;
  const { value } = expandWord(entry, lookupIn(state, stage.base), dockerfile.syntax.escape);
  if (!isKnown(value)) return undefined;
  const message = `\`${entry}\` on PATH is \`${value}\`: \`${name}\` is empty there`;
  const own = env.pairs.find((pair) => pair.name === name)?.value?.replace(/^"(.*)"$/, '$1');
  if (own !== undefined)
    return {
      entry,
      meant: entry.replace(/^\$\{?\w+\}?/, own),
      message: `${message}, because an ENV sees only what stands above it.`,
      reason: `Set \`${name}\` in an ENV of its own, above this one.`,
    };
  const setter = setterOf(name, dockerfile);
  return {
    message: `${message}${setter === undefined ? '' : `: line ${lineMark(dockerfile.path, setter.start)} sets it ${whereSet(setter, env, stage)}`}.`,
    reason: `Write \`ENV ${name}=...\` above this line, in this stage.`,
  };
}

const setterOf = (name: string, { syntax }: DockerfileFacts): Instruction | undefined =>
  syntax.instructions.find(
    ({ keyword, pairs }) => (keyword === 'ENV' || keyword === 'ARG') && pairs.some((pair) => pair.name === name),
  );

const whereSet = (setter: Instruction, user: Instruction, { instructions }: Stage): string =>
  !instructions.some(({ index }) => index === setter.index)
    ? 'for another stage'
    : setter.index > user.index
      ? 'later'
      : 'there';

/** Commands whose path begins with a variable that only a later line, or another stage, sets. */
export function emptyVariables(dockerfile: DockerfileFacts): Finding[] {
  return dockerfile.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((run, n) => {
      if (run.keyword !== 'RUN' || run.json !== undefined) return [];
      const text = dockerfile.text.slice(run.start, run.end);
      const state = stage.before[n]!;
      for (const [, name] of text.matchAll(/(?:^|[\s;&|(])"?\$\{?(\w+)\}?\/bin\/\w/g)) {
        if (name === undefined || state.buildEnv.has(name) || state.args.has(name)) continue;
        const setter = setterOf(name, dockerfile);
        const isSetHere = new RegExp(
          `(^|[\\s;&|(])(export\\s+|read\\s+(-\\w+\\s+)*|for\\s+)?${name}(=|\\s+in\\s)`,
        ).test(text);
        if (setter === undefined || isSetHere || stage.base.knownBy === 'nobody') continue;
        return [
          {
            diagnosis: EMPTY_VARIABLE,
            path: dockerfile.path,
            offset: run.start,
            message: `\`$${name}/bin\` is \`/bin\` in this RUN: line ${lineMark(dockerfile.path, setter.start)} sets \`${name}\` ${whereSet(setter, run, stage)}.`,
            reason: `Set \`${name}\` above this line, in this stage.`,
          },
        ];
      }
      return [];
    }),
  );
}

/** `PATH: /venv/bin:$PATH` of a service: compose puts the PATH of the machine there that it runs on. */
export function hostPathsOfServices(dockerfile: DockerfileFacts, { snapshot }: Facts): Finding[] {
  const found = new Map<string, Finding>();
  for (const { name, environment } of dockerfile.services) {
    const origin = environment.get('PATH')?.origin;
    const text = origin && snapshot.read(origin.path)?.slice(origin.range.start, origin.range.end);
    if (origin === undefined || text === undefined || !/(?<!\$)\$(PATH\b|\{PATH\W)/.test(text)) continue;
    found.set(`${origin.path} ${origin.range.start}`, {
      diagnosis: MEANINGLESS_PATH,
      path: origin.path,
      offset: origin.range.start,
      message: `The \`$PATH\` of service ${name} is that of the machine that compose runs on, not that of its image.`,
      reason: `Write ENV PATH in ${dockerfile.path}, which has the image's, and take the line out.`,
    });
  }
  return [...found.values()];
}
