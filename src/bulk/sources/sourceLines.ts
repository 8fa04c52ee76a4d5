// Cuts a stream of bytes into lines of UTF-8 text, one at a time, however long the stream or a line is.

/** One line that says something: not blank, no comment. Lines count from 1. */
export interface SourceLine {
  readonly number: number;
  /** Without spaces at its ends; undefined where the line cannot be text. */
  readonly text: string | undefined;
  /** Why there is no text. */
  readonly problem?: string;
}

const LONGEST = 16 * 1024;
const NEWLINE = 0x0a;

/** The lines of a list. Ends are LF or CRLF, `#` begins a comment at the start of a line only, a BOM at the very start is dropped. */
export async function* sourceLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<SourceLine> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, at);
      const end = newline < 0 ? chunk.length : newline;
      // Of a line that is too long only its length is kept.
      if (length <= LONGEST && end > at) parts.push(chunk.subarray(at, Math.min(end, at + LONGEST + 1)));
      length += end - at;
      if (newline < 0) break;
      const line = sourceLine(number, parts, length);
      if (line) yield line;
      number++;
      parts = [];
      length = 0;
      at = newline + 1;
    }
    // A small rest must not hold the whole chunk it came in.
    if (parts.length > 0) parts = [Buffer.concat(parts)];
  }
  const last = sourceLine(number, parts, length);
  if (last) yield last;
}

function sourceLine(number: number, parts: readonly Uint8Array[], length: number): SourceLine | undefined {
  if (length === 0) return undefined;
  if (length > LONGEST) return { number, text: undefined, problem: 'the line is too long' };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: number > 1 }).decode(Buffer.concat(parts));
  } catch {
    return { number, text: undefined, problem: 'the line is not UTF-8 text' };
  }
  const plain = text.replace(/^[ \t]{1,16384}/, '').replace(/\r$/, '');
  const trimmed = plain.slice(0, textEnd(plain));
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a control character is what must not pass
  if (/[\0-\x1f\x7f]/.test(trimmed)) {
    return { number, text: undefined, problem: 'the line has control characters in it' };
  }
  return { number, text: trimmed };
}

function textEnd(text: string): number {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return end;
}
