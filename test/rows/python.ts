// Rows of set-python-env: bytecode and where ENV stands.

import type { Row } from './row.ts';

export const python: readonly Row[] = [];
