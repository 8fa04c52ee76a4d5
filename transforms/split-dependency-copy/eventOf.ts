// What the trace says of a command of a RUN.
import type { RunEvent } from '../../src/facts/trace/events.ts';
import type { SplitPlace } from './splitPlace.ts';
import type { Step } from './step.ts';

/** The trace's event of a command, found by where it stands. */
export function eventOf(step: Step, instruction: number, place: SplitPlace): RunEvent | undefined {
  return place.d.trace.events.find(
    (e): e is RunEvent =>
      e.kind === 'run' &&
      e.instruction === instruction &&
      e.when === 'build' &&
      e.range.start === step.range.start &&
      e.range.end === step.range.end,
  );
}
