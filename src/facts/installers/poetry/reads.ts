// What `poetry install`, `sync`, `update`, `export` and `add` read.

import { type LockedPackage, parsePoetryLock } from '../../../parse/manifests/lockFiles.ts';
import { joinImage } from '../../../parse/manifests/paths.ts';
import { parsePyproject } from '../../../parse/manifests/pyproject.ts';
import { normaliseName } from '../../../parse/manifests/requirement.ts';
import { parseToml, type TomlTable, tableAt, tablesAt, textAt } from '../../../parse/manifests/toml.ts';
import { flagValues, hasFlag, type ReadFlags, readCommandFlags } from '../../flags.ts';
import {
  findUpwards,
  type InstallReading,
  isThere,
  need,
  needProject,
  offer,
  pathInContext,
  textAtPath,
} from '../reading.ts';
import { addIndex, addSettings, isLocalCheckout, textsOf } from '../sources.ts';
import { POETRY } from './flags.ts';

const COMMANDS = new Set(['install', 'sync', 'update', 'export', 'add']);

/** The folder where poetry starts to look: `-C` moves it, `-P` names the project. */
function startFolder(reading: InstallReading, read: ReadFlags, cwd: string): string {
  let folder = cwd;
  for (const word of [
    ...flagValues(read, '-C', '--directory').slice(-1),
    ...flagValues(read, '-P', '--project').slice(-1),
  ]) {
    folder = pathInContext(reading, folder, word) ?? folder;
  }
  return folder;
}

/** Code on disk that the lock (or, without one, the project) takes in. */
function addLocalCode(reading: InstallReading, folder: string, read: ReadFlags): void {
  const lockPath = joinImage(folder, 'poetry.lock');
  const text = textAtPath(reading, lockPath);
  if (text === undefined && isThere(reading, lockPath)) reading.unknown.add(`${lockPath} cannot be read`);
  const lock = parsePoetryLock(text ?? '');
  if (lock.problems.length > 0) reading.unknown.add(`${lockPath} cannot be read`);
  const isSkipped = hasFlag(read, '--no-directory');
  for (const one of lock.packages) {
    reading.packages.add(one.name);
    if (one.source === 'file') need(reading, joinImage(folder, one.from));
    else if (one.source === 'folder' && !isSkipped) needProject(reading, `${one.name} is installed from ${one.from}`);
    else if (one.source === 'registry' ? !/^(https?:.*)?$/i.test(one.from) : isLocalAddress(one))
      reading.unknown.add(`${one.name} is taken from ${one.from}, which lies in the image`);
  }
  const pyproject = parsePyproject(textAtPath(reading, joinImage(folder, 'pyproject.toml')) ?? '');
  if (pyproject.problems.length > 0) reading.unknown.add(`${folder}/pyproject.toml cannot be read`);
  for (const names of pyproject.groups.values()) for (const name of names) reading.packages.add(name);
  for (const local of text === undefined ? pyproject.localDependencies : []) {
    if (/\.(?:whl|zip|tar\.gz)$/.test(local.path)) need(reading, joinImage(folder, local.path));
    else needProject(reading, `${local.name} is taken from ${local.path}`);
  }
}

const isLocalAddress = ({ source, from }: LockedPackage): boolean =>
  (source === 'git' || source === 'url') && isLocalCheckout(from);

/** Plugins that read nothing of the project but its manifest. */
const IDLE_PLUGINS = /^(poetry|poetry-plugin-(export|up|shell|bundle|tweak-dependencies-version))$/;
/** Settings of poetry.toml that name no file. */
const isHarmless = (key: string): boolean =>
  /^(virtualenvs\.(?!path$)|installer\.|solver\.|requests\.|keyring\.|http-basic\.|pypi-token\.|repositories\..*\.username$)/.test(
    key,
  );

/** Indices, plugins and settings that the project names on disk. */
function addNamed(reading: InstallReading, folder: string, table: TomlTable | undefined): void {
  const file = joinImage(folder, 'pyproject.toml');
  const poetry = tableAt(table, 'tool', 'poetry');
  for (const source of tablesAt(poetry, 'source')) {
    const url = textAt(source, 'url');
    if (url !== undefined) addIndex(reading, url, file);
  }
  for (const [name, value] of Object.entries(tableAt(poetry, 'requires-plugins') ?? {})) {
    const path = [...textsOf(value)].find(([keys]) => keys[0] === 'path');
    if (path !== undefined) reading.unknown.add(`the Poetry plugin ${name} is taken from ${path[1]}`);
    else if (!IDLE_PLUGINS.test(normaliseName(name))) reading.unknown.add(`what the Poetry plugin ${name} reads`);
  }
  for (const [keys, text] of poetry === undefined ? [] : textsOf(poetry)) {
    if (
      /^(dependencies|dev-dependencies|group)$/.test(keys[0]!) &&
      /^(git|url)$/.test(keys.at(-1)!) &&
      isLocalCheckout(text)
    )
      needProject(reading, `${keys.at(-2)} is taken from ${text}`);
  }
  const license = textAt(table, 'project', 'license', 'file');
  if (license !== undefined) offer(reading, joinImage(folder, license));
  const settings = joinImage(folder, 'poetry.toml');
  addSettings(reading, parseToml(textAtPath(reading, settings) ?? '').table, settings, isHarmless);
}

/** `words`: all behind `poetry`. Undefined: not an installing command. */
export function readPoetry(reading: InstallReading, words: readonly string[], cwd: string): 'project' | undefined {
  const before = readCommandFlags(words, POETRY, 'first word');
  const command = words[before.firstWord] ?? '';
  if (!COMMANDS.has(command)) return undefined;
  const behind = readCommandFlags(words.slice(before.firstWord + 1), POETRY);
  const unknown = [...before.unknown, ...behind.unknown];
  for (const flag of unknown) reading.unknown.add(`poetry does not know ${flag}`);
  const read: ReadFlags = { ...behind, flags: [...before.flags, ...behind.flags], unknown };
  if (command === 'add') reading.unknown.add('poetry add rewrites pyproject.toml');
  else if (behind.words.length > 0 && command !== 'update')
    reading.unknown.add(`poetry ${command} takes no ${behind.words[0]}`);
  const start = startFolder(reading, read, cwd);
  const folder = findUpwards(reading, start, 'pyproject.toml') ?? start;
  const pyprojectPath = joinImage(folder, 'pyproject.toml');
  need(reading, pyprojectPath);
  offer(reading, joinImage(folder, 'poetry.lock'));
  offer(reading, joinImage(folder, 'poetry.toml'));
  if (command !== 'export') addLocalCode(reading, folder, read);
  const pyproject = parsePyproject(textAtPath(reading, pyprojectPath) ?? '');
  addNamed(reading, folder, pyproject.table);
  const installsRoot = (command === 'install' || command === 'sync') && !hasFlag(read, '--no-root');
  // With package-mode unset poetry tries to build the root package, whatever `--only` says.
  if (installsRoot && pyproject.poetry?.packageMode !== false)
    needProject(reading, 'the root package is installed (no --no-root)');
  return 'project';
}
