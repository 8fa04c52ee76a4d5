// Names that nobody can foresee.

import { randomBytes } from 'node:crypto';

/** Sixteen hexadecimal letters. */
export const unforeseenName = (): string => randomBytes(8).toString('hex');
