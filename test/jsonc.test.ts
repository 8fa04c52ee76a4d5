// JSON with comments, as devcontainer.json files are written; and what an operand of a shell command may name.

import { describe, expect, test } from 'vitest';
import { readJsonc } from '../src/text/jsonc.ts';
import { mayTouch } from '../transforms/fix-venv-volume/touches.ts';

describe('readJsonc', () => {
  test.each([
    ['plain', '{"a": 1}', { a: 1 }],
    ['comments and commas', '\xEF\xBB\xBF// x\n{"a": [1, 2, /* , */ ], // "b"\n}', { a: [1, 2] }],
    ['a comment in a string', '{"a": "http://x/*,]*/", "b": "\\"//"}', { a: 'http://x/*,]*/', b: '"//' }],
    ['no value', '{"a": ', undefined],
    ['an open comment', '{} /*', {}],
    ['an open string', '{"a', undefined],
  ])('%s', (_, text, value) => {
    expect(readJsonc(text)).toEqual(value);
  });

  test.each(['/*', '"', '"\\"', ',\n', '//', '/**/,'])('takes no longer than the text is for many %j', (piece) => {
    const start = performance.now();
    readJsonc(`{${piece.repeat(300_000)}`);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('touches', () => {
  test.each([
    ['.venv', true],
    ['./', true],
    ['..', true],
    ['/', true],
    ['.venv/lib', true],
    ['.v*', true],
    ['*', true],
    ['.?env', true],
    ['{a,.venv}', true],
    ['.env', false],
    ['.venv-old', false],
    ['*.pyc', false],
    ['src/*', false],
    ['/app/.ven', false],
    ['.??', false],
    ['.v*v*v', false],
    ['/opt/app/.venv', false],
  ])('%s in /app: %s', (word, expected) => {
    expect(mayTouch(word, '/app', '/app/.venv')).toBe(expected);
  });
});
