// What pipenv, pdm and conda read.

import { CONDA_ENVIRONMENT_NAMES, parseCondaEnvironment } from '../../parse/manifests/environmentYml.ts';
import { parsePdmLock } from '../../parse/manifests/locks.ts';
import { folderOf, joinImage } from '../../parse/manifests/paths.ts';
import { parsePipfile, parsePipfileLock } from '../../parse/manifests/pipfile.ts';
import { parsePyproject } from '../../parse/manifests/pyproject.ts';
import { parseRequirements } from '../../parse/manifests/requirements.ts';
import { hasFlag, type ReadFlags, readFlags, valuesOf } from './flags.ts';
import {
  addEditable,
  addFindLinks,
  addLocalTarget,
  addRequirementFiles,
  addTarget,
  environmentWords,
  findUpwards,
  isSet,
  isThere,
  need,
  needProject,
  offer,
  pathIn,
  type Reading,
  textAtPath,
} from './reading.ts';
import { CONDA, PDM, PIPENV } from './tables.ts';

type Command = { readonly name: string; readonly read: ReadFlags };

function readCommand(
  reading: Reading,
  tool: string,
  words: readonly string[],
  table: Parameters<typeof readFlags>[1],
): Command {
  const before = readFlags(words, table, 'first word');
  const behind = readFlags(words.slice(before.firstWord + 1), table);
  const unknown = [...before.unknown, ...behind.unknown];
  for (const flag of unknown) reading.unknown.add(`${tool} does not know ${flag}`);
  return {
    name: words[before.firstWord] ?? '',
    read: { ...behind, flags: [...before.flags, ...behind.flags], unknown },
  };
}

/** `words`: all behind `pipenv`. Undefined: not an installing command. */
export function readPipenv(reading: Reading, words: readonly string[], cwd: string): 'pipenv' | undefined {
  const { name, read } = readCommand(reading, 'pipenv', words, PIPENV);
  if (name !== 'install' && name !== 'sync') return undefined;
  const named = environmentWords(reading, 'PIPENV_PIPFILE').at(-1);
  const pipfile =
    named === undefined
      ? joinImage(findUpwards(reading, cwd, 'Pipfile') ?? cwd, 'Pipfile')
      : (pathIn(reading, cwd, named) ?? joinImage(cwd, 'Pipfile'));
  need(reading, pipfile);
  const lock = `${pipfile}.lock`;
  const needsLock =
    name === 'sync' || hasFlag(read, '--ignore-pipfile', '--deploy') || isSet(reading, 'PIPENV_IGNORE_PIPFILE');
  const skipsLock = hasFlag(read, '--skip-lock') || isSet(reading, 'PIPENV_SKIP_LOCK');
  if (needsLock) need(reading, lock);
  else if (!skipsLock) offer(reading, lock);
  if (!isThere(reading, pipfile)) offer(reading, joinImage(cwd, 'requirements.txt'));
  const base = folderOf(pipfile);
  addRequirementFiles(
    reading,
    { base: cwd, cwd },
    { requirements: valuesOf(read, '-r', '--requirements', '--requirementstxt'), constraints: [] },
  );
  for (const target of valuesOf(read, '-e', '--editable')) addEditable(reading, target);
  for (const word of read.words) addTarget(reading, cwd, word);
  if (read.words.length > 0 || hasFlag(read, '-e', '--editable'))
    reading.unknown.add('pipenv install NAME rewrites the Pipfile');
  const written = parsePipfile(textAtPath(reading, pipfile) ?? '');
  const lockText = skipsLock ? undefined : textAtPath(reading, lock);
  const locked = lockText === undefined ? undefined : parsePipfileLock(lockText);
  if (written.problems.length > 0) reading.unknown.add(`${pipfile} cannot be read`);
  if (locked !== undefined && locked.problems.length > 0) reading.unknown.add(`${lock} cannot be read`);
  for (const file of [written, locked]) {
    for (const names of file?.categories.values() ?? []) for (const one of names) reading.packages.add(one);
    for (const one of file?.local ?? []) {
      const path = pathIn(reading, base, one.path);
      if (path !== undefined) addLocalTarget(reading, path, `${one.name} is installed from ${one.path}`);
    }
  }
  return 'pipenv';
}

/** `words`: all behind `pdm`. Undefined: not an installing command. */
export function readPdm(reading: Reading, words: readonly string[], cwd: string): 'pdm' | undefined {
  const { name, read } = readCommand(reading, 'pdm', words, PDM);
  if (name !== 'install' && name !== 'sync') return undefined;
  const word = valuesOf(read, '-p', '--project').at(-1) ?? environmentWords(reading, 'PDM_PROJECT').at(-1);
  const start = word === undefined ? cwd : (pathIn(reading, cwd, word) ?? cwd);
  const folder = findUpwards(reading, start, 'pyproject.toml') ?? start;
  const pyprojectPath = joinImage(folder, 'pyproject.toml');
  need(reading, pyprojectPath);
  const lockWord =
    valuesOf(read, '-L', '--lockfile').at(-1) ?? environmentWords(reading, 'PDM_LOCKFILE').at(-1) ?? 'pdm.lock';
  const lock = pathIn(reading, folder, lockWord) ?? joinImage(folder, 'pdm.lock');
  if (name === 'sync' || hasFlag(read, '--check')) need(reading, lock);
  else offer(reading, lock);
  for (const file of ['pdm.toml', '.pdm-python', '.python-version']) offer(reading, joinImage(folder, file));
  for (const file of valuesOf(read, '--override')) {
    const path = pathIn(reading, cwd, file);
    if (path !== undefined) need(reading, path);
  }
  const text = textAtPath(reading, pyprojectPath) ?? '';
  const pyproject = parsePyproject(text);
  const locked = parsePdmLock(textAtPath(reading, lock) ?? '');
  if (pyproject.problems.length > 0) reading.unknown.add(`${pyprojectPath} cannot be read`);
  if (locked.problems.length > 0) reading.unknown.add(`${lock} cannot be read`);
  const local = locked.packages.find((one) => one.source === 'folder' || one.source === 'editable');
  if (local !== undefined) needProject(reading, `${local.name} is installed from ${local.from}`);
  // Its own dev-dependencies may be `-e file:///${PROJECT_ROOT}/lib`.
  else if (text.includes('file:')) needProject(reading, 'a requirement in pyproject.toml is a folder');
  const isLeftOut = hasFlag(read, '--no-self', '--no-default') || isSet(reading, 'PDM_NO_SELF');
  if (!isLeftOut && pyproject.project?.name !== undefined && pyproject.pdm?.distribution !== false) {
    needProject(reading, 'the project itself is installed (no --no-self)');
  }
  for (const names of pyproject.groups.values()) for (const one of names) reading.packages.add(one);
  for (const one of locked.packages) reading.packages.add(one.name);
  return 'pdm';
}

/** conda runs pip in the folder of the environment file, with its pip lines as a requirements file there. */
function addCondaFile(reading: Reading, path: string): void {
  need(reading, path);
  const text = textAtPath(reading, path);
  if (text === undefined) return;
  const { pip, problems } = parseCondaEnvironment(text);
  if (problems.length > 0) reading.unknown.add(`${path} cannot be read`);
  const folder = folderOf(path);
  const includes: { requirements: string[]; constraints: string[] } = { requirements: [], constraints: [] };
  for (const entry of parseRequirements(pip.join('\n')).entries) {
    if (entry.kind === 'include') includes.requirements.push(entry.value);
    else if (entry.kind === 'constraint') includes.constraints.push(entry.value);
    else if (entry.kind === 'editable') addEditable(reading, entry.value);
    else if (entry.kind === 'findLinks') addFindLinks(reading, folder, entry.value);
    else if (entry.kind !== 'option') addTarget(reading, folder, entry.value);
  }
  addRequirementFiles(reading, { base: folder, cwd: folder }, includes);
}

const CONDA_COMMANDS = new Set(['create', 'install', 'update', 'upgrade']);

/** `words`: all behind `conda`, `mamba` or `micromamba`. Undefined: not an installing command. */
export function readConda(reading: Reading, words: readonly string[], cwd: string): 'conda' | undefined {
  const outer = readFlags(words, CONDA, 'first word');
  const isEnv = words[outer.firstWord] === 'env';
  const inner = isEnv ? words.slice(outer.firstWord + 1) : words;
  const { name, read } = readCommand(reading, 'conda', inner, CONDA);
  if (!(isEnv ? ['create', 'update'] : [...CONDA_COMMANDS]).includes(name)) return undefined;
  const files = valuesOf(read, '-f', '--file');
  if (isEnv && files.length === 0) {
    const there = CONDA_ENVIRONMENT_NAMES.find((file) => isThere(reading, joinImage(cwd, file)));
    files.push(there ?? CONDA_ENVIRONMENT_NAMES[0]);
  }
  for (const word of files) {
    if (/^https?:/i.test(word)) continue;
    const path = pathIn(reading, cwd, word);
    if (path === undefined) continue;
    if (/\.ya?ml$/.test(path)) addCondaFile(reading, path);
    else need(reading, path);
  }
  return 'conda';
}
