// Where a variable's name behind `$` or `${` ends, as BuildKit's lexer has it.

/** Length in bytes of the character at `at` if it is a letter or digit of Unicode, else 0. */
function letterAt(text: string, at: number): number {
  const char = text[at];
  if (char === undefined) return 0;
  if (char <= '\x7f') return /[A-Za-z0-9]/.test(char) ? 1 : 0;
  const length = char < '\xc2' ? 0 : char < '\xe0' ? 2 : char < '\xf0' ? 3 : char < '\xf5' ? 4 : 0;
  if (length === 0) return 0;
  const bytes = Uint8Array.from(text.slice(at, at + length), (byte) => byte.charCodeAt(0));
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return /^[\p{L}\p{Nd}]$/u.test(decoded) ? length : 0;
}

/** Offset behind the name that starts at `start`; `start` itself where there is none. Names are digits, one special parameter, or a word. */
export function nameEnd(text: string, start: number): number {
  const first = text[start] ?? '';
  if (first !== '' && '@*#?-$!'.includes(first)) return start + 1;
  let at = start;
  if (first >= '0' && first <= '9') {
    while (text[at]! >= '0' && text[at]! <= '9') at++;
    return at;
  }
  for (;;) {
    const length = text[at] === '_' ? 1 : letterAt(text, at);
    if (length === 0) return at;
    at += length;
  }
}
