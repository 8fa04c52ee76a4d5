// PLACEHOLDER
import type { Facts } from '../src/facts/facts.ts';
import type { Transform } from '../src/model.ts';

export const setPythonEnv: Transform<Facts> = { id: 'set-python-env', title: '', why: '', references: [], tier: 'S', run: () => [] };
