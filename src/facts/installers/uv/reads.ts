// What `uv pip install` and `uv pip sync` read, and which command of uv stands there.

import { joinImage, nameOf } from '../../../parse/manifests/paths.ts';
import { parsePyproject } from '../../../parse/manifests/pyproject.ts';
import { parseRequirement } from '../../../parse/manifests/requirement.ts';
import { parseToml, tableAt } from '../../../parse/manifests/toml.ts';
import { flagValues, hasFlag, type ReadFlags, readCommandFlags } from '../../flags.ts';
import { addDependencyGroup } from '../pip/reads.ts';
import {
  addEditable,
  addFindLinks,
  addHandedOn,
  addRequirementFiles,
  addTarget,
  environmentWords,
  findUpwards,
  type InstallReading,
  isSet,
  need,
  needProject,
  offer,
  pathInContext,
  textAtPath,
} from '../reading.ts';
import { addIndices, addUvSettings, isLocalCheckout } from '../sources.ts';
import { UV_GLOBAL, UV_PIP, UV_SYNC } from './flags.ts';
import { readUvSync } from './sync.ts';

/** The folder that uv works in: `--directory` moves it. */
function workingFolder(reading: InstallReading, read: Pick<ReadFlags, 'flags'>, cwd: string): string {
  const word = flagValues(read, '--directory').at(-1) ?? environmentWords(reading, 'UV_WORKING_DIR').at(-1);
  return word === undefined ? cwd : (pathInContext(reading, cwd, word) ?? cwd);
}

/** A pyproject.toml as a source of requirements: static ones are read, dynamic ones need the whole project. */
function addPyprojectRequirements(reading: InstallReading, path: string): void {
  need(reading, path);
  const text = textAtPath(reading, path);
  if (text === undefined) return;
  const { project, groups, localDependencies, uv, problems } = parsePyproject(text);
  if (problems.length > 0) reading.unknown.add(`${path} cannot be read`);
  if (project === undefined || project.dynamic.some((field) => field.endsWith('dependencies'))) {
    needProject(reading, `the requirements of ${path} are not written in it`);
  }
  const [local] = localDependencies;
  if (local !== undefined) needProject(reading, `${local.name} is installed from its folder`);
  for (const { kind, name, value } of uv?.sources ?? [])
    if (/^(workspace|unknown)$/.test(kind) || (/^(git|url)$/.test(kind) && isLocalCheckout(value)))
      needProject(reading, `${name} is installed from its folder`);
  for (const names of groups.values()) for (const name of names) reading.packages.add(name);
}

function addRequirementSources(
  reading: InstallReading,
  cwd: string,
  words: readonly string[],
  constraints: readonly string[],
): void {
  const requirements: string[] = [];
  for (const word of words) {
    const name = nameOf(word);
    const path = /\.(?:toml|py|cfg)$/.test(name) ? pathInContext(reading, cwd, word) : undefined;
    if (path === undefined) requirements.push(word);
    else if (name === 'pyproject.toml') addPyprojectRequirements(reading, path);
    else {
      need(reading, path);
      if (name === 'setup.py' || name === 'setup.cfg') needProject(reading, `${path} is run for its requirements`);
      else reading.unknown.add(`${path} is not read`);
    }
  }
  addRequirementFiles(reading, { base: cwd, cwd }, { requirements, constraints });
}

/** Settings that uv looks for from its folder upwards. */
function offerSettings(reading: InstallReading, read: Pick<ReadFlags, 'flags'>, folder: string): void {
  const [file] = [...flagValues(read, '--config-file'), ...environmentWords(reading, 'UV_CONFIG_FILE')];
  const path = file === undefined ? undefined : pathInContext(reading, folder, file);
  const add = (one: string): void => addUvSettings(reading, parseToml(textAtPath(reading, one) ?? '').table, one);
  if (path !== undefined) {
    need(reading, path);
    add(path);
  }
  if (file !== undefined || hasFlag(read, '--no-config') || isSet(reading, 'UV_NO_CONFIG')) return;
  const settings = findUpwards(reading, folder, 'uv.toml');
  if (settings !== undefined) {
    offer(reading, joinImage(settings, 'uv.toml'));
    add(joinImage(settings, 'uv.toml'));
  }
  const home = reading.env.XDG_CONFIG_HOME ?? `${reading.env.HOME ?? '/root'}/.config`;
  for (const one of ['/etc/uv/uv.toml', `${home}/uv/uv.toml`]) add(one);
  const project = findUpwards(reading, folder, 'pyproject.toml');
  if (project === undefined) return;
  const pyproject = joinImage(project, 'pyproject.toml');
  const { uv, table } = parsePyproject(textAtPath(reading, pyproject) ?? '');
  if (uv === undefined) return;
  offer(reading, pyproject);
  addUvSettings(reading, tableAt(table, 'tool', 'uv'), pyproject);
}

/** Where its flags and variables say that packages come from. */
function addSources(reading: InstallReading, read: Pick<ReadFlags, 'flags'>): void {
  addIndices(
    reading,
    read,
    ['--index', '--default-index', '-i', '--index-url', '--extra-index-url'],
    ['UV_INDEX', 'UV_DEFAULT_INDEX', 'UV_INDEX_URL', 'UV_EXTRA_INDEX_URL', 'UV_PYTHON_INSTALL_MIRROR'],
  );
}

function readUvPip(reading: InstallReading, command: 'install' | 'sync', read: ReadFlags, start: string): void {
  const cwd = workingFolder(reading, read, start);
  const constraints = [
    ...flagValues(read, '-c', '--constraint', '--constraints', '--override', '--overrides', '--exclude', '--excludes'),
    ...flagValues(read, '-b', '--build-constraint', '--build-constraints'),
    ...['UV_CONSTRAINT', 'UV_OVERRIDE', 'UV_EXCLUDE', 'UV_BUILD_CONSTRAINT'].flatMap((name) =>
      environmentWords(reading, name),
    ),
  ];
  const files = flagValues(read, '-r', '--requirement', '--requirements');
  addRequirementSources(reading, cwd, command === 'sync' ? [...files, ...read.words] : files, constraints);
  for (const group of flagValues(read, '--group')) addDependencyGroup(reading, cwd, group);
  for (const links of [...flagValues(read, '-f', '--find-links'), ...environmentWords(reading, 'UV_FIND_LINKS')]) {
    addFindLinks(reading, cwd, links);
  }
  for (const target of flagValues(read, '-e', '--editable')) addEditable(reading, target);
  if (command === 'install') {
    for (const word of read.words) {
      // uv takes a bare name of a requirements file for a slip of the pen and asks; a name is a name.
      if (parseRequirement(word) === undefined && /\.txt$/.test(word))
        reading.unknown.add(`${word} looks like a file without -r`);
      else addTarget(reading, cwd, word);
    }
  }
  const [project] = flagValues(read, '--project');
  offerSettings(reading, read, project === undefined ? cwd : (pathInContext(reading, cwd, project) ?? cwd));
}

/** `words`: all behind `uv`. Undefined: not an installing command. */
export function readUvCommand(
  reading: InstallReading,
  words: readonly string[],
  cwd: string,
): 'list' | 'project' | undefined {
  const before = readCommandFlags(words, UV_GLOBAL, 'first word');
  const [command, sub] = words.slice(before.firstWord, before.firstWord + 2);
  const isPip = command === 'pip' && (sub === 'install' || sub === 'sync');
  if (!isPip && command !== 'sync') return undefined;
  const behind = readCommandFlags(words.slice(before.firstWord + (isPip ? 2 : 1)), isPip ? UV_PIP : UV_SYNC);
  const unknown = [...before.unknown, ...behind.unknown];
  for (const flag of unknown) reading.unknown.add(`uv does not know ${flag}`);
  const read: ReadFlags = { ...behind, flags: [...before.flags, ...behind.flags], unknown };
  addSources(reading, read);
  for (const value of flagValues(read, '-C', '--config-setting', '--config-settings'))
    addHandedOn(reading, '--config-settings', value);
  if (isPip) {
    readUvPip(reading, sub, read, cwd);
    return 'list';
  }
  for (const word of read.words) reading.unknown.add(`uv sync takes no ${word}`);
  readUvSync(reading, read, workingFolder(reading, read, cwd));
  offerSettings(reading, read, cwd);
  return 'project';
}
