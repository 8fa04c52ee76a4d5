// Symbolic text: a part that cannot be known stands in it as a token that carries its cause.
// Real text has one character a byte, so the two marks below never occur in it.

const OPEN = '\uE000';
const CLOSE = '\uE001';
const TOKEN = /\uE000([^\uE001]*)\uE001/g;

/** An unknown value; two unknowns of the same cause are equal ("ARG VERSION", "PATH of the base image", a file range). */
export const unknown = (cause: string): string => OPEN + cause.replaceAll(OPEN, '').replaceAll(CLOSE, '') + CLOSE;

export const isKnown = (value: string): boolean => !value.includes(OPEN);

/** The causes of all unknown parts of a value. */
export function causes(value: string): string[] {
  return [...value.matchAll(TOKEN)].map((match) => match[1]!);
}

/** Keeps unknowns of one cause apart; what stands behind it is not for people. */
const APART = '\uE003';

/** An unknown value that differs from others of the same cause by `mark`, a word. */
export const unknownApart = (cause: string, mark: string): string => unknown(`${cause}${APART}${mark}`);

const PATH_OF = 'PATH of ';
const HOME_OF = 'home of ';

/** The search path of something, which it surely has. */
export const unknownPath = (owner: string): string => unknown(PATH_OF + owner);

/** The home folder of a user of whom no more is known. */
export const unknownHome = (user: string): string => unknown(HOME_OF + user);

/** Is the first unknown part of the value a home folder? */
export const beginsInHome = (value: string): boolean => causes(value)[0]?.startsWith(HOME_OF) === true;

/** For people: unknown parts as <cause>, variables as they are written. What keeps unknowns apart stays: lines.ts takes it out of sentences. */
export const readable = (value: string): string =>
  value.replace(TOKEN, (_, cause: string) => (/^\$/.test(cause) ? cause : `<${cause}>`));

/**
 * Is the value set and not empty, whatever its unknown parts are? Plain text in it says so; so does the PATH of a base
 * image, which BuildKit sets where the image does not.
 */
export function isFilled(value: string): boolean {
  if (isKnown(value)) return value !== '';
  return value.replace(TOKEN, '') !== '' || causes(value).some((cause) => cause.startsWith(PATH_OF));
}

/** Splits at every one of the characters `separators`, but not inside unknown tokens (whose causes may contain them). */
export function splitOutsideTokens(value: string, separators: string): string[] {
  const parts: string[] = [];
  let inside = false;
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const char = value[at]!;
    if (char === OPEN) inside = true;
    else if (char === CLOSE) inside = false;
    else if (!inside && separators.includes(char)) {
      parts.push(value.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(value.slice(from));
  return parts;
}
