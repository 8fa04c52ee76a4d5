// `deactivate` in the instructions that activate: which of them go along with the activations, and which decide something.
import type { Blocker } from '../../src/facts/blocker.ts';
import { isRun, type OtherEvent, type TraceEvent } from '../../src/facts/trace/events.ts';
import type { Task } from './activations.ts';

/** Is the environment that `deactivate` left entered once more? Between the two nothing ran outside it. */
const entersAgain = (event: TraceEvent, { group, cut }: Task): boolean =>
  event.kind === 'activate' && event.path === group.path && cut.some((c) => c.range.start === event.range.start);

/** `deactivate` meant the system Python for what follows: fine only where no Python follows in that shell. */
export function deactivations(task: Task): { readonly events: readonly OtherEvent[] } | Blocker {
  const { dockerfile, group, cut } = task;
  const instructions = new Set(cut.map((e) => e.instruction));
  const events: OtherEvent[] = [];
  for (const [n, e] of dockerfile.trace.events.entries()) {
    if (e.kind !== 'deactivate' || !instructions.has(e.instruction)) continue;
    if (e.path !== group.path)
      return { code: 'deactivate', at: e, words: '`deactivate` stands without an activation before it' };
    const after = dockerfile.trace.events.slice(n + 1).find(
      (o) =>
        o.instruction === e.instruction &&
        o.when === e.when &&
        // what comes in beside a start (`docker exec python`) is in another shell
        ((isRun(o) && o.implied === undefined) || entersAgain(o, task)),
    );
    if (after !== undefined && isRun(after))
      return { code: 'deactivate', at: e, words: 'what follows `deactivate` meant the system Python' };
    const later = dockerfile.trace.events
      .slice(n + 1)
      .find((o) => isRun(o) && o.when === 'build' && o.install?.target.kind === 'system' && !o.install.toolsOnly);
    if (later !== undefined)
      return {
        code: 'deactivate',
        at: e,
        words: 'it is left by `deactivate`, and what is installed behind that meant the system Python',
      };
    events.push(e);
  }
  return { events };
}
