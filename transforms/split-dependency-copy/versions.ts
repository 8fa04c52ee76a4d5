// Which version of an installer a Dockerfile says it has, and which flags that version lacks.
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Snapshot } from '../../src/model.ts';
import type { DependencyInstall } from './install.ts';
import { pinned } from './pins.ts';

const numbers = (text: string): number[] => text.split('.').map(Number);

/** Is every version that starts as `version` does below `since`? `0.5` may be any 0.5. */
function isOlder(version: readonly number[], since: readonly number[]): boolean {
  for (const [n, part] of since.entries()) {
    const own = version[n] ?? part;
    if (own !== part) return own < part;
  }
  return false;
}

const VERSION = String.raw`v?(\d{1,4}(?:\.\d{1,6}){0,3})`;

/** Do the words name a version of the tool below `since`? */
function namesOlder(text: string, tool: string, since: readonly number[]): boolean {
  const older = (pattern: RegExp): boolean => [...text.matchAll(pattern)].some((m) => isOlder(numbers(m[1]!), since));
  // `poetry==0.12`, `uv:0.3.1`, `poetry@1.1`, `poetry 1.1.4` (.tool-versions), `uv/0.3.1/install.sh`, `POETRY_VERSION=0.12`
  if (
    older(
      new RegExp(
        `(?<![\\w-])${tool}(?:\\[[\\w,-]*\\])?["']?(?:[ \\t]*(?:={2,3}|<=|@)[ \\t]*|[:/ \\t])["']?${VERSION}`,
        'gi',
      ),
    )
  )
    return true;
  if (older(new RegExp(`${tool}_VERSION["']?[ \\t]*(?:[=: \\t]|:-|:=)[ \\t]*["']?${VERSION}`, 'gi'))) return true;
  if (older(new RegExp(`${tool}[^\\n]{0,300}--version[= \\t]+["']?${VERSION}`, 'gi'))) return true;
  // `FROM acidrain/python-poetry:3.7-slim-0.12.17`: one of the numbers of the tag is that of the tool.
  const image = new RegExp(
    `(?:^[ \\t]*FROM[ \\t][^\\n]{0,200}?|--from=)\\S{0,200}?(?<![a-z])${tool}(?![a-z])[^\\s:]{0,200}:(\\S{1,200})`,
    'gim',
  );
  for (const [, tag = ''] of text.matchAll(image))
    if (
      [...tag.matchAll(/(?<![\w.])v?(\d{1,4}(?:\.\d{1,6}){1,3})(?![\w.])/g)].some((m) => isOlder(numbers(m[1]!), since))
    )
      return true;
  // `~=0.12` is any below 1, `~=0.12.3` any 0.12
  const compatible = new RegExp(`(?<![\\w-])${tool}["']?[ \\t]*~=[ \\t]*${VERSION}`, 'gi');
  if ([...text.matchAll(compatible)].some((m) => isOlder(numbers(m[1]!).slice(0, -1), since))) return true;
  // `poetry>=0.12,<1.0`
  const bounded = new RegExp(
    `(?<![\\w-])${tool}["']?[ \\t]*(?:[<>=!~]{1,2}[ \\t]*[\\d.*]{1,20}[ \\t]*,[ \\t]*){0,4}<[ \\t]*${VERSION}`,
    'gi',
  );
  return [...text.matchAll(bounded)].some((m) => {
    const bound = numbers(m[1]!);
    return isOlder(bound, since) || since.every((part, n) => (bound[n] ?? 0) === part);
  });
}

const OLD_LOCK = /^\[metadata\.hashes\]/m;

/** The flag that the installer of this image is too old for; undefined: none is known to be missing. `files`: what the install reads. */
export function missingFlag(
  { reads, leaving }: DependencyInstall,
  text: string,
  files: readonly string[],
  snapshot: Snapshot,
): string | undefined {
  const { tool } = reads;
  for (const flag of leaving) {
    const since = INSTALLERS[tool].withoutProject.flat().find((one) => one.flag === flag)!.since;
    for (const one of pinned(text, snapshot)) if (namesOlder(one, tool, since)) return flag;
    if (tool !== 'poetry') continue;
    if (/\bconfig[ \t]+settings\./.test(text) && isOlder([0], since)) return flag;
    // The old installer brings 1.1 at most, Debian and Ubuntu had 1.1 to 1.3 for years.
    if (/get-poetry\.py|\bpython3-poetry\b/.test(text) && isOlder([1, 3], since)) return flag;
    const locks = files.filter((f) => f.endsWith('poetry.lock')).map((f) => snapshot.read(f) ?? '');
    if (locks.some((lock) => OLD_LOCK.test(lock) && !/^lock-version\b/m.test(lock))) return flag;
  }
  return undefined;
}

/** Plugins of Poetry that read the project when it is installed: `.git`, `.env`, other projects. */
const PLUGIN =
  /(?<![\w-])poetry-(?!core\b|plugin-(?:export|up|shell|bundle)\b)(?:[a-z]+-){0,4}(?:versioning|version|plugin|dotenv|git|multiproject|monorepo|monoranger)(?:-[a-z]+){0,4}\b/;

/** The plugin that a Dockerfile, or a file that it installs from, gives to Poetry and that may read the code. */
export function readingPlugin(text: string, snapshot: Snapshot): string | undefined {
  for (const one of pinned(text, snapshot)) {
    const name = PLUGIN.exec(one)?.[0];
    if (name !== undefined) return name;
  }
  return undefined;
}
