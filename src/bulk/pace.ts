// Paces the writes of one process to each host, and lets nobody ask a host that wants to be left alone.

import type { Pacer } from './bulkModel.ts';
import { type Clock, systemClock } from './clock.ts';

/** GitHub asks for at least a second between requests that make content. */
const LEAST_GAP = 1000;
/** No host may silence us for longer by one answer. */
const LONGEST_BACK_OFF = 24 * 3600_000;

interface Host {
  /** When its next write may be sent. */
  next: number;
  /** Until when nothing may be asked of it. */
  quiet: number;
  /** Settles when the turn given out last has been taken; turns are given in the order they were asked for. */
  last: Promise<void>;
}

/**
 * A pacer for the workers of this process: on each host `rate` writes an hour, evenly spread, at least a second apart; the first
 * may go at once, and none is saved up.
 */
export function createPacer({ rate, clock = systemClock }: { readonly rate: number; readonly clock?: Clock }): Pacer {
  const gap = Math.max(LEAST_GAP, Math.ceil(3600_000 / rate));
  const hosts = new Map<string, Host>();

  function of(host: string): Host {
    const known = hosts.get(host) ?? { next: 0, quiet: 0, last: Promise.resolve() };
    hosts.set(host, known);
    return known;
  }

  /** Waits until `time()` lies behind us; it may move away while we wait. */
  async function waitFor(time: () => number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (;;) {
      const wait = time() - clock.now();
      if (wait <= 0) return;
      await clock.sleep(wait, signal);
    }
  }

  return {
    turn(name, signal) {
      const host = of(name);
      const mine = host.last.then(async () => {
        await waitFor(() => Math.max(host.next, host.quiet), signal);
        host.next = clock.now() + gap;
      });
      // Whoever gives up leaves the turn to the next one.
      host.last = mine.catch(() => undefined);
      return unlessAborted(mine, signal);
    },
    async backOff(name, milliseconds) {
      const host = of(name);
      const wait = Math.min(Math.max(0, milliseconds || 0), LONGEST_BACK_OFF);
      host.quiet = Math.max(host.quiet, clock.now() + wait);
    },
    ready: (name, signal) => waitFor(() => of(name).quiet, signal),
  };
}

/** As `promise`, but does not make whoever gives up stand in line until those before have gone. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
