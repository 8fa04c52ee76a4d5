// Stands in for vitest where the mutants are tried: the tests of a file as a list, each to be run again and again.

import { expect } from 'vitest';
import type { MutantCase } from './mutantCases.ts';

type RunEach = (table: readonly unknown[]) => (name: string, run: (...row: unknown[]) => void) => void;

const groups: string[] = [];

/** All tests of the files that were imported, in order. */
export const collected: MutantCase[] = [];

const each =
  (add: (name: string, run: () => void) => void): RunEach =>
  (table) =>
  (name, run) => {
    for (const [n, row] of table.entries())
      add(`${name} ${n}`, () => (Array.isArray(row) ? run(...(row as unknown[])) : run(row)));
  };

function addTest(name: string, run: () => void): void {
  const wrong = (): string | undefined => {
    try {
      run();
      return undefined;
    } catch (error) {
      return String(error);
    }
  };
  collected.push({ name: ['tests', ...groups, name].join(': '), wrong });
}

function addGroup(name: string, run: () => void): void {
  groups.push(name);
  run();
  groups.pop();
}

const testCase = Object.assign(addTest, { each: each(addTest) });
const testGroup = Object.assign(addGroup, { each: each(addGroup) });

export { expect, testCase as it, testCase as test, testGroup as describe };
