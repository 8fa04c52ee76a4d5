// One fix tried: its edits made to a copy of the texts, the facts computed again, and the guard asked.
import { overlaid } from '../edit/overlay.ts';
import { factsOf, settleTexts } from '../facts/facts.ts';
import { type Memory, trialOf } from '../facts/memo.ts';
import { gainOf } from '../facts/rebuild.ts';
import type { Fix, Settings, Snapshot } from '../model.ts';
import { guardFix } from './guard.ts';

type Tried = { readonly next: Snapshot; readonly gain?: string } | { readonly why: string };

/** No path differs from the last look. */
export const NOTHING_CHANGED: ReadonlySet<string> = new Set();

/** The snapshot with the fix made and what it gains, or why the guard withdraws it. */
export function tryFix(
  fix: Fix,
  snapshot: Snapshot,
  { settings, memory }: { readonly settings: Settings; readonly memory: Memory },
): Tried {
  const before = factsOf(snapshot, settings, memory, NOTHING_CHANGED);
  let next: Snapshot;
  try {
    next = overlaid(snapshot, fix.edits);
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
  const trial = trialOf(memory);
  const paths = fix.edits.map((edit) => edit.path);
  const after = factsOf(next, settings, trial, new Set(paths));
  const blocker = guardFix(fix, before, after);
  if (blocker !== undefined) return { why: blocker.words };
  trial.keep();
  settleTexts(memory, next, paths);
  const gain = gainOf(before, after, paths);
  return { next, ...(gain === undefined ? {} : { gain }) };
}
