// Go's reading of bytes as UTF-8: each byte that is none becomes one U+FFFD (JSON answers of the judge do the same).

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How many bytes the UTF-8 sequence at `at` has, or 0 where none stands. */
function sequence(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const beyond = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

/** @param latin1 one character per byte */
export function goText(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  try {
    return strict.decode(bytes);
  } catch {
    let out = '';
    for (let at = 0; at < bytes.length; ) {
      const length = sequence(bytes, at);
      out += length === 0 ? '\ufffd' : strict.decode(bytes.subarray(at, at + length));
      at += Math.max(1, length);
    }
    return out;
  }
}

/** One character per byte of the text's UTF-8. */
export const latin1Of = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
