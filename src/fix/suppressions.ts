// Suppression comments: `# pyvenv-fix: ignore[ID, ID] reason` above the instruction or YAML node a finding hangs on.

import type { Finding, Range, Snapshot } from '../model.ts';
import { lineMark } from '../text/lines.ts';
import { nearest } from '../text/nearest.ts';
import { SUPPRESSION } from './diagnoses.ts';

/** One suppression comment of one file. */
export interface Suppression {
  readonly path: string;
  /** Counts the suppressions of the file from 0: with `path` its name, also after edits elsewhere in the file. */
  readonly ordinal: number;
  /** As written; empty where the comment is not understood. */
  readonly ids: readonly string[];
  /** Latin1, '' where none is given. */
  readonly reason: string;
  /** Byte offset of the `#`. */
  readonly offset: number;
  /** Line of the comment, from 1. */
  readonly line: number;
  /** Bytes of the line it speaks of, its line ending left out; absent where only comments and blank lines follow. */
  readonly target?: Range;
}

const MARK = 'pyvenv-fix:';
const COMMENT = /^[ \t]*#[ \t]*pyvenv-fix:[ \t]*/;
const IGNORE = /^ignore[ \t]*\[([^\]]*)\]/;

/**
 * The suppressions of a Dockerfile or YAML text, in order. A comment speaks of the next line that is neither comment nor
 * blank. Never throws; linear in the text.
 */
export function suppressions(path: string, text: string): Suppression[] {
  if (!text.includes(MARK)) return [];
  const found: Suppression[] = [];
  let waiting: Suppression[] = [];
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line++;
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const kind = kindOfLine(text, start, end);
    if (kind === 'comment') {
      const read = readComment(text, { start, end });
      if (read) waiting.push({ path, ordinal: found.length + waiting.length, line, ...read });
    } else if (kind === 'content') {
      const target = { start, end: text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end };
      for (const one of waiting) found.push({ ...one, target });
      waiting = [];
    }
    start = end + 1;
  }
  return [...found, ...waiting];
}

/** What of a finding decides whether a suppression holds it back. */
type Suppressible = Pick<Finding, 'path' | 'offset' | 'transform'>;

/** What is left of the findings once the suppressions above them are honoured, and which suppressions that took. */
export interface Applied<T extends Suppressible = Finding> {
  readonly kept: readonly T[];
  readonly suppressed: readonly T[];
  /** Names (`suppressionName`) of suppression and id pairs that held something back. */
  readonly used: readonly string[];
}

/**
 * Holds back the findings whose own line carries a suppression of their transform. Findings without a transform cannot be
 * suppressed. `snapshot` is the one that the findings' offsets count in; only files with findings are read.
 */
export function applySuppressions<T extends Suppressible>(
  findings: readonly T[],
  snapshot: Pick<Snapshot, 'read'>,
): Applied<T> {
  const byPath = new Map<string, Suppression[]>();
  const kept: T[] = [];
  const suppressed: T[] = [];
  const used = new Set<string>();
  for (const finding of findings) {
    let known = byPath.get(finding.path);
    if (!known) {
      known = suppressions(finding.path, snapshot.read(finding.path) ?? '');
      byPath.set(finding.path, known);
    }
    const holding = known.filter((one) => speaksOf(one, finding));
    if (holding.length === 0) kept.push(finding);
    else suppressed.push(finding);
    for (const one of holding) used.add(suppressionName(one, finding.transform ?? ''));
  }
  return { kept, suppressed, used: [...used] };
}

/** The name of one id of one suppression, stable over edits that leave the comments of the file in place. */
export function suppressionName(suppression: Suppression, id: string): string {
  return `${suppression.path}\0${suppression.ordinal}\0${id}`;
}

/** What `unusedSuppressions` needs to know of the run. */
export interface SuppressionUse {
  /** The files that were looked at (Dockerfiles, compose files). */
  readonly paths: readonly string[];
  /** All `used` of `applySuppressions` during the run. */
  readonly used: ReadonlySet<string>;
  /** Ids of the transforms that ran; the others' suppressions had no chance. */
  readonly ran: readonly string[];
  /** Ids of all transforms there are. */
  readonly known: readonly string[];
  /** Lines of the file on disk on which what a transform finds there hangs. */
  readonly lines: (id: string, path: string) => readonly number[];
}

/** Findings (none has a fix) for suppressions that held nothing back, name no known transform, or give no reason. */
export function unusedSuppressions(snapshot: Pick<Snapshot, 'read'>, use: SuppressionUse): Finding[] {
  const findings: Finding[] = [];
  for (const path of use.paths) {
    for (const one of suppressions(path, snapshot.read(path) ?? '')) findings.push(...judgeSuppression(one, use));
  }
  return findings;
}

function judgeSuppression(one: Suppression, use: SuppressionUse): Finding[] {
  const at = { diagnosis: SUPPRESSION, path: one.path, offset: one.offset };
  if (one.ids.length === 0) {
    return [
      {
        ...at,
        message: 'This suppression comment is not understood.',
        reason: 'Write `# pyvenv-fix: ignore[ID] reason` on a line of its own above the instruction.',
      },
    ];
  }
  const findings: Finding[] = [];
  for (const id of new Set(one.ids)) {
    if (!use.known.includes(id)) {
      const near = nearest(id, use.known);
      findings.push({
        ...at,
        message: `The suppression names an unknown transform, ${id}.`,
        reason: near ? `The nearest known one is ${near}.` : '`pyvenv-fix explain` lists the transforms.',
      });
    } else if (use.ran.includes(id) && !use.used.has(suppressionName(one, id))) {
      findings.push({
        ...at,
        transform: id,
        message: `The suppression of ${id} suppresses nothing.`,
        reason: one.target
          ? `Nothing that ${id} finds hangs on line ${lineMark(one.path, one.target.start)}; remove the comment, or move it above ${placeFor(use.lines(id, one.path))}.`
          : 'No instruction follows it; remove the comment.',
      });
    }
  }
  if (findings.length === 0 && one.reason === '') {
    findings.push({
      ...at,
      message: `The suppression of ${one.ids.join(', ')} gives no reason.`,
      reason: 'It is honoured; write after the bracket why, for whoever reads it next.',
    });
  }
  return findings;
}

const placeFor = ([line, ...others]: readonly number[]): string =>
  line === undefined || others.length > 0
    ? 'the instruction it is meant for'
    : `line ${line}, the only one in this file where it finds something`;

function speaksOf(one: Suppression, finding: Suppressible): boolean {
  if (!one.target || !one.ids.includes(finding.transform ?? '')) return false;
  return one.target.start <= finding.offset && finding.offset <= one.target.end;
}

function kindOfLine(text: string, start: number, end: number): 'comment' | 'blank' | 'content' {
  let at = start;
  if (at === 0 && text.startsWith('\xef\xbb\xbf')) at = 3;
  for (; at < end; at++) {
    const char = text[at];
    if (char === '#') return 'comment';
    if (char !== ' ' && char !== '\t' && char !== '\r' && char !== '\v' && char !== '\f') return 'content';
  }
  return 'blank';
}

function readComment(
  text: string,
  line: Range,
): { readonly ids: readonly string[]; readonly reason: string; readonly offset: number } | undefined {
  const content = text.slice(line.start, line.end).replace(/^\xef\xbb\xbf/, '');
  const mark = COMMENT.exec(content);
  if (!mark) return undefined;
  const offset = text.indexOf('#', line.start);
  const rest = content.slice(mark[0].length);
  const ignore = IGNORE.exec(rest);
  if (!ignore) return { ids: [], reason: '', offset };
  const ids = idsIn(ignore[1] ?? '');
  return { ids, reason: trimReason(rest.slice(ignore[0].length)), offset };
}

function idsIn(list: string): string[] {
  return list.split(/[ \t,]+/).filter((word) => word !== '');
}

function trimReason(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t\r'.includes(text[start]!)) start++;
  while (end > start && ' \t\r'.includes(text[end - 1]!)) end--;
  return text.slice(start, end);
}
