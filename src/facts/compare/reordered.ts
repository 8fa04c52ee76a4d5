// Two traces of which commands may have changed places: matched by what they run, not by position.
import type { Blocker } from '../blocker.ts';
import type { RunEvent } from '../trace/events.ts';
import { commandBlocker } from './commandBlocker.ts';
import type { Compared, Reordered } from './compared.ts';
import { describe } from './sentences.ts';

const slotOf = ({ stage, when, key }: RunEvent, asked = key): string => [stage, when, asked].join('\0');

/** Commands of a trace, to be taken one by one. */
function poolOf(events: readonly RunEvent[]): Map<string, RunEvent[]> {
  const pool = new Map<string, RunEvent[]>();
  for (const event of events) {
    const list = pool.get(slotOf(event));
    if (list) list.push(event);
    else pool.set(slotOf(event), [event]);
  }
  return pool;
}

/** Installs are known by their text: the new text of one counts as the old one. */
function idsBy({ commands }: Reordered): (sees: ReadonlySet<string>) => Set<string> {
  const origin = new Map(Object.entries(commands).flatMap(([from, to]) => to.map((text) => [text, from] as const)));
  const oldId = (id: string): string =>
    id.replace(
      /^(tool:)?(.*)(#\d+)$/s,
      (_, tool: string | undefined, key: string) => `${tool ?? ''}${origin.get(key) ?? key}`,
    );
  return (sees) => new Set([...sees].map(oldId));
}

/** An install may be split into several commands. */
export function blockersOfReordered(
  old: readonly RunEvent[],
  now: readonly RunEvent[],
  reordered: Reordered,
  rest: Pick<Compared, 'trace' | 'options'>,
): Blocker[] {
  const { commands, stages } = reordered;
  const pool = poolOf(now);
  const ids = idsBy(reordered);
  const blockers: Blocker[] = [];
  for (const before of old) {
    // the same words at the start, or where the fix does not reach, stay as they are
    const isReordered = before.when === 'build' && (stages === undefined || stages.includes(before.stage));
    const texts = isReordered ? commands[before.key] : undefined;
    const isRewritten = texts?.some((key) => (pool.get(slotOf(before, key)) ?? []).length > 0) === true;
    for (const key of (isRewritten ? texts : undefined) ?? [before.key]) {
      const after = pool.get(slotOf(before, key))?.shift();
      if (after === undefined) {
        blockers.push({ code: 'commands', at: before, words: `${describe(before)} is gone` });
        continue;
      }
      const blocker = commandBlocker({
        ...rest,
        before: { ...before, sees: ids(before.sees) },
        after: { ...after, words: before.words, sees: ids(after.sees) },
      });
      if (blocker !== undefined) blockers.push({ ...blocker, at: before });
      // the code that now comes later must not lie over what was installed
      else if (after.shadowed !== undefined && before.shadowed === undefined)
        blockers.push({ code: 'shadowed', at: before, words: `${after.shadowed}, where ${describe(before)} runs` });
    }
  }
  for (const after of [...pool.values()].flat())
    blockers.push({ code: 'commands', words: `${describe(after)} is new` });
  return blockers;
}
