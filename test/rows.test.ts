import { expect, test } from 'vitest';
import { wrongCase } from './fixtureCases.ts';
import { ROWS } from './rows/index.ts';
import { caseOf } from './rows/row.ts';

test.each(ROWS.map((row) => [row.id, row.name, row] as const))('%s: %s', (_id, _name, row) => {
  expect(wrongCase(caseOf(row))).toBeUndefined();
});

test('no two rows have one name', () => {
  const names = ROWS.map(({ id, name }) => `${id}: ${name}`);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
