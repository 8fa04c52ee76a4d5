// Can a command's operand be, hold or lie in the folder of an environment?

import { absolute, isKnown } from '../../src/facts/values.ts';

/** `word` as the command has it; patterns of the shell match as widely as they may. */
export function mayTouch(word: string, cwd: string, path: string): boolean {
  const at = absolute(word, cwd);
  if (!isKnown(at)) return true;
  const own = path.split('/').slice(1);
  const other = at === '/' ? [] : at.split('/').slice(1);
  return other.every((part, n) => own[n] === undefined || isMatch(part, own[n]));
}

/** Is it the folder itself, or something in it? */
export function mayLieIn(word: string, cwd: string, path: string): boolean {
  return mayTouch(word, cwd, path) && absolute(word, cwd).split('/').length >= path.split('/').length;
}

/** A path's last name. */
export const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A brace or a class may stand for anything. */
export function isMatch(pattern: string, name: string): boolean {
  if (/[[{]/.test(pattern)) return true;
  let at = 0;
  const parts = pattern.split('*');
  for (const [n, part] of parts.entries()) {
    const find = n === parts.length - 1 ? placeAtEnd : placeFrom;
    const found = n === 0 ? (fits(part, name, 0) ? 0 : -1) : find(part, name, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return parts.length > 1 || at === name.length;
}

const fits = (part: string, name: string, at: number): boolean =>
  at + part.length <= name.length && [...part].every((c, n) => c === '?' || c === name[at + n]);

/** Where the last part of a pattern stands in the name; -1: nowhere. */
function placeAtEnd(part: string, name: string, from: number): number {
  const at = name.length - part.length;
  return at >= from && fits(part, name, at) ? at : -1;
}

function placeFrom(part: string, name: string, from: number): number {
  for (let at = from; at + part.length <= name.length; at++) if (fits(part, name, at)) return at;
  return -1;
}
