// The trace of a whole Dockerfile, as the trace of one stage sees it: what is read, and the stages before.
import type { TraceEvent } from './events.ts';
import type { StageTrace, TraceInput } from './input.ts';

export interface Whole {
  readonly input: TraceInput;
  readonly events: TraceEvent[];
  readonly allEnvironments: Set<string>;
  readonly stages: readonly StageTrace[];
  readonly counts: Map<string, number>;
}
