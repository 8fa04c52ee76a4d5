// Loads one of this folder's TypeScript files into plain Node: bundled into a temporary file, imported, removed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The exports of test/oracle/<name>. */
export async function load(name) {
  process.env.PYVENV_FIX_ORACLE = here;
  const folder = mkdtempSync(join(tmpdir(), 'pyvenv-fix-oracle-'));
  try {
    const outfile = join(folder, 'bundle.mjs');
    const banner = { js: 'import { createRequire as cr } from "node:module"; const require = cr(import.meta.url);' };
    await build({ entryPoints: [join(here, name)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', banner, logLevel: 'warning' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
