// Go's view of text and paths, over latin1 strings that hold UTF-8 bytes: runes, TrimSpace, filepath.Clean.

/** What Go puts for a byte that is no valid UTF-8. */
const RUNE_ERROR = 0xfffd;

/** unicode.IsSpace beyond ASCII, as UTF-8 bytes: U+0085 U+00A0 U+1680 U+2000-200A U+2028 U+2029 U+202F U+205F U+3000. */
const WIDE_SPACES: ReadonlySet<string> = new Set([
  '\xc2\x85',
  '\xc2\xa0',
  '\xe1\x9a\x80',
  ...Array.from({ length: 11 }, (_, i) => `\xe2\x80${String.fromCharCode(0x80 + i)}`),
  '\xe2\x80\xa8',
  '\xe2\x80\xa9',
  '\xe2\x80\xaf',
  '\xe2\x81\x9f',
  '\xe3\x80\x80',
]);

function isAsciiSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Go's strings.TrimSpace on UTF-8 bytes held as latin1. */
export function trimGoSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end) {
    if (isAsciiSpace(text.charCodeAt(start))) start += 1;
    else if (WIDE_SPACES.has(text.slice(start, start + 2))) start += 2;
    else if (WIDE_SPACES.has(text.slice(start, start + 3))) start += 3;
    else break;
  }
  while (end > start) {
    if (isAsciiSpace(text.charCodeAt(end - 1))) end -= 1;
    else if (end - start >= 2 && WIDE_SPACES.has(text.slice(end - 2, end))) end -= 2;
    else if (end - start >= 3 && WIDE_SPACES.has(text.slice(end - 3, end))) end -= 3;
    else break;
  }
  return text.slice(start, end);
}

/** Go's filepath.Clean with '/' as separator: never empty, no trailing slash but for the root. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (!rooted) kept.push('..');
  }
  const joined = kept.join('/');
  if (rooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

/** Length of the well-formed UTF-8 sequence that starts at `at`, or 0. */
function sequenceLength(bytes: string, at: number): number {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) {
    const next = bytes.charCodeAt(at + i);
    let low = 0x80;
    let high = 0xbf;
    if (i === 1) {
      if (first === 0xe0) low = 0xa0;
      if (first === 0xed) high = 0x9f;
      if (first === 0xf0) low = 0x90;
      if (first === 0xf4) high = 0x8f;
    }
    if (next < low || next > high) return 0;
  }
  return length;
}

/** The code points of UTF-8 bytes held as latin1; a byte that is not part of valid UTF-8 counts as U+FFFD, as in Go. */
export function runesOf(bytes: string): number[] {
  const runes: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes.charCodeAt(at);
    const length = sequenceLength(bytes, at);
    if (length <= 1) {
      runes.push(length === 1 ? first : RUNE_ERROR);
      at += 1;
      continue;
    }
    let rune = first & (0xff >> (length + 1));
    for (let i = 1; i < length; i++) rune = (rune << 6) | (bytes.charCodeAt(at + i) & 0x3f);
    runes.push(rune);
    at += length;
  }
  return runes;
}

/** Whether a well-formed UTF-8 sequence starts at `at`, and how many bytes it has (1 where it is malformed). */
export function runeAt(bytes: string, at: number): { readonly valid: boolean; readonly length: number } {
  const length = sequenceLength(bytes, at);
  return { valid: length > 0, length: Math.max(length, 1) };
}
