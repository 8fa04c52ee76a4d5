// Rows of activate-to-env: activations and what stands around them.

import type { Row } from './row.ts';

export const activation: readonly Row[] = [];
