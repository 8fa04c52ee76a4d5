// What a repository ends with when its job throws: an error of ours.

import type { JobResult, Target } from '../bulkModel.ts';

/** The result of a job that threw after so many milliseconds. */
export function ownError({ key, name }: Target, error: unknown, milliseconds: number): JobResult {
  return {
    ...{ key, name, ended: 'failed', reason: 'an error of pyvenv-fix' },
    detail: error instanceof Error ? error.message : String(error),
    milliseconds,
  };
}
