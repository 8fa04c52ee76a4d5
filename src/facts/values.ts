// Symbolic strings: text in which a part that cannot be known stands as a token that carries its cause.
// Two unknowns of the same cause are equal, so plain string equality compares symbolic values.

const OPEN = '\uE000';
const CLOSE = '\uE001';

/** An unknown value; `cause` names where it came from ("ARG VERSION", "PATH of the base image", a file range). */
export const unknown = (cause: string): string => OPEN + cause.replaceAll(OPEN, '').replaceAll(CLOSE, '') + CLOSE;

export const isKnown = (value: string): boolean => !value.includes(OPEN);

/** The causes of all unknown parts of a value. */
export function causes(value: string): string[] {
  return [...value.matchAll(/\uE000([^\uE001]*)\uE001/g)].map((m) => m[1]!);
}

/** For people: unknown parts as <cause>. */
export const readable = (value: string): string => value.replaceAll(OPEN, '<').replaceAll(CLOSE, '>');

/** `path` against `cwd`, '.' and '..' resolved; unknown where cwd is and the path is not absolute. */
export function absolute(path: string, cwd: string): string {
  const whole = path.startsWith('/') || path.startsWith(OPEN) ? path : `${cwd}/${path}`;
  if (!whole.startsWith('/') && !whole.startsWith(OPEN)) return unknown(`relative ${readable(whole)}`);
  const lead = whole.startsWith('/') ? '/' : '';
  const out: string[] = [];
  for (const part of splitOutsideTokens(whole, '/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (out.length > 0 && !isKnown(out.at(-1)!)) return unknown(`.. of ${readable(whole)}`);
      out.pop();
    } else out.push(part);
  }
  return lead + out.join('/');
}

/** Splits at `separator` but not inside unknown tokens (whose causes may contain it). */
export function splitOutsideTokens(value: string, separator: string): string[] {
  if (isKnown(value)) return value.split(separator);
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const c = value[at];
    if (c === OPEN) depth++;
    else if (c === CLOSE) depth--;
    else if (c === separator && depth === 0) {
      parts.push(value.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(value.slice(from));
  return parts;
}

/** Is `path` the folder `folder` or below it? Both absolute. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`);
