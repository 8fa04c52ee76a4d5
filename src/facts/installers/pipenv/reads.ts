// What pipenv reads.

import { folderOf, joinImage } from '../../../parse/manifests/paths.ts';
import { parsePipfile, parsePipfileLock } from '../../../parse/manifests/pipfile.ts';
import { flagValues, hasFlag } from '../../flags.ts';
import { readInstallerCommand } from '../command.ts';
import {
  addEditable,
  addFindLinks,
  addHandedOn,
  addLocalTarget,
  addRequirementFiles,
  addTarget,
  environmentWords,
  findUpwards,
  type InstallReading,
  isSet,
  isThere,
  need,
  offer,
  pathInContext,
  textAtPath,
} from '../reading.ts';
import { addIndex, addIndices } from '../sources.ts';
import { PIPENV } from './flags.ts';

/** What these do the trace knows, or it is no matter. */
const HARMLESS =
  /^PIPENV_(VENV_IN_PROJECT|IGNORE_VIRTUALENVS|VERBOSITY|NOSPIN|YES|QUIET|TIMEOUT|INSTALL_TIMEOUT|DEFAULT_PYTHON_VERSION|HIDE_EMOJIS)$/;
/** Names that say where pipenv and pip look, install and read, however harmless their values look. */
const OF_TOOLS = /^(PIPENV|PIP|UV|XDG|PYTHON)_|^(WORKON_HOME|VIRTUAL_ENV|HOME|PATH|PYTHON\w*)$/;

/** The settings that pipenv loads at every command, from beside the Pipfile unless told otherwise. */
function addDotenv(reading: InstallReading, base: string): void {
  if (isSet(reading, 'PIPENV_DONT_LOAD_ENV')) return;
  const named = environmentWords(reading, 'PIPENV_DOTENV_LOCATION').at(-1);
  const path = named === undefined ? joinImage(base, '.env') : pathInContext(reading, base, named);
  if (path === undefined) return;
  offer(reading, path);
  for (const line of (textAtPath(reading, path) ?? '').split(/\r?\n/)) {
    const name = /^[ \t]*(?:export[ \t]+)?['"]?([A-Za-z_]\w*)['"]?[ \t]*=/.exec(line)?.[1];
    if (name !== undefined && OF_TOOLS.test(name) && !HARMLESS.test(name))
      reading.unknown.add(`${path}, which pipenv loads, sets ${name}`);
  }
}

/** `words`: all behind `pipenv`. Undefined: not an installing command. */
export function readPipenv(reading: InstallReading, words: readonly string[], cwd: string): 'project' | undefined {
  const { name, read } = readInstallerCommand(reading, 'pipenv', words, PIPENV);
  if (name !== 'install' && name !== 'sync') return undefined;
  const named = environmentWords(reading, 'PIPENV_PIPFILE').at(-1);
  const pipfile =
    named === undefined
      ? joinImage(findUpwards(reading, cwd, 'Pipfile') ?? cwd, 'Pipfile')
      : (pathInContext(reading, cwd, named) ?? joinImage(cwd, 'Pipfile'));
  need(reading, pipfile);
  const lock = `${pipfile}.lock`;
  const needsLock =
    name === 'sync' || hasFlag(read, '--ignore-pipfile', '--deploy') || isSet(reading, 'PIPENV_IGNORE_PIPFILE');
  const skipsLock = hasFlag(read, '--skip-lock') || isSet(reading, 'PIPENV_SKIP_LOCK');
  if (needsLock) need(reading, lock);
  else if (!skipsLock) offer(reading, lock);
  if (!isThere(reading, pipfile)) offer(reading, joinImage(cwd, 'requirements.txt'));
  const base = folderOf(pipfile);
  addDotenv(reading, base);
  for (const variable of ['PIPENV_MAX_DEPTH', 'PIPENV_NO_INHERIT'])
    if (Object.hasOwn(reading.env, variable)) reading.unknown.add(`${variable} says where the Pipfile is looked for`);
  for (const value of flagValues(read, '--extra-pip-args')) addHandedOn(reading, '--extra-pip-args', value);
  const variables = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIPENV_PYPI_MIRROR', 'PIPENV_TEST_INDEX'];
  addIndices(reading, read, ['-i', '--index', '--extra-index-url', '--pypi-mirror'], variables);
  for (const file of environmentWords(reading, 'PIP_CONFIG_FILE')) offer(reading, joinImage(cwd, file));
  for (const links of environmentWords(reading, 'PIP_FIND_LINKS')) addFindLinks(reading, cwd, links);
  addRequirementFiles(
    reading,
    { base: cwd, cwd },
    { requirements: [], constraints: environmentWords(reading, 'PIP_CONSTRAINT') },
  );
  addRequirementFiles(
    reading,
    { base: cwd, cwd },
    { requirements: flagValues(read, '-r', '--requirements', '--requirementstxt'), constraints: [] },
  );
  for (const target of flagValues(read, '-e', '--editable')) addEditable(reading, target);
  for (const word of read.words) addTarget(reading, cwd, word);
  if (read.words.length > 0 || hasFlag(read, '-e', '--editable'))
    reading.unknown.add('pipenv install NAME rewrites the Pipfile');
  const written = parsePipfile(textAtPath(reading, pipfile) ?? '');
  const lockText = skipsLock ? undefined : textAtPath(reading, lock);
  const locked = lockText === undefined ? undefined : parsePipfileLock(lockText);
  if (written.problems.length > 0) reading.unknown.add(`${pipfile} cannot be read`);
  if (locked !== undefined && locked.problems.length > 0) reading.unknown.add(`${lock} cannot be read`);
  for (const file of [written, locked]) {
    for (const address of file?.sources ?? []) if (!address.includes('$')) addIndex(reading, address, pipfile);
    for (const names of file?.categories.values() ?? []) for (const one of names) reading.packages.add(one);
    for (const one of file?.local ?? []) {
      const path = pathInContext(reading, base, one.path);
      if (path !== undefined) addLocalTarget(reading, path, `${one.name} is installed from ${one.path}`);
    }
  }
  return 'project';
}
