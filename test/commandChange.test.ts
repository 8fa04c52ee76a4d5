// What a fix may do to the commands of a Dockerfile: what it declares and nothing else.
import { describe, expect, test } from 'vitest';
import { commandChange } from '../src/facts/shell/commandChange.ts';
import type { Declaration } from '../src/model.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';

const A = '. /v/bin/activate';
const changeOf = (old: string, now: string, declares: Declaration = {}): string | undefined => {
  const side = (text: string) => ({ path: 'Dockerfile', text, syntax: parseDockerfile(text) });
  return commandChange(side(`FROM a\n${old}\n`), side(`FROM a\n${now}\n`), declares);
};
const gone = (...commandsGone: string[]): Declaration => ({ commandsGone });

describe('a fix may', () => {
  test.each<[string, string, string, Declaration]>([
    ['take an activation away', `RUN ${A} && x`, 'RUN x', gone(A)],
    ['keep the operator that binds', `RUN a && ${A}; b`, 'RUN a; b', gone(A)],
    ['put hash -r in its place', `RUN a; ${A}; b`, 'RUN a; hash -r; b', gone(A)],
    ['take an instruction of activations away', `RUN ${A}\nRUN x`, 'RUN x', gone(A)],
    ['take it out of a child', `RUN bash -c "${A} && x" > f`, 'RUN bash -c "x" > f', gone(A)],
    ['take it out of a list', `RUN ["sh", "-c", "${A}; x"]`, 'RUN ["sh", "-c", "x"]', gone(A)],
    ['take it out of a here-document', `RUN <<E\n${A}\nx\nE`, 'RUN <<E\nx\nE', gone(A)],
    ['take it out of a trigger', `ONBUILD RUN ${A} && x`, 'ONBUILD RUN x', gone(A)],
    ['take it out of a health check', `HEALTHCHECK CMD ${A} && x`, 'HEALTHCHECK CMD x', gone(A)],
    ['make a list of a CMD', `CMD ${A} && exec x 'a b'`, 'CMD ["x", "a b"]', { ...gone(A), toList: true }],
    ['add what runs no command', 'RUN x', 'ENV A=b\nRUN x', {}],
    [
      'split an install',
      'COPY . .\nRUN poetry install',
      'RUN poetry install --no-root\nCOPY . .\nRUN poetry install',
      { reorders: { commands: { 'poetry install': ['poetry install --no-root', 'poetry install'] } } },
    ],
  ])('%s', (_, old, now, declares) => {
    expect(changeOf(old, now, declares)).toBeUndefined();
  });
});

describe('no fix may', () => {
  test.each<[string, string, string, string, Declaration?]>([
    ['take an activation that it does not declare', `RUN ${A} && x`, 'RUN x', 'does not declare', gone()],
    ['take it twice', `RUN ${A} && x\nRUN ${A} && y`, 'RUN x\nRUN y', 'does not declare', gone(A)],
    ['take another command', `RUN ${A} && mkdir /d && x`, 'RUN x', 'mkdir /d', gone(A)],
    ['take a whole instruction', `RUN eval "${A}" && mkdir /d\nRUN x`, 'RUN x', 'RUN', gone(`eval "${A}"`)],
    ['change a word', 'RUN x --a', 'RUN x --b', 'x --a'],
    ['change quotes', 'RUN x "$A"', 'RUN x $A', 'x "$A"'],
    ['change an operator', `RUN a && ${A}; b`, 'RUN a && b', '&&', gone(A)],
    ['bind what did not depend', `RUN a; ${A} && b`, 'RUN a && b', '`;`', gone(A)],
    ['let set -e end a step', `RUN set -e; a && ${A}; b`, 'RUN set -e; a; b', '&&', gone(A)],
    ['let a SHELL end a step', `SHELL ["sh", "-ec"]\nRUN a && ${A}; b`, 'SHELL ["sh", "-ec"]\nRUN a; b', '&&', gone(A)],
    ['let the step end otherwise', `RUN a; ${A}`, 'RUN a', 'ends', gone(A)],
    ['take a way out', `RUN ${A} || exit 1; b`, 'RUN b', 'exit', gone(A)],
    ['run what did not run', `RUN a || ${A} && b`, 'RUN a && b', '||', gone(A)],
    ['take a background command', `RUN ${A} & b`, 'RUN b', 'branch', gone(A)],
    ['change a redirection', 'RUN x > a', 'RUN x > b', 'x >a'],
    ['drop a redirection', `RUN ${A} > log; x`, 'RUN x', 'log', gone(`${A} > log`)],
    ['drop an assignment', `RUN V=1 ${A}; x`, 'RUN x', 'V=1', gone(`V=1 ${A}`)],
    [
      'drop an expansion that assigns',
      `RUN . \${V:=/v}/bin/activate; x`,
      'RUN x',
      'V:=',
      gone('. ${V:=/v}/bin/activate'),
    ],
    ['ungroup', 'RUN (a; b) && c', 'RUN { a; b; } && c', 'Subshell'],
    ['change a condition', `RUN if a; then b; fi`, 'RUN if c; then b; fi', '`a`'],
    ['change a loop', 'RUN for i in a; do b; done', 'RUN for i in c; do b; done', 'changes'],
    ['change a function', 'RUN f() { a; }; f', 'RUN f() { b; }; f', '`a`'],
    ['change a substitution', 'RUN x $(a)', 'RUN x $(b)', 'x $(a)'],
    ['change a pipeline', 'RUN a | b', 'RUN a | c', '`b`'],
    ['change a body', 'RUN cat <<E > f\na\nE', 'RUN cat <<E > f\nb\nE', 'cat'],
    ['change text that cannot be read', "RUN x 'a && . /v/bin/activate", "RUN x 'a", 'cannot be read', gone(A)],
    ['change the words of a list', 'CMD ["x", "a"]', 'CMD ["x", "b"]', '`a`'],
    ['make a list that it does not declare', `CMD ${A} && x`, 'CMD ["x"]', 'CMD', gone(A)],
    ['lose words in a list', `CMD ${A} && x --port 80`, 'CMD ["x"]', 'CMD', { ...gone(A), toList: true }],
    ['make a list of an assignment', `CMD ${A} && V=1 x`, 'CMD ["x"]', 'CMD', { ...gone(A), toList: true }],
    ['swap two steps', 'RUN a\nRUN b', 'RUN b\nRUN a', 'is gone'],
    ['swap two steps beside a copy', 'RUN a\nRUN b', 'RUN b\nRUN a', 'is gone', { reorders: { commands: {} } }],
    ['add a step', 'RUN a', 'RUN a\nRUN b', 'new', { reorders: { commands: {} } }],
    ['drop a mount', `RUN --mount=type=cache,target=/c ${A} && x`, 'RUN x', 'RUN', gone(A)],
    ['change a health check', 'HEALTHCHECK CMD a', 'HEALTHCHECK CMD b', '`a`'],
    ['change a trigger', 'ONBUILD RUN a', 'ONBUILD RUN b', '`a`'],
  ])('%s', (_, old, now, why, declares = {}) => {
    expect(changeOf(old, now, declares)).toContain(why);
  });
});
