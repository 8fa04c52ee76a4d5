// What the fixes say that they change, all of them together.

import type { FixResult } from '../model.ts';

export interface Declared {
  /** Names of ENV that may be new or have another value. */
  readonly env: ReadonlySet<string>;
  /** Names that the ignore file may leave out. */
  readonly ignores: ReadonlySet<string>;
  /** Services whose mounts may change. */
  readonly mounts: ReadonlySet<string>;
  /** Repository files with another text. */
  readonly files: readonly string[];
  /** Environments that stand elsewhere, with all that names them. */
  readonly relocations: readonly { readonly from: string; readonly to: string }[];
}

export const NOTHING_DECLARED: Declared = {
  env: new Set(),
  ignores: new Set(),
  mounts: new Set(),
  files: [],
  relocations: [],
};

export function declaredOf({ applied, changed }: Pick<FixResult, 'applied' | 'changed'>): Declared {
  const all = applied.map(({ fix }) => fix.declares);
  return {
    env: new Set(all.flatMap(({ env }) => env ?? [])),
    ignores: new Set(all.flatMap(({ ignores }) => ignores ?? [])),
    mounts: new Set(all.flatMap(({ mounts }) => (mounts ?? []).map(({ service }) => service))),
    files: changed,
    relocations: all.flatMap(({ relocatesEnvironment }) => relocatesEnvironment ?? []),
  };
}
