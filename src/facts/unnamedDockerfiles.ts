// Dockerfiles by what they hold: files in folders for Docker that nothing names, and whose own names do not say it.

import type { Snapshot } from '../model.ts';
import { parseDockerfile } from '../parse/dockerfile/dockerfile.ts';
import { isTestData } from './testData.ts';

/** `docker/web`, `.docker/images/base`, `dockerfiles/python3.12`. */
const FOLDER = /(^|\/)(\.?docker|dockerfiles|containers|docker[-_]?images)\/(.*\/)?[^/]+$/i;
const NAME = /(^|\/)([\w-]+|[\w-]*?[-_]?(v|py|python)?\d+(\.\d+)+|[\w.-]+\.docker)$/i;
const OTHERS = /(^|\/)(node_modules|vendor|third[-_]party|site-packages|\.git)\//;
const LARGEST = 20_000;
const MOST_FILES = 60;
const BEGINS = /^(\xef\xbb\xbf)?(\s*(#[^\n]*)?\r?\n)*[ \t]*(arg|from)[ \t]/i;
/** An image by its name, or a variable that holds one. */
const IMAGE = /^(\$\{?\w+\}?|[\w.-]+(:\d+)?(\/[\w.-]+)*)(:(\w[\w.-]*|\$\{?[\w:-]+\}?))?(@sha256:[0-9a-f]+)?$/;

/** Their paths, in the order of the repository; small files without an ending are read, no others. */
export function unnamedDockerfiles(snapshot: Snapshot, isKnownName: (path: string) => boolean): readonly string[] {
  const asked: string[] = [];
  for (const [path, kind] of snapshot.paths) {
    if (kind !== 'file' || !FOLDER.test(path) || !NAME.test(path) || isKnownName(path)) continue;
    if (!OTHERS.test(path) && !isTestData(path) && asked.length < MOST_FILES) asked.push(path);
  }
  return asked.filter((path) => isDockerfileText(snapshot.read(path)));
}

/** Is all of it instructions, with an image to begin with and something that is done with it? */
function isDockerfileText(text: string | undefined): boolean {
  if (text === undefined || text.length > LARGEST || !BEGINS.test(text)) return false;
  const { instructions, problems } = parseDockerfile(text);
  const bases = instructions.filter(({ keyword }) => keyword === 'FROM');
  return (
    problems.length === 0 &&
    bases.length > 0 &&
    bases.every(({ words }) => IMAGE.test(words[0]?.value ?? '')) &&
    instructions.some(({ keyword }) => keyword !== 'FROM' && keyword !== 'ARG')
  );
}
