// Where COPY and ADD lay what they name: each line is what BuildKit did with a context of its own.

import { describe, expect, test } from 'vitest';
import { contextCopies, takesIn } from '../src/facts/copies/contextCopies.ts';
import { type Copy, placesOfFolder, takenAt } from '../src/facts/copies/copy.ts';
import { imageFacts } from '../src/facts/image.ts';
import { traceOf } from '../src/facts/trace/trace.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';

function last(lines: string): Copy {
  const syntax = parseDockerfile(`${lines.startsWith('FROM') ? '' : 'FROM scratch\n'}${lines}\n`);
  return contextCopies({ syntax, image: imageFacts(syntax) }).at(-1)!;
}

const taken = (lines: string, path: string): string[] => takenAt(last(lines), path).map((t) => `${t.as} ${t.path}`);

describe('what a copy lays at a path', () => {
  test.each([
    ['COPY a.txt /x/', '/x/a.txt', ['file a.txt', 'content a.txt/a.txt']],
    ['COPY a.txt /x/', '/x', ['content a.txt']],
    // nothing says whether a folder stands there
    ['COPY a.txt /x', '/x', ['file a.txt', 'content a.txt']],
    ['COPY a.txt /x', '/x/a.txt', ['file a.txt', 'content a.txt/a.txt']],
    // a scratch image has no /opt, others have
    ['COPY a.txt /opt', '/opt', ['file a.txt', 'content a.txt']],
    ['FROM python:3.12\nCOPY a.txt /opt', '/opt', ['content a.txt']],
    ['WORKDIR /app\nCOPY a.txt /app', '/app', ['content a.txt']],
    ['WORKDIR /app/in\nCOPY a.txt ..', '/app/a.txt', ['file a.txt', 'content a.txt/a.txt']],
    ['COPY a.txt /x/..', '/a.txt', ['file a.txt', 'content a.txt/a.txt']],
    // the content of a folder, and the last source wins
    ['COPY d1 d2 /x', '/x/one', ['content d2/one', 'content d1/one']],
    ['COPY d1/. /x', '/x/sub/f', ['content d1/sub/f']],
    // what leads out of the context begins at its root again
    ['COPY ../a.txt /x/', '/x/a.txt', ['file a.txt', 'content a.txt/a.txt']],
    ['COPY ../.. /x', '/x/d1/one', ['content d1/one']],
    // of what fits a pattern a file is laid down, a folder by its content
    ['COPY *.txt /x/', '/x/a.txt', ['file a.txt']],
    ['COPY d* /x', '/x/d1/one', []],
    ['COPY d1/* /x/', '/x/one', ['file d1/one']],
    ['COPY [^a].txt /x/', '/x/a.txt', []],
    ['COPY ["s p.txt", "/x/"]', '/x/s p.txt', ['file s p.txt', 'content s p.txt/s p.txt']],
    ['ARG F=a.txt\nCOPY $F /x/', '/x/a.txt', ['file a.txt', 'content a.txt/a.txt']],
    ['ARG F\nCOPY $F /x/', '/x/a.txt', []],
    // of the documentation of --parents
    ['COPY --parents p/q/c.txt /x', '/x/p/q/c.txt', ['file p/q/c.txt']],
    ['COPY --parents p/./q/c.txt /x', '/x/q/c.txt', ['file p/q/c.txt']],
    ['COPY --parents d1 d2 /x', '/x/d1/one', ['content d1/one']],
    ['COPY --parents p/./q /x', '/x/r/c.txt', []],
  ])('%s: %s', (lines, path, expected) => {
    expect(taken(lines, path)).toEqual(expected);
  });
});

describe('where a copy lays a folder', () => {
  test.each([
    ['COPY . /x', 'd1', ['/x/d1']],
    ['COPY d1 /x', 'd1', ['/x']],
    ['COPY d* /x', 'd1/sub', ['/x/sub']],
    ['COPY */sub /x', 'd1/sub', ['/x']],
    ['COPY --parents p/./q /x', 'p/q/r', ['/x/q/r']],
    ['COPY d2 /x', 'd1', []],
  ])('%s: %s', (lines, path, expected) => {
    expect(placesOfFolder(last(lines), path)).toEqual(expected);
  });
});

describe('what a copy takes in', () => {
  test.each([
    ['COPY --exclude=*.md p /x', 'p/q/r/c.md', true],
    ['COPY --exclude=**/*.md p /x', 'p/q/r/c.md', false],
    ['COPY --exclude=sub d1 /x', 'd1/sub/f', false],
    ['COPY --exclude=d1/sub d1 /x', 'd1/sub/f', true],
    ['COPY --exclude=two . /x', 'd2/two', true],
    ['COPY --exclude=d1 . /x', 'd1/one', false],
    ['COPY --exclude=*.txt a.txt noext /x/', 'a.txt', true],
    ['COPY --exclude=d1 d* /x/', 'd1/one', true],
    ['COPY --exclude=sub d* /x/', 'd1/sub/f', false],
    ['COPY --exclude=q/r/*.md --exclude=!q/r/c.md p /x/', 'p/q/r/c.md', true],
  ])('%s: %s', (lines, path, expected) => {
    expect(takesIn(last(lines), path)).toBe(expected);
  });
});

describe('which file of the repository is started', () => {
  const scripts = (files: Readonly<Record<string, string>>, ...lines: string[]): string[] => {
    const text = `${lines.join('\n')}\n`;
    const syntax = parseDockerfile(text);
    const { events } = traceOf({
      path: 'Dockerfile',
      syntax,
      image: imageFacts(syntax),
      readContext: (path) => (files[path] === undefined ? undefined : { path, text: files[path] }),
      ignored: () => false,
      holds: () => false,
      services: [],
      text,
    });
    return events.flatMap((e) => (e.kind === 'script' ? [e.path] : []));
  };
  const START = '#!/bin/sh\nexec python app.py\n';

  test('one that a stage took in and another one copies from there', () => {
    const lines = [
      'FROM python:3.12 AS a',
      'COPY start.sh /src/',
      'FROM python:3.12',
      'COPY --from=a /src/start.sh /app/',
    ];
    expect(scripts({ 'start.sh': START }, ...lines, 'CMD ["/app/start.sh"]')).toEqual(['start.sh']);
  });

  test('of two of one name that of the last source', () => {
    const files = { 'a/start.sh': START, 'b/start.sh': START };
    expect(scripts(files, 'FROM python:3.12', 'COPY a b /app/', 'CMD ["/app/start.sh"]')).toEqual(['b/start.sh']);
  });

  test('none of a folder that a pattern lays down by its content', () => {
    const lines = ['FROM python:3.12', 'COPY * /app/', 'CMD ["/app/bin/start.sh"]'];
    expect(scripts({ 'bin/start.sh': START }, ...lines)).toEqual([]);
  });

  test('none that another image lays its own over', () => {
    const lines = ['FROM python:3.12', 'COPY . /app/', 'COPY --from=acme/tools:1 /start.sh /app/start.sh'];
    expect(scripts({ 'start.sh': START }, ...lines, 'CMD ["/app/start.sh"]')).toEqual([]);
  });
});
