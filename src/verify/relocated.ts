// What was seen where an environment stood, as if it had stood where a fix has put it.

import { respelled } from '../facts/compare/venvSpelling.ts';
import type { Declared } from './declared.ts';

/** A copy of what was seen in which every path at or below an old place is one of the new place. */
export function relocatedSeen<T>(seen: T, { relocations }: Pick<Declared, 'relocations'>): T {
  if (relocations.length === 0) return seen;
  const patterns = relocations.map(({ from, to }) => ({
    pattern: new RegExp(`(?<![\\w./-])${from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.-])`, 'g'),
    to,
  }));
  const renamed = (text: string): string =>
    patterns.reduce((now, { pattern, to }) => now.replace(pattern, () => to), text);
  return throughout(seen, renamed) as T;
}

/** Words that start something, with what names the environment at its new place: for both sides of a comparison. */
export const relocatedWords = (text: string, { relocations }: Pick<Declared, 'relocations'>): string =>
  relocations.reduce((now, paths) => respelled(now, paths), text);

/** The value with every text in it changed. */
function throughout(value: unknown, renamed: (text: string) => string): unknown {
  if (typeof value === 'string') return renamed(value);
  if (typeof value !== 'object' || value === null) return value;
  const each = (one: unknown): unknown => throughout(one, renamed);
  if (Array.isArray(value)) return value.map(each);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [each(key), each(one)]));
  if (value instanceof Set) return new Set([...value].map(each));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, each(one)]));
}
