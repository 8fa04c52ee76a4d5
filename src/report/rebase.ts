// Edits that were made one fix after another, as edits of the old file: together, applied to it, they give the new file.

import type { AppliedFix, TextEdit } from '../model.ts';

/** A stretch of the old file [start, end) that became newText; `owners` index the fixes that made it so, in order. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  readonly owners: readonly number[];
  readonly create?: true;
}

/** The edits of one fix in offsets of the old files. */
export interface RebasedFix {
  readonly edits: readonly TextEdit[];
  /** Index of the earlier fix whose edits took in a part of this one's, because they touch the same place. */
  readonly mergedInto?: number;
}

export interface Rebased {
  /** One for each applied fix, in order. */
  readonly fixes: readonly RebasedFix[];
}

/** `applied`: edits of each relative to the text that the one before left, as in `FixResult`. */
export function rebase(applied: readonly AppliedFix[]): Rebased {
  const files = new Map<string, Piece[]>();
  applied.forEach(({ fix }, owner) => {
    for (const edit of lastFirst(fix.edits)) {
      files.set(edit.path, withEdit(files.get(edit.path) ?? [], edit, owner));
    }
  });
  const fixes = applied.map((): { edits: TextEdit[]; mergedInto?: number } => ({ edits: [] }));
  for (const [path, pieces] of files) {
    for (const { start, end, newText, owners, create } of pieces) {
      const [first = 0, ...later] = owners;
      fixes[first]!.edits.push({ path, start, end, newText, ...(create ? { create } : {}) });
      for (const owner of later) fixes[owner]!.mergedInto ??= first;
    }
  }
  return { fixes };
}

/** The edits of one fix are relative to the same text, so the last is made first. */
function lastFirst(edits: readonly TextEdit[]): TextEdit[] {
  return edits
    .map((edit, at) => ({ edit, at }))
    .sort((a, b) => b.edit.start - a.edit.start || b.edit.end - a.edit.end || b.at - a.at)
    .map(({ edit }) => edit);
}

function withEdit(pieces: readonly Piece[], edit: TextEdit, owner: number): Piece[] {
  const before: Piece[] = [];
  const after: Piece[] = [];
  let shift = 0;
  let start = edit.start;
  let end = edit.end;
  let newText = edit.newText;
  let owners: readonly number[] = [owner];
  let create = edit.create;
  let mapped = false;
  for (const piece of pieces) {
    const from = piece.start + shift;
    const to = from + piece.newText.length;
    const pieceShift = piece.newText.length - (piece.end - piece.start);
    if (!touches(piece, { from, to }, edit)) {
      if (to <= edit.start && !mapped) before.push(piece);
      else after.push(piece);
      if (to <= edit.start) {
        start -= pieceShift;
        end -= pieceShift;
      }
    } else {
      mapped = true;
      const keptLeft = piece.newText.slice(0, Math.max(0, edit.start - from));
      const keptRight = edit.end < to ? piece.newText.slice(edit.end - from) : '';
      newText = keptLeft + newText + keptRight;
      start = Math.min(start, piece.start);
      end = Math.max(end - pieceShift, piece.end);
      owners = [...new Set([...piece.owners, ...owners])].sort((a, b) => a - b);
      create ??= piece.create;
    }
    shift += pieceShift;
  }
  return [...before, { start, end, newText, owners, ...(create ? { create } : {}) }, ...after];
}

/** Overlap; or mere contact where an empty side would leave open which of the two comes first. */
function touches(piece: Piece, range: { readonly from: number; readonly to: number }, edit: TextEdit): boolean {
  if (range.from < edit.end && edit.start < range.to) return true;
  const contact = range.from <= edit.end && edit.start <= range.to;
  return contact && (piece.start === piece.end || range.from === range.to || edit.start === edit.end);
}
