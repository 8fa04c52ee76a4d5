// Rows of split-dependency-copy: shell words and versions around an install.

import type { Row } from './row.ts';

export const splitWords: readonly Row[] = [];
