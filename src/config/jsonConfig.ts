// Reads JSON and keeps where each part stands, which JSON.parse does not.

import { isUnreadable, type KeyPath, placeKey, type Read, type Unreadable } from './located.ts';

const DEEPEST = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const BLANKS = /[ \t\r\n]*/y;

/** Strict JSON, no comments; a key given twice is an error. Never throws. */
export function readJsonConfig(text: string): Read {
  const places = new Map<string, number>();
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  const fail = (message: string, offset = at): never => {
    const fault: Unreadable = { offset, message };
    throw fault;
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return undefined;
    at += match[0].length;
    return match[0];
  };
  const skip = () => take(BLANKS);

  function readString(): string {
    const start = at;
    const written = take(STRING) ?? fail('expected a string in double quotes');
    try {
      return JSON.parse(written) as string;
    } catch {
      return fail('no valid string', start);
    }
  }

  function readValue(path: KeyPath): unknown {
    if (path.length > DEEPEST) fail('nested too deeply');
    skip();
    if (!places.has(placeKey(path))) places.set(placeKey(path), at);
    const first = text[at];
    if (first === '{') return readObject(path);
    if (first === '[') return readArray(path);
    if (first === '"') return readString();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return value;
      }
    }
    const number = take(NUMBER);
    return number === undefined
      ? fail(at < text.length ? 'expected a JSON value' : 'the file ends too early')
      : Number(number);
  }

  function readObject(path: KeyPath): unknown {
    const object: Record<string, unknown> = Object.create(null);
    at++;
    skip();
    if (text[at] === '}') at++;
    else {
      do {
        skip();
        const start = at;
        const key = readString();
        if (key in object) fail(`the key ${JSON.stringify(key)} stands twice`, start);
        const inner = [...path, key];
        places.set(placeKey(inner), start);
        skip();
        if (text[at] !== ':') fail('expected ":"');
        at++;
        object[key] = readValue(inner);
        skip();
      } while (takeComma('}'));
    }
    return object;
  }

  function readArray(path: KeyPath): unknown[] {
    const list: unknown[] = [];
    at++;
    skip();
    if (text[at] === ']') at++;
    else {
      do {
        list.push(readValue([...path, list.length]));
        skip();
      } while (takeComma(']'));
    }
    return list;
  }

  function takeComma(close: string): boolean {
    const char = text[at];
    if (char !== ',' && char !== close) fail(`expected "," or "${close}"`);
    at++;
    return char === ',';
  }

  try {
    const value = readValue([]);
    skip();
    if (at < text.length) fail('nothing may follow the value');
    return { value, places };
  } catch (fault) {
    if (isUnreadable(fault)) return fault;
    throw fault;
  }
}
