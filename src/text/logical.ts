// Logical text: text put together from pieces of a file, with the way back to file offsets.
import type { LogicalText, Range } from '../model.ts';

/** Collects pieces of `source` into one LogicalText. */
export function joinPieces(source: string, ranges: readonly Range[]): LogicalText {
  const pieces: { at: number; offset: number; length: number }[] = [];
  let text = '';
  for (const { start, end } of ranges) {
    if (end <= start) continue;
    pieces.push({ at: text.length, offset: start, length: end - start });
    text += source.slice(start, end);
  }
  return { text, pieces };
}

/** The piece that holds the character at `at`, by binary search. */
function pieceAt(logical: LogicalText, at: number): LogicalText['pieces'][number] | undefined {
  const { pieces } = logical;
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle]!.at <= at) low = middle;
    else high = middle - 1;
  }
  return pieces[low];
}

/** File offset of the character at `at` of the logical text (at = length gives the end of the last piece). */
export function offsetOf(logical: LogicalText, at: number): number {
  const piece = pieceAt(logical, at);
  if (piece === undefined) return 0;
  return piece.span !== undefined && at > piece.at
    ? piece.offset + piece.span
    : piece.offset + Math.min(at - piece.at, piece.length);
}

/** File offset just behind the character at `at`. */
export function endOf(logical: LogicalText, at: number): number {
  const piece = pieceAt(logical, at);
  if (piece?.span !== undefined && at >= piece.at) return piece.offset + piece.span;
  return offsetOf(logical, at) + 1;
}

/** File range of the characters [at, to): the end is just behind the last character, not before the next piece. */
export function rangeOf(logical: LogicalText, at: number, to: number): Range {
  if (to <= at) {
    const start = offsetOf(logical, at);
    return { start, end: start };
  }
  return { start: offsetOf(logical, at), end: endOf(logical, to - 1) };
}

/** A part of a logical text as a logical text of its own. */
export function sliceLogical(logical: LogicalText, at: number, to: number): LogicalText {
  const pieces = logical.pieces.flatMap((piece) => {
    const from = Math.max(piece.at, at);
    const until = Math.min(piece.at + piece.length, to);
    const span = piece.span === undefined ? {} : { span: piece.span };
    return until > from
      ? [{ at: from - at, offset: piece.offset + (from - piece.at), length: until - from, ...span }]
      : [];
  });
  return { text: logical.text.slice(at, to), pieces };
}
