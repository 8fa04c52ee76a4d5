// What npm links as `pyvenv-fix`: answers --version before anything is loaded, and else runs the bundle, from V8's code cache
// where the build has left one that this Node accepts.

import { readFileSync, writeSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { Script } from 'node:vm';
import { version } from '../package.json';

const [only, more] = process.argv.slice(2);
if ((only === '--version' || only === '-V') && more === undefined) writeSync(1, `${version}\n`);
else runBundle();

function runBundle(): void {
  const filename = `${__dirname}/main.cjs`;
  const cachedData = readCache(`${__dirname}/main.cache`);
  if (!cachedData) {
    createRequire(filename)(filename);
    return;
  }
  const script = new Script(wrap(readFileSync(filename, 'utf8')), { filename, cachedData });
  const bundle = { exports: {} };
  script.runInThisContext()(bundle.exports, createRequire(filename), bundle, filename, __dirname);
}

function readCache(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
