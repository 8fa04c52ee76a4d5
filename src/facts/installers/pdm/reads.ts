// What `pdm install` and `pdm sync` read.

import { parsePdmLock } from '../../../parse/manifests/lockFiles.ts';
import { joinImage } from '../../../parse/manifests/paths.ts';
import { parsePyproject } from '../../../parse/manifests/pyproject.ts';
import { parseToml, type TomlTable, tableAt, tablesAt, textAt } from '../../../parse/manifests/toml.ts';
import { flagValues, hasFlag } from '../../flags.ts';
import { readInstallerCommand } from '../command.ts';
import {
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
import { addIndex, addSettings, textsOf } from '../sources.ts';
import { PDM } from './flags.ts';

/** Scripts of the project that pdm runs around an install by themselves. */
const PDM_HOOKS = /^(pre|post)_(install|lock|use|build|run)$/;
/** Options that neither name a file nor say what is installed. */
const IDLE_OPTION = /^(-v+|--verbose|-q|--quiet|--no-isolation|--no-lock|--fail-fast|-x|--no-editable|--no-self)$/;
/** Settings of pdm.toml that name no file. */
const isHarmlessToPdm = (key: string): boolean =>
  /^(strategy\.|theme\.|install\.(?!cache_method)|python\.(use_venv|use_pyenv|providers)$|venv\.(backend|prompt|in_project|with_pip)$|pypi\.(username|password|\w+\.(username|password|name|type))$|check_update|use_uv|repository\.)/.test(
    key,
  );

/** Indices, hooks and settings that the project names on disk. */
function addPdmNamed(reading: InstallReading, folder: string, table: TomlTable | undefined): void {
  const file = joinImage(folder, 'pyproject.toml');
  const pdm = tableAt(table, 'tool', 'pdm');
  for (const source of tablesAt(pdm, 'source')) {
    const url = textAt(source, 'url');
    if (url !== undefined) addIndex(reading, url, file);
  }
  const hook = Object.keys(tableAt(pdm, 'scripts') ?? {}).find((name) => PDM_HOOKS.test(name));
  if (hook !== undefined) reading.unknown.add(`pdm runs the project's own script ${hook}`);
  // `[tool.pdm.options] install = [...]`: words of the command that stand in the project.
  for (const [[command], text] of textsOf(tableAt(pdm, 'options') ?? {}))
    if (/^(install|sync)$/.test(command ?? '') && !IDLE_OPTION.test(text))
      reading.unknown.add(`${file} gives pdm ${command} the option ${text}`);
  if (Array.isArray(pdm?.plugins)) reading.unknown.add('what the plugins of pdm read');
  for (const name of ['pdm.toml', '.pdm.toml']) {
    const settings = joinImage(folder, name);
    addSettings(reading, parseToml(textAtPath(reading, settings) ?? '').table, settings, isHarmlessToPdm);
  }
}

/** `words`: all behind `pdm`. Undefined: not an installing command. */
export function readPdm(reading: InstallReading, words: readonly string[], cwd: string): 'project' | undefined {
  const { name, read } = readInstallerCommand(reading, 'pdm', words, PDM);
  if (name !== 'install' && name !== 'sync') return undefined;
  const word = flagValues(read, '-p', '--project').at(-1) ?? environmentWords(reading, 'PDM_PROJECT').at(-1);
  const start = word === undefined ? cwd : (pathInContext(reading, cwd, word) ?? cwd);
  const folder = findUpwards(reading, start, 'pyproject.toml') ?? start;
  const pyprojectPath = joinImage(folder, 'pyproject.toml');
  need(reading, pyprojectPath);
  const lockWord =
    flagValues(read, '-L', '--lockfile').at(-1) ?? environmentWords(reading, 'PDM_LOCKFILE').at(-1) ?? 'pdm.lock';
  const lock = pathInContext(reading, folder, lockWord) ?? joinImage(folder, 'pdm.lock');
  if (name === 'sync' || hasFlag(read, '--check')) need(reading, lock);
  else offer(reading, lock);
  for (const file of ['pdm.toml', '.pdm.toml', '.pdm-python', '.python-version'])
    offer(reading, joinImage(folder, file));
  for (const file of flagValues(read, '--override')) {
    const path = pathInContext(reading, cwd, file);
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
  addPdmNamed(reading, folder, pyproject.table);
  if (pyproject.project?.dynamic.some((field) => field.endsWith('dependencies')) === true)
    needProject(reading, 'its requirements are not written in pyproject.toml');
  const isLeftOut = hasFlag(read, '--no-self', '--no-default') || isSet(reading, 'PDM_NO_SELF');
  if (!isLeftOut && pyproject.project?.name !== undefined && pyproject.pdm?.distribution !== false) {
    needProject(reading, 'the project itself is installed (no --no-self)');
  }
  for (const names of pyproject.groups.values()) for (const one of names) reading.packages.add(one);
  for (const one of locked.packages) reading.packages.add(one.name);
  return 'project';
}
