// The pool, the pace of writes, waves and budgets, with time that jumps.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetOf, durationWords } from '../../src/bulk/budget.ts';
import type { Job, JobResult, Target } from '../../src/bulk/bulkModel.ts';
import { systemClock } from '../../src/bulk/clock.ts';
import { createPacer } from '../../src/bulk/pace.ts';
import { type PoolOptions, runPool } from '../../src/bulk/pool.ts';
import { createWave } from '../../src/bulk/wave.ts';
import { each, jumpingClock, result, target } from './bulkKit.ts';

const never = new AbortController().signal;
const again: Partial<JobResult> = { ended: 'failed', reason: 'no answer', again: true };

function targets(count: number): Target[] {
  return Array.from({ length: count }, (_, at) => target(`r${at}`));
}

function pool(source: AsyncIterable<Target>, job: Job, more: Partial<PoolOptions> = {}) {
  const ended: JobResult[] = [];
  const retried: [string, number, number][] = [];
  const options: PoolOptions = {
    ...{ concurrency: 3, signal: never, onStart: () => {}, onStep: () => {}, random: () => 0.5 },
    onAgain: ({ key }, attempt, wait) => retried.push([key, attempt, wait]),
    onEnd: async (one) => void ended.push(one),
    ...more,
  };
  return runPool(source, job, options).then((end) => ({ end, ended, retried }));
}

describe('the pool', () => {
  test('does each once, so many at a time, and reads hardly ahead', async () => {
    let [working, most, read, done, farthest] = [0, 0, 0, 0, 0];
    async function* source(): AsyncIterable<Target> {
      for (const one of targets(100)) {
        read++;
        farthest = Math.max(farthest, read - done);
        yield one;
      }
    }
    const { end, ended } = await pool(source(), async ({ key }) => {
      most = Math.max(most, ++working);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
      working--;
      done++;
      return result(key);
    });
    expect(end).toEqual({ left: 0, complete: true });
    expect(most).toBe(3);
    expect(farthest).toBeLessThanOrEqual(5);
    expect(ended.map(({ key }) => key).sort()).toEqual(
      targets(100)
        .map(({ key }) => key)
        .sort(),
    );
  });

  test('counts what an earlier try has pushed and opened', async () => {
    const request = { number: 1, url: 'u' };
    const tries: Partial<JobResult>[] = [
      { ...again, pushed: true, commit: 'c', pullRequest: { ...request, action: 'opened' } },
      { ended: 'unchanged', commit: 'c', pullRequest: { ...request, action: 'kept' } },
    ];
    const job: Job = async ({ key }) => result(key, tries.shift());
    const { ended } = await pool(each(targets(1)), job, { clock: jumpingClock() });
    expect(ended).toMatchObject([{ ended: 'changed', pushed: true, pullRequest: { action: 'opened' } }]);
  });

  test('tries twice more what may help, later, and blocks no slot meanwhile', async () => {
    const clock = jumpingClock();
    const order: string[] = [];
    const job: Job = async ({ key }) => {
      order.push(key);
      const tries = order.filter((one) => one === key).length;
      return result(key, key === 'r0' || (key === 'r1' && tries < 2) ? again : {});
    };
    const { ended, retried } = await pool(each(targets(4)), job, { clock, concurrency: 1 });
    expect(order).toEqual(['r0', 'r1', 'r2', 'r3', 'r0', 'r1', 'r0']);
    expect(retried).toEqual([
      ['r0', 1, 4000],
      ['r1', 1, 4000],
      ['r0', 2, 30000],
    ]);
    expect(ended.map(({ key, ended }) => [key, ended])).toEqual([
      ['r2', 'unchanged'],
      ['r3', 'unchanged'],
      ['r1', 'unchanged'],
      ['r0', 'failed'],
    ]);
    expect(clock.passed()).toBe(34_000);
  });

  test('reads no further while very many wait for another try', async () => {
    const clock = jumpingClock();
    let most = 0;
    let waiting = 0;
    const tries = new Map<string, number>();
    const job: Job = async ({ key }) => {
      const nth = (tries.get(key) ?? 0) + 1;
      tries.set(key, nth);
      if (nth > 1) waiting--;
      return result(key, again);
    };
    const { ended } = await pool(each(targets(2500)), job, {
      clock,
      onAgain: () => {
        most = Math.max(most, ++waiting);
      },
    });
    expect(ended).toHaveLength(2500);
    expect(most).toBeLessThanOrEqual(1005);
  });

  test('on abort begins nothing, tells those at work, and keeps what is known', async () => {
    const stop = new AbortController();
    const begun: string[] = [];
    const job: Job = async ({ key }, { signal }) => {
      begun.push(key);
      if (key === 'r0') return result(key, again);
      if (key === 'r1') return result(key);
      if (begun.length === 4) stop.abort(new Error('stop'));
      signal.throwIfAborted();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return result(key);
    };
    const { end, ended } = await pool(each(targets(100)), job, { signal: stop.signal, concurrency: 2 });
    expect(begun).toEqual(['r0', 'r1', 'r2', 'r3']);
    expect(ended.map(({ key, again }) => [key, again])).toEqual([
      ['r1', undefined],
      ['r0', true],
    ]);
    expect(end.complete).toBe(false);
    expect(end.left).toBeGreaterThanOrEqual(2);
  });

  test('aborted before it begins, and with a source that hangs', async () => {
    const { end } = await pool(each(targets(3)), async ({ key }) => result(key), { signal: AbortSignal.abort() });
    expect(end).toEqual({ left: 0, complete: false });
    const stop = new AbortController();
    const hanging = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    setTimeout(() => stop.abort(), 5);
    const hung = await pool(hanging, async ({ key }) => result(key), { signal: stop.signal });
    expect(hung.end).toEqual({ left: 0, complete: false });
  });

  test('a source that breaks ends the pool; those at work are finished', async () => {
    async function* source(): AsyncIterable<Target> {
      yield* targets(2);
      throw new Error('unreadable');
    }
    const { end, ended } = await pool(source(), async ({ key }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return result(key);
    });
    expect(ended).toHaveLength(2);
    expect(end).toMatchObject({ complete: false, problem: { from: 'targets', error: new Error('unreadable') } });
  });

  test('a job that throws is one failure', async () => {
    const { ended } = await pool(each(targets(2)), async ({ key }) => {
      if (key === 'r0') throw new Error('bug');
      return result(key);
    });
    expect(ended.map(({ ended, detail }) => [ended, detail]).sort()).toEqual([
      ['failed', 'bug'],
      ['unchanged', undefined],
    ]);
  });
});

test('many jobs at a time listen to the signal without a warning', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => warnings.push(message);
  process.on('warning', onWarning);
  const job: Job = async ({ key }, { signal }) => {
    signal.addEventListener('abort', () => {});
    await new Promise((resolve) => setTimeout(resolve, 1));
    return result(key);
  };
  const { ended } = await pool(each(targets(100)), job, { concurrency: 50 });
  await new Promise((resolve) => setTimeout(resolve, 1));
  process.off('warning', onWarning);
  expect([ended.length, warnings]).toEqual([100, []]);
});

describe('the pace', () => {
  test('one turn each 3600/rate seconds on a host, in order; hosts do not wait for each other', async () => {
    const clock = jumpingClock();
    const pacer = createPacer({ rate: 60, clock });
    const turns: [string, number][] = [];
    const turn = async (name: string, host: string) => {
      await pacer.turn(host, never);
      turns.push([name, clock.passed()]);
    };
    await Promise.all([turn('a', 'x'), turn('b', 'x'), turn('c', 'y'), turn('d', 'x')]);
    expect(turns).toEqual([
      ['a', 0],
      ['c', 0],
      ['b', 60_000],
      ['d', 120_000],
    ]);
    // None is saved up while nobody asks.
    await clock.sleep(600_000, never);
    const before = clock.passed();
    await Promise.all([turn('e', 'x'), turn('f', 'x')]);
    expect(turns.slice(-2)).toEqual([
      ['e', before],
      ['f', before + 60_000],
    ]);
  });

  test('never faster than one a second, and a back-off holds everybody', async () => {
    const clock = jumpingClock();
    const pacer = createPacer({ rate: 1_000_000, clock });
    const times: number[] = [];
    const turn = () => pacer.turn('x', never).then(() => times.push(clock.passed()));
    await Promise.all([turn(), turn()]);
    await pacer.backOff('x', 30_000);
    await pacer.backOff('x', 10);
    await Promise.all([turn(), turn(), pacer.ready('x', never).then(() => times.push(-clock.passed()))]);
    expect(times.sort((a, b) => Math.abs(a) - Math.abs(b) || a - b)).toEqual([0, 1000, -31_000, 31_000, 32_000]);
    await pacer.ready('y', never);
    expect(clock.passed()).toBe(32_000);
  });

  test('a back-off that comes while one waits counts too; a hostile one is a day at most', async () => {
    const clock = jumpingClock();
    const pacer = createPacer({ rate: 60, clock });
    await pacer.turn('x', never);
    const second = pacer.turn('x', never).then(() => clock.passed());
    await pacer.backOff('x', 1e15);
    expect(await second).toBe(24 * 3600_000);
    await pacer.backOff('x', Number.NaN);
    await pacer.ready('x', never);
    expect(clock.passed()).toBe(24 * 3600_000);
  });

  test('who gives up goes at once and takes nobody’s turn', async () => {
    const clock = jumpingClock();
    const pacer = createPacer({ rate: 60, clock });
    const stop = new AbortController();
    await pacer.turn('x', never);
    const second = pacer.turn('x', never).then(() => clock.passed());
    const third = pacer.turn('x', stop.signal).catch((error: unknown) => [error, clock.passed()]);
    const fourth = pacer.turn('x', never).then(() => clock.passed());
    stop.abort('enough');
    expect(await third).toEqual(['enough', 0]);
    expect(await Promise.all([second, fourth])).toEqual([60_000, 120_000]);
  });
});

test('the system’s clock sleeps, stops, and takes waits that no timer takes', async () => {
  const began = performance.now();
  await systemClock.sleep(20, never);
  expect(performance.now() - began).toBeGreaterThanOrEqual(15);
  const stop = new AbortController();
  const long = systemClock.sleep(2 ** 40, stop.signal).then(
    () => 'woke',
    (reason: unknown) => reason,
  );
  setTimeout(() => stop.abort('enough'), 20);
  expect(await long).toBe('enough');
  await expect(systemClock.sleep(1, AbortSignal.abort('no'))).rejects.toBe('no');
});

describe('waves', () => {
  test('let in so many keys, each once, recorded before it is let in', async () => {
    const recorded: string[] = [];
    const record = async (key: string) => void recorded.push(key);
    const wave = createWave({ limit: 3, admitted: ['old'], record });
    const all = await Promise.all(['a', 'a', 'old', 'b', 'c', 'a'].map((key) => wave.admit(key)));
    expect(all).toEqual([true, true, true, true, false, true]);
    expect(recorded).toEqual(['a', 'b']);
  });

  test('of no limit let everybody in and record nothing', async () => {
    const wave = createWave({ limit: undefined, admitted: [], record: () => Promise.reject(new Error('no')) });
    expect(await wave.admit('a')).toBe(true);
  });

  test('let nobody in whom the journal cannot take', async () => {
    const wave = createWave({ limit: 1, admitted: [], record: () => Promise.reject(new Error('full')) });
    await expect(wave.admit('a')).rejects.toThrow('full');
  });
});

test.each([
  [412, 60, '412 pull requests, at 60/h: 7 h'],
  [1, 60, '1 pull request, at 60/h: 1 min'],
  [0, 60, 'no pull requests'],
  [25, 60, '25 pull requests, at 60/h: 25 min'],
  [10_000, 60, '10000 pull requests, at 60/h: 7 days'],
  [10, 1e9, '10 pull requests, at 3600/h: 1 min'],
])('%i at %i an hour', (count, rate, words) => {
  expect(budgetOf(count, rate)).toBe(words);
});

test('words for a length of time are never off by more than half of what they count in', () => {
  const units = { min: 60_000, h: 3600_000, days: 24 * 3600_000 };
  fc.assert(
    fc.property(fc.integer({ min: 60_000, max: 1e11 }), (milliseconds) => {
      const [, count, unit] = /^([0-9]+) (min|h|days)$/.exec(durationWords(milliseconds))!;
      const length = units[unit as keyof typeof units];
      // Hours are rounded from minutes.
      expect(Math.abs(Number(count) * length - milliseconds)).toBeLessThanOrEqual(length / 2 + 1_830_000);
    }),
  );
});
