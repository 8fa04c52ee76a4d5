// Resolves [dependency-groups] of a pyproject.toml (PEP 735), includes followed.

import { normaliseName } from './requirement.ts';
import { isTable, type TomlTable, textAt } from './toml.ts';

/** PEP 508 texts by normalised group name, each group resolved once; 'unknown' where one is malformed, missing or cyclic. */
export function readDependencyGroups(table: TomlTable | undefined): ReadonlyMap<string, readonly string[]> | 'unknown' {
  const raw = new Map(Object.entries(table ?? {}).map(([name, value]) => [normaliseName(name), value]));
  const done = new Map<string, readonly string[] | 'open'>();
  let malformed = false;
  let budget = 100_000;
  const resolve = (name: string, depth: number): readonly string[] => {
    const known = done.get(name);
    const value = raw.get(name);
    if (known === 'open' || !Array.isArray(value) || depth > 100) {
      malformed = true;
      return [];
    }
    if (known !== undefined) return known;
    done.set(name, 'open');
    const texts: string[] = [];
    for (const item of value) {
      const included = isTable(item) ? textAt(item, 'include-group') : undefined;
      if (typeof item === 'string') texts.push(item);
      else if (included !== undefined) for (const text of resolve(normaliseName(included), depth + 1)) texts.push(text);
      else malformed = true;
      if (texts.length > budget) malformed = true;
      if (malformed) return [];
    }
    budget -= texts.length;
    done.set(name, texts);
    return texts;
  };
  const groups = new Map<string, readonly string[]>();
  for (const name of raw.keys()) groups.set(name, resolve(name, 0));
  return malformed ? 'unknown' : groups;
}
