// Text files in the encodings that pip and uv tell by their first bytes.

/** Marks at the beginning of a file, the longer ones first: UTF-32 begins as UTF-16 does. */
const MARKS = [
  { mark: '\xff\xfe\0\0', width: 4, big: false },
  { mark: '\0\0\xfe\xff', width: 4, big: true },
  { mark: '\xff\xfe', width: 2, big: false },
  { mark: '\xfe\xff', width: 2, big: true },
] as const;

/** The UTF-8 bytes of one code point, as latin1. */
function utf8Of(code: number): string {
  const rest = (shift: number): string => String.fromCharCode(0x80 | ((code >> shift) & 0x3f));
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6)) + rest(0);
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12)) + rest(6) + rest(0);
  return String.fromCharCode(0xf0 | (code >> 18)) + rest(12) + rest(6) + rest(0);
}

/** Bytes (latin1) as those of the same text in UTF-8; undefined where they are of none of these encodings, or broken. */
export function decoded(bytes: string): string | undefined {
  const found = MARKS.find(({ mark }) => bytes.startsWith(mark));
  if (found === undefined) return bytes.includes('\0') ? undefined : bytes;
  const { width, big } = found;
  const body = bytes.slice(found.mark.length);
  if (body.length % width !== 0) return undefined;
  const units: number[] = [];
  for (let at = 0; at < body.length; at += width) {
    let unit = 0;
    for (let n = 0; n < width; n++) unit = unit * 256 + body.charCodeAt(at + (big ? n : width - 1 - n));
    units.push(unit);
  }
  const out: string[] = [];
  for (let at = 0; at < units.length; at++) {
    let code = units[at]!;
    if (width === 2 && code >= 0xd800 && code < 0xdc00) {
      const low = units[++at] ?? 0;
      if (low < 0xdc00 || low > 0xdfff) return undefined;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return undefined;
    out.push(utf8Of(code));
  }
  return out.join('');
}
