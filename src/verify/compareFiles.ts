// Compares the files of two images: what is gone, whose it is, who may use it, and what extension modules find.

import type { EnvironmentSeen } from '../report/proof.ts';
import { isDockerName } from '../text/dockerNames.ts';
import { bytesOf } from '../text/latin1.ts';
import { compareLeads } from './compareLeads.ts';
import type { Declared } from './declared.ts';
import type { FileSeen, SideDetails } from './looked.ts';
import { listed as listedText, type Tally, without } from './tally.ts';

interface Side {
  readonly details: SideDetails;
  readonly environments: readonly EnvironmentSeen[];
}

/** Caches, logs and what a package manager writes on the way: different in any two builds. */
const NOISE =
  /^\/(?:tmp|run|var\/(?:cache|log|tmp|run|lib\/(?:apt|dpkg|pam|systemd|ucf)|backups|mail)|etc\/(?:hostname|hosts|resolv\.conf|mtab|machine-id|shadow-?|gshadow-?|passwd-|group-|\.pwd\.lock))(?:\/|$)|\/(?:\.cache|\.npm|__pycache__|\.git|\.bash_history|\.wget-hsts|\.dockerenv)(?:\/|$)|\.log$/;

/** What is written anew in each build, and says nothing. */
const GENERATED =
  /\.(?:sqlite3?|db|pid|sock|lock)$|\/[^/]*\.(?:dist|egg)-info\/|\/(?:bin|Scripts)\/(?:pip|wheel|easy_install)[^/]*$|\/CACHEDIR\.TAG$/;

/** Of pip and its like, wherever they are. */
const OF_TOOLS =
  /^(?:pip|setuptools|wheel|pkg_resources|_distutils_hack|distutils-precedence\.pth|easy_install\.py|_virtualenv\.(?:py|pth)|[\w.-]+\.virtualenv|README\.txt|.*\.(?:dist-info|egg-info|egg-link))$/;

/** Programs, libraries and what the repository put there. */
const COUNTS = /^\/(?:usr|lib|lib64|bin|sbin|opt|etc|srv|app|code|src|workspace|home|var\/(?:www|task|app))(?:\/|$)/;

export function compareFiles(before: Side, after: Side, declared: Declared, tally: Tally): void {
  const { lost, open, told } = tally;
  comparePackageLists(before.details, after.details, tally);
  compareMissing(before.details, after.details, tally);
  compareLeads(before.details, after.details, tally);
  const [was, now] = [before.details.files, after.details.files];
  if (was.size === 0 || now.size === 0) return;
  const work = before.details.config.workingDir;
  const atWork = (path: string): boolean => work !== '/' && isBelowPath(path, work);
  const roots = (side: Side): string[] => side.environments.flatMap(({ path }) => (path === '' ? [] : [path]));
  const environments = [...new Set([...roots(before), ...roots(after)])];
  const edited = new Set(declared.files.map((file) => file.slice(file.lastIndexOf('/') + 1)).filter(isDockerName));
  const isOfFixes = (path: string): boolean =>
    path.split('/').some((name) => declared.ignores.has(name) || edited.has(name));
  const packaged = hasPackages(environments);
  // The modules of a package that is gone are gone with it.
  const isTold = tally.gone.has('packages');
  const installed = installedNames(now.keys());
  const gone: string[] = [];
  const come: string[] = [];
  const owners: string[] = [];
  const modes: string[] = [];
  const kinds: string[] = [];
  const contents: string[] = [];
  for (const [path, old] of was) {
    if (NOISE.test(path)) continue;
    const other = now.get(path);
    if (!other && before.details.leads?.dead.has(path)) continue;
    if (!other) {
      const top = topOf(path);
      const isKnown = top
        ? isTold || !top.isTop || installed.has(top.name) || OF_TOOLS.test(top.name)
        : packaged(path, now) || environments.some((one) => isWithinFolder(path, one));
      if (!isKnown && !isOfFixes(path)) gone.push(path);
      continue;
    }
    if (old.uid !== other.uid || old.gid !== other.gid) owners.push(path);
    if (old.mode >> 12 !== other.mode >> 12) kinds.push(path);
    // A link's own bits mean nothing.
    else if (old.mode !== other.mode && old.mode >> 12 !== 0o12) modes.push(path);
    else if (differs(old, other) && !isOfFixes(path) && !GENERATED.test(path) && !isOfTools(path)) contents.push(path);
  }
  for (const path of now.keys()) {
    if (was.has(path) || NOISE.test(path) || isOfFixes(path) || topOf(path) !== undefined) continue;
    if (!environments.some((one) => isWithinFolder(path, one) || isBelowPath(one, path)) && !packaged(path, was))
      come.push(path);
  }
  // Another user does not see what only the first one may read.
  const isSameEye = before.details.config.user === after.details.config.user;
  const missing = isSameEye ? outermost(gone) : [];
  const counted = missing.filter((path) => COUNTS.test(path) || atWork(path));
  const explained = tally.gone.has('system packages');
  const unexplained = explained
    ? counted.filter((path) => atWork(path) || !/^\/(?:usr|lib|lib64|bin|sbin|etc)\//.test(path))
    : counted;
  if (unexplained.length > 0) lost.push(`The image no longer has ${listedPaths(unexplained)}.`);
  const rest = without(missing, counted);
  if (rest.length > 0 && !explained) open.push(`The image no longer has ${listedPaths(rest)}.`);
  const added = isSameEye ? outermost(come) : [];
  const inWork = added.filter(atWork);
  if (inWork.length > 0) open.push(`The working folder has ${listedPaths(inWork)} in addition.`);
  const elsewhere = without(added, inWork);
  if (elsewhere.length > 0) told.push(`The image has ${listedPaths(elsewhere)} in addition.`);
  if (owners.length > 0) lost.push(ownerText(outermost(owners), was, now));
  if (modes.length > 0) lost.push(modeText(outermost(modes), was, now));
  if (kinds.length > 0)
    lost.push(`What was a file, a folder or a link is now another of these: ${listedPaths(kinds)}.`);
  // Another version has other files.
  const isOtherVersion = lost.some((text) => VERSION.test(text));
  // the scripts of an environment name the place that it stands at, and files of the repository name it too
  const named = declared.relocations.length === 0 ? [] : declared.files;
  const isRelocated = (path: string): boolean =>
    declared.relocations.some(({ to }) => path.startsWith(`${to}/`)) ||
    named.some((file) => `/${file}`.endsWith(namePart(path)));
  const other = contents.filter((path) => !(isOtherVersion && topOf(path) !== undefined) && !isRelocated(path));
  if (other.length > 0) open.push(`Other content than before: ${listedPaths(other)}.`);
}

/** What Python tells of a path is text, not bytes. */
const listedPaths = (paths: readonly string[]): string => listedText(paths.map(bytesOf));

const namePart = (path: string): string => path.slice(path.lastIndexOf('/'));

const isBelowPath = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
const isWithinFolder = (path: string, folder: string): boolean => path === folder || isBelowPath(path, folder);

function differs(old: FileSeen, now: FileSeen): boolean {
  return old.content !== undefined && now.content !== undefined && old.content !== now.content;
}

/** Without what lies below another one of them. */
function outermost(paths: readonly string[]): string[] {
  const found: string[] = [];
  for (const path of [...paths].sort(byFolder)) {
    const last = found.at(-1);
    if (last === undefined || !isBelowPath(path, last)) found.push(path);
  }
  return found;
}

/** A folder directly before what is in it. */
function byFolder(one: string, other: string): number {
  const [left, right] = [one.replaceAll('/', '\0'), other.replaceAll('/', '\0')];
  return left < right ? -1 : Number(left > right);
}

/** What a path in a folder of installed packages belongs to: the module or file directly in it. */
function topOf(path: string): { readonly name: string; readonly isTop: boolean } | undefined {
  const [, name = '', below] = /\/(?:site|dist)-packages\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  return name === '' ? undefined : { name, isTop: below === undefined };
}

const isOfTools = (path: string): boolean => OF_TOOLS.test(topOf(path)?.name ?? '');

function installedNames(paths: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of paths) {
    const top = topOf(path);
    if (top) names.add(top.name);
  }
  return names;
}

/** Whether a file of a prefix (a program, data of a package) stands in the same place of another prefix. */
function hasPackages(environments: readonly string[]) {
  const prefixes = [...environments, '/usr/local', '/usr'];
  return (path: string, files: ReadonlyMap<string, FileSeen>): boolean => {
    const own = prefixes.filter((prefix) => isBelowPath(path, prefix)).sort((a, b) => b.length - a.length)[0];
    if (own === undefined) return false;
    const rest = path.slice(own.length);
    return prefixes.some((prefix) => prefix !== own && files.has(`${prefix}${rest}`));
  };
}

const VERSION = /^The package .* was .* and is now /;

function comparePackageLists(before: SideDetails, after: SideDetails, { lost, open, told, gone: known }: Tally): void {
  const [was, now] = [before.packages, after.packages];
  if (was.size === 0 || now.size === 0) return;
  const gone = [...was.keys()].filter((name) => !now.has(name));
  if (gone.length > 0) {
    lost.push(`The operating system of the image no longer has ${listedPaths(gone)}.`);
    known.add('system packages');
  }
  const other = [...was].flatMap(([name, version]) => (now.has(name) && now.get(name) !== version ? [name] : []));
  if (other.length > 0) open.push(`Packages of the operating system have another version: ${listedPaths(other)}.`);
  const come = [...now.keys()].filter((name) => !was.has(name));
  if (come.length > 0) told.push(`The operating system has ${listedPaths(come)} in addition.`);
}

function compareMissing({ missing: was }: SideDetails, { missing: now }: SideDetails, { lost }: Tally): void {
  if (!was || !now) return;
  for (const [library, module] of now) {
    if (!was.has(library)) lost.push(`The extension module ${module} no longer finds the library ${library}.`);
  }
}

function ownerText(
  paths: readonly string[],
  was: ReadonlyMap<string, FileSeen>,
  now: ReadonlyMap<string, FileSeen>,
): string {
  const of = (files: ReadonlyMap<string, FileSeen>) => {
    const owners = paths.map((path) => files.get(path)).map((one) => `${one?.uid}:${one?.gid}`);
    return [...new Set(owners)].slice(0, 3).join(', ');
  };
  return `The owner of ${listedPaths(paths)} was ${of(was)} and is now ${of(now)}.`;
}

function modeText(
  paths: readonly string[],
  was: ReadonlyMap<string, FileSeen>,
  now: ReadonlyMap<string, FileSeen>,
): string {
  const of = (files: ReadonlyMap<string, FileSeen>) => {
    const modes = paths.map((path) => ((files.get(path)?.mode ?? 0) & 0o7777).toString(8));
    return [...new Set(modes)].slice(0, 3).join(', ');
  };
  return `The rights of ${listedPaths(paths)} were ${of(was)} and are now ${of(now)}.`;
}
