// Edits inside ENV: whatever the layout, a pair joins behind its sibling and nothing else moves; the legacy form keeps its value.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinEnv, modernEnv } from '../src/edit/envList.ts';
import { applyEdits } from '../src/edit/textEdits.ts';
import { imageFacts } from '../src/facts/image.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';

const path = 'Dockerfile';

describe('a pair that joins a list', () => {
  const value = fc.constantFrom('1', '"a b"', "'x'", '$HOME', '""', 'a\\ b', '\x24{X:-y}');
  const gap = fc.constantFrom(' ', '  ', ' \\\n  ', ' \\\n\t', '\\\n    ', ' \\\n  # why\n  ', ' \\ \n\n  ');
  const list = fc.record({
    start: fc.constantFrom('ENV ', 'env  ', 'ENV \\\n  '),
    pairs: fc.array(fc.tuple(value, gap), { minLength: 1, maxLength: 6 }),
    at: fc.nat(5),
    end: fc.constantFrom('\nCMD x', '', '  \nCMD x\n'),
    crlf: fc.boolean(),
    backtick: fc.boolean(),
  });

  test('stands directly behind its sibling, and every other pair and byte stays', () => {
    fc.assert(
      fc.property(list, ({ start, pairs, at, end, crlf, backtick }) => {
        const last = pairs.length - 1;
        const body = pairs.map(([v, g], n) => `K${n}=${v}${n < last ? g : ''}`).join('');
        let text = `FROM a\n${start}${body}${end}`;
        if (backtick) text = `# escape=\`\n${text.replaceAll('\\', '`')}`;
        if (crlf) text = text.replaceAll('\n', '\r\n');
        const syntax = parseDockerfile(text);
        fc.pre(syntax.problems.length === 0);
        const env = syntax.instructions[1]!;
        const beside = Math.min(at, last);
        const edit = joinEnv({ path, text, syntax, env }, env.pairs[beside]!, 'NEW=1');
        expect(edit.start).toBe(edit.end);
        const after = applyEdits(text, [edit]);
        const now = parseDockerfile(after);
        expect(now.problems).toEqual([]);
        const wanted = env.pairs.map((p) => `${p.name}=${p.value}`);
        wanted.splice(beside + 1, 0, 'NEW=1');
        expect(now.instructions[1]!.pairs.map((p) => `${p.name}=${p.value}`)).toEqual(wanted);
        expect(now.instructions.length).toBe(syntax.instructions.length);
        if (crlf) expect(after).not.toMatch(/[^\r]\n/);
        // a list on one line stays on it; a pair that is alone begins a list of lines
        const lines = env.line === env.endLine && env.pairs.length > 1 ? 0 : undefined;
        if (lines === 0) expect(now.instructions[1]!.endLine).toBe(now.instructions[1]!.line);
        if (env.pairs.length === 1)
          expect(now.instructions[1]!.endLine).toBe(now.instructions[1]!.line + env.endLine - env.line + 1);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the legacy form', () => {
  const finalEnv = (text: string) => Object.fromEntries(imageFacts(parseDockerfile(text)).stages[0]!.final.env);

  test('keeps its value, or is left', () => {
    const words = fc.array(
      fc.constantFrom('1', ' ', '"', "'", '\\', '$X', '\x24{X:-2}', '=', '#', 'a', '\t', ' \\\n '),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    let rewritten = 0;
    fc.assert(
      fc.property(words, fc.constantFrom(' ', '\t ', ' \\\n  ', ' \\\n# c\n '), (parts, separator) => {
        const text = `FROM scratch\nARG X=9\nENV PYTHONUNBUFFERED${separator}${parts.join('')}\nCMD a`;
        const syntax = parseDockerfile(text);
        fc.pre(syntax.problems.length === 0 && syntax.instructions.length === 4);
        const edit = modernEnv({ path, text, syntax, env: syntax.instructions[2]! });
        if (edit === undefined) return;
        rewritten++;
        const after = applyEdits(text, [edit]);
        expect(parseDockerfile(after).problems).toEqual([]);
        expect(parseDockerfile(after).instructions[2]!.pairs[0]!.separator).toBe('=');
        expect(finalEnv(after)).toEqual(finalEnv(text));
      }),
      { numRuns: 1000 },
    );
    expect(rewritten).toBeGreaterThan(20);
  });

  test.each(['1 # c', '1 PYTHONX=1', '= 1', '=1', '1 2', '"1" "2"', 'a\\ b'])('is left with the value %s', (value) => {
    const text = `FROM scratch\nENV PYTHONUNBUFFERED ${value}\n`;
    const syntax = parseDockerfile(text);
    expect(modernEnv({ path, text, syntax, env: syntax.instructions[1]! })).toBeUndefined();
  });
});
