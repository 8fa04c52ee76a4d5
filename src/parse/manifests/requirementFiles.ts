// Follows the includes of requirements files: everything that `pip install -r entry` reads.

import { decoded } from './decoded.ts';
import { folderOf, joinInside, nameOf } from './paths.ts';
import { parseRequirements, pathOfFileUrl, type RequirementEntry } from './requirements.ts';

/** A path that a requirements file names as something to install, find archives in, or build. */
export interface LocalRequirement {
  /** Joined with the working directory (find-links: with the file's folder where such a thing is there). */
  readonly path: string;
  readonly entry: RequirementEntry;
  /** The file that says it. */
  readonly file: string;
}

/** What was met; paths are those of the `RequirementPlaces` that were walked. */
export interface RequirementFiles {
  /** In the order in which pip opens them, the entry first. */
  readonly files: readonly string[];
  /** Named, but not there. */
  readonly missing: readonly string[];
  /** Kinds editable, local and findLinks. */
  readonly local: readonly LocalRequirement[];
  /** PEP 503 names that the files (not the constraints) ask for, sorted. */
  readonly packages: readonly string[];
  /** Reasons why this is not all, or not certain. */
  readonly unknown: readonly string[];
}

/** How paths are joined and read, so that the same walk serves repository paths and image paths. */
export interface RequirementPlaces {
  /** Undefined where the path leads to where we cannot look. */
  join(folder: string, path: string): string | undefined;
  read(path: string): string | undefined;
  /** pip's working directory, which local paths are relative to; undefined: not known. */
  readonly cwd: string | undefined;
  /** Whether something stands there (for find-links, whose base depends on it); absent: a readable file only. */
  has?(path: string): boolean;
}

const VARIABLE = /\$\{[A-Z0-9_]+\}/;
const REMOTE = /^(?:https?|ftp|[a-z]+\+[a-z]+):/i;
/** Far more than any real tree has; only a hostile one is cut. */
const FILE_LIMIT = 500;

type Walk = {
  readonly places: RequirementPlaces;
  readonly files: Set<string>;
  readonly missing: Set<string>;
  readonly local: LocalRequirement[];
  readonly packages: Set<string>;
  readonly unknown: Set<string>;
};

/** A path as the line says it, or undefined (with the reason noted) where it is a variable or somewhere remote. */
function plainPath(walk: Walk, file: string, value: string): string | undefined {
  if (VARIABLE.test(value)) {
    walk.unknown.add(`${file}: the variable in ${value} is not known`);
    return undefined;
  }
  if (REMOTE.test(value)) {
    walk.unknown.add(`${file}: ${value} is fetched when it is installed`);
    return undefined;
  }
  const path = /^file:/i.test(value) ? pathOfFileUrl(value) : value;
  if (path === undefined) walk.unknown.add(`${file}: ${value} cannot be read as a path`);
  return path;
}

function addLocal(walk: Walk, file: string, entry: RequirementEntry, base: string | undefined): void {
  let value = entry.value;
  if (entry.kind === 'editable') {
    if (/^(?:git|hg|svn|bzr)\+(?!file:)/i.test(value) || / @ (?!(?:\w+\+)?file:)/.test(value)) return;
    value = value
      .replace(/^.* @ /, '')
      .replace(/^(?:git|hg|svn|bzr)\+/i, '')
      .replace(/\[[^[\]]*\]$/, '');
  }
  if (entry.kind === 'findLinks' && /^https?:/i.test(value)) return;
  const plain = plainPath(walk, file, value);
  if (plain === undefined) return;
  if (base === undefined && !plain.startsWith('/')) {
    walk.unknown.add(`${file}: ${entry.value} is relative to a working directory that is not known`);
    return;
  }
  const path = walk.places.join(base ?? '/', plain);
  if (path === undefined) walk.unknown.add(`${file}: ${entry.value} lies outside the repository`);
  else walk.local.push({ path, entry, file });
}

/** pip takes a find-links path from the file's own folder where it is there, else from the working directory. */
function findLinksBase(walk: Walk, file: string, value: string): string | undefined {
  const { places } = walk;
  const beside = places.join(folderOf(file), value);
  const has = places.has ?? ((path: string) => places.read(path) !== undefined);
  return beside !== undefined && has(beside) ? folderOf(file) : places.cwd;
}

type Role = 'requirements' | 'constraints';

function visit(walk: Walk, file: string, role: Role): [string, Role][] {
  const bytes = walk.places.read(file);
  if (bytes === undefined) {
    walk.missing.add(file);
    return [];
  }
  walk.files.add(file);
  const text = decoded(bytes);
  if (text === undefined) {
    walk.unknown.add(`${file}: its encoding is not known`);
    return [];
  }
  if (/^pylock(?:\.[^.]+)?\.toml$/.test(nameOf(file))) {
    walk.unknown.add(`${file}: pylock files are not read`);
    return [];
  }
  const { entries, problems } = parseRequirements(text);
  for (const problem of problems) walk.unknown.add(`${file}: ${problem.message} (offset ${problem.offset})`);
  const next: [string, Role][] = [];
  for (const entry of entries) {
    if (entry.kind === 'constraint' && /^https?:/i.test(entry.value)) continue; // names nothing on disk
    if (entry.kind === 'include' || entry.kind === 'constraint') {
      const plain = plainPath(walk, file, entry.value);
      const path = plain === undefined ? undefined : walk.places.join(folderOf(file), plain);
      if (path !== undefined) next.push([path, entry.kind === 'include' ? 'requirements' : 'constraints']);
      else if (plain !== undefined) walk.unknown.add(`${file}: ${entry.value} lies outside the repository`);
    } else if (entry.kind === 'index') {
      if (!/^(?:https?|ftp):\/\//i.test(entry.value))
        walk.unknown.add(`${file} names the package index ${entry.value}, which may be a folder of the image`);
    } else if (entry.kind === 'findLinks') {
      addLocal(walk, file, entry, findLinksBase(walk, file, entry.value));
    } else if (entry.kind === 'editable' || entry.kind === 'local') {
      addLocal(walk, file, entry, walk.places.cwd);
    }
    if (entry.name !== undefined && role === 'requirements') walk.packages.add(entry.name);
  }
  return next;
}

/** Walks from several entries at once, depth first. Cycles end; a file is read once a role. */
export function walkRequirements(
  entries: readonly { readonly path: string; readonly role: Role }[],
  places: RequirementPlaces,
): RequirementFiles {
  const walk: Walk = {
    places,
    files: new Set(),
    missing: new Set(),
    local: [],
    packages: new Set(),
    unknown: new Set(),
  };
  const seen = new Set<string>();
  const waiting: [string, Role][] = entries.map(({ path, role }): [string, Role] => [path, role]).reverse();
  while (waiting.length > 0) {
    const [file, role] = waiting.pop()!;
    const key = `${role}\0${file}`;
    if (seen.has(key)) continue;
    if (seen.size >= FILE_LIMIT) {
      walk.unknown.add(`${file}: too many requirements files`);
      break;
    }
    seen.add(key);
    waiting.push(...visit(walk, file, role).reverse());
  }
  return {
    files: [...walk.files],
    missing: [...walk.missing],
    local: walk.local,
    packages: [...walk.packages].sort(),
    unknown: [...walk.unknown],
  };
}

/**
 * Everything that `pip install -r entry` reads, in repository paths. Includes are relative to the file that has them;
 * local paths and `-e` to `cwd` ('' is the root; absent: such paths go to `unknown`).
 */
export function requirementFiles(
  entry: string,
  read: (path: string) => string | undefined,
  options: { readonly cwd?: string; readonly role?: Role; readonly has?: (path: string) => boolean } = {},
): RequirementFiles {
  const { cwd, role = 'requirements', has } = options;
  return walkRequirements([{ path: entry, role }], {
    join: joinInside,
    read,
    cwd,
    ...(has === undefined ? {} : { has }),
  });
}
