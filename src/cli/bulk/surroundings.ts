// What the command line gives a bulk run of its process: streams, signals, the environment.

import type { Sink } from '../../bulk/display/reports.ts';
import type { Screen } from '../../bulk/display/screen.ts';
import type { Transform } from '../../model.ts';
import type { Env } from './wiring.ts';

export interface BulkPlace<F = unknown> {
  readonly version: string;
  readonly transforms: readonly Transform<F>[];
  readonly env: Env;
  /** Aborts when the run is told to stop. */
  readonly signal: AbortSignal;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** stdout: the one thing that was asked for. */
  readonly out: Sink & { readonly color: boolean };
  /** stderr: all else. */
  readonly screen: Screen & { readonly color: boolean };
  /** Says on stderr what went wrong, as every command does. */
  readonly tell: (error: unknown) => void;
}

/** Milliseconds since the epoch. */
export const clock = (): number => Date.now();
