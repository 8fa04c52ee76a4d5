// What npm links as `pyvenv-fix`: answers --version before anything is loaded, and else runs the bundle.

import { writeSync } from 'node:fs';
import { version } from '../package.json';

const [only, more] = process.argv.slice(2);
if ((only === '--version' || only === '-V') && more === undefined) writeSync(1, `${version}\n`);
else require('./main.cjs');
