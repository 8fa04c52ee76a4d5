// Holds our readers against BuildKit, moby and compose-go: node scripts/judge.mjs [--generated N] [--seed N] (needs Go).
// PYVENV_FIX_CORPUS names a folder of Dockerfiles, compose and ignore files to judge too, PYVENV_FIX_WHOLES one of whole
// repositories. Exit 1 when something disagrees.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from '../test/oracle/load.mjs';

const { values } = parseArgs({
  options: { generated: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
});
const { judgeBinary, compareAll, table, details } = await load('main.ts');
if (judgeBinary() === undefined) {
  console.error('judge: needs Go (https://go.dev/dl) to build test/oracle');
  process.exit(3);
}
const tallies = await compareAll({
  root: fileURLToPath(new URL('..', import.meta.url)),
  corpus: process.env.PYVENV_FIX_CORPUS,
  wholes: process.env.PYVENV_FIX_WHOLES,
  generated: Number(values.generated),
  seed: Number(values.seed),
  say: (line) => console.error(line),
});
console.log(table(tallies));
console.log(details(tallies));
process.exitCode = tallies.some((t) => t.counts.has('disagreed')) ? 1 : 0;
