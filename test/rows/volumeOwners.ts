// Rows of fix-venv-volume: who may write to a volume, and what is there.

import type { Row } from './row.ts';

export const volumeOwners: readonly Row[] = [];
