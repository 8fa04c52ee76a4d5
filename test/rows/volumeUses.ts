// Rows of fix-venv-volume: which service uses an environment.

import type { Row } from './row.ts';

export const volumeUses: readonly Row[] = [];
