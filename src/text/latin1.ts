// Between the latin1 text that the program works on (one character per byte) and what people and JSON read.

/** The UTF-8 bytes of `text`, one character per byte. */
export function bytesOf(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  const bytes = new TextEncoder().encode(text);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join('');
}

/** What the bytes say as UTF-8; `exact` is false where some are no UTF-8 and U+FFFD stands for them. */
export function textOf(bytes: string): { readonly text: string; readonly exact: boolean } {
  if (/^[\0-\x7f]*$/.test(bytes)) return { text: bytes, exact: true };
  const array = arrayOf(bytes);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(array), exact: true };
  } catch {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(array), exact: false };
  }
}

/** The bytes themselves, for writing. */
export function arrayOf(bytes: string): Uint8Array {
  const array = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) array[at] = bytes.charCodeAt(at);
  return array;
}
