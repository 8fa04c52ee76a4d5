// The live display: what it counts, what it draws, and that a terminal of any size shows it exactly, with nothing else lost.

import * as fc from 'fast-check';
import pico from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Ended, JobResult } from '../../src/bulk/bulkModel.ts';
import type { CampaignEvent, CampaignSummary } from '../../src/bulk/campaignEvents.ts';
import { liveBlock, progressLine } from '../../src/bulk/display/block.ts';
import { cells, cutShort, duration, grouped } from '../../src/bulk/display/displayWords.ts';
import { keepProgress } from '../../src/bulk/display/progress.ts';
import { blockOn } from '../../src/bulk/display/screen.ts';
import { resultLine, summaryText } from '../../src/bulk/display/summaryText.ts';
import { readAhead } from '../../src/bulk/readAhead.ts';

const plain = pico.createColors(false);
const place = { columns: 80, rows: 24, now: 0, paint: plain };

function result(key: string, ended: Ended = 'changed', more: Partial<JobResult> = {}): JobResult {
  return { key, name: key, ended, reason: 'because', milliseconds: 1, ...more };
}

function kept(events: readonly CampaignEvent[], { rate = 60, seconds = 10 } = {}) {
  let now = 0;
  const progress = keepProgress({ rate, clock: () => now });
  events.forEach((event, at) => {
    now = ((at + 1) * seconds * 1000) / events.length;
    progress.take(event);
  });
  return { progress, now };
}

/** A terminal that breaks lines anew when it is resized, as most do. Lines never end in blanks that count. */
function terminal(columns: number) {
  let width = columns;
  let rows: string[] = [''];
  /** Whether a row goes on in the next one. */
  let soft: boolean[] = [false];
  let [row, column] = [0, 0];
  const ensure = () => {
    while (rows.length <= row) {
      rows.push('');
      soft.push(false);
    }
  };
  return {
    resize(to: number) {
      const lines: string[] = [];
      let cursorLine = 0;
      rows.forEach((text, at) => {
        if (at === row) cursorLine = at > 0 && soft[at - 1] ? lines.length - 1 : lines.length;
        if (at > 0 && soft[at - 1]) lines[lines.length - 1] += text;
        else lines.push(text);
      });
      width = to;
      rows = [];
      soft = [];
      lines.forEach((line, at) => {
        if (at === cursorLine) row = rows.length;
        const pieces = line.match(new RegExp(`.{1,${width}}`, 'g')) ?? [''];
        pieces.forEach((piece, part) => {
          rows.push(piece);
          soft.push(part < pieces.length - 1);
        });
      });
      ensure();
    },
    write(text: string) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's own words
      for (const [token, up] of text.matchAll(/\x1b\[(\d+)A|\x1b\[[KJ]|[\s\S]/g)) {
        if (token === '\n') {
          [row, column] = [row + 1, 0];
          ensure();
        } else if (token === '\r') column = 0;
        else if (up !== undefined) row = Math.max(0, row - Number(up));
        else if (token === '\x1b[K') rows[row] = rows[row]!.slice(0, column);
        else if (token === '\x1b[J') {
          rows = [...rows.slice(0, row), rows[row]!.slice(0, column)];
          soft = [...soft.slice(0, row), false];
        } else {
          rows[row] = rows[row]!.slice(0, column).padEnd(column) + token + rows[row]!.slice(column + 1);
          column++;
          if (column >= width) throw new Error('a line has filled its row');
        }
      }
    },
    size: () => ({ columns: width, rows: 24 }),
    text: () => {
      const all = rows.map((line, at) => line + (soft[at] ? '' : '\n')).join('');
      return all.replace(/\n+$/, '');
    },
  };
}

describe('the block on a terminal', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'c'), maxLength: 40 });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('draw' as const), lines: fc.array(line, { maxLength: 6 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('note' as const) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'typed' as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('resize' as const), to: fc.integer({ min: 8, max: 60 }) }) },
  );

  test('is what was drawn last, below all that others wrote, also after resizes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const screen = terminal(50);
        const block = blockOn(screen);
        const notes: string[] = [];
        let drawn: string[] = [];
        for (const one of steps) {
          const width = screen.size().columns - 1;
          if (one.kind === 'draw') {
            drawn = one.lines.map((text) => text.slice(0, width).trimEnd());
            block.draw(drawn);
          } else if (one.kind === 'typed') {
            if (drawn.length === 0) continue;
            screen.write('^C');
            drawn = [...drawn, 'x'];
            block.draw(drawn);
          } else if (one.kind === 'resize') {
            screen.resize(one.to);
            drawn = drawn.map((text) => text.slice(0, one.to - 1).trimEnd());
            block.draw(drawn);
          } else {
            block.clear();
            const text = `note ${notes.length}`;
            screen.write(`${text}\n`);
            notes.push(text);
            drawn = [];
          }
        }
        const wanted = [...notes, ...drawn].join('\n').replace(/\n+$/, '');
        expect(
          screen
            .text()
            .split('\n')
            .map((text) => text.trimEnd())
            .join('\n')
            .replace(/\n+$/, ''),
        ).toBe(wanted);
      }),
      { numRuns: 300 },
    );
  });

  test('writes nothing where nothing differs, and only the lines that do', () => {
    const written: string[] = [];
    const block = blockOn({ write: (text) => void written.push(text), size: () => ({ columns: 80, rows: 24 }) });
    block.draw(['one', 'two', 'three']);
    block.draw(['one', 'two', 'three']);
    expect(written).toEqual(['one\ntwo\nthree\n']);
    block.draw(['one', 'zwei', 'three']);
    expect(written[1]).toBe('\x1b[3A\r\nzwei\x1b[K\n\n\x1b[J');
    block.clear();
    block.clear();
    expect(written[2]).toBe('\x1b[3A\r\x1b[J');
    expect(written).toHaveLength(3);
  });

  test('never hides the cursor', () => {
    let all = '';
    const block = blockOn({
      write: (text) => {
        all += text;
      },
      size: () => ({ columns: 20, rows: 5 }),
    });
    for (let at = 0; at < 50; at++) block.draw([`${at}`, 'x'.repeat(at % 15)]);
    block.clear();
    expect(all).not.toContain('\x1b[?');
  });
});

describe('the lines of the block', () => {
  test('say how far it is, how fast it goes and how long it takes', () => {
    const ends = Array.from({ length: 20 }, (_, at): CampaignEvent => ({ kind: 'end', result: result(`r${at}`) }));
    const { progress } = kept([{ kind: 'listed', count: 1020 }, ...ends.slice(0, -1)], { seconds: 10 });
    const [head, tail] = liveBlock(progress.now(), place);
    expect(head).toBe('19 of 1,020 done (1%)');
    expect(tail).toBe('19 changed, 0 unchanged, 0 failed · 1.9/s · about 9 min left');
  });

  test('count what was done before a run was broken off', () => {
    const { progress } = kept([
      { kind: 'resume', run: 3, done: 500, began: 0 },
      { kind: 'listed', count: 1000 },
      { kind: 'end', result: result('a', 'failed') },
    ]);
    expect(liveBlock(progress.now(), place)[0]).toBe('501 of 1,000 done (50%)');
    expect(progressLine(progress.now())).toContain('1 failed');
  });

  test('take the pace of pull requests for the time left where that is slower', () => {
    const ends = Array.from(
      { length: 10 },
      (_, at): CampaignEvent => ({
        kind: 'end',
        result: result(`r${at}`, 'changed', { pullRequest: { number: at, url: 'https://x/1', action: 'opened' } }),
      }),
    );
    const { progress } = kept([{ kind: 'listed', count: 130 }, ...ends], { rate: 60, seconds: 10 });
    expect(progress.now().left).toBe(2 * 3_600_000);
  });

  test('keep their places: a repository stays where it began, and its place is taken by the next one', () => {
    const start = (key: string): CampaignEvent => ({ kind: 'start', key, name: key });
    const { progress } = kept([start('a'), start('b'), { kind: 'end', result: result('a') }, start('c')]);
    expect(liveBlock(progress.now(), place).slice(2)).toEqual(['  c', '  b']);
  });

  test('are never wider than the terminal, nor more than it has rows, and steer nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 2, max: 100 }),
        fc.integer({ min: 3, max: 30 }),
        (names, columns, rows) => {
          const starts = names.map(
            (name, at): CampaignEvent => ({ kind: 'start', key: `${at}`, name: `${name}\x1b[2J` }),
          );
          const steps = names.map((_, at): CampaignEvent => ({ kind: 'step', key: `${at}`, step: 'pull request' }));
          const { progress, now } = kept([...starts, ...steps]);
          const lines = liveBlock(progress.now(), { columns, rows, now, paint: plain });
          expect(lines.length).toBeLessThan(rows);
          for (const text of lines) {
            expect(cells(text)).toBeLessThan(columns);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come through
            expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
          }
        },
      ),
    );
  });
});

describe('words', () => {
  test('are cut by what they take on a terminal', () => {
    expect(cutShort('abcdef', 4)).toBe('abc…');
    expect(cells('漢字')).toBe(4);
    expect(cutShort('漢字漢字', 5)).toBe('漢字…');
    expect(cutShort('abc', 0)).toBe('');
  });

  test('say numbers and lengths of time', () => {
    expect([grouped(1), grouped(1234), grouped(1234567)]).toEqual(['1', '1,234', '1,234,567']);
    expect([40, 99, 100, 3600, 12000, 90000, 187200].map((seconds) => duration(seconds * 1000))).toEqual([
      '40 s',
      '99 s',
      '2 min',
      '1 h',
      '3 h 20 min',
      '1 d 1 h',
      '2 d 4 h',
    ]);
  });
});

describe('the summary', () => {
  const empty: CampaignSummary = {
    campaign: 'c',
    mode: 'apply',
    run: 2,
    repositories: 3,
    before: 1,
    counts: { changed: 1, unchanged: 0, skipped: 0, waiting: 0, failed: 2 },
    groups: [
      { ended: 'changed', reason: 'has a new branch', count: 1, first: [{ name: 'o/a', url: 'https://h/o/a/pull/1' }] },
      {
        ended: 'failed',
        reason: 'the forge did not let us',
        count: 2,
        first: [
          { name: 'o/b\x1b[31m', detail: 'archived\nyesterday' },
          { name: 'o/c', again: true },
        ],
      },
    ],
    pullRequests: { opened: 1, updated: 0, kept: 0, closed: 0 },
    links: [],
    pushed: 1,
    fixes: { 'ignore-venv': 1 },
    files: 1,
    findings: 0,
    proofs: { better: 0, same: 0, worse: 0, 'cannot tell': 0 },
    twice: 0,
    milliseconds: 61_000,
    left: { count: 4, more: true },
    stopped: { why: 'aborted', words: 'broken off', next: 'run it again' },
  };

  test('groups by outcome and reason, and says what to do next', () => {
    const text = summaryText(empty, { color: false, verbose: false, retry: 'pyvenv-fix bulk retry --campaign c' });
    expect(text).toBe(
      `Campaign c, run 2: 3 repositories (1 of them from before) in 61 s: 1 changed, 2 failed.

1 changed: has a new branch
  o/a  https://h/o/a/pull/1

2 failed: the forge did not let us
  o/b^[[31m: archived^Jyesterday
  o/c (a second try may help)

Pull requests: 1 opened.
Branches pushed: 1.
1 fix in 1 file: ignore-venv 1.

Stopped: Broken off. Run it again.
At least 4 repositories are left.
Mend what the lines above name; \`pyvenv-fix bulk retry --campaign c\` tries again what failed.
`,
    );
  });

  test('has a line for each repository', () => {
    const changed = result('o/a', 'changed', { fixes: { 'ignore-venv': 2, 'set-python-env': 1 }, files: 2 });
    expect(resultLine(changed, { color: false })).toBe('o/a: 3 fixes in 2 files (ignore-venv 2, set-python-env)\n');
    expect(resultLine(result('o/b', 'failed', { detail: 'x\ny' }), { color: false })).toBe(
      'o/b: failed: because (x^Jy)\n',
    );
  });
});

describe('reading ahead', () => {
  async function* numbers(count: number, error?: Error) {
    for (let at = 0; at < count; at++) yield at;
    if (error) throw error;
  }

  async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  }

  test('gives the same items in the same order, and the count', async () => {
    let count = -1;
    const all = await collect(readAhead(numbers(5000), { most: 100, onEnd: (known) => (count = known) }));
    expect(all).toEqual(Array.from({ length: 5000 }, (_, at) => at));
    expect(count).toBe(5000);
  });

  test('gives the error after the items, and no count', async () => {
    let count = -1;
    const ahead = readAhead(numbers(3, new Error('gone')), { most: 100, onEnd: (known) => (count = known) });
    const iterator = ahead[Symbol.asyncIterator]();
    expect([await iterator.next(), await iterator.next(), await iterator.next()].map(({ value }) => value)).toEqual([
      0, 1, 2,
    ]);
    await expect(iterator.next()).rejects.toThrow('gone');
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(count).toBe(-1);
  });

  test('holds no more than it may, and lets go at once', async () => {
    let given = 0;
    async function* endless() {
      for (;;) yield given++;
    }
    const iterator = readAhead(endless(), { most: 10, onEnd: () => {} })[Symbol.asyncIterator]();
    for (let at = 0; at < 50; at++) expect((await iterator.next()).value).toBe(at);
    await new Promise((done) => setTimeout(done, 5));
    expect(given).toBeLessThanOrEqual(50 + 11);
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});
