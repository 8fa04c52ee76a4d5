// Which version of an installer a Dockerfile says it has, and which flags that version lacks.
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { InstallerName } from '../../src/facts/installers/installer.ts';
import type { Snapshot } from '../../src/model.ts';
import { nameOf } from '../../src/parse/manifests/paths.ts';
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

/** The flag that the installer of this image is too old for; undefined: none is known to be missing. `files`: what the install reads. */
export function missingFlag(
  { reads, leaving }: DependencyInstall,
  text: string,
  files: readonly string[],
  snapshot: Snapshot,
): string | undefined {
  const { tool } = reads;
  const { halves, project } = INSTALLERS[tool];
  const locks = files.filter((path) => project?.locks.includes(nameOf(path))).map((path) => snapshot.read(path) ?? '');
  for (const flag of leaving) {
    const { since } = halves!.without.flat().find((one) => one.flag === flag)!;
    for (const one of pinned(text, snapshot)) if (namesOlder(one, tool, since)) return flag;
    if (halves!.atMost(text, locks).some((version) => isOlder(version, since))) return flag;
  }
  return undefined;
}

/** The plugin that a Dockerfile, or a file that it installs from, gives to an installer and that may read the code. */
export function readingPlugin(tool: InstallerName, text: string, snapshot: Snapshot): string | undefined {
  const plugin = INSTALLERS[tool].halves?.readingPlugin;
  if (plugin === undefined) return undefined;
  for (const one of pinned(text, snapshot)) {
    const name = plugin.exec(one)?.[0];
    if (name !== undefined) return name;
  }
  return undefined;
}
