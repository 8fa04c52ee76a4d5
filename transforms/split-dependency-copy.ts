// PLACEHOLDER
import type { Facts } from '../src/facts/facts.ts';
import type { Transform } from '../src/model.ts';

export const splitDependencyCopy: Transform<Facts> = {
  id: 'split-dependency-copy',
  title: '',
  why: '',
  references: [],
  tier: 'S',
  run: () => [],
};
