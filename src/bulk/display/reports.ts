// What a bulk run writes to stdout (or --output), in each format, as the repositories end: nothing of them is kept.

import { showDiff } from '../../report/textReport.ts';
import { bytesOf, textOf } from '../../text/latin1.ts';
import { jsonText } from '../../text/printable.ts';
import type { BulkFormat, JobResult } from '../bulkModel.ts';
import type { CampaignEvent } from '../campaignEvents.ts';
import { markdownHead, markdownRow, markdownSummary } from './campaignMarkdown.ts';
import { shown } from './displayWords.ts';
import { resultLine, type SummaryStyle, summaryText, type WithBudget } from './summaryText.ts';

/** Takes bytes (latin1). */
export interface Sink {
  write(bytes: string): void;
  /** Resolves when more may be written without heaping it up. */
  ready(): Promise<void>;
  /** Whether people look at it: nothing may steer their terminal. */
  readonly terminal: boolean;
}

export interface BulkReport {
  /** The diff (latin1) of a repository that is still at work. */
  diff(key: string, diff: string): void;
  event(event: CampaignEvent): void;
  end(summary: WithBudget): void;
}

export interface ReportStyle extends SummaryStyle {
  readonly campaign: string;
  readonly mode: 'plan' | 'apply';
  readonly version: string;
  readonly quiet: boolean;
}

/** A report of this format that goes to `out`; with `diff` and the like the summary for people goes to `beside`. */
export function reportTo(
  format: BulkFormat,
  { out, beside }: { out: Sink; beside: Sink },
  style: ReportStyle,
): BulkReport {
  switch (format) {
    case 'text':
      return campaignText(out, style);
    case 'diff':
      return diffReport(out, beside, style);
    case 'json':
      return campaignJson(out, style);
    case 'ndjson':
      return campaignNdjson(out, style);
    case 'markdown':
      return campaignMarkdown(out, style);
  }
}

const ignore = () => {};

function campaignText(out: Sink, style: ReportStyle): BulkReport {
  const wanted = (result: JobResult) =>
    style.verbose || (style.mode === 'plan' && (result.ended === 'changed' || result.ended === 'failed'));
  let lines = 0;
  return {
    diff: ignore,
    event(event) {
      if (event.kind !== 'end' || style.quiet || !wanted(event.result)) return;
      lines++;
      out.write(bytesOf(resultLine(event.result, style)));
    },
    end: (summary) => out.write(bytesOf(`${lines > 0 ? '\n' : ''}${summaryText(summary, style)}`)),
  };
}

function diffReport(out: Sink, beside: Sink, style: ReportStyle): BulkReport {
  const diffs = heldDiffs();
  return {
    diff: diffs.hold,
    event(event) {
      const diff = diffs.take(event);
      if (event.kind !== 'end' || diff === undefined || event.result.ended !== 'changed') return;
      const { name, base } = event.result;
      const head = bytesOf(`# ${shown(name)}${base === undefined ? '' : ` at ${base}`}\n`);
      out.write(head + (out.terminal ? showDiff(diff, style) : diff));
    },
    end: (summary) => beside.write(bytesOf(summaryText(summary, { ...style, color: false }))),
  };
}

function campaignJson(out: Sink, { campaign, mode, version }: ReportStyle): BulkReport {
  const diffs = heldDiffs();
  const head = { version: 1, tool: { name: 'pyvenv-fix', version }, campaign, mode };
  const opened = jsonText(head, { line: true }).slice(0, -1);
  let separator = `${opened},"repositories":[\n`;
  return {
    diff: diffs.hold,
    event(event) {
      const diff = diffs.take(event);
      if (event.kind !== 'end') return;
      out.write(`${bytesOf(separator + jsonText(campaignRepository(event.result, diff), { line: true }))}`);
      separator = ',\n';
    },
    end(summary) {
      const empty = separator === ',\n' ? '' : bytesOf(separator);
      out.write(`${empty}\n],"summary":${bytesOf(jsonText(summaryJson(summary), { line: true }))}}\n`);
    },
  };
}

function campaignNdjson(out: Sink, { verbose }: ReportStyle): BulkReport {
  const diffs = heldDiffs();
  const line = (value: unknown) => out.write(`${bytesOf(jsonText(value, { line: true }))}\n`);
  return {
    diff: diffs.hold,
    event(event) {
      const diff = diffs.take(event);
      switch (event.kind) {
        case 'end':
          return line({ event: 'result', ...campaignRepository(event.result, diff) });
        case 'again':
          return line({
            event: 'again',
            attempt: event.attempt,
            wait: event.wait,
            ...campaignRepository(event.result, undefined),
          });
        case 'start':
        case 'step':
          if (!verbose) return;
      }
      const { kind, ...rest } = event;
      line({ event: kind, ...rest });
    },
    end: (summary) => line({ event: 'summary', ...summaryJson(summary) }),
  };
}

function campaignMarkdown(out: Sink, style: ReportStyle): BulkReport {
  let head = markdownHead(style);
  return {
    diff: ignore,
    event(event) {
      if (event.kind !== 'end' || event.result.ended === 'unchanged') return;
      out.write(bytesOf(head + markdownRow(event.result)));
      head = '';
    },
    end: (summary) => out.write(bytesOf((head === '' ? '\n' : '') + markdownSummary(summary, style))),
  };
}

/** Diffs wait until their repository has ended: one that is tried again has another. */
function heldDiffs() {
  const held = new Map<string, string>();
  return {
    hold: (key: string, diff: string) => {
      held.set(key, diff);
    },
    take: (event: CampaignEvent): string | undefined => {
      if (event.kind !== 'end' && event.kind !== 'again') return undefined;
      const diff = held.get(event.result.key);
      held.delete(event.result.key);
      return diff;
    },
  };
}

function campaignRepository(result: JobResult, diff: string | undefined) {
  if (diff === undefined || diff === '') return result;
  const { text, exact } = textOf(diff);
  return { ...result, diff: text, ...(exact ? {} : { diffBase64: btoa(diff) }) };
}

/** Without what only this process can use. */
function summaryJson({ stopped, ...summary }: WithBudget) {
  if (!stopped) return summary;
  const { why, words, next, against } = stopped;
  return { ...summary, stopped: { why, words, next, ...(against ? { against } : {}) } };
}
