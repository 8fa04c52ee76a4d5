// Counts verdicts and prints them as a Markdown table with the first examples.
import type { Judgement, Verdict } from './compareInstructions.ts';

const COLUMNS: readonly Verdict[] = ['agreed', 'refused', 'disagreed', 'bothRefuse', 'onlyWeAccept'];
const EXAMPLES = 20;
const PER_REASON = 3;

export interface Tally {
  readonly what: string;
  /** Asked, and deliberately not judged. */
  skipped: number;
  readonly counts: Map<Verdict, number>;
  readonly examples: { readonly verdict: Verdict; readonly name: string; readonly detail: string }[];
  /** How often each detail (numbers and quoted text left out) came, for verdicts other than agreed. */
  readonly reasons: Map<string, number>;
}

/** What comes from files has no control characters in a terminal. */
const printable = (text: string): string =>
  text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, (c) => (c === '\n' ? ' ' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`));

export const newTally = (what: string): Tally => ({ what, skipped: 0, counts: new Map(), examples: [], reasons: new Map() });

export function count(tally: Tally, name: string, { verdict, detail: text = '' }: Judgement): void {
  const detail = printable(text).slice(0, 600);
  tally.counts.set(verdict, (tally.counts.get(verdict) ?? 0) + 1);
  if (verdict === 'agreed' || verdict === 'bothRefuse') return;
  const reason = `${verdict}: ${detail.replace(/"(?:[^"\\]|\\.)*"/g, '"…"').replace(/\d+/g, 'N').slice(0, 90)}`;
  tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
  const same = tally.examples.filter((e) => e.verdict === verdict).length;
  if (same < EXAMPLES && tally.reasons.get(reason)! <= PER_REASON) tally.examples.push({ verdict, name, detail });
}

/** The table; one row a tally. */
export function table(tallies: readonly Tally[]): string {
  const rows = tallies.map((t) => {
    const n = COLUMNS.map((c) => t.counts.get(c) ?? 0);
    return `| ${t.what} | ${n.reduce((a, b) => a + b, 0)} | ${n.join(' | ')} | ${t.skipped} |`;
  });
  return [
    '| what | judged | agreed | refused (we would not edit) | disagreed | both refuse | only we accept | not judged |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

export function details(tallies: readonly Tally[]): string {
  const lines: string[] = [];
  for (const t of tallies) {
    if (t.examples.length === 0) continue;
    lines.push(`\n## ${t.what}`);
    for (const [reason, n] of [...t.reasons].sort((a, b) => b[1] - a[1]).slice(0, 12)) lines.push(`${n} x ${reason}`);
    for (const e of t.examples.filter((e) => e.verdict !== 'refused')) lines.push(`- ${e.verdict}: ${e.name}: ${e.detail}`);
  }
  return lines.join('\n');
}
