// Small pieces that the clients of forges share: waiting, and keeping every error a `ForgeProblem`.

import { ForgeProblem } from './forge.ts';

/** Resolves after so many milliseconds; rejects with a `ForgeProblem` when `signal` aborts. */
export function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new ForgeProblem('again', 'stopped while a forge was waited for'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** The same work, but every error that comes of an answer in another form than the forge's description says is a `ForgeProblem`. */
export async function asForgeProblem<T>(host: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ForgeProblem) throw error;
    throw new ForgeProblem('refused', `${host} answered in a form that we do not know`);
  }
}

/** The result of `work`, or undefined where the forge says that it is not there. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ForgeProblem && error.kind === 'missing') return undefined;
    throw error;
  }
}

/**
 * What the forge lists, one after another, as `make` reads it. By hand, so that only what the forge says is guarded and not what the
 * consumer throws.
 */
export async function* eachOf<A, B>(host: string, found: AsyncIterable<A>, make: (answer: A) => B): AsyncGenerator<B> {
  const iterator = found[Symbol.asyncIterator]();
  for (;;) {
    const next = await asForgeProblem(host, () => iterator.next());
    if (next.done) return;
    yield await asForgeProblem(host, async () => make(next.value));
  }
}
