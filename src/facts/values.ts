// Paths over symbolic text (parse/symbolic.ts): what can be said of them although parts are unknown.
import { isKnown, readable, splitOutsideTokens, unknown } from '../text/symbolic.ts';

export {
  beginsInHome,
  causes,
  isKnown,
  readable,
  splitOutsideTokens,
  unknown,
  unknownApart,
  unknownHome,
  unknownPath,
} from '../text/symbolic.ts';

/** Does the text begin with an unknown part? */
const beginsUnknown = (value: string): boolean => value !== '' && !isKnown(value[0]!);

/** `path` against `cwd`, '.' and '..' resolved; unknown where cwd is and the path is not absolute. */
export function absolute(path: string, cwd: string): string {
  const whole = path.startsWith('/') || beginsUnknown(path) ? path : `${cwd}/${path}`;
  if (!whole.startsWith('/') && !beginsUnknown(whole)) return unknown(`relative ${readable(whole)}`);
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

/** Is `path` the folder `folder` or below it? Both absolute. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`);
