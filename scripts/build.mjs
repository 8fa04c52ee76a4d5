// Builds dist/ (or the folder named): the program as a bundle behind a thin loader, another for bulk runs, the library entry with its
// types, the pages for `explain`.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const out = process.argv[2] ?? 'dist';
const shared = { bundle: true, minify: true, platform: 'node', target: 'node20.19', logLevel: 'warning' };
// Loaded only where a pyvenv-fix.config.ts stands, or by bulk runs; megabytes that no bundle should carry.
const external = ['ts-morph', '@octokit/core', '@gitbeaker/rest', 'gitea-js', 'bullmq', 'ioredis', 'undici'];
// Only bulk runs load it.
const bulkBundle = { path: './bulk.cjs', external: true };

rmSync(out, { recursive: true, force: true });
await Promise.all([
  build({
    ...shared,
    entryPoints: ['bin/pyvenv-fix.ts'],
    outfile: `${out}/main.cjs`,
    format: 'cjs',
    external,
    // A script from the code cache cannot import(); it can require().
    supported: { 'dynamic-import': false },
    plugins: [{ name: 'bulk', setup: (one) => one.onResolve({ filter: /\/bin\/bulk\.ts$/ }, () => bulkBundle) }],
  }),
  build({ ...shared, entryPoints: ['bin/bulk.ts'], outfile: `${out}/bulk.cjs`, format: 'cjs', external }),
  build({
    ...shared,
    entryPoints: ['bin/loader.ts'],
    outfile: `${out}/pyvenv-fix.cjs`,
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
  }),
  build({ ...shared, minify: false, entryPoints: ['src/index.ts'], outfile: `${out}/index.js`, format: 'esm' }),
]);
chmodSync(`${out}/pyvenv-fix.cjs`, 0o755);

const types = ts.transpileDeclaration(readFileSync('src/config/config.ts', 'utf8'), { fileName: 'config.ts' });
if (types.diagnostics?.length) {
  throw new Error(
    ts.formatDiagnostics(types.diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => '.',
      getNewLine: () => '\n',
    }),
  );
}
writeFileSync(`${out}/index.d.ts`, types.outputText);

mkdirSync(`${out}/pages`, { recursive: true });
for (const id of readdirSync('fixtures')) {
  if (existsSync(`fixtures/${id}/README.md`)) cpSync(`fixtures/${id}/README.md`, `${out}/pages/${id}.md`);
}

// Only this Node's own version takes it; any other compiles the bundle as usual. On a copy: inside this repository all of it would count.
const sample = mkdtempSync(join(tmpdir(), 'pyvenv-fix-warm-'));
cpSync('fixtures/repositories/flask-app/before', sample, { recursive: true });
execFileSync(process.execPath, ['scripts/warm.cjs', out, sample], { stdio: ['ignore', 'ignore', 'inherit'] });
rmSync(sample, { recursive: true, force: true });
