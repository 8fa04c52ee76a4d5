// The ENV lines that put an environment on PATH, as the file writes its paths.

import { expandWord } from '../../parse/dockerfile/expand.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { lineAt } from '../../text/positions.ts';
import type { Blocker } from '../blocker.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { lookupIn, type Stage } from '../image.ts';
import { effectivePath } from '../trace/searchPath.ts';
import { absolute, isKnown } from '../values.ts';
import type { OnPath } from './imageReaders.ts';

type StageState = Stage['final'];

/** P/bin stands on PATH, before the system's folders. */
export function hasOnPath(dockerfile: DockerfileFacts, state: StageState, base: Stage['base'], path: string): boolean {
  const entries = effectivePath(state.env.get('PATH') ?? '', {
    files: dockerfile.trace.stages[0]!.files,
    base,
    allEnvironments: new Set(),
  });
  const own = entries.indexOf(`${path}/bin`);
  // tool folders (/root/.local/bin) may stand before it, the system's may not
  return (
    own >= 0 && !entries.slice(0, own).some((entry) => !isKnown(entry) || /^(\/usr(\/local)?)?\/s?bin$/.test(entry))
  );
}

/** What brings the environment to a stage. */
export interface Arrival {
  readonly instruction: number;
  /** The path as it is created. */
  readonly written?: string;
}

/** What a stage needs. */
export interface EnvNeed {
  readonly stage: Stage;
  readonly arrival: Arrival;
  /** VIRTUAL_ENV also where PATH is set already. */
  readonly complete: boolean;
  /** PATH is set here or further down, before it is needed. */
  readonly onPath: boolean;
}

/** Start of the comment block directly above the instruction. */
export function aboveComments(text: string, offset: number): number {
  let { start } = lineAt(text, offset);
  while (start > 0) {
    const above = lineAt(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(above.start, above.end))) break;
    start = above.start;
  }
  return start;
}

/** Where the lines go: what holds there, and an instruction in whose case the keyword is written. */
interface Setting {
  readonly state: StageState;
  readonly like: Instruction;
}

/** The lines that are missing there, or why they cannot be written. */
export function envLines(
  { stage: { base }, arrival, complete, onPath: setLater }: EnvNeed,
  { state, like }: Setting,
  { dockerfile, path }: Pick<OnPath, 'dockerfile' | 'path'>,
): string[] | Blocker {
  const ownValue = state.env.get('VIRTUAL_ENV');
  const virtualEnv = ownValue?.replace(/(?<=.)\/+$/, '');
  const onPath = setLater || hasOnPath(dockerfile, state, base, path);
  if (onPath && (!complete || virtualEnv !== undefined)) return [];
  if (/["'\\$`\n\r]/.test(path)) return { code: 'text', words: `the path ${path} cannot be written plainly` };
  if (virtualEnv !== undefined && virtualEnv !== path)
    return { code: 'variable', words: `VIRTUAL_ENV is set to ${virtualEnv} already` };
  const keyword =
    like.keyword !== dockerfile.text.slice(like.start, like.start + like.keyword.length) &&
    dockerfile.text[like.start] === dockerfile.text[like.start]?.toLowerCase()
      ? 'env'
      : 'ENV';
  // made in this stage, or copied into it
  const created = arrival.written !== undefined;
  const written = created ? arrival.written : dockerfile.syntax.instructions[arrival.instruction]!.words.at(-1)?.value;
  const expand = (raw: string): ImageVariables => expandWord(raw, lookupIn(state, base), dockerfile.syntax.escape);
  const value = spelled(written, path, state, expand);
  if (value === path && virtualEnv !== path && created && !dockerfile.withOpenArgs().trace.allEnvironments.has(path))
    return { code: 'variable', words: `its path, ${path}, depends on a build argument` };
  const quoted = /[ \t#=]/.test(value) ? `"${value}"` : value;
  const first = virtualEnv === path ? [] : [`${keyword} VIRTUAL_ENV=${quoted}`];
  // a slash at the end of its value would stand twice in PATH
  const folder = ownValue === virtualEnv ? '$VIRTUAL_ENV' : path;
  return onPath ? first : [...first, `${keyword} PATH="${folder}/bin:$PATH"`];
}

type ImageVariables = ReturnType<typeof expandWord>;

/** The path as the file has it, where BuildKit expands that to the same path here; else written out. */
function spelled(
  written: string | undefined,
  path: string,
  state: StageState,
  expand: (raw: string) => ImageVariables,
): string {
  const raw = written?.replace(/^"([^"]*)"$/, '$1').replace(/\/+$/, '') ?? '';
  if (/["'\\\s]/.test(raw)) return path;
  const { value, used } = expand(raw);
  if (used.length === 0 || !value.startsWith('/') || absolute(value, '/') !== path) return path;
  if (used.some((n) => !state.buildEnv.has(n) || state.buildEnv.get(n) === '' || n === 'VIRTUAL_ENV')) return path;
  return raw;
}
