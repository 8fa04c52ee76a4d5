// Can a command's operand be, hold or lie in the folder of an environment?

import { absolute, isKnown } from '../../src/facts/values.ts';

/** `word` as the command has it; patterns of the shell match as widely as they may. */
export function touches(word: string, cwd: string, path: string): boolean {
  const at = absolute(word, cwd);
  if (!isKnown(at)) return true;
  const own = path.split('/').slice(1);
  const other = at === '/' ? [] : at.split('/').slice(1);
  return other.every((part, n) => own[n] === undefined || isMatch(part, own[n]));
}

/** Is it the folder itself, or something in it? */
export function liesIn(word: string, cwd: string, path: string): boolean {
  return touches(word, cwd, path) && absolute(word, cwd).split('/').length >= path.split('/').length;
}

/** A brace or a class may stand for anything. */
export function isMatch(pattern: string, name: string): boolean {
  if (/[[{]/.test(pattern)) return true;
  let at = 0;
  const parts = pattern.split('*');
  for (const [n, part] of parts.entries()) {
    const found = n === 0 ? (fits(part, name, 0) ? 0 : -1) : place(part, name, at, n === parts.length - 1);
    if (found < 0) return false;
    at = found + part.length;
  }
  return parts.length > 1 || at === name.length;
}

const fits = (part: string, name: string, at: number): boolean =>
  at + part.length <= name.length && [...part].every((c, n) => c === '?' || c === name[at + n]);

function place(part: string, name: string, from: number, isLast: boolean): number {
  if (isLast)
    return name.length - part.length >= from && fits(part, name, name.length - part.length)
      ? name.length - part.length
      : -1;
  for (let at = from; at + part.length <= name.length; at++) if (fits(part, name, at)) return at;
  return -1;
}
