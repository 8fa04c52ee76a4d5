// The comments above what a split moves: each belongs to the instruction below it, and none is left that the new order makes false.

import type { Range } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineAt } from '../../src/text/positions.ts';

/** Comments about installing stay with the install's files; others go with the code. */
const ABOUT_INSTALL = /require|depend|install|packages?\b|\bpip|poetry|\buv\b|manifest/i;
const ABOUT_CODE = /\bcode\b|source|\bapp\b|application|project|\bfiles?\b|everything|content|director|folder|context/i;
/** The code itself, not any file. */
const OF_CODE = /\b(code|sources?|app|application|project|everything)\b/i;
const COPIES = /\b(cop(y|ies|ied|ying)|adds?|adding)\b/i;
/** Complaints of the order that the fix mends. */
const COMPLAINS =
  /\b(wrong|bad practice|anti-?pattern|inefficient|(not|isn't) (ideal|optimal|good)|sub-?optimal|busts?|invalidat\w+|re-?(installs|builds|runs))\b|\b(todo|fixme|xxx)\b.*\b(cop(y|ies)|order|split|first|before|requirements|cach\w+|layers?)\b/i;
/** A reason for the old order: the code stands above. */
const SAYS_ABOVE =
  /\b(?:since|because|as|now that)\b[^\n]{0,40}\b(?:code|sources?|app|application|project|everything|files)[ \t]+(?:is|are|was|were|has been|have been)[ \t]+(?:\w+[ \t]+){0,2}(?:copied|there|in place|available|present)\b/i;
/** `first the code, then its packages` is the order that the fix turns round. */
const SAYS_ORDER =
  /\b(?:code|sources?|app|application|project|everything)\b[^\n]{0,40}\bfirst\b[^\n]{0,100}\b(?:then|before|and)\b[^\n]{0,60}\b(?:install\w*|requirements|dependencies|packages|pip|poetry)\b/i;
/** A heading of both steps stands above both. */
const HEADS_BOTH = /(?:\b(?:and|then)|[,&+])[ \t]+(?:then[ \t]+)?(?:run[ \t]+)?(?:pip[ \t]+)?install/i;
/** What the code is said to be there for, in brackets or behind a comma. */
const PURPOSE =
  /[ \t]*(?:\((?:[^()]{0,60}\b)?(?:needed|required|necessary)\b[^()]{0,200}\)|[,;:-]+[ \t]+(?:(?:which|it) is |it's )?(?:needed|required|necessary)\b[^\n]{0,200}|,?[ \t]+(?:so[ \t]+(?=[^\n]{0,100}\b(?:install|pip\b|requirements|dependenc|poetry|uv\b))|before[ \t]+(?:we[ \t]+)?(?:install|running|pip\b|poetry\b|the[ \t]+install))[^\n]{0,200})/i;

const complains = (comment: string): boolean =>
  COMPLAINS.test(comment.slice(0, 500)) || SAYS_ABOVE.test(comment.slice(0, 500));

export interface CommentBlock {
  /** From the first comment to the instruction's line. */
  readonly range: Range;
  /** Stay above the files that the install reads. */
  readonly kept: readonly string[];
  /** Go with the code. */
  readonly moved: readonly string[];
}

const isComment = (text: string, line: Range): boolean => /^[ \t]*#/.test(text.slice(line.start, line.end));
const isPragma = (comment: string): boolean => /^[ \t]*#[ \t]*hadolint\b/.test(comment);
const isBlank = (text: string, line: Range): boolean => /^[ \t\r\n]*$/.test(text.slice(line.start, line.end));

/** The comment lines that end at `end`, the start of a line. */
function blockAbove(text: string, end: number): Range {
  let start = end;
  while (start > 0 && isComment(text, lineAt(text, start - 1))) start = lineAt(text, start - 1).start;
  return { start, end };
}

const linesIn = (text: string, { start, end }: Range): string[] => text.slice(start, end).split(/\r?\n/).slice(0, -1);

/** The comments of an instruction that is moved. `second`: an install comes once more behind it. */
export function commentsOf(text: string, i: Instruction, second: 'second' | 'once'): CommentBlock {
  const end = lineAt(text, i.start).start;
  let block = blockAbove(text, end);
  if (block.start === end && end > 0 && isBlank(text, lineAt(text, end - 1))) {
    const above = blockAbove(text, lineAt(text, end - 1).start);
    const words = text.slice(above.start, above.end);
    // `# Copy the code` above a blank line still speaks of the copy below it.
    if (COPIES.test(words) && ABOUT_CODE.test(words) && !ABOUT_INSTALL.test(words)) block = above;
  }
  const comments = linesIn(text, block);
  const said = comments.filter((c) => !complains(c) && (second === 'second' || !SAYS_ORDER.test(c.slice(0, 500))));
  const words = said.filter((c) => !isPragma(c)).join('\n');
  const stays =
    ABOUT_INSTALL.test(words) &&
    (!ABOUT_CODE.test(words) || (second === 'once' && HEADS_BOTH.test(words.slice(0, 2000))));
  return {
    range: { start: block.start, end },
    kept: stays ? said : said.filter(isPragma),
    moved: stays ? said.filter(isPragma) : said.flatMap((c) => withoutPurpose(c, second)),
  };
}

/** `(needed for pip install)` is no longer true where the install comes first. */
function withoutPurpose(comment: string, second: 'second' | 'once'): string[] {
  const purpose = second === 'second' || comment.length > 500 ? '' : (PURPOSE.exec(comment)?.[0] ?? '');
  if (!ABOUT_INSTALL.test(purpose)) return [comment];
  const rest = comment.replace(purpose, '').trimEnd();
  return /^[ \t]*#[ \t]*$/.test(rest) ? [] : [rest];
}

/**
 * The comment above a run of copies of which only some move: where it speaks of the code and the first ones, which stay, bring none, it
 * goes with the first that moves. So does one that speaks of copying the code above the ENV and WORKDIR of the copy. `stays`: does the
 * instruction stay, and bring no code?
 */
export function commentOfGroup(
  text: string,
  i: Instruction,
  all: readonly Instruction[],
  stays: (one: Instruction) => boolean,
): Range | undefined {
  let end = lineAt(text, i.start).start;
  let isBelowPlace = false;
  for (let at = all.indexOf(i) - 1; at >= 0; at--) {
    const one = all[at]!;
    const isNext = lineAt(text, one.end).end === end;
    const isPlace = one.keyword === 'ENV' || one.keyword === 'WORKDIR';
    isBelowPlace ||= isPlace;
    if (!isNext || !(isPlace || stays(one))) return undefined;
    end = lineAt(text, one.start).start;
    const block = blockAbove(text, end);
    if (block.start === end) continue;
    const words = linesIn(text, block)
      .map((c) => (c.length > 500 ? c : c.replace(PURPOSE, '')))
      .join('\n');
    if (isBelowPlace && !COPIES.test(words)) return undefined;
    return OF_CODE.test(words) && !ABOUT_INSTALL.test(words) && !/\b(project|config\w*) files?\b/i.test(words)
      ? block
      : undefined;
  }
  return undefined;
}

/** The lines of a comment block, as those of a copy that goes behind the install. */
export const movedLines = (text: string, block: Range, second: 'second' | 'once'): string[] =>
  linesIn(text, block)
    .filter((c) => !complains(c))
    .flatMap((c) => withoutPurpose(c, second));

/** `Install the dependencies and the project`, but neither `the project's dependencies` nor `what the app needs`. */
const INSTALLS_PROJECT =
  /\b(?:install|sync|build)\w*\b[^\n]{0,100}?(?<!\b(?:for|of|by|in|from|to|with)[ \t]+(?:(?:the|our|this|your)[ \t]+)?)\b(?:project|application|app|itself)(?:[ \t]+(?:package|module|code|itself)s?)?[ \t\r]*(?:$|[.,;:)(]|(?:and|with|in|into)\b)/i;

/** The comment lines directly above an install whose project is left to a second one, where they say that it installs the project. */
export function projectComment(text: string, i: Instruction): Range | undefined {
  const block = blockAbove(text, lineAt(text, i.start).start);
  const lines = linesIn(text, block);
  const isOfProject = lines.some((c) => INSTALLS_PROJECT.test(c.slice(0, 500)));
  return isOfProject && !lines.some((c) => complains(c) || isPragma(c)) ? block : undefined;
}

/** Whole comment lines above an install that complain of the order. */
export function complaintsAbove(text: string, i: Instruction): Range[] {
  const found: Range[] = [];
  const block = blockAbove(text, lineAt(text, i.start).start);
  for (let at = block.start; at < block.end; at = lineAt(text, at).end) {
    const line = lineAt(text, at);
    if (complains(text.slice(line.start, line.end))) found.push(line);
  }
  return found;
}
