// The part of the program that is for many repositories; a bundle of its own, so that everything else starts quickly.

import { runBulk } from '../src/cli/bulk/bulkCommand.ts';
import type { BulkPlace } from '../src/cli/bulk/surroundings.ts';
import { runWorkerCommand } from '../src/cli/bulk/workerCommand.ts';
import type { BulkOptions, WorkerOptions } from '../src/cli/bulkOptions.ts';
import { transforms } from '../transforms/index.ts';

type BulkSurroundings = Omit<BulkPlace, 'transforms'>;

/** `pyvenv-fix bulk ...`; returns the exit code, throws refusals. */
export function bulk(options: BulkOptions, place: BulkSurroundings): Promise<number> {
  return runBulk(options, { ...place, transforms });
}

/** `pyvenv-fix worker`; returns the exit code, throws refusals. */
export function worker(options: WorkerOptions, place: BulkSurroundings): Promise<number> {
  return runWorkerCommand(options, { ...place, transforms });
}
