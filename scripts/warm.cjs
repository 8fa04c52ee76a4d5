// Leaves V8's code cache of the bundle beside it: node scripts/warm.cjs DIST PATH. Runs the bundle on PATH first, so that the
// functions which a run needs are in the cache.

const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { resolve } = require('node:path');
const { Script } = require('node:vm');

const [dist, path] = process.argv.slice(2);
const folder = resolve(dist);
const filename = `${folder}/main.cjs`;
const script = new Script(wrap(readFileSync(filename, 'utf8')), { filename });
process.argv = [process.argv[0], filename, '--dry-run', '--no-config', path];
const bundle = { exports: {} };
script.runInThisContext()(bundle.exports, createRequire(filename), bundle, filename, folder);
process.on('exit', () => {
  writeFileSync(`${folder}/main.cache`, script.createCachedData());
  // What the run came to is no matter here.
  process.exitCode = 0;
});
