// Rows of split-dependency-copy: what an install reads, and what was copied before.

import type { Row } from './row.ts';

export const splitSources: readonly Row[] = [];
