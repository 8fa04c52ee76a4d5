// Writes generated files, or with `--check` says which of them are not fresh.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Path to UTF-8 text. Returns the exit code: 1 where `check` found a file that is not what would be written. */
export function placeGenerated(files: ReadonlyMap<string, string>, { check }: { readonly check: boolean }): number {
  let stale = 0;
  for (const [path, text] of files) {
    const now = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    if (now === text) continue;
    stale++;
    if (check) console.error(`${path} is not fresh`);
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      console.log(path);
    }
  }
  if (check) console.log(`${files.size} generated files, ${stale} not fresh`);
  return check && stale > 0 ? 1 : 0;
}
