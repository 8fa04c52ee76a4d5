// Parser directives: `# syntax=`, `# escape=` and `# check=` at the top of a Dockerfile.

export type DirectiveKey = 'syntax' | 'escape' | 'check';

export interface Directive {
  readonly key: DirectiveKey;
  readonly value: string;
}

/** Go's unicode.IsSpace as UTF-8. */
const SPACES = /(?:[\t-\r ]|\xC2[\x85\xA0]|\xE1\x9A\x80|\xE2\x80[\x80-\x8A\xA8\xA9\xAF]|\xE2\x81\x9F|\xE3\x80\x80)*/y;
const NAME = /([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/y;
const isDirectiveBlank = (char: string | undefined): boolean =>
  char === ' ' || char === '\t' || char === '\n' || char === '\f' || char === '\r';

/** The directive of the line [start, end), its leading blanks left out; undefined where it is none. */
export function readDirective(text: string, start: number, end: number): Directive | undefined {
  if (text[start] !== '#') return undefined;
  SPACES.lastIndex = start + 1;
  SPACES.exec(text);
  NAME.lastIndex = SPACES.lastIndex;
  const name = NAME.exec(text)?.[1];
  if (name === undefined || NAME.lastIndex > end) return undefined;
  const key = name.toLowerCase();
  if (key !== 'syntax' && key !== 'escape' && key !== 'check') return undefined;
  let from = NAME.lastIndex;
  let to = end;
  while (to > from && isDirectiveBlank(text[to - 1])) to--;
  while (from < to && isDirectiveBlank(text[from])) from++;
  // a value of blanks alone is its last blank
  if (from === to) return end > NAME.lastIndex ? { key, value: text[end - 1]! } : undefined;
  return { key, value: text.slice(from, to) };
}

/** Why BuildKit would refuse the value of a `# check=` directive: `skip=...;error=BOOL;experimental=...`. */
export function checkProblem(value: string): string | undefined {
  const options = value.split(' ')[0]!;
  if (options === '') return undefined;
  const parts = options.split(';');
  for (const part of [...parts.slice(0, 2), ...(parts.length > 2 ? [parts.slice(2).join(';')] : [])]) {
    const [, key = '', text = ''] = /^[\t\v\f\r]*([^=]*?)[\t\v\f\r]*=(.*)$/s.exec(part) ?? [];
    const known =
      key === 'skip' ||
      key === 'experimental' ||
      (key === 'error' && /^(1|t|true|0|f|false|T|TRUE|True|F|FALSE|False)$/.test(text));
    if (!known) return `invalid option ${part.slice(0, 40)} of the check directive`;
  }
  return undefined;
}
