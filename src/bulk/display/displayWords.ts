// Small words of the display: names fit to be shown and cut to a width, numbers, lengths of time.

import { bytesOf } from '../../text/latin1.ts';
import { printable } from '../../text/printable.ts';

/** One line for a terminal: every control and direction character made visible. Text to text. */
export function shown(text: string): string {
  return printable(bytesOf(text));
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const PLAIN = /^[ -~]*$/;

/** Columns that this text takes on a terminal; it holds no control characters. */
export function cells(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let count = 0;
  for (const char of text) count += cellsOf(char);
  return count;
}

/** At most `columns` wide: what is cut off ends in `…`. */
export function cutShort(text: string, columns: number): string {
  if (cells(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const char of text) {
    used += cellsOf(char);
    if (used > columns - 1) break;
    kept += char;
  }
  return columns < 1 ? '' : `${kept}…`;
}

function cellsOf(char: string): number {
  if (WIDE.test(char)) return 2;
  return /\p{Mn}/u.test(char) ? 0 : 1;
}

/** `12,345`. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 repository`, `12,345 repositories`. */
export function countOf(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** `40 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `5.2/s`, `12/min`; empty where nothing can be said yet. */
export function rateWords(perSecond: number): string {
  if (!(perSecond > 0)) return '';
  if (perSecond >= 10) return `${grouped(Math.round(perSecond))}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  const perMinute = perSecond * 60;
  return perMinute >= 1 ? `${perMinute.toFixed(perMinute < 10 ? 1 : 0)}/min` : `${Math.round(perMinute * 60)}/h`;
}
