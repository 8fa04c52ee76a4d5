// PLACEHOLDER
import type { Facts } from '../src/facts/facts.ts';
import type { Transform } from '../src/model.ts';

export const ignoreVenv: Transform<Facts> = { id: 'ignore-venv', title: '', why: '', references: [], tier: 'S', run: () => [] };
