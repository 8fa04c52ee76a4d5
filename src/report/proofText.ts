// The proof for people and for machines.

import pico from 'picocolors';
import { bytesOf, textOf } from '../text/latin1.ts';
import { jsonText, printable } from '../text/printable.ts';
import { assumptionSentences, evidenceLines, evidenceMarkdown, failuresOf, rebuildLines } from './evidence.ts';
import type { Proof, ProofFormat, SubjectProof, Verdict } from './proof.ts';
import { counted } from './summary.ts';

export interface ProofContext {
  readonly version: string;
  readonly color: boolean;
  readonly verbose: boolean;
}

/** The whole report as bytes (latin1), ending in a line feed. */
export function renderProofs(format: ProofFormat, proofs: readonly Proof[], context: ProofContext): string {
  switch (format) {
    case 'text':
      return proofs.map((proof) => proofText(proof, context)).join('\n');
    case 'json':
      return proofJson(proofs, context);
    case 'markdown':
      return proofs.map((proof) => evidenceMarkdown(proof, 'report')).join('\n');
  }
}

const WIDEST = 70;

function proofText(proof: Proof, { color, verbose }: ProofContext): string {
  const paint = pico.createColors(color);
  const tint = (verdict: Verdict): string =>
    ({ worse: paint.red, better: paint.green, same: paint.bold, 'cannot tell': paint.yellow })[verdict](verdict);
  const fixes = counted(proof.fixes.length, 'fix', 'fixes');
  const head = `${paint.bold(printable(proof.path))}: ${proof.subjects.length > 0 ? tint(proof.verdict) : 'nothing to build'} (${fixes}, ${proof.engine})\n`;
  const lead = rebuildLines(proof, 'measured').map((line) => `  ${paint.bold(printable(line))}\n`);
  const assumed = proof.assumptions.map(({ transform, title, ...more }) =>
    [`${transform} (unsafe): ${title}`, ...assumptionSentences(more).map((line) => `  ${line}`)]
      .map((line) => `  ${printable(line)}\n`)
      .join(''),
  );
  const subjects = proof.subjects.map((subject) => subjectText(subject, tint, verbose ? 'all' : 'differing'));
  const failures = failuresOf(proof.subjects, 'measured').map(({ which, log }) =>
    [`  how the build ended ${printable(which)}\n`, ...log.map((line) => `    ${printable(line)}\n`)].join(''),
  );
  return bytesOf([head, ...lead, ...assumed, ...subjects, ...failures].join(''));
}

function subjectText(subject: SubjectProof, tint: (verdict: Verdict) => string, lines: 'all' | 'differing'): string {
  const { kind, name, verdict, reasons, host } = subject;
  const text = [
    `  ${kind} ${printable(name)}: ${tint(verdict)}\n`,
    ...[...reasons, ...(host?.reasons ?? [])].map((reason) => `    ${printable(reason)}\n`),
  ];
  for (const { what, before: was, after: now } of evidenceLines(subject)) {
    if (lines === 'all' || was !== now)
      text.push(`      ${what}: ${shownWithin(was)}${was === now ? '' : ` -> ${shownWithin(now)}`}\n`);
  }
  return text.join('');
}

function shownWithin(bytes: string): string {
  const text = printable(bytes);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 3)}...` : text;
}

/** Version 1; all strings are text (UTF-8), bytes that are none become U+FFFD. */
function proofJson(proofs: readonly Proof[], { version }: ProofContext): string {
  const count = (verdict: Verdict) => proofs.filter((proof) => proof.verdict === verdict).length;
  const summary = {
    repositories: proofs.length,
    worse: count('worse'),
    better: count('better'),
    same: count('same'),
    cannotTell: count('cannot tell'),
  };
  const document = { version: 1, tool: { name: 'pyvenv-fix', version }, proofs, summary };
  const text = jsonText(
    JSON.parse(
      JSON.stringify(document, (_, value: unknown) => (typeof value === 'string' ? textOf(value).text : value)),
    ),
  );
  return `${bytesOf(text)}\n`;
}
