// The fixes that were made to a repository so far, in order, and those of each file.
import type { AppliedFix } from '../model.ts';
import type { EditStep } from '../text/lines.ts';

/** A fix that was made: which one of all, and to what. */
export interface MadeFix extends AppliedFix {
  readonly serial: number;
  readonly step: EditStep;
}

export interface MadeFixes {
  readonly all: () => readonly MadeFix[];
  /** Those that edit this file. */
  readonly in: (path: string) => readonly MadeFix[];
  readonly add: (made: MadeFix) => void;
  /** From now on only these were made. */
  readonly keep: (kept: readonly MadeFix[]) => void;
}

const NONE: readonly MadeFix[] = [];

/** None yet. */
export function newMadeFixes(): MadeFixes {
  let all: MadeFix[] = [];
  const byPath = new Map<string, MadeFix[]>();
  const add = (made: MadeFix): void => {
    all.push(made);
    for (const path of new Set(made.step.edits.map((edit) => edit.path))) {
      const own = byPath.get(path);
      if (own) own.push(made);
      else byPath.set(path, [made]);
    }
  };
  return {
    all: () => all,
    in: (path) => byPath.get(path) ?? NONE,
    add,
    keep(kept) {
      all = [];
      byPath.clear();
      for (const made of kept) add(made);
    },
  };
}
