// The lines of the live block, and the one line that stands for it where there is no terminal. Pure.

import type { Paint } from '../../report/textReport.ts';
import { cells, countOf, cutShort, duration, grouped, rateWords, shown } from './displayWords.ts';
import type { Active, Progress } from './progress.ts';

export interface BlockPlace {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
  readonly paint: Paint;
}

/** A step that takes longer says for how long. */
const LONG_STEP = 5_000;
const KINDS = ['changed', 'unchanged', 'skipped', 'waiting', 'failed'] as const;

/** One string a line, none wider than the terminal, as many as fit with room to spare; without line feeds. */
export function liveBlock(progress: Progress, place: BlockPlace): string[] {
  // The last column stays free: some terminals go on to the next line when it is filled.
  const width = Math.max(1, place.columns - 1);
  const { paint } = place;
  const lines = [
    paint.bold(cutShort(liveHeadline(progress), width)),
    // Painting comes last, so that nothing is cut inside a color.
    paintCounts(cutShort(tail(progress), width), paint),
  ];
  const active = progress.active;
  const room = Math.max(0, place.rows - lines.length - 2);
  const fits = active.length <= room ? active.length : Math.max(0, room - 1);
  const widest = Math.max(0, ...active.slice(0, fits).map((one) => (one ? cells(shown(one.name)) : 0)));
  // Names line up, and the step stays in sight.
  const column = Math.min(widest, Math.max(8, width - 24));
  for (const one of active.slice(0, fits)) lines.push(one ? activeLine(one, { ...place, width, column }) : '');
  const hidden = active.slice(fits).filter((one) => one !== undefined).length;
  if (hidden > 0 && room > 0) lines.push(paint.dim(cutShort(`  and ${grouped(hidden)} more`, width)));
  return lines;
}

/** The same in one line, for a log. */
export function progressLine(progress: Progress): string {
  return `${liveHeadline(progress)}; ${tail(progress)}`;
}

function liveHeadline({ done, total, looked, stopping }: Progress): string {
  if (looked) return `looking at ${grouped(looked.total)} pull requests of earlier waves: ${grouped(looked.done)} done`;
  const many =
    total === undefined
      ? `${countOf(done, 'repository', 'repositories')} done`
      : `${grouped(done)} of ${grouped(total)} done`;
  const part = total ? ` (${Math.floor((100 * done) / total)}%)` : '';
  return `${many}${part}${stopping ? ', stopping' : ''}`;
}

function tail({ counts, perSecond, left, total, again, endless }: Progress): string {
  const kinds = KINDS.filter((kind) => (kind !== 'waiting' && kind !== 'skipped') || counts[kind] > 0);
  const parts = [kinds.map((kind) => `${grouped(counts[kind])} ${kind}`).join(', ')];
  if (again > 0) parts.push(countOf(again, 'second try', 'second tries'));
  const rate = rateWords(perSecond);
  if (rate !== '') parts.push(rate);
  if (left !== undefined && left >= 1_000) parts.push(`about ${duration(left)} left`);
  if (total === undefined && !endless) parts.push('still listing');
  return parts.join(' · ');
}

function paintCounts(line: string, paint: Paint): string {
  return line
    .replace(/([1-9][\d,]*) failed/, (text) => paint.red(text))
    .replace(/([1-9][\d,]*) changed/, (text) => paint.green(text));
}

function activeLine(active: Active, place: BlockPlace & { readonly width: number; readonly column: number }): string {
  const { width, column, now, paint } = place;
  if (width < 4) return '';
  const name = cutShort(shown(active.name), Math.min(column, width - 2));
  const waited = now - active.since;
  const long = waited >= LONG_STEP && active.step !== 'done' ? ` ${duration(waited)}` : '';
  const worker = active.worker === undefined ? '' : ` (${shown(active.worker)})`;
  const rest = cutShort(`${stepWords(active)}${long}${worker}`, Math.max(0, width - column - 4));
  if (rest === '') return `  ${name}`;
  return `  ${name}${' '.repeat(column - cells(name))}  ${paint.dim(rest)}`;
}

function stepWords({ step }: Active): string {
  switch (step) {
    case undefined:
      return '';
    case 'wait':
      return 'wait for its turn';
    default:
      return step;
  }
}
