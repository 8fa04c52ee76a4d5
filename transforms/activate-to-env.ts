// PLACEHOLDER
import type { Facts } from '../src/facts/facts.ts';
import type { Transform } from '../src/model.ts';

export const activateToEnv: Transform<Facts> = { id: 'activate-to-env', title: '', why: '', references: [], tier: 'S', run: () => [] };
