// PLACEHOLDER
import type { Facts } from '../src/facts/facts.ts';
import type { Transform } from '../src/model.ts';

export const fixVenvVolume: Transform<Facts> = { id: 'fix-venv-volume', title: '', why: '', references: [], tier: 'S', run: () => [] };
