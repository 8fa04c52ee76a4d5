// Gathers what an installer reads: image paths, resolved to files of the repository where they come from there.

import { joinImage } from '../../parse/manifests/paths.ts';
import {
  type RequirementFiles,
  type RequirementPlaces,
  walkRequirements,
} from '../../parse/manifests/requirementFiles.ts';
import { classifyTarget } from '../../parse/manifests/requirements.ts';

/** How image paths lead to files of the repository. */
export interface ImageFiles {
  /** The repository's path of what stands at an absolute image path, were it there; undefined: not from the repository. */
  resolve(imagePath: string): string | undefined;
  /** Whether a file (not a folder) stands at a repository path. */
  has(path: string): boolean;
  /** Whether any file lies below a repository path. */
  hasFolder(path: string): boolean;
  /** Its text, latin1. */
  read(path: string): string | undefined;
  /** Names of the files directly in a folder of the repository. */
  names?(path: string): readonly string[];
}

/** Values of environment variables; a name that is there with undefined is set to what cannot be known. */
export type InstallEnvironment = Readonly<Record<string, string | undefined>>;

export interface InstallReading {
  readonly image: ImageFiles;
  readonly env: InstallEnvironment;
  readonly files: Set<string>;
  readonly optional: Set<string>;
  readonly folders: Set<string>;
  readonly packages: Set<string>;
  readonly unknown: Set<string>;
  needsProject: false | string;
}

const ARCHIVE = /\.(?:zip|whl|tar\.gz|tgz|tar|tar\.bz2|tbz|tar\.xz|txz)$/i;

export function startReading(image: ImageFiles, env: InstallEnvironment): InstallReading {
  return {
    image,
    env,
    files: new Set(),
    optional: new Set(),
    folders: new Set(),
    packages: new Set(),
    unknown: new Set(),
    needsProject: false,
  };
}

/** A literal word may still be a pattern or a home path for the shell. */
function isPlainArgument(word: string): boolean {
  return !/[*?$`]|^~/.test(word);
}

/** Joins a word with a folder; undefined, with the reason noted, where the word is no plain path. */
export function pathInContext(reading: InstallReading, folder: string, word: string): string | undefined {
  if (isPlainArgument(word) && word !== '' && word !== '-') return joinImage(folder, word);
  reading.unknown.add(`${word} is no plain path`);
  return undefined;
}

export function isThere(reading: InstallReading, path: string): boolean {
  const source = reading.image.resolve(path);
  return source !== undefined && reading.image.has(source);
}

function isFolderThere(reading: InstallReading, path: string): boolean {
  const source = reading.image.resolve(path);
  return source !== undefined && reading.image.hasFolder(source);
}

export function textAtPath(reading: InstallReading, path: string): string | undefined {
  const source = reading.image.resolve(path);
  return source === undefined ? undefined : reading.image.read(source);
}

/** Notes a file that must be there. */
export function need(reading: InstallReading, path: string): void {
  reading.files.add(path);
  const source = reading.image.resolve(path);
  if (source === undefined) reading.unknown.add(`${path} does not come from the repository`);
  else if (!reading.image.has(source)) reading.unknown.add(`${path} is not in the repository`);
}

/** Notes a file that is read where it is there. */
export function offer(reading: InstallReading, path: string): void {
  if (isThere(reading, path)) reading.optional.add(path);
}

/** The nearest folder from `folder` upwards that has the file; undefined: none. */
export function findUpwards(reading: InstallReading, folder: string, name: string): string | undefined {
  for (let at = folder; ; at = joinImage(at, '..')) {
    if (isThere(reading, joinImage(at, name))) return at;
    if (at === '/') return undefined;
  }
}

export function needProject(reading: InstallReading, reason: string): void {
  if (reading.needsProject === false) reading.needsProject = reason;
}

/** The value of a variable, split at blanks as pip and uv do; a value that cannot be known is noted. */
export function environmentWords(reading: InstallReading, name: string): string[] {
  if (!Object.hasOwn(reading.env, name)) return [];
  const value = reading.env[name];
  if (value === undefined) {
    reading.unknown.add(`the value of ${name} is not known`);
    return [];
  }
  return value.split(/[ \t\r\n]+/).filter((word) => word !== '');
}

/** Whether a variable is set to something that uv takes for yes. */
export function isSet(reading: InstallReading, name: string): boolean {
  return environmentWords(reading, name).some((word) => !/^(?:0|false|f|no|n|off)$/i.test(word));
}

/** Words that a flag hands on to a build or to another installer: what names something on disk is noted. */
export function addHandedOn(reading: InstallReading, flag: string, value: string): void {
  const local = value
    .split(/[ \t]+/)
    .find(
      (word) =>
        !/:\/\//.test(word) &&
        /\/|^-[rcfet]|^--(requirement|constraint|find-links|editable|cert|client-cert|target|src)\b/.test(word),
    );
  if (local !== undefined) reading.unknown.add(`${flag} hands on ${local}, which may name a file of the image`);
}

/** A `--find-links` place: a page, or a folder that is looked through. */
export function addFindLinks(reading: InstallReading, folder: string, word: string): void {
  if (/^(?:https?|ftp):/i.test(word)) return;
  const path = pathInContext(reading, folder, word.replace(/^file:\/\/(?:localhost)?(?=\/)/i, ''));
  if (path === undefined) return;
  if (isThere(reading, path)) addPage(reading, path);
  else {
    reading.folders.add(path);
    const source = reading.image.resolve(path);
    if (source === undefined || !reading.image.hasFolder(source))
      reading.unknown.add(`${path} does not come from the repository`);
    // Pages in the folder are followed like those named.
    else
      for (const name of reading.image.names?.(source) ?? [])
        if (/\.html?$/i.test(name)) addPage(reading, joinImage(path, name));
  }
}

/** A page of links: what lies beside it is read too. */
function addPage(reading: InstallReading, path: string): void {
  need(reading, path);
  if (!/\.html?$/i.test(path)) return;
  const text = textAtPath(reading, path) ?? '';
  const links = [...text.matchAll(/\bhref[ \t\r\n]*=[ \t\r\n]*["']?([^"'\s>]{0,2000})/gi)].map(
    (match) => match[1] ?? '',
  );
  const local = links.find((link) => !/^(?:https?|ftp):\/\//i.test(link));
  if (local !== undefined) reading.unknown.add(`${path} links to ${local}, which lies in the image`);
}

/** Something on disk that is to be installed: an archive is a file like any other, a folder is a project. */
export function addLocalTarget(reading: InstallReading, path: string, reason: string): void {
  if (ARCHIVE.test(path)) need(reading, path);
  else needProject(reading, reason);
}

/** A word on the command line that is to be installed. */
export function addTarget(reading: InstallReading, cwd: string, word: string): void {
  const target = classifyTarget(word);
  if (target.name !== undefined) reading.packages.add(target.name);
  if (target.kind === 'local') {
    const path = pathInContext(reading, cwd, target.value);
    if (path !== undefined) addLocalTarget(reading, path, `${word} is installed from its folder`);
  } else if (target.kind === 'unknown') {
    reading.unknown.add(`${word} cannot be read as something to install`);
  }
}

/** An editable target; addresses of version control need nothing of the repository. */
export function addEditable(reading: InstallReading, word: string): void {
  if (
    !/^(?:git|hg|svn|bzr)\+(?!file:)/i.test(word) &&
    !/^[\w.-]+(?:\[[^\]]*\])?[ \t]*@[ \t]*(?:git|hg|svn|bzr)\+(?!file:)/i.test(word)
  ) {
    needProject(reading, `-e ${word} is installed from its folder`);
  }
}

/** Puts what a walk over requirements files found into the reading. */
function addWalk(reading: InstallReading, cwd: string, walk: RequirementFiles): void {
  for (const file of walk.files) need(reading, file);
  for (const file of walk.missing) need(reading, file);
  for (const name of walk.packages) reading.packages.add(name);
  for (const reason of walk.unknown) reading.unknown.add(reason);
  for (const { path, entry, file } of walk.local) {
    if (entry.kind === 'findLinks') addFindLinks(reading, cwd, path);
    else if (entry.kind === 'editable')
      needProject(reading, `-e ${entry.value} in ${file} is installed from its folder`);
    else addLocalTarget(reading, path, `${entry.value} in ${file} is installed from its folder`);
  }
}

/** Follows requirements and constraints files (words relative to `base`); local paths in them are relative to `cwd`. */
export function addRequirementFiles(
  reading: InstallReading,
  folders: { readonly base: string; readonly cwd: string },
  words: { readonly requirements: readonly string[]; readonly constraints: readonly string[] },
): void {
  const entries: { path: string; role: 'requirements' | 'constraints' }[] = [];
  const add = (word: string, role: 'requirements' | 'constraints'): void => {
    if (/^(?:https?|ftp):/i.test(word)) {
      if (role === 'requirements') reading.unknown.add(`${word} is fetched when it is installed`);
      return;
    }
    const path = pathInContext(reading, folders.base, word.replace(/^file:\/\/(?:localhost)?(?=\/)/i, ''));
    if (path !== undefined) entries.push({ path, role });
  };
  for (const word of words.requirements) add(word, 'requirements');
  for (const word of words.constraints) add(word, 'constraints');
  const places: RequirementPlaces = {
    join: joinImage,
    read: (path) => textAtPath(reading, path),
    cwd: folders.cwd,
    has: (path) => isThere(reading, path) || isFolderThere(reading, path),
  };
  addWalk(reading, folders.cwd, walkRequirements(entries, places));
}
