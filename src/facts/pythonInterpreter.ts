// Which Python runs, or which is installed into.
import type { Unknown } from '../model.ts';

export type PythonInterpreter =
  | { readonly kind: 'system' }
  | { readonly kind: 'environment'; readonly path: string }
  /** Of pipx, --target, or another tool's own: a path, or what it is called. */
  | { readonly kind: 'elsewhere'; readonly place: string }
  | Unknown;

export const SYSTEM_PYTHON: PythonInterpreter = { kind: 'system' };
export const envInterpreter = (path: string): PythonInterpreter => ({ kind: 'environment', path });
export const elsewhereAt = (place: string): PythonInterpreter => ({ kind: 'elsewhere', place });
export const unknownInterpreter = (cause: string): PythonInterpreter => ({ kind: 'unknown', cause });

/** Where maps keep what belongs to an interpreter; two of one key are the same. */
export type InterpreterKey = 'system' | `env:${string}` | `elsewhere:${string}` | `unknown:${string}`;

/** The key of the environment at `path`. */
export const envKey = (path: string): InterpreterKey => `env:${path}`;

export function interpreterKey(interpreter: PythonInterpreter): InterpreterKey {
  switch (interpreter.kind) {
    case 'system':
      return 'system';
    case 'environment':
      return envKey(interpreter.path);
    case 'elsewhere':
      return `elsewhere:${interpreter.place}`;
    case 'unknown':
      return `unknown:${interpreter.cause}`;
  }
}

/** Are both the same Python (or unknown for the same cause)? */
export const isSameInterpreter = (one: PythonInterpreter | undefined, other: PythonInterpreter | undefined): boolean =>
  one === undefined || other === undefined ? one === other : interpreterKey(one) === interpreterKey(other);

/** The path of the environment that it is of; undefined: it is of none. */
export const envPathOf = (interpreter: PythonInterpreter | undefined): string | undefined =>
  interpreter?.kind === 'environment' ? interpreter.path : undefined;
