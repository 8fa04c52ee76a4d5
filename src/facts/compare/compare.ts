// Two traces compared event by event: what a fix must prove (trace.md, "What each fix must prove").
import type { Blocker } from '../blocker.ts';
import { createCommand } from '../createCommand.ts';
import { isRun, type ReadEvent, type RunEvent } from '../trace/events.ts';
import type { Trace } from '../trace/input.ts';
import { commandBlocker } from './commandBlocker.ts';
import type { CompareOptions } from './compared.ts';
import { blockersOfReordered } from './reordered.ts';
import { describe, installWords, short } from './sentences.ts';

/** Everything that differs for the worse, or could; empty when the fix is proven. */
export function blockersBetween(before: Trace, after: Trace, options: CompareOptions): Blocker[] {
  const old = before.events
    .filter(isRun)
    .filter((event) => !(options.copiesLess && event.isCopy && takesNothing(event)));
  const { creates = [] } = options;
  const now = withoutCreated(after.events.filter(isRun), creates);
  if (options.reordered) {
    const blockers = blockersOfReordered(old, now, options.reordered, { trace: after, options });
    return creates.length > 0 ? [...blockers, ...missedByReaders(before, after)] : blockers;
  }
  if (old.length !== now.length)
    return [{ code: 'commands', words: `the number of commands changes from ${old.length} to ${now.length}` }];
  const blockers: Blocker[] = [];
  for (const [n, was] of old.entries()) {
    const is = now[n]!;
    if (is.key !== was.key || is.stage !== was.stage || is.when !== was.when)
      return [{ code: 'commands', at: was, words: `${describe(was)} becomes ${describe(is)}` }];
    const blocker = commandBlocker({ before: was, after: is, trace: after, options });
    if (blocker !== undefined) blockers.push({ ...blocker, at: was });
  }
  return [...blockers, ...missedByReaders(before, after)];
}

/** Of a copy: no package that somebody installed. */
const takesNothing = ({ sees }: RunEvent): boolean => [...sees].every((id) => id.startsWith('tool:'));

/** Less the commands that make these environments, one of each. */
function withoutCreated(events: readonly RunEvent[], creates: readonly string[]): readonly RunEvent[] {
  const made = creates.map((path) => events.find(({ key, when }) => when === 'build' && key === createCommand(path)));
  return events.filter((event) => !made.includes(event));
}

/** What took installs as files and would no longer find them. */
function missedByReaders(before: Trace, after: Trace): Blocker[] {
  const slot = (read: ReadEvent): string => [read.stage, read.when, read.service, read.key].join('\0');
  const now = new Map<string, ReadonlySet<string>>();
  for (const event of after.events) if (event.kind === 'read') now.set(slot(event), event.sees);
  return before.events.flatMap((event): Blocker[] => {
    if (event.kind !== 'read') return [];
    const lost = [...event.sees].find((id) => !now.get(slot(event))?.has(id));
    if (lost === undefined) return [];
    return [
      { code: 'packages', at: event, words: `\`${short(event.key)}\` would no longer find what ${installWords(lost)}` },
    ];
  });
}
