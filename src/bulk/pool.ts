// Runs a job over targets, so many at a time, with second tries; knows nothing of journals and reports.

import type { Job, JobResult, JobStep, Target } from './bulkModel.ts';
import { type Clock, systemClock } from './clock.ts';
import { ownError } from './job/ownError.ts';

export interface PoolOptions {
  /** Jobs at a time, at least 1. */
  readonly concurrency: number;
  /** On abort no job is begun and those at work get the signal. */
  readonly signal: AbortSignal;
  readonly onStart: (target: Target) => void;
  readonly onStep: (target: Target, step: JobStep) => void;
  /** It failed, and will be tried again after so many milliseconds; `attempt` is the one that failed, from 1. */
  readonly onAgain: (result: JobResult, attempt: number, wait: number) => void;
  /** A final result. The slot goes on when the promise settles; a rejection ends the pool as `problem`. */
  readonly onEnd: (result: JobResult, target: Target) => Promise<void>;
  readonly clock?: Clock;
  /** From 0 to 1, spreads the second tries. */
  readonly random?: () => number;
}

export interface PoolEnd {
  /** Targets that were read and have no final result. */
  readonly left: number;
  /** The targets were read to their end. */
  readonly complete: boolean;
  /** What `targets` or `onEnd` threw: no further target was begun, those at work were finished. */
  readonly problem?: { readonly from: 'targets' | 'onEnd'; readonly error: unknown };
}

const TRIES = 3;
/** Milliseconds before the second and the third try, before they are spread. */
const PAUSES = [4_000, 30_000];
/** While so many wait for another try, no further targets are read: a host that is down must not fill the memory. */
const MOST_WAITING = 1000;

interface WaitingJob {
  readonly target: Target;
  readonly result: JobResult;
  readonly attempt: number;
  readonly due: number;
}

/**
 * Does the job once for each target, at most `concurrency` at a time, and reads targets only as slots become free. A result with
 * `again` is tried twice more, later, and blocks no slot meanwhile. Never rejects.
 */
export async function runPool(targets: AsyncIterable<Target>, job: Job, options: PoolOptions): Promise<PoolEnd> {
  const { signal, clock = systemClock, random = Math.random } = options;
  const source = targets[Symbol.asyncIterator]();
  const working = new Set<Promise<void>>();
  const waiting: WaitingJob[] = [];
  let reading: Promise<void> | undefined;
  let read: Target | undefined;
  let complete = false;
  let left = 0;
  let problem: PoolEnd['problem'];
  const stopped = (): boolean => signal.aborted || problem !== undefined;
  const bell = createBell();
  const stops = new Set<AbortController>();
  const onAbort = (): void => {
    for (const stop of stops) stop.abort(signal.reason);
    bell.ring();
  };
  signal.addEventListener('abort', onAbort, { once: true });

  async function readOne(): Promise<void> {
    try {
      const { done, value } = await source.next();
      if (done) complete = true;
      else {
        read = value;
        left++;
      }
    } catch (error) {
      problem ??= { from: 'targets', error };
    }
  }

  async function end(result: JobResult, target: Target): Promise<void> {
    try {
      await options.onEnd(result, target);
      left--;
    } catch (error) {
      problem ??= { from: 'onEnd', error };
    }
  }

  async function work(target: Target, attempt: number, earlier?: JobResult): Promise<void> {
    options.onStart(target);
    const last = await attemptOf(target);
    if (!last) return;
    const result = earlier ? withEffects(earlier, last) : last;
    const pause = PAUSES[attempt - 1];
    if (!result.again || attempt >= TRIES || pause === undefined || stopped()) return end(result, target);
    const wait = Math.round(pause * (0.5 + random()));
    waiting.push({ target, result, attempt, due: clock.now() + wait });
    options.onAgain(result, attempt, wait);
  }

  async function attemptOf(target: Target): Promise<JobResult | undefined> {
    const began = clock.now();
    // One of its own for each: node warns of many listeners on one signal, and a job may forget to take its own back.
    const own = new AbortController();
    stops.add(own);
    try {
      return await job(target, { signal: own.signal, onStep: (step) => options.onStep(target, step) });
    } catch (error) {
      if (signal.aborted) return undefined;
      return ownError(target, error, clock.now() - began);
    } finally {
      stops.delete(own);
    }
  }

  function begin(target: Target, attempt: number, earlier?: JobResult): void {
    const one: Promise<void> = work(target, attempt, earlier).finally(() => {
      working.delete(one);
      bell.ring();
    });
    working.add(one);
  }

  /** The one whose time has come first, taken out. */
  function dueNow(): WaitingJob | undefined {
    const now = clock.now();
    const at = waiting.findIndex(({ due }) => due <= now);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  }

  function readAhead(): void {
    if (reading || read || complete || stopped() || waiting.length >= MOST_WAITING) return;
    reading = readOne().finally(() => {
      reading = undefined;
      bell.ring();
    });
  }

  while (!stopped()) {
    readAhead();
    while (working.size < options.concurrency && !stopped()) {
      const due = dueNow();
      if (due) begin(due.target, due.attempt + 1, due.result);
      else if (read) {
        const target = read;
        read = undefined;
        begin(target, 1);
        readAhead();
      } else break;
    }
    if (complete && !read && working.size === 0 && waiting.length === 0) break;
    const next = working.size < options.concurrency ? Math.min(...waiting.map(({ due }) => due)) : Infinity;
    await bell.rung(next - clock.now(), clock);
  }
  await Promise.all(working);
  // Not tried to the end, but it is known how they failed.
  for (const { result, target } of waiting) await end(result, target);
  // A source that hangs must not hold us.
  if (!complete) void Promise.resolve(source.return?.()).catch(() => undefined);
  signal.removeEventListener('abort', onAbort);
  return { left, complete, ...(problem && { problem }) };
}

/** What an earlier try has pushed or opened counts, also where the next one finds it as it should be. */
function withEffects(earlier: JobResult, last: JobResult): JobResult {
  const opened = earlier.pullRequest?.action === 'opened' && last.pullRequest?.number === earlier.pullRequest.number;
  if (!earlier.pushed && !opened) return last;
  return {
    ...last,
    ...(last.ended === 'unchanged' && { ended: 'changed' as const, reason: 'finished by a second try' }),
    ...(earlier.pushed && { pushed: true as const }),
    ...(opened && { pullRequest: { ...last.pullRequest!, action: 'opened' as const } }),
  };
}

interface Bell {
  ring(): void;
  /** Resolves when rung, at once where it was rung since the last time, or after so many milliseconds. */
  rung(milliseconds: number, clock: Clock): Promise<void>;
}

function createBell(): Bell {
  let wasRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      wasRung = true;
      wake?.();
    },
    async rung(milliseconds, clock) {
      if (!wasRung) {
        const timer = new AbortController();
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (milliseconds !== Infinity) clock.sleep(milliseconds, timer.signal).then(resolve, () => undefined);
        });
        timer.abort();
      }
      wake = undefined;
      wasRung = false;
    },
  };
}
