// What the trace says of a command of a RUN.
import type { RunEvent } from '../../src/facts/trace/events.ts';
import type { InstructionAt } from './splitPlace.ts';
import type { Step } from './step.ts';

/** The trace's event of a command of the RUN at `at`, found by where it stands. */
export function eventOf(step: Step, { stage, n, place }: InstructionAt): RunEvent | undefined {
  const { index } = stage.instructions[n]!;
  return place.dockerfile.trace.events.find(
    (e): e is RunEvent =>
      e.kind === 'run' &&
      e.instruction === index &&
      e.when === 'build' &&
      e.range.start === step.range.start &&
      e.range.end === step.range.end,
  );
}
