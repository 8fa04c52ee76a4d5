// Rows of ignore-venv: what may need the environment of the host in the build context.

import type { Row } from './row.ts';

export const ignore: readonly Row[] = [];
