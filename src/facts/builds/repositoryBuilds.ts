// All image builds that a repository asks for, the Dockerfiles that only they name, and ignore files that none of them reads.
import type { Snapshot } from '../../model.ts';
import type { ServiceFacts } from '../compose/serviceFacts.ts';
import { existsAt } from '../folders.ts';
import { hostPaths } from '../hostCommands/hostTexts.ts';
import { folderAbove } from '../repositoryPlace.ts';
import { isTestData } from '../testData.ts';
import { unknown } from '../values.ts';
import type { Build } from './build.ts';
import { type FileBuilds, fileBuilds } from './fileBuilds.ts';
import { namingPaths } from './namedContexts.ts';

/** The builds of compose, then those of files that machines read, then those of pages. A build that may be several comes once for each. */
export function repositoryBuilds(snapshot: Snapshot, services: readonly ServiceFacts[]): readonly Build[] {
  const paths = new Set([...namingPaths(snapshot), ...hostPaths(snapshot, 'script'), ...hostPaths(snapshot, 'docs')]);
  const read = [...paths].flatMap((path) => fileBuilds(path, snapshot) ?? []);
  return [...services.flatMap(buildOfService), ...read.flatMap(buildsOfFile)];
}

function buildsOfFile({ path, by, builds }: FileBuilds): Build[] {
  return builds.flatMap(({ written, places }) => {
    const { offset, target, args, tags, namedContexts } = written;
    const common = { path, offset, by, target, args, tags, namedContexts, assumed: places.length > 1 };
    const all = places.length > 0 ? places : [{ dockerfile: undefined, context: undefined }];
    return all.map((place) => ({ ...common, ...place }));
  });
}

function buildOfService({ name, build, image }: ServiceFacts): Build[] {
  if (build === undefined) return [];
  const { context, dockerfile, target, args, origin, additionalContexts, assumed } = build;
  return [
    {
      path: origin.path,
      offset: origin.range.start,
      by: 'compose',
      dockerfile: dockerfile?.kind === 'inside' ? dockerfile.path : undefined,
      context: context.kind === 'inside' ? context.path : undefined,
      target: target === undefined ? undefined : target.kind === 'known' ? target.value : unknown(`target of ${name}`),
      args: new Map(
        [...args].map(([arg, piece]) => [arg, piece.kind === 'known' ? piece.value : unknown(`ARG ${arg}`)]),
      ),
      tags: image === undefined ? [] : [image.kind === 'known' ? image.value : unknown(`image of ${name}`)],
      namedContexts: additionalContexts,
      assumed,
    },
  ];
}

/** Words by which a Dockerfile is named: `-f`, `file:`, `dockerfile =`. */
const NAMED = /\s-f|(?:--file|\b(?:docker)?file["']?)\s*[:= ]/i;
const FROM = /^[ \t]*FROM[ \t]+\S/im;
const LARGEST = 200_000;
const OTHER_TEXT = /\.(md|rst|html|py|js|ts|json|ya?ml|go|rb|java|orig|rej|patch|diff|map|in|toml)$/i;

/** Files that are Dockerfiles only by what a build for machines says of them; those of test data are left out. */
export function dockerfilesOfBuilds(snapshot: Snapshot, isKnownName: (path: string) => boolean): readonly string[] {
  const found = new Set<string>();
  for (const path of namingPaths(snapshot)) {
    if (!NAMED.test(snapshot.read(path) ?? '') || isTestData(path)) continue;
    for (const { places } of fileBuilds(path, snapshot)?.builds ?? []) {
      const [only, ...others] = new Set(places.map(({ dockerfile }) => dockerfile));
      if (only === undefined || others.length > 0) continue;
      if (isKnownName(only) || OTHER_TEXT.test(only) || isTestData(only)) continue;
      const own = snapshot.read(only);
      if (own !== undefined && own.length <= LARGEST && FROM.test(own)) found.add(only);
    }
  }
  return [...found];
}

/** An ignore file that no build reads. */
export interface UnreadIgnoreFile {
  readonly path: string;
  /** Why, as a sentence without its full stop. */
  readonly why: string;
}

interface Contexted {
  readonly path: string;
  readonly context: { readonly folder: string | undefined; readonly ignorePath: string | undefined };
}

/** Those that stand at no context's root and beside no Dockerfile by its name; none as long as one context is not known. */
export function unreadIgnoreFiles(snapshot: Snapshot, dockerfiles: readonly Contexted[]): readonly UnreadIgnoreFile[] {
  if (dockerfiles.length === 0 || dockerfiles.some(({ context }) => context.folder === undefined)) return [];
  const found: UnreadIgnoreFile[] = [];
  const folders = [...new Set(dockerfiles.map(({ context }) => context.folder!))];
  for (const [path, kind] of snapshot.paths) {
    if ((kind !== 'file' && kind !== 'executable') || !/\.dockerignore$/.test(path) || isTestData(path)) continue;
    if (dockerfiles.some(({ context }) => context.ignorePath === path)) continue;
    const folder = folderAbove(path);
    const name = path.slice(folder === '' ? 0 : folder.length + 1);
    if (name !== '.dockerignore') {
      const owner = path.slice(0, -'.dockerignore'.length);
      if (existsAt(owner, snapshot)) continue;
      found.push({ path, why: `there is no ${owner} whose build would read it` });
      continue;
    }
    const named = dockerfiles.filter(({ context }) => context.folder === folder);
    found.push({
      path,
      why:
        named.length > 0
          ? `each Dockerfile that is built in ${rootOr(folder)} has an ignore file of its own`
          : `no image is built in ${rootOr(folder)}: ${folders.length === 1 ? 'the build context is' : 'build contexts are'} ${folders.map(rootOr).join(', ')}`,
    });
  }
  return found;
}

const rootOr = (folder: string): string => (folder === '' ? 'the root of the repository' : folder);
