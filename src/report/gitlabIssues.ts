// GitLab's code quality report.

import type { Level } from '../model.ts';
import { bytesOf } from '../text/latin1.ts';
import { jsonText, printable } from '../text/printable.ts';
import { issuesOf, type ReportIssue } from './issues.ts';
import type { Outcome } from './outcome.ts';

const SEVERITIES: Readonly<Record<Level, string>> = { broken: 'major', fragile: 'minor', slow: 'info', advice: 'info' };

/** An array of issues; fingerprints stay the same while the text of an issue does, wherever its line moves to. */
export function gitlabReport(outcomes: readonly Outcome[]): string {
  const seen = new Map<string, number>();
  const issues = outcomes.flatMap((outcome) => issuesOf(outcome).map((issue) => entry(outcome, issue, seen)));
  return `${bytesOf(jsonText(issues))}\n`;
}

function entry(outcome: Outcome, { level, rule, place, message }: ReportIssue, seen: Map<string, number>) {
  const path = place?.path ?? outcome.where ?? '.';
  const base = [outcome.path, rule, path, message].join('\0');
  const earlier = seen.get(base) ?? 0;
  seen.set(base, earlier + 1);
  return {
    description: message.split('\n').map(printable).join(' '),
    check_name: rule,
    fingerprint: fingerprint(`${base}\0${earlier}`),
    severity: level === undefined ? 'critical' : SEVERITIES[level],
    location: { path: printable(path), lines: { begin: place?.line ?? 1 } },
  };
}

/** FNV-1a over two seeds: names an issue, guards nothing. */
function fingerprint(text: string): string {
  return [0x811c9dc5, 0x01234567, 0x89abcdef, 0xdeadbeef].map((seed) => issueHash(text, seed)).join('');
}

function issueHash(text: string, seed: number): string {
  let state = seed >>> 0;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return state.toString(16).padStart(8, '0');
}
