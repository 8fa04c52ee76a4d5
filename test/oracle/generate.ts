// Generated inputs: Dockerfile soups, well-formed Dockerfiles with expansions, damaged kept files, ignore files.
import fc from 'fast-check';

const TOKENS = [
  ' ', ' ', ' ', ' ', '\t', ' \\\n', ' \\\n  ', '\\\n', '\\ \n', '\\\r\n', '\\', '\\\\', '\\\\\\', '\r', '\f', '\v', ' \\\n# c\n', ' \\\n  # c \\\n', ' \\\n\n', '#', ' # c', '`', '` \n',
  '<<EOF', '<<<', '<', '<< ', '>', '3<<A', "<<'", 'EOF', '"', "'", '""', "''", '\\"', "it's", '"a b"', "'a b'", '$A', '${A}', '${A:-b}', '${A:-"}"}', "${A:-'}'}", '${', '}', '${A#b}', '${A/b/c}', '${A/b}',
  '${A^}', '${A:1}', '${#A}', '${A[0]}', '${', '${}', '$', '$(x', ')', '((1<<2))', '["a", "b"]', '["a"', '[', ']', ',', '"a"', '"a b"', '["a", ', '["\\u0041"]', '[]', '["a"] ', '{', ':',
  '--mount=type=cache,target=/c ', '--link ', '-- ', '--', '--chown="a b" ', '--x=\\ y ', 'a', 'b', 'a b', 'A=b', 'A=', 'A="b c"', "A='b'", '=', 'A', 'x y z', '/x', '. .', 'é', '😀', 'pip install x', '&& ', '; ',
] as const;
const tokens = fc.array(fc.constantFrom(...TOKENS), { maxLength: 7 }).map((t) => t.join(''));
const keyword = fc.constantFrom('RUN ', 'RUN ', 'RUN ', 'run\t', 'COPY ', 'COPY a ', 'ADD ', 'CMD ', 'CMD ', 'ENTRYPOINT ', 'ONBUILD RUN ', 'ENV A=', 'ENV A ', 'ARG ', 'LABEL a=', 'WORKDIR ', 'USER ', 'HEALTHCHECK CMD ', 'EXPOSE ', 'VOLUME ', '# ', '\\\n', '');
/** A here-document word, its terminator line and what may stand between; whether BuildKit takes it depends on what is around. */
const heredoc = fc.constantFrom(['<<EOF', 'EOF'], ['<<-EOF', '\tEOF'], ["<<'EOF'", 'EOF'], ['<<"E F"', 'E F'], ['<< EOF', 'EOF'], ['3<<A', 'A'], ['<<E\\OF', 'EOF'], ['<<E"O"F', 'EOF'], ['<<$A', '$A'], ['<<EOF;', 'EOF;'], ['<<É', 'É'], ['<<EOF>/x', 'EOF>/x']);
const body = fc.constantFrom('', 'x\n', 'RUN y\n', '# c\n', 'a \\\n', '\n', '\tEOF \n', 'FROM b\n');
const line = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(keyword, tokens).map(([k, t]) => `${k}${t}\n`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('RUN ', 'RUN ', 'COPY ', 'ONBUILD RUN ', 'RUN --mount=type=cache,target=/c '), tokens, heredoc, tokens, body)
      .map(([k, before, [open, close], after, b]) => `${k}${before} ${open} ${after}\n${b}${close}\n`),
  },
);

/** Lines of tokens behind a FROM, now and then behind an escape directive or a byte-order mark, with LF or CRLF. */
const soup = fc
  .tuple(fc.constantFrom('FROM a\n', 'FROM a\n', 'FROM a\n', '# escape=`\nFROM a\n', '\u{feff}FROM a\n'), fc.array(line, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '', 'crlf', 'cut'))
  .map(([head, lines, how]) => {
    const text = head + lines.join('');
    return how === 'crlf' ? text.replaceAll('\n', '\r\n') : how === 'cut' ? text.slice(0, -1) : text;
  });

const name = fc.constantFrom('A', 'B', 'C_1', 'PATH', 'VIRTUAL_ENV', 'G', 'NOPE');
const plain = fc.constantFrom('', 'x', '/opt/venv', 'a.tar.gz', 'aXbXc', '1.2.3', '/x/y/', '-', 'é', '😀', ':');
const word: fc.Arbitrary<string> = fc.letrec<{ word: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain,
    name.map((n) => `$${n}`),
    name.map((n) => `\${${n}}`),
    fc.tuple(name, fc.constantFrom(':-', '-', ':+', '+', ':?', '?'), tie('word')).map(([n, op, w]) => `\${${n}${op}${w}}`),
    fc
      .tuple(name, fc.constantFrom('#', '##', '%', '%%'), fc.constantFrom('*X', 'X*', '*/', '/*', 'a', '?', '[a-c]', '*.', '.*', '\\*', '*', ''))
      .map(([n, op, p]) => `\${${n}${op}${p}}`),
    fc
      .tuple(name, fc.constantFrom('/', '//'), fc.constantFrom('X', '.', '?', 'a*', '\\/', 'b'), fc.constantFrom('', '-', 'y'))
      .map(([n, op, p, t]) => `\${${n}${op}${p}/${t}}`),
    fc.constantFrom('\\$A', '\\\\', '\\x', '\\ ', "'$A b'", '$$', '$', '$1', '$@', '${A', '${}', '${A^^}', '`', '~', '*', '\\"'),
    tie('word').map((w) => (/["'\\]/.test(w) ? w : `"${w} ${w}"`)),
  ),
  word: fc.array(tie('piece'), { maxLength: 3 }).map((p) => p.join('')),
})).word;

const step: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.tuple(name, word), { minLength: 1, maxLength: 3 }).map((p) => `ENV ${p.map(([n, w]) => `${n}=${w}`).join(' ')}`) },
  { weight: 1, arbitrary: fc.tuple(name, word).map(([n, w]) => `ENV ${n} ${w} y`) },
  { weight: 3, arbitrary: fc.tuple(name, fc.option(word)).map(([n, w]) => (w === null ? `ARG ${n}` : `ARG ${n}=${w}`)) },
  { weight: 2, arbitrary: fc.oneof(word, fc.constantFrom('/app', 'sub', '../x', '/a/./b//', '..', '/')).map((w) => `WORKDIR ${w}`) },
  { weight: 1, arbitrary: fc.oneof(word, fc.constantFrom('app', '1000:1000', 'root')).map((w) => `USER ${w}`) },
  { weight: 1, arbitrary: fc.constantFrom('SHELL ["/bin/bash", "-c"]', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]', 'SHELL ["/bin/sh", "-lc"]') },
  { weight: 1, arbitrary: fc.constantFrom('CMD ["a", "b"]', 'CMD a $B', 'ENTRYPOINT ["e"]', 'ENTRYPOINT e $A', 'CMD []') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('RUN x $A', 'RUN ["x", "$A"]', 'RUN --mount=type=cache,target=/c x', 'RUN <<EOF\necho $A\nEOF', 'RUN x \\\n# c\n  y', 'RUN python <<EOF\nx\nEOF'),
  },
  { weight: 1, arbitrary: fc.constantFrom('FROM a', 'FROM a AS s', 'FROM s', 'FROM a AS t', 'FROM t', 'FROM scratch', 'FROM ${G}', 'FROM a:$G') },
);

/** Files of whole instructions, so that most are accepted and their steps can be compared. */
const states = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom('G', 'A'), plain), { maxLength: 2 }), fc.array(step, { minLength: 1, maxLength: 10 }))
  .map(([globals, steps]) => [...globals.map(([n, w]) => `ARG ${n}=${w}`), 'FROM a AS s', ...steps, 'RUN last', ''].join('\n'));

/** A kept text with tokens put in and pieces taken out. */
const damaged = (texts: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(10_000), fc.nat(6), fc.constantFrom('', '\n', ...TOKENS)), { minLength: 1, maxLength: 3 }))
    .map(([text, hits]) =>
      hits.reduce((t, [at, cut, token]) => {
        const chars = [...t];
        const from = at % (chars.length + 1);
        return [...chars.slice(0, from), token, ...chars.slice(from + (token === '' ? cut : 0))].join('');
      }, text),
    );

const PATTERN = ['**', '**/', '*', '/', '.venv', 'venv', 'a', 'b', '.', '..', '?', '[a-c]', '[^a]', '\\*', '!', '#', ' ', '.pyc', '/**', '**/.venv', './', '//', '\\', '[', '+', '(', '|', '{', '$', '^', 'é', '\t'] as const;
const ignoreLine = fc.array(fc.constantFrom(...PATTERN), { maxLength: 5 }).map((p) => p.join(''));
const ignoreText = fc
  .tuple(fc.array(ignoreLine, { maxLength: 6 }), fc.constantFrom('\n', '\n', '\r\n'), fc.constantFrom('', '\u{feff}'))
  .map(([lines, end, mark]) => mark + lines.map((l) => l + end).join(''));
const path = fc
  .array(fc.constantFrom('a', 'b', 'c', '.venv', 'venv', 'x.pyc', 'a+b', '(', 'é', '*', '#a', '!a', ' a', '[', 'a|b', '$', '^', '.git', 'a.pyc.b', '{'), { minLength: 1, maxLength: 4 })
  .map((p) => p.join('/'));

const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] => fc.sample(arbitrary, { numRuns: count, seed });

/** `count` of each kind; the same for the same seed. */
export function generatedDockerfiles(count: number, seed: number, kept: readonly string[]): Record<'soup' | 'states' | 'damaged', string[]> {
  return { soup: sample(soup, count, seed), states: sample(states, count, seed + 1), damaged: sample(damaged(kept), count, seed + 2) };
}

export function generatedIgnores(count: number, seed: number): { ignore: string; paths: string[] }[] {
  return sample(fc.record({ ignore: ignoreText, paths: fc.uniqueArray(path, { minLength: 8, maxLength: 24 }) }), count, seed);
}
