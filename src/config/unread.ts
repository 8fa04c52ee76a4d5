// Files that look like a configuration of ours, and are none that is read.

import { CONFIG_NAMES } from './read.ts';

/** Names that look like a configuration of ours, and are none that is read. */
const LIKE_CONFIG = /^\.?pyvenv[-_]?fix(?:rc)?(?:[.-]config)?(?:\.(?:[cm]?[jt]s|jsonc?|json5|ya?ml|toml))?$/i;

/** What is said of such files at the root or in the folder that PATH names; latin1. */
export function unreadConfigs(paths: Iterable<string>, folder: string): string[] {
  const said: string[] = [];
  for (const path of paths) {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (!LIKE_CONFIG.test(name) || CONFIG_NAMES.includes(name)) continue;
    const at = path.slice(0, Math.max(0, slash));
    if (at !== '' && at !== folder) continue;
    said.push(
      `${path} is not read as a configuration: that is pyvenv-fix.config.ts, pyvenv-fix.config.json or [tool.pyvenv-fix] in pyproject.toml`,
    );
  }
  return said;
}
