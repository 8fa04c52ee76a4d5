// Shell texts: commands stand in the file where the tree says, through continuations, comments, here-documents and quotes.
import { describe, expect, it, test } from 'vitest';
import type { LogicalText } from '../src/model.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';
import type { Instruction } from '../src/parse/dockerfile/syntax.ts';
import { type CommandSyntax, fileRange, parseShell, type ShellSyntax } from '../src/parse/shell/shell.ts';
import { joinPieces, sliceLogical } from '../src/text/logical.ts';

const plain = (text: string): LogicalText => joinPieces(text, [{ start: 0, end: text.length }]);
const runOf = (text: string): Instruction => parseDockerfile(text).instructions.find((i) => i.keyword === 'RUN')!;
const shellOf = (i: Instruction): ShellSyntax => parseShell(sliceLogical(i.logical, i.argsAt, i.argsTo));

/** Simple commands of a list, from left to right. */
function simple(shell: ShellSyntax): CommandSyntax[] {
  const found: CommandSyntax[] = [];
  const walk = (node: { readonly type: string }): void => {
    if (node.type === 'Command') found.push(node as CommandSyntax);
    for (const child of (node as { commands?: readonly { readonly type: string }[] }).commands ?? []) walk(child);
    const inner = (node as { command?: { readonly type: string } }).command;
    if (inner) walk(inner);
  };
  for (const statement of shell.script?.commands ?? []) walk(statement);
  return found;
}

/** What stands in the file from a command's first to its last byte. */
const sources = (text: string, shell: ShellSyntax): string[] =>
  simple(shell).map((c) => {
    const { start, end } = fileRange(shell, c.pos, c.end);
    return text.slice(start, end);
  });

describe('offsets', () => {
  it.each([
    ['one line', 'FROM a\nRUN . v/bin/activate && pip install x\n', ['. v/bin/activate', 'pip install x']],
    ['continuations', 'FROM a\nRUN . v/bin/activate && \\\n    pip install x\n', ['. v/bin/activate', 'pip install x']],
    ['a comment between', 'FROM a\nRUN a && \\\n# c && d\n  b\n', ['a', 'b']],
    ['a word over two lines', 'FROM a\nRUN a && pi\\\np install\n', ['a', 'pi\\\np install']],
    ['CRLF', 'FROM a\r\nRUN a && \\\r\n  b c\r\n', ['a', 'b c']],
    ['flags before', 'FROM a\nRUN --mount=type=cache,target=/c --network=none a && b\n', ['a', 'b']],
    ['bytes beyond ASCII', 'FROM a\nRUN echo \xc3\xa9\xff && b\n', ['echo \xc3\xa9\xff', 'b']],
    ['another escape', '# escape=`\nFROM a\nRUN a && `\n b\n', ['a', 'b']],
    ['a byte-order mark', '\xef\xbb\xbfFROM a\nRUN a; b\n', ['a', 'b']],
  ])('%s', (_, text, expected) => {
    expect(parseDockerfile(text).problems).toEqual([]);
    expect(sources(text, shellOf(runOf(text)))).toEqual(expected);
  });

  test('of a here-document are those of its body', () => {
    const text = 'FROM a\nRUN <<EOF\n. v/bin/activate\npip install x \\\n  y\nEOF\nRUN z\n';
    const [{ body } = { body: { start: 0, end: 0 } }] = runOf(text).heredocs;
    expect(text.slice(body.start, body.end)).toBe('. v/bin/activate\npip install x \\\n  y\n');
    const shell = parseShell(joinPieces(text, [body]));
    expect(sources(text, shell)).toEqual(['. v/bin/activate', 'pip install x \\\n  y']);
  });

  test('of a script in quotes are found through the quotes', () => {
    const text = 'FROM a\nRUN bash -c "a && \\\n  b c"\n';
    const shell = shellOf(runOf(text));
    const script = simple(shell)[0]!.suffix[1]!;
    const quoted = script.type === 'Word' ? script.parts?.[0] : undefined;
    if (quoted?.type !== 'DoubleQuoted') throw new Error('not one quoted word');
    const inner = parseShell(sliceLogical(shell.text, quoted.pos + 1, quoted.end - 1));
    expect(inner.text.text).toBe('a &&   b c');
    expect(sources(text, inner)).toEqual(['a', 'b c']);
  });

  test('of an element of an exec form are those between its quotes', () => {
    const text = 'FROM a\nRUN ["sh", \\\n  "-c", "a && b"]\n';
    const run = runOf(text);
    const word = run.json![2]!;
    const shell = parseShell(sliceLogical(run.logical, word.at + 1, word.to - 1));
    expect(sources(text, shell)).toEqual(['a', 'b']);
  });

  test('a JSON escape is one character of the value and more in the file', () => {
    const run = runOf('FROM a\nRUN ["sh", "-c", "echo \\"\\u00e9\\" \xc3\xa9\\n", "\\ud83d\\ude00\\ud83d"]\n');
    expect(run.json!.map((w) => w.value)).toEqual([
      'sh',
      '-c',
      'echo "\xc3\xa9" \xc3\xa9\n',
      '\xf0\x9f\x98\x80\xef\xbf\xbd',
    ]);
    const word = run.json![2]!;
    expect(run.logical.text.slice(word.at, word.to)).toBe('"echo \\"\\u00e9\\" \xc3\xa9\\n"');
  });
});

describe('what is not followed', () => {
  it.each([
    ['a carriage return', 'a\rb'],
    ['an open quote', 'echo "a'],
    ['a text too long', `echo ${'x'.repeat(65_536)}`],
    ['substitutions nested too deep', '$('.repeat(20_000)],
    // unbash counts anew in there: an edit would hit other bytes
    ['a backslash inside backquotes', 'x "`. v/bin/activate \\$a`" && b'],
  ])('%s', (_, text) => {
    const { script, problems } = parseShell(plain(text));
    expect(script).toBeUndefined();
    expect(problems).not.toEqual([]);
  });
  test('backquotes without a backslash are', () => {
    expect(parseShell(plain('x `b c` \\\n && d')).problems).toEqual([]);
  });
});
