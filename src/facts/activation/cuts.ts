// How an activation is cut out of its instruction: the smallest edit that keeps every comment and every other command.
import { deleteLines, lineAt, replaceRange } from '../../edit.ts';
import type { Range, TextEdit } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile.ts';
import type { ActivationPlace } from '../trace/events.ts';

/** `edit`: cut it out; `whole`: the instruction is nothing else and goes; `why`: it cannot be cut. */
export type Cut = { readonly edit: TextEdit } | { readonly whole: true } | { readonly why: string };

interface CutInput {
  readonly path: string;
  readonly text: string;
  readonly instruction: Instruction;
  readonly place: ActivationPlace | undefined;
  /** Text that takes its place (`hash -r`). */
  readonly instead?: string;
}

const isBlank = (text: string): boolean => /^[ \t]*$/.test(text);

/** Cuts the command at `place`. Offsets are the file's. */
export function cutCommand({ path, text, instruction, place, instead }: CutInput): Cut {
  if (place === undefined)
    return { why: 'it stands where it cannot be cut out alone (a pipeline, a group, a function)' };
  if (instead !== undefined) return { edit: replaceRange(path, place.command, instead) };
  if (place.wrapper !== undefined) {
    if (place.wrapper.place === undefined)
      return instruction.json ? { whole: true } : { why: 'it stands in a text that cannot be cut out alone' };
    return cutCommand({ path, text, instruction, place: place.wrapper.place });
  }
  if (place.alone) return { whole: true };
  const { command } = place;
  if (place.next !== undefined) {
    if (place.operatorAfter === '||' || place.operatorAfter === '&')
      return { why: `it is followed by ${place.operatorAfter}` };
    if (place.operatorBefore === '||') return { why: 'it stands behind ||' };
    return cutBefore(path, text, command, place.next);
  }
  if (place.previous !== undefined) {
    if (place.operatorBefore === '||') return { why: 'it stands behind ||' };
    // behind `;` it decides alone whether the step succeeds
    if (place.operatorBefore !== '&&') return { why: 'the step succeeds or fails by it' };
    const gap = text.slice(place.previous, command.start);
    if (hasComment(gap)) return { why: 'a comment stands between it and the command before' };
    return { edit: replaceRange(path, { start: place.previous, end: command.end }, '') };
  }
  return { why: 'it is the only command of a group' };
}

const hasComment = (gap: string): boolean =>
  gap
    .split('\n')
    .slice(1)
    .some((line) => /^[ \t]*#/.test(line));

/** From the command up to the next one; comment lines in between stay. */
function cutBefore(path: string, text: string, command: Range, next: number): Cut {
  const gap = text.slice(command.end, next);
  const first = lineAt(text, command.start);
  const lead = text.slice(first.start, command.start);
  if (!hasComment(gap)) {
    // a here-document body: the whole line goes, with its indentation
    const ownLine = isBlank(lead) && /^[ \t]*;?[ \t]*\r?\n[ \t]*$/.test(gap) && !gap.includes('\\');
    if (ownLine) return { edit: replaceRange(path, { start: command.start, end: next }, '') };
    return { edit: replaceRange(path, { start: command.start, end: next }, '') };
  }
  const end = text.indexOf('\n', command.end);
  const rest = text.slice(command.end, end);
  const operator = /^[ \t]*(&&|;)[ \t]*(?=[\\`][ \t]*\r?$)/.exec(rest);
  if (operator === null) return { why: 'a comment stands between it and the command behind' };
  if (isBlank(lead)) return { edit: replaceRange(path, { start: first.start, end: end + 1 }, '') };
  return { edit: replaceRange(path, { start: command.start, end: command.end + operator[0].length }, '') };
}

/** The lines of an instruction, with the line ending. */
export const removeInstruction = (path: string, text: string, instruction: Instruction): TextEdit =>
  deleteLines(path, text, { start: instruction.start, end: instruction.end });
