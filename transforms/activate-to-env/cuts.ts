// How activations are cut out of their instructions: the smallest edits that keep every comment and every other command.

import { replaceRange } from '../../src/edit/textEdits.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import type { ActivationPlace } from '../../src/facts/shell/activationPlace.ts';
import type { Range, TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineAt } from '../../src/text/positions.ts';
import { commentsAbove, isAboutActivation } from './activationComments.ts';

/** `edit`: cut it out; `whole`: the instruction is nothing else and goes. */
type CutEdit = { readonly edit: TextEdit } | { readonly whole: true };

/** A command with the way in which it goes, and the texts of what goes. */
export type Cut = CutEdit & { readonly gone: readonly string[]; readonly input: CutInput };

/** One command that goes. */
export interface CutInput {
  readonly instruction: Instruction;
  readonly place: ActivationPlace | undefined;
  /** `source X || . X`: both go as one. */
  readonly fallback?: ActivationPlace;
  /** Text that takes its place (`hash -r`). */
  readonly instead?: string;
  /** The shell ends at the first command that fails. */
  readonly errexit: boolean;
  /** A `deactivate`. */
  readonly isDeactivation?: true;
}

const DEACTIVATE_STAYS: Blocker = { code: 'deactivate', words: 'its deactivate cannot be cut out alone' };

interface File {
  readonly path: string;
  readonly text: string;
}

/** How a command stands in its list once those before it are cut. */
interface Standing {
  /** End of the command before, if one is left. */
  readonly previous?: number;
  readonly operator?: string;
}

const isOnlyBlanks = (text: string): boolean => /^[ \t]*$/.test(text);

/** The command that goes: where a text is nothing but the activation, the command whose text it is. */
function cutPlace(place: ActivationPlace): ActivationPlace {
  let at = place;
  while (at.wrapper?.place !== undefined) at = at.wrapper.place;
  return at;
}

/** The edits that cut all of the commands, in the order of the file. Offsets are the file's. */
export function cutCommands(path: string, text: string, inputs: readonly CutInput[]): readonly Cut[] | Blocker {
  const made: Cut[] = [];
  /** By the start of a command: how it stands now that the one before it is cut. */
  const left = new Map<number, Standing>();
  const start = ({ place }: CutInput): number => (place === undefined ? 0 : cutPlace(place).command.start);
  for (const input of [...inputs].sort((a, b) => start(a) - start(b))) {
    if (input.place === undefined && input.isDeactivation) return DEACTIVATE_STAYS;
    if (input.place === undefined)
      return {
        code: 'cut',
        words:
          'it stands where it cannot be cut out alone (a pipeline, a group, a function, behind a word like `command`)',
      };
    if (input.place.whyNotCut !== undefined) return { code: 'cut', words: input.place.whyNotCut };
    const place = cutPlace(input.place);
    const cut = cutOne({ path, text }, input, place, left);
    if (isBlocker(cut)) return input.isDeactivation ? DEACTIVATE_STAYS : cut;
    const gone = [
      (input.instead === undefined ? place : input.place).text,
      ...(input.fallback === undefined ? [] : [input.fallback.text]),
    ];
    made.push({ ...cut, gone, input });
  }
  return made;
}

function cutOne(
  file: File,
  { instead, errexit, fallback, place: inner }: CutInput,
  place: ActivationPlace,
  left: Map<number, Standing>,
): CutEdit | Blocker {
  const { path } = file;
  if (place.whyNotCut !== undefined) return { code: 'cut', words: place.whyNotCut };
  if (instead !== undefined) return { edit: replaceRange(path, inner!.command, instead) };
  if (place.alone) return { whole: true };
  if (place.wrapper !== undefined)
    return place.wrapper.isWhole
      ? { whole: true }
      : { code: 'cut', words: 'it stands in a text that cannot be cut out alone' };
  const end = fallback ?? place;
  const command = { start: place.command.start, end: end.command.end };
  const { next, operatorAfter: after } = end;
  const { previous, operator: before } = left.get(command.start) ?? {
    previous: place.previous,
    operator: place.operatorBefore,
  };
  if (before === '||') return { code: 'cut', words: 'it stands behind ||' };
  if (after === '||' || after === '&') return { code: 'cut', words: `it is followed by ${after}` };
  if (fallback !== undefined && before === '&&') return { code: 'cut', words: 'it stands behind && and before ||' };
  if (next !== undefined) {
    // `X && . P; Y`: Y runs whether X succeeds or not, so it is the `;` that stays
    const staysBehind = previous !== undefined && before === '&&' && after !== '&&';
    if (staysBehind && errexit)
      return { code: 'cut', words: 'under `set -e` the command before it would end the step where it fails' };
    left.set(next, {
      ...(previous === undefined ? {} : { previous }),
      ...(staysBehind ? { operator: after! } : before === undefined ? {} : { operator: before }),
    });
    return staysBehind ? cutBehind(file, command, previous) : cutBefore(file, command, next);
  }
  if (previous === undefined) return { code: 'cut', words: 'nothing would be left where it stands' };
  // behind `;` it decides alone whether the step succeeds
  if (before !== '&&') return { code: 'cut', words: 'the step succeeds or fails by it' };
  if (errexit && !place.endsText)
    return { code: 'cut', words: 'under `set -e` the group around it would end otherwise' };
  return cutBehind(file, command, previous);
}

/** With the operator before it. */
function cutBehind({ path, text }: File, command: Range, previous: number): { readonly edit: TextEdit } | Blocker {
  const comments = commentsIn(text.slice(previous, command.start));
  if (comments.length > 0 && !isAboutActivation(comments.join(' ')))
    return { code: 'cut', words: 'a comment stands between it and the command before' };
  return { edit: replaceRange(path, { start: previous, end: command.end }, '') };
}

const commentsIn = (gap: string): string[] =>
  gap
    .split('\n')
    .slice(1)
    .filter((line) => /^[ \t]*#/.test(line));

/** Start of the comment lines directly above that speak of the activation alone, where it begins its line. */
function aboveNotes(text: string, command: Range): number | undefined {
  const line = lineAt(text, command.start);
  if (!isOnlyBlanks(text.slice(line.start, command.start))) return undefined;
  const notes = commentsAbove(text, command.start);
  const isNote = notes[0] !== undefined && isAboutActivation(text.slice(notes[0].start, line.start));
  return isNote ? notes[0]!.start : undefined;
}

/** From the command up to the next one; comment lines in between stay. */
function cutBefore({ path, text }: File, command: Range, next: number): { readonly edit: TextEdit } | Blocker {
  const gap = text.slice(command.end, next);
  const first = lineAt(text, command.start);
  const lead = text.slice(first.start, command.start);
  const notes = aboveNotes(text, command);
  if (commentsIn(gap).length === 0) {
    const start = notes ?? command.start;
    return { edit: replaceRange(path, { start, end: next }, notes === undefined ? '' : lead) };
  }
  const end = text.indexOf('\n', command.end);
  const rest = text.slice(command.end, end);
  // a line of a here-document
  if (isOnlyBlanks(lead) && /^[ \t]*;?[ \t]*\r?$/.test(rest))
    return { edit: replaceRange(path, { start: notes ?? first.start, end: end + 1 }, '') };
  const operator = /^[ \t]*(&&|;)[ \t]*(?=[\\`][ \t]*\r?$)/.exec(rest);
  if (operator === null) return { code: 'cut', words: 'a comment stands between it and the command behind' };
  if (isOnlyBlanks(lead)) return { edit: replaceRange(path, { start: notes ?? first.start, end: end + 1 }, '') };
  return { edit: replaceRange(path, { start: command.start, end: command.end + operator[0].length }, '') };
}
