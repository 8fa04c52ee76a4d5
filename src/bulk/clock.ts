// Time as the paced parts see it, so that hours can pass in a test at once.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it aborts before. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Longer waits than a 32-bit timer takes fire at once; a week is waited for in parts by whoever looks at the time again. */
const LONGEST_TIMER = 7 * 24 * 3600_000;

/** The machine's own clock. A sleep ends after a week at the latest: look at the time again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', stop);
          resolve();
        },
        Math.min(Math.max(0, milliseconds), LONGEST_TIMER),
      );
      signal.addEventListener('abort', stop, { once: true });
    }),
};
