// Values of options that several commands read.

import { InvalidArgumentError } from 'commander';
import { nearest } from '../text/nearest.ts';

/** Reads a list of transform ids, and adds it to the ones named before. */
export type IdList = (value: string, before: readonly string[] | undefined) => readonly string[];

/** Any text but the empty one. */
export function filled(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

/** Goes to the engine's command line behind `=` or as a word of its own. */
export function word(value: string): string {
  if (!/^\w[\w.:/@-]*$/.test(value)) throw new InvalidArgumentError('It is no plain word.');
  return value;
}

/** What to do instead of naming a transform that there is not. */
export function insteadOf(id: string, known: readonly string[]): string {
  const near = nearest(id, known);
  return near ? `Did you mean ${near}?` : '`pyvenv-fix explain` lists them.';
}
