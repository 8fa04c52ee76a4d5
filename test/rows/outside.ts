// Rows of activate-to-env: who else looks at an activated environment.

import type { Row } from './row.ts';

export const outside: readonly Row[] = [];
