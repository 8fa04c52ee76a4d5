// How far a fix can be trusted: it is safe, or rests on an assumption that it names.

import type { Fix } from '../model.ts';

/** Of a fix: safe without an assumption; else unsafe, and the sentence comes first among its notes. */
export function trustOf(
  assumption: string | undefined,
  notes: readonly string[] = [],
): Pick<Fix, 'safety' | 'assumption' | 'notes'> {
  if (assumption === undefined) return { safety: 'safe', ...(notes.length > 0 ? { notes } : {}) };
  return { safety: 'unsafe', assumption, notes: [assumption, ...notes] };
}
