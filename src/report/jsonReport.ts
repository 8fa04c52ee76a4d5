// JSON, version 1, and the same one repository a line; schema/report.json is its published schema.

import type { TextEdit } from '../model.ts';
import { arrayOf, bytesOf, textOf } from '../text/latin1.ts';
import { jsonText } from '../text/printable.ts';
import type { ReportContext } from './formats.ts';
import type { Outcome, ReportedFinding, ReportedFix } from './outcome.ts';
import { summarize } from './summary.ts';

const VERSION = 1;

/** One document for the whole run. */
export function jsonReport(outcomes: readonly Outcome[], context: ReportContext): string {
  const repositories = outcomes.map(jsonRepository);
  const document = { version: VERSION, tool: tool(context), repositories, summary: summarize(outcomes) };
  return `${bytesOf(jsonText(document))}\n`;
}

/** One line a repository, as in `repositories` with `version` and `tool` before it; the last line has the `summary`. */
export function ndjsonReport(outcomes: readonly Outcome[], context: ReportContext): string {
  const head = { version: VERSION, tool: tool(context) };
  const lines = [
    ...outcomes.map((outcome) => ({ ...head, ...jsonRepository(outcome) })),
    { ...head, summary: summarize(outcomes) },
  ];
  return lines.map((line) => `${bytesOf(jsonText(line, { line: true }))}\n`).join('');
}

function tool({ version }: ReportContext) {
  return { name: 'pyvenv-fix', version };
}

function jsonRepository(outcome: Outcome) {
  const { reason, where, next, base, branch, commits } = outcome;
  return {
    ...inText('path', outcome.path),
    outcome: outcome.outcome,
    ...(reason === undefined ? {} : { reason: textOf(reason).text }),
    ...(where === undefined ? {} : { where: textOf(where).text }),
    ...(next === undefined ? {} : { next: textOf(next).text }),
    ...(base === undefined ? {} : { base }),
    ...(branch === undefined ? {} : inText('branch', branch)),
    ...(commits === undefined ? {} : { commits }),
    written: outcome.written,
    fixes: outcome.fixes.map(jsonFix),
    findings: outcome.findings.map(finding),
    withdrawn: outcome.withdrawn.map(({ transform, title, files, why }) => ({
      transform,
      title: textOf(title).text,
      files: files.map((file) => textOf(file).text),
      why: textOf(why).text,
    })),
    ...inText('diff', outcome.diff),
  };
}

function jsonFix(one: ReportedFix) {
  return {
    transform: one.transform,
    title: textOf(one.title).text,
    safety: one.safety,
    diagnosis: one.diagnosis,
    level: one.level,
    ...inText('path', one.at.path),
    line: one.at.line,
    column: one.at.column,
    files: one.files.map((file) => textOf(file).text),
    edits: one.edits.map(edit),
    ...(one.mergedInto === undefined ? {} : { mergedInto: one.mergedInto }),
    notes: one.notes.map((note) => textOf(note).text),
    ...(one.gain === undefined ? {} : { gain: textOf(one.gain).text }),
  };
}

function edit({ path, start, end, newText, create }: TextEdit) {
  return { ...inText('path', path), start, end, ...inText('newText', newText), ...(create ? { create } : {}) };
}

function finding({ transform, diagnosis, level, path, line, column, message, reason, fixable }: ReportedFinding) {
  return {
    ...(transform === undefined ? {} : { transform }),
    diagnosis,
    level,
    ...inText('path', path),
    line,
    column,
    message: textOf(message).text,
    reason: textOf(reason).text,
    fixable,
  };
}

/** Bytes that are no UTF-8 cannot stand in JSON: they become U+FFFD there, and the exact ones follow as `<name>Base64`. */
function inText(name: string, bytes: string): Record<string, string> {
  const { text, exact } = textOf(bytes);
  return exact ? { [name]: text } : { [name]: text, [`${name}Base64`]: base64(bytes) };
}

function base64(bytes: string): string {
  return Buffer.from(arrayOf(bytes)).toString('base64');
}
