// Reads sources ahead of the work, so far as memory stays small: what is read to its end tells how much there is to do.

export interface AheadOptions {
  /** Items that may wait to be taken. */
  readonly most: number;
  /** Told once, when the source has been read to its end: how many items it had. */
  readonly onEnd: (count: number) => void;
}

/** The same items, and the same error after them. Reading begins with the first item asked for. */
export function readAhead<T>(source: AsyncIterable<T>, { most, onEnd }: AheadOptions): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting: T[] = [];
  const asking: { resolve(result: IteratorResult<T, undefined>): void; reject(error: unknown): void }[] = [];
  let taken = 0;
  let count = 0;
  let end: { readonly error?: unknown } | undefined;
  let reading = false;

  const over = (how: { readonly error?: unknown }) => {
    end ??= how;
    for (const one of asking.splice(0)) settle(one);
  };
  const settle = (one: (typeof asking)[number]) => {
    if (end && 'error' in end) {
      const { error } = end;
      // Said once; then it is simply over.
      end = {};
      one.reject(error);
    } else one.resolve({ done: true, value: undefined });
  };
  const read = async () => {
    reading = true;
    try {
      while (!end && waiting.length - taken < most) {
        const { done, value } = await iterator.next();
        if (end) return;
        if (done) {
          onEnd(count);
          return over({});
        }
        count++;
        const next = asking.shift();
        if (next) next.resolve({ done: false, value });
        else waiting.push(value);
      }
    } catch (error) {
      over({ error });
    } finally {
      reading = false;
    }
  };
  const take = (): T => {
    const item = waiting[taken++]!;
    if (taken >= 1024) {
      waiting.splice(0, taken);
      taken = 0;
    }
    return item;
  };

  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        if (!reading && !end) void read();
        if (taken < waiting.length) return Promise.resolve({ done: false as const, value: take() });
        return new Promise<IteratorResult<T, undefined>>((resolve, reject) => {
          if (end) settle({ resolve, reject });
          else asking.push({ resolve, reject });
        });
      },
      return() {
        waiting.length = taken = 0;
        end ??= {};
        // Whoever still waits for an item is left waiting, as a generator would: the source is not at its end. And one that waits for
        // its own next item cannot end before it comes, so nobody waits for that either.
        void Promise.resolve(iterator.return?.()).catch(() => undefined);
        return Promise.resolve({ done: true as const, value: undefined });
      },
    }),
  };
}
