// Dockerfiles under other names (`docker build -f build/api.df`) and inside other files (`dockerfile_inline`, here-documents): not
// edited, but what they build may need what an ignore file would leave out.

import { keyOfRest } from '../../edit/overlay.ts';
import type { Snapshot } from '../../model.ts';
import { parseDockerfile } from '../../parse/dockerfile/dockerfile.ts';
import { isComposeName } from '../../text/dockerNames.ts';
import { mayNameDockerfiles } from '../builds/namedContexts.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { imageFacts } from '../image.ts';
import { folderAbove, joinInRepository } from '../repositoryPlace.ts';
import { pathsFitting } from '../sourcePaths.ts';
import { traceOf } from '../trace/trace.ts';

/** What of a Dockerfile is read to know what it uses. */
export type ReadDockerfile = Pick<
  DockerfileFacts,
  'path' | 'text' | 'syntax' | 'image' | 'trace' | 'services' | 'targets' | 'context'
> & {
  /** Bytes of the file above its text. */
  readonly above?: number;
};

const NAMED = /(?:\s-f|--file|\b(?:docker)?file)\s*[:= ]\s*["']?([\w./-]+)/gi;
const FROM = /^[ \t]*FROM[ \t]+\S+/m;
/** A Dockerfile in one quoted word: `dockerfile_inline: "FROM ...\n..."`, `printf 'FROM ...\n...' | docker build -f -`. */
const QUOTED = /(["'])(FROM[ \t]+[^"'\n\\]+(?:\\n|\n)(?:\\[\s\S]|(?!\1)[^\\])*)\1/g;
/** The escapes of such a word, each by as many characters: offsets stay. */
const unescapedText = (text: string): string =>
  text.replace(/\\([nt"'\\])/g, (_, character: string) => (character === 'n' ? ' \n' : ` ${character}`));
const LARGEST = 200_000;

const mayHoldDockerfiles = (path: string): boolean => mayNameDockerfiles(path) || isComposeName(path);

const known = new WeakMap<object, readonly ReadDockerfile[]>();

/** All of them. `dockerfiles`: those that are known as such. */
export function looseDockerfiles(
  snapshot: Snapshot,
  dockerfiles: readonly { readonly path: string }[],
): readonly ReadDockerfile[] {
  const all = known.get(keyOfRest(snapshot)) ?? readAll(snapshot, dockerfiles);
  known.set(keyOfRest(snapshot), all);
  return all;
}

function readAll(snapshot: Snapshot, dockerfiles: readonly { readonly path: string }[]): ReadDockerfile[] {
  const paths = new Set(dockerfiles.map((dockerfile) => dockerfile.path));
  const found: ReadDockerfile[] = [];
  for (const path of pathsFitting(snapshot, mayHoldDockerfiles)) {
    const text = snapshot.read(path) ?? '';
    if (text.length > LARGEST) continue;
    for (const [, written = ''] of text.matchAll(NAMED)) {
      for (const folder of new Set(['', folderAbove(path)])) {
        // at '' nothing stands, as outside of the repository
        const other = joinInRepository(folder, written) ?? '';
        if (paths.has(other)) continue;
        paths.add(other);
        const own = snapshot.read(other) ?? '';
        if (FROM.test(own) && own.length <= LARGEST) found.push(readLoose(other, own, 0));
      }
    }
    const start = text.search(FROM);
    if (start >= 0 && /^[ \t]*(COPY|ADD|RUN)[ \t]/m.test(text.slice(start)))
      found.push(readLoose(path, text.slice(start), start));
    for (const { 2: quoted = '', index } of text.matchAll(QUOTED))
      found.push(readLoose(path, unescapedText(quoted), index + 1));
  }
  return found;
}

function readLoose(path: string, text: string, above: number): ReadDockerfile {
  const syntax = parseDockerfile(text);
  const image = imageFacts(syntax);
  const ignored = (): boolean => false;
  const trace = traceOf({
    path,
    syntax,
    image,
    readContext: () => undefined,
    holds: () => true,
    ignored,
    services: [],
    text,
  });
  const context = {
    folder: undefined,
    reason: 'it is no Dockerfile by its name',
    ignorePath: undefined,
    ignoreFile: undefined,
    ignored,
  };
  return {
    path,
    text,
    syntax,
    image,
    trace,
    services: [],
    targets: [image.stages.length - 1],
    context,
    above,
  };
}
