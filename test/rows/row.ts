// A small repository written as one row: what a transform makes of it, and what it says.

import type { PathKind, Settings } from '../../src/model.ts';
import { bytesOf } from '../../src/text/latin1.ts';
import type { FixtureCase } from '../fixtureCases.ts';

export interface Row {
  /** What is true of it, in one sentence; it names the test. */
  readonly name: string;
  /** The transform that runs. */
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  /** Paths at which no plain file stands. */
  readonly kinds?: Readonly<Record<string, PathKind>>;
  readonly settings?: Partial<Settings>;
  readonly unsafe?: boolean;
  /** The files that change, as they shall be; absent: nothing changes. */
  readonly after?: Readonly<Record<string, string>>;
  /** Every finding that is left, each as `path:line:column part of its level, message or reason` (`broken: what it says`); absent: none. */
  readonly findings?: readonly string[];
  /** For each fix that is made, in order, a part of its title, notes or gain; absent: anything. */
  readonly fixes?: readonly string[];
}

/** Makes rows of one transform that leaves every file as it is: a Dockerfile, what is found in it, and files beside those of all. */
export const foundBy =
  (id: string, common: Row['files']) =>
  (name: string, dockerfile: readonly string[], findings: readonly string[] = [], files: Row['files'] = {}): Row => ({
    name,
    id,
    files: { Dockerfile: lines(...dockerfile), ...common, ...files },
    findings,
  });

/** The row as a case that is run like those of fixtures/. */
export function caseOf({ name, id, files, kinds, settings, unsafe, after, findings, fixes }: Row): FixtureCase {
  const before = new Map(Object.entries(files).map(([path, text]) => [bytesOf(path), bytesOf(text)]));
  const changed = Object.entries(after ?? {}).map(([path, text]) => [bytesOf(path), bytesOf(text)] as const);
  const left = (findings ?? []).map((text) => {
    const blank = text.indexOf(' ');
    return { at: text.slice(0, blank), says: text.slice(blank + 1) };
  });
  return {
    id,
    name,
    folder: '',
    own: {
      findings: left,
      ...(settings ? { settings } : {}),
      ...(unsafe ? { unsafe } : {}),
      ...(fixes ? { fixes } : {}),
    },
    before,
    after: new Map([...before, ...changed]),
    changes: after !== undefined,
    ...(kinds ? { kinds } : {}),
  };
}

/** Lines as a text, each ended. */
export const lines = (...list: string[]): string => list.map((line) => `${line}\n`).join('');
