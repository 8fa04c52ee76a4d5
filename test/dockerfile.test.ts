// Reading Dockerfiles: every kept answer of BuildKit, exact offsets, and hostile input.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { imageFacts } from '../src/facts/image.ts';
import { isKnown, readable } from '../src/facts/values.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';
import type { Instruction } from '../src/parse/dockerfile/syntax.ts';
import { type Case, textOfCase } from './oracle/cases/case.ts';
import { compareInstructions } from './oracle/compareInstructions.ts';
import { compareStates } from './oracle/compareStates.ts';
import { latin1Of } from './oracle/goText.ts';
import type { DockerfileAnswer } from './oracle/judge.ts';

interface Kept extends Case {
  readonly answer: DockerfileAnswer;
}
const kept: readonly Kept[] = JSON.parse(readFileSync(new URL('./kept/dockerfile.json', import.meta.url), 'utf8'));
const whole = kept.filter((c) => c.parts === undefined);
const messages = (text: string): string[] => parseDockerfile(text).problems.map((p) => p.message);
const facts = (text: string, args: Record<string, string> = {}) =>
  imageFacts(parseDockerfile(text), { buildArgs: new Map(Object.entries(args)) });
/** The environment before the last instruction of the last stage. */
const lastEnv = (text: string, args: Record<string, string> = {}) =>
  facts(text, args).stages.at(-1)!.before.at(-1)!.buildEnv;

describe('what BuildKit refuses is refused', () => {
  const refused = whole.filter(
    (c) =>
      c.answer.error !== undefined ||
      c.answer.stagesError !== undefined ||
      c.answer.stages?.some((s) => s.error !== undefined),
  );
  test('there are such cases', () => expect(refused.length).toBeGreaterThan(90));
  it.each(refused.map((c) => [c.name, c] as const))('%s', (_, c) => {
    const text = latin1Of(textOfCase(c));
    const verdicts = [compareInstructions(text, c.answer), compareStates(text, c, c.answer)].map((j) => j?.verdict);
    expect(verdicts).not.toContain('onlyWeAccept');
    expect(verdicts).not.toContain('disagreed');
  });
});

/** Offsets of everything in the instruction that stands somewhere, each with the raw text that must stand there. */
function checkPositions(i: Instruction, text: string): void {
  const { pieces } = i.logical;
  let at = 0;
  let offset = -1;
  for (const p of pieces) {
    expect(p.at).toBe(at);
    expect(p.offset).toBeGreaterThan(offset);
    expect(p.length).toBeGreaterThan(0);
    expect(text.slice(p.offset, p.offset + p.length)).toBe(i.logical.text.slice(p.at, p.at + p.length));
    at += p.length;
    offset = p.offset + p.length - 1;
  }
  expect(at).toBe(i.logical.text.length);
  expect(i.start).toBeLessThanOrEqual(i.end);
  expect(i.argsAt).toBeLessThanOrEqual(i.argsTo);
  for (const w of i.json ?? []) {
    const raw = i.logical.text.slice(w.at, w.to);
    if (!/[\\\x80-\xff]/.test(raw)) expect(raw).toBe(JSON.stringify(w.value));
    else expect(raw).toMatch(/^".*"$/s);
  }
  if (i.json === undefined) for (const w of i.words) expect(i.logical.text.slice(w.at, w.to)).toBe(w.value);
  for (const p of i.pairs) {
    const raw = i.logical.text.slice(p.at, p.to);
    expect(raw.startsWith(p.name)).toBe(true);
    // a lone escape at the end of the instruction is no part of the value
    if (p.value !== undefined) expect(i.logical.text.slice(p.valueAt, p.to).startsWith(p.value)).toBe(true);
  }
  for (const f of i.flags) expect(i.logical.text.slice(f.at, f.at + 2)).toMatch(/^-/);
  for (const h of i.heredocs) {
    expect(i.logical.text.slice(h.at, h.to)).toContain('<<');
    expect(h.body.start).toBeLessThanOrEqual(h.body.end);
    const terminator = text.slice(h.terminator.start, h.terminator.end);
    expect(h.chomp ? terminator.replace(/^\t+/, '') : terminator).toBe(h.name);
  }
  if (i.trigger) checkPositions(i.trigger, text);
}

describe('positions', () => {
  it.each(whole.map((c) => [c.name, c] as const))('%s', (_, c) => {
    const text = latin1Of(textOfCase(c));
    const { instructions, problems } = parseDockerfile(text);
    if (problems.length === 0) for (const i of instructions) checkPositions(i, text);
  });

  const piece = fc.constantFrom(
    ...['RUN ', 'COPY ', 'ENV A=', 'FROM a\n', 'CMD ["a", "\\u00e9"]\n', '\\\n', '\\ \n', '# c\n', '\n', '\r\n', ' '],
    ...[
      '<<EOF',
      'EOF\n',
      '"',
      "'",
      '${A:-',
      '}',
      '$',
      '\xc3\xa9',
      '\xef\xbb\xbf',
      '\0',
      'x',
      '--mount=',
      '[',
      ']',
      ',',
    ],
    ...['ONBUILD ', 'HEALTHCHECK CMD ', '# escape=`\n', '`', 'ARG B\n', 'LABEL a b\n', '\xff', '\t'],
  );
  test('of any text are exact, and reading never throws', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        const syntax = parseDockerfile(text);
        imageFacts(syntax);
        for (const i of syntax.instructions) {
          for (const p of i.logical.pieces) {
            expect(text.slice(p.offset, p.offset + p.length)).toBe(i.logical.text.slice(p.at, p.at + p.length));
          }
        }
        if (syntax.problems.length === 0) for (const i of syntax.instructions) checkPositions(i, text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('hostile input', () => {
  const quick = (name: string, text: () => string, check: (syntax: ReturnType<typeof parseDockerfile>) => void) =>
    test(name, { timeout: 120_000 }, () => {
      const source = text();
      const start = process.cpuUsage();
      const syntax = parseDockerfile(source);
      imageFacts(syntax);
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1_000_000).toBeLessThan(8);
      check(syntax);
    });
  const refused = (syntax: ReturnType<typeof parseDockerfile>) => expect(syntax.problems.length).toBeGreaterThan(0);

  quick('a line of 10 MB', () => `FROM a\nRUN ${'x <<'.repeat(2_500_000)}\n`, refused);
  quick(
    '10 MB of continued lines',
    () => `FROM a\nRUN ${'"a" ${B:-c} \\\n'.repeat(700_000)} y\n`,
    (s) => expect(s.instructions).toHaveLength(2),
  );
  quick(
    'many here-documents',
    () => `FROM a\nRUN ${'<<A '.repeat(16_000)}\n${'A\n'.repeat(16_000)}`,
    (s) => {
      expect(s.instructions.at(-1)!.heredocs).toHaveLength(16_000);
    },
  );
  quick(
    'nested braces',
    () => `FROM a\nENV A=${'${B:-'.repeat(10_000)}\n`,
    () => undefined,
  );
  quick('nested ONBUILD', () => `FROM a\n${'ONBUILD '.repeat(8_000)}\n`, refused);
  quick(
    'a long list of escapes',
    () => `FROM a\nCMD ["${'\\u0041'.repeat(10_000)}"]\n`,
    (s) => {
      expect(s.instructions[1]!.json?.[0]?.value).toHaveLength(10_000);
    },
  );
  quick(
    'a new variable on every line',
    () => {
      const lines = Array.from({ length: 40_000 }, (_, n) => `ENV A${n}=1\n`);
      return `FROM a\n${lines.join('')}`;
    },
    (s) => expect(imageFacts(s).problems.map((p) => p.message)).toEqual(['too many variables to follow']),
  );
  quick(
    'a variable that doubles on every line',
    () => `FROM a\nENV A=xxxx\n${'ENV A=$A$A\n'.repeat(60)}RUN y\n`,
    (s) => {
      expect(imageFacts(s).problems[0]!.message).toContain('longer than we follow');
    },
  );
});

describe('lines and directives', () => {
  test('a line may have 65,535 bytes and its newline', () => {
    const line = (n: number) => `RUN ${'x'.repeat(n - 4)}`;
    expect(messages(`FROM a\n${line(65_535)}\n`)).toEqual([]);
    expect(messages(`FROM a\n${line(65_535)}`)).toEqual([]);
    expect(messages(`FROM a\n${line(65_536)}`)).toEqual(['a line longer than 65535 bytes, which BuildKit refuses']);
  });
  test('a NUL byte is refused', () => {
    expect(messages('FROM a\nRUN b\0c\n')).toEqual(['a NUL byte, which shells leave out']);
  });
  test('directives end at the first line that is none', () => {
    expect(parseDockerfile('# syntax = x\n# Escape = `\nFROM a\n')).toMatchObject({
      syntaxDirective: 'x',
      escape: '`',
    });
    expect(parseDockerfile('# x\n# escape=`\nFROM a\n').escape).toBe('\\');
    expect(parseDockerfile('#\xc2\xa0escape=`\nFROM a\n').escape).toBe('`');
    expect(messages('# escape=\nFROM a\n')).toEqual([]);
    expect(messages('# escape= \nFROM a\n')).toEqual(["invalid escape token ' '"]);
  });
});

describe('stages', () => {
  test('FROM scratch has the PATH that BuildKit gives', () => {
    expect(lastEnv('FROM scratch\nRUN x\n').get('PATH')).toBe(
      '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    );
  });
  test('names of ARG are literal, names of ENV are not', () => {
    const env = lastEnv('FROM debian\nENV A=N\nARG ${A}G=arg\nENV ${A}E=env\nRUN x\n');
    expect(env.get('NG')).toBeUndefined();
    expect(env.get('${A}G')).toBe('arg');
    expect(env.get('NE')).toBe('env');
  });
  test('an ARG over an ENV hides it in its own stage only', () => {
    const { stages } = facts('FROM debian AS s\nENV E=1\nARG E=2\nARG F=3\nRUN x\nFROM s\nRUN y\n');
    expect(stages[0]!.final.buildEnv.get('E')).toBe('2');
    expect(stages[1]!.before[0]!.buildEnv.get('E')).toBe('1');
    expect(stages[1]!.before[0]!.buildEnv.get('F')).toBe('3');
  });
  test('a stage is found by its name in the case it is written in', () => {
    expect(facts('FROM debian AS Bld\nFROM bld\n').stages[1]!.parent).toBe(0);
    expect(facts('FROM debian AS Bld\nFROM Bld\n').problems.map((p) => p.message)).toEqual([
      'Bld is no image reference',
    ]);
  });
  test('ONBUILD of a stage is not followed into the stage that is FROM it', () => {
    const text = 'FROM debian AS s\nONBUILD ENV A=1\nFROM s\nRUN x\n';
    expect(facts(text).problems.map((p) => p.message)).toEqual([
      'the ONBUILD instructions of s, which run here, are not followed',
    ]);
    expect(facts('FROM debian\nONBUILD ENV A=1\nRUN x\n').problems).toEqual([]);
  });
  test('platform arguments are unknown, unless they are given', () => {
    expect(isKnown(lastEnv('FROM debian\nARG TARGETARCH\nENV A=$TARGETARCH\nRUN x\n').get('A')!)).toBe(false);
    expect(lastEnv('FROM debian\nARG TARGETARCH=x\nENV A=$TARGETARCH\nRUN x\n').get('A')).toBe('x');
    expect(lastEnv('FROM debian\nARG TARGETARCH\nENV A=$TARGETARCH\nRUN x\n', { TARGETARCH: 'arm64' }).get('A')).toBe(
      'arm64',
    );
  });
  test('a predefined ARG is not seen without ARG', () => {
    expect(lastEnv('FROM debian\nENV A=[$HTTP_PROXY]\nRUN x\n', { HTTP_PROXY: 'p' }).get('A')).toBe('[]');
    expect(lastEnv('FROM debian\nARG HTTP_PROXY\nENV A=[$HTTP_PROXY]\nRUN x\n', { HTTP_PROXY: 'p' }).get('A')).toBe(
      '[p]',
    );
  });
  test('an ENTRYPOINT drops the CMD of the stage below, not its own', () => {
    const below = facts('FROM debian AS s\nCMD ["a"]\nFROM s\nENTRYPOINT ["e"]\n').stages[1]!.final;
    expect(below.cmd).toBeUndefined();
    const own = facts('FROM debian\nCMD ["a"]\nENTRYPOINT ["e"]\n').stages[0]!.final;
    expect(own.cmd?.json?.map((w) => w.value)).toEqual(['a']);
  });
  test('a port that is not known is no wrong one', () => {
    expect(facts('FROM debian\nARG P\nEXPOSE $P ${P:-80}/tcp\n').problems).toEqual([]);
    expect(facts('FROM debian\nENV P=http\nEXPOSE $P\n').problems.map((p) => p.message)).toEqual(['invalid port http']);
  });
  test('a relative WORKDIR on an unknown one is unknown', () => {
    expect(facts('FROM some/image\nWORKDIR app\nRUN x\n').stages[0]!.final.cwd).not.toBe('/app');
    expect(facts('FROM debian\nWORKDIR /a\nWORKDIR b\nWORKDIR ../c\n').stages[0]!.final.cwd).toBe('/a/c');
    const open = facts('FROM debian\nARG D\nWORKDIR $D\nWORKDIR b\n').stages[0]!.final.cwd;
    expect(readable(open)).toBe('<ARG D>/b');
  });
});
