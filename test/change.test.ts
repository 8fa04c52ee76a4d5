// What the guard says of commands that change, and of what they come to: each row stands, or is refused with its reason.

import { expect, test } from 'vitest';
import { CHANGES } from './changeCases.ts';
import { COMPARED } from './compareCases.ts';
import { LOOPED } from './loopCases.ts';

test.each([...CHANGES, ...COMPARED, ...LOOPED].map((one) => [one.name, one] as const))('%s', (_, { came, wanted }) => {
  expect(came()).toEqual(wanted);
});
