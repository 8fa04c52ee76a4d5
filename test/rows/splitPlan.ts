// Rows of split-dependency-copy: where the copy of the code may go.

import type { Row } from './row.ts';

export const splitPlan: readonly Row[] = [];
