// Dockerfile text -> instructions with byte offsets, by BuildKit's own line rules (frontend/dockerfile/parser).

import type { Problem, Range } from '../../model.ts';
import { joinPieces } from '../../text/logical.ts';
import { unknown } from '../../text/symbolic.ts';
import { parseArguments } from './arguments.ts';
import { checkProblem, readDirective } from './directive.ts';
import { lexText } from './expand.ts';
import { heredocOf, heredocWords } from './heredoc.ts';
import { instructionProblem } from './instructionRules.ts';
import type { DockerfileSyntax, Heredoc, Instruction, Word } from './syntax.ts';

/** BuildKit's scanner refuses longer physical lines (bufio.MaxScanTokenSize, newline and all). */
const MAX_LINE = 65_536;
const BOM = '\xEF\xBB\xBF';
const HEREDOC_KEYWORDS = new Set(['RUN', 'COPY', 'ADD']);
/** UTF-8 of the spaces that Go's unicode.IsSpace knows beyond ASCII: BuildKit splits at them in some places and not in others. */
const UNICODE_SPACE = /\xC2[\x85\xA0]|\xE1\x9A\x80|\xE2\x80[\x80-\x8A\xA8\xA9\xAF]|\xE2\x81\x9F|\xE3\x80\x80/;

const isGoSpace = (char: string): boolean =>
  char === ' ' || char === '\t' || char === '\n' || char === '\v' || char === '\f' || char === '\r';

interface PhysicalLine extends Range {
  /** Offset behind the newline. */
  readonly next: number;
}

/** Lines split at \n only; `end` is before all trailing \r and \n. */
function readLine(text: string, start: number): PhysicalLine {
  const newline = text.indexOf('\n', start);
  const next = newline < 0 ? text.length : newline + 1;
  let end = next;
  while (end > start && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
  return { start, end, next };
}

function skipSpace(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isGoSpace(text[at]!)) at++;
  return at;
}

/** Where the line's content ends, and whether it goes on: escape + blanks at its end, not behind another escape. */
function continuation(text: string, line: Range, escapeChar: string): { end: number; goesOn: boolean } {
  let end = line.end;
  while (end > line.start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  const goesOn =
    end > line.start && text[end - 1] === escapeChar && (end - 1 === line.start || text[end - 2] !== escapeChar);
  return goesOn ? { end: end - 1, goesOn } : { end: line.end, goesOn };
}

/** Why BuildKit could not expand the bodies that a COPY or ADD copies, whatever the variables hold. */
function bodyProblems(text: string, keyword: string, words: readonly Word[], heredocs: readonly Heredoc[]): string[] {
  if (keyword === 'RUN') return [];
  const copied = new Set(
    words
      .map((word) => heredocOf(word.value))
      .map((heredoc) => (heredoc === undefined || 'problem' in heredoc ? '' : heredoc.name)),
  );
  return heredocs.flatMap(({ name, expand, body }) => {
    if (!expand || !copied.has(name)) return [];
    const lookup = (variable: string): string => unknown(variable);
    const { problem } = lexText(text.slice(body.start, body.end), { escape: '\\', lookup, plainQuotes: true });
    return problem === undefined ? [] : [`here-document ${name.slice(0, 40)}: ${problem}`];
  });
}

/**
 * Parses a Dockerfile. Never throws.
 * @param text latin1, so that offsets are bytes
 */
export function parseDockerfile(text: string): DockerfileSyntax {
  const problems: Problem[] = [];
  const instructions: Instruction[] = [];
  let escapeChar: '\\' | '`' = '\\';
  let syntaxDirective: string | undefined;
  let directivesOver = false;
  const seen = new Set<string>();
  const fail = (offset: number, message: string) => problems.push({ offset, message });

  let at = text.startsWith(BOM) ? BOM.length : 0;
  let lineNumber = 0;
  const nextLine = (): PhysicalLine | undefined => {
    if (at >= text.length) return undefined;
    const line = readLine(text, at);
    // a last line without a newline leaves no room for one; a byte-order mark counts
    const length = line.next - (lineNumber === 0 ? 0 : line.start) + (text[line.next - 1] === '\n' ? 0 : 1);
    if (length > MAX_LINE) {
      fail(line.start, 'a line longer than 65535 bytes, which BuildKit refuses');
      at = text.length;
      return undefined;
    }
    at = line.next;
    lineNumber++;
    return line;
  };

  for (let line = nextLine(); line !== undefined; line = nextLine()) {
    const start = skipSpace(text, line.start, line.end);
    const startLine = lineNumber;
    if (!directivesOver) {
      const directive = readDirective(text, start, line.end);
      if (directive !== undefined) {
        const { key, value } = directive;
        if (seen.has(key)) fail(start, `only one ${key} parser directive can be used`);
        seen.add(key);
        const wrong = key === 'check' ? checkProblem(value) : undefined;
        if (wrong !== undefined) fail(start, wrong);
        if (key === 'syntax') syntaxDirective = value;
        if (key === 'escape') {
          if (value === '\\' || value === '`') escapeChar = value;
          else fail(start, `invalid escape token '${value}'`);
        }
        continue;
      }
      directivesOver = true;
    }
    if (start >= line.end || text[start] === '#') continue;

    let { end, goesOn } = continuation(text, { start, end: line.end }, escapeChar);
    const ranges: Range[] = [{ start, end }];
    let last = line;
    while (goesOn) {
      const more = nextLine();
      if (more === undefined) break;
      last = more;
      const first = skipSpace(text, more.start, more.end);
      if (first >= more.end || text[first] === '#') continue;
      ({ end, goesOn } = continuation(text, more, escapeChar));
      ranges.push({ start: more.start, end });
    }
    const logical = joinPieces(text, ranges);
    if (skipSpace(logical.text, 0, logical.text.length) === logical.text.length) {
      fail(start, 'an instruction without a keyword');
      continue;
    }
    if (UNICODE_SPACE.test(logical.text)) fail(start, 'a non-ASCII space in an instruction');

    const parsed = parseArguments(logical.text, 0, escapeChar);
    for (const message of parsed.problems) fail(start, message);
    const heredocs: Heredoc[] = [];
    const keyword = parsed.trigger?.keyword ?? parsed.keyword;
    if (HEREDOC_KEYWORDS.has(keyword) && !(parsed.trigger ?? parsed).json && logical.text.includes('<<')) {
      const found = heredocWords(logical.text);
      if (found.problem !== undefined) fail(start, found.problem);
      for (const word of found.words) {
        const body = at;
        let terminator: PhysicalLine | undefined;
        for (let row = nextLine(); row !== undefined; row = nextLine()) {
          last = row;
          let from = row.start;
          if (word.chomp) while (text[from] === '\t') from++;
          if (text.slice(from, Math.max(from, row.end)) === word.name) {
            terminator = row;
            break;
          }
        }
        if (terminator === undefined) {
          fail(start, `here-document ${word.name} is not terminated`);
          break;
        }
        heredocs.push({
          ...word,
          body: { start: body, end: terminator.start },
          terminator: { start: terminator.start, end: terminator.end },
        });
      }
    }
    for (const message of bodyProblems(text, keyword, (parsed.trigger ?? parsed).words, heredocs)) fail(start, message);
    const common = { start, end: last.end, line: startLine, endLine: lineNumber, logical, index: instructions.length };
    const { problems: _, trigger, ...own } = parsed;
    const { problems: __, trigger: ___, ...inner } = trigger ?? parsed;
    instructions.push({
      ...common,
      ...own,
      heredocs: trigger ? [] : heredocs,
      ...(trigger ? { trigger: { ...common, ...inner, heredocs } } : {}),
    });
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) fail(nul, 'a NUL byte, which shells leave out');
  if (instructions.length === 0) fail(0, 'no instruction');
  else if (!instructions.some((instruction) => instruction.keyword === 'FROM')) fail(instructions[0]!.start, 'no FROM');
  let stages = 0;
  for (const each of instructions) {
    const message = instructionProblem(each, stages);
    if (message !== undefined) fail(each.start, message);
    if (each.keyword === 'FROM') stages++;
  }
  return {
    escape: escapeChar,
    instructions,
    problems: problems.sort((a, b) => a.offset - b.offset),
    ...(syntaxDirective === undefined ? {} : { syntaxDirective }),
  };
}
