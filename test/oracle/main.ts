// What scripts/judge.mjs runs.
export { compareAll } from './compare.ts';
export { judgeBinary } from './judge.ts';
export { details, table } from './tally.ts';
