// SARIF 2.1.0 with the real replacements, so that a viewer can apply them.

import type { Level, TextEdit } from '../model.ts';
import { arrayOf, bytesOf, textOf } from '../text/latin1.ts';
import { jsonText, printable } from '../text/printable.ts';
import type { ReportContext } from './formats.ts';
import { issuesOf, type ReportIssue } from './issues.ts';
import type { Outcome } from './outcome.ts';

const SARIF_LEVELS: Readonly<Record<Level, string>> = {
  broken: 'error',
  fragile: 'warning',
  slow: 'note',
  advice: 'note',
};
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** One run a repository. */
export function sarifReport(outcomes: readonly Outcome[], context: ReportContext): string {
  const runs = outcomes.map((outcome) => sarifRun(outcome, context));
  return `${bytesOf(jsonText({ $schema: SCHEMA, version: '2.1.0', runs }))}\n`;
}

function sarifRun(outcome: Outcome, { version, transforms }: ReportContext) {
  const issues = issuesOf(outcome);
  const notifications = issues.filter((issue) => issue.kind === 'error');
  const results = issues.filter((issue) => issue.kind !== 'error');
  const rules = [
    ...transforms.map(({ id, title, why, references }) => ({
      id,
      shortDescription: { text: title },
      fullDescription: { text: why },
      ...(references[0] ? { helpUri: references[0] } : {}),
    })),
    { id: 'pyvenv-fix', shortDescription: { text: 'Files that were left alone, and suppressions.' } },
  ];
  return {
    tool: { driver: { name: 'pyvenv-fix', version, semanticVersion: version, rules } },
    originalUriBaseIds: {
      ROOT: { description: { text: `The root of the repository \`${printable(outcome.path)}\`.` } },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: notifications.length === 0,
        toolExecutionNotifications: notifications.map(({ message }) => ({
          level: 'error',
          message: { text: lines(message) },
        })),
      },
    ],
    results: results.map((issue) => result(outcome, issue, rules)),
  };
}

function result(
  outcome: Outcome,
  { level, rule, place, message, fix }: ReportIssue,
  rules: readonly { readonly id: string }[],
) {
  const edits = fix === undefined ? [] : (outcome.fixes[fix]?.edits ?? []);
  const ruleIndex = rules.findIndex(({ id }) => id === rule);
  return {
    ruleId: rule,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: level === undefined ? 'error' : SARIF_LEVELS[level],
    message: { text: lines(message) },
    ...(place ? { locations: [location(place)] } : {}),
    ...(edits.length > 0
      ? { fixes: [{ description: { text: lines(message) }, artifactChanges: changes(edits) }] }
      : {}),
  };
}

function location({ path, line, column }: { readonly path: string; readonly line: number; readonly column: number }) {
  return {
    physicalLocation: { artifactLocation: artifact(path), region: { startLine: line, startColumn: column } },
  };
}

function changes(edits: readonly TextEdit[]) {
  return [...new Set(edits.map((edit) => edit.path))].map((path) => ({
    artifactLocation: artifact(path),
    replacements: edits
      .filter((edit) => edit.path === path)
      .map(({ start, end, newText }) => ({
        deletedRegion: { byteOffset: start, byteLength: end - start },
        insertedContent: content(newText),
      })),
  }));
}

function content(bytes: string) {
  const { text, exact } = textOf(bytes);
  return exact ? { text } : { binary: Buffer.from(arrayOf(bytes)).toString('base64') };
}

/** A relative reference whose percent escapes are the path's own bytes. */
function artifact(path: string) {
  const uri = path.replaceAll(
    /[^A-Za-z0-9._~/-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return { uri, uriBaseId: 'ROOT' };
}

function lines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
