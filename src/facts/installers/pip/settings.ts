// Settings of pip that no command line shows: configuration files in their order, then variables (pip's own docs, "Configuration").

import { type IniSections, parseIni, withOption } from '../../../parse/manifests/ini.ts';
import { envPathOf, type PythonInterpreter } from '../../pythonInterpreter.ts';
import { isKnown, readable } from '../../values.ts';
import { type CallState, configHome, type FileText, isSurelyYes } from '../callState.ts';
import type { Effect } from '../calls.ts';

/** What an install does by settings; command-line flags are not among them. */
export interface PipSettings {
  /** Options that decide where it installs and which files it reads, the value that counts. */
  readonly options: ReadonlyMap<string, string>;
  /** Names of those that come from files: variables are read beside the command. */
  readonly fromFiles: ReadonlySet<string>;
  /** Why there may be others. */
  readonly unread?: string;
}

/** Options that say where, and those that name files; all others change nothing that is looked at here. */
const WHERE = /^(user|target|prefix|root|python|src|require-virtualenv|dry-run|isolated|ignore-installed)$/;
const READS =
  /^(requirement|requirements-from-script|constraint|build-constraint|editable|find-links|index-url|extra-index-url|cert|client-cert|group|report|log)$/;

/** Addresses say nothing about files. */
const isRemote = (value: string): boolean => value.split(/\s+/).every((word) => /^(https?|ssh|git\+\w+):/i.test(word));

const isDecisive = (name: string, value: string): boolean =>
  value.trim() !== '' && (WHERE.test(name) || (READS.test(name) && !isRemote(value)));

export const isOn = (settings: PipSettings, name: string): boolean => isSurelyYes(settings.options.get(name));

/** Where a user's own files lie: HOME, and for a user known by name the usual folder. */
function homesOf({ user: written, home }: CallState): string[] {
  const user = written.split(':')[0]!;
  return isKnown(home) || !/^[a-z_][\w-]*$/i.test(user) ? [home] : [home, `/home/${user}`];
}

const siteFile = (interpreter: PythonInterpreter, { base }: CallState): string =>
  `${envPathOf(interpreter) ?? (base.family === 'python' ? '/usr/local' : '/usr')}/pip.conf`;

/** What of a call of pip decides which settings it has. */
interface PipRun {
  readonly command: string;
  readonly interpreter: PythonInterpreter;
  /** It has `--isolated`: neither the user's files nor variables count. */
  readonly isIsolated: boolean;
}

/** Files in the order in which pip reads them, the last of which wins. */
function filesFor({ interpreter, isIsolated }: PipRun, state: CallState): string[] {
  const named = state.variables.get('PIP_CONFIG_FILE');
  if (named === '/dev/null') return [];
  const users = isIsolated
    ? []
    : homesOf(state).flatMap((home) => [`${home}/.pip/pip.conf`, `${home}/.config/pip/pip.conf`]);
  return [
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
    ...new Set([...users, ...(isIsolated ? [] : [`${configHome(state)}/pip/pip.conf`])]),
    siteFile(interpreter, state),
    ...(named === undefined || named === '' ? [] : [named]),
  ];
}

/** The settings under which `pip COMMAND` runs. */
export function pipSettings(run: PipRun, state: CallState): PipSettings {
  const options = new Map<string, string>();
  const fromFiles = new Set<string>();
  let unread: string | undefined;
  const take = (name: string, value: string, from: 'file' | 'variable'): void => {
    const plain = name.replace(/^no-user$/, 'user').replaceAll('_', '-');
    const own = name === 'no-user' ? String(!isSurelyYes(value)) : value;
    if (!isKnown(own) && WHERE.test(plain)) unread ??= `the value of ${plain} is not known`;
    if (isDecisive(plain, own)) options.set(plain, own);
    else options.delete(plain);
    if (from === 'file' && options.has(plain)) fromFiles.add(plain);
    else fromFiles.delete(plain);
  };
  const named = state.variables.get('PIP_CONFIG_FILE');
  for (const path of filesFor(run, state)) {
    const file = state.fileAt(path) ?? (path === named ? { why: `${readable(path)} cannot be read` } : undefined);
    if (file === undefined) continue;
    const sections = 'why' in file ? undefined : parseIni(file.text);
    if (sections === undefined) {
      unread ??= 'why' in file ? file.why : `${readable(path)} cannot be read`;
      continue;
    }
    for (const section of ['global', run.command])
      for (const [name, value] of sections.get(section) ?? []) take(name, value, 'file');
  }
  if (!run.isIsolated)
    for (const [name, value] of state.variables)
      if (name.startsWith('PIP_') && name !== 'PIP_CONFIG_FILE' && state.exported.has(name))
        take(name.slice(4).toLowerCase().replaceAll('_', '-'), value, 'variable');
  unread ??= distutilsSettings(state);
  return { options, fromFiles, ...(unread === undefined ? {} : { unread }) };
}

/** setup.cfg of the working folder and ~/.pydistutils.cfg: older pips, and setup.py, install where these say. */
function distutilsSettings(state: CallState): string | undefined {
  for (const path of [`${state.cwd}/setup.cfg`, ...homesOf(state).map((home) => `${home}/.pydistutils.cfg`)]) {
    const file = state.fileAt(path);
    const sections: IniSections | undefined = file !== undefined && 'text' in file ? parseIni(file.text) : undefined;
    const own = [...(sections?.get('install') ?? []), ...(sections?.get('develop') ?? [])];
    const place = own.find(([name]) => /^(user|prefix|exec.prefix|home|root|install.\w+)$/.test(name));
    if (place !== undefined) return `${readable(path)} has ${place[0]} under [install]`;
    if (path.endsWith('/.pydistutils.cfg') && file !== undefined && 'why' in file) return file.why;
  }
  return undefined;
}

/** `pip config set|unset|edit`: which file it writes and how. `args`: all words behind `pip`. */
export function settingsWritten(
  args: readonly string[],
  interpreter: PythonInterpreter,
  state: CallState,
): readonly Extract<Effect, { kind: 'write' }>[] {
  const at = args.indexOf('config');
  const words = args.filter((word, n) => n > at && !word.startsWith('-'));
  const [command, key = '', value] = words;
  if (command !== 'set' && command !== 'unset' && command !== 'edit') return [];
  const site = siteFile(interpreter, state);
  const path = args.includes('--global')
    ? '/etc/pip.conf'
    : args.includes('--site') || (!args.includes('--user') && state.fileAt(site) !== undefined)
      ? site
      : `${configHome(state)}/pip/pip.conf`;
  const dot = key.indexOf('.');
  const file: FileText = state.fileAt(path) ?? { text: '' };
  const isOpen = command === 'edit' || dot < 0 || state.isConditional || (command === 'set' && value === undefined);
  if (isOpen || 'why' in file) return [{ kind: 'write', path }];
  const [section, name] = [key.slice(0, dot).toLowerCase(), key.slice(dot + 1).toLowerCase()];
  return [{ kind: 'write', path, text: withOption(file.text, section, name, command === 'set' ? value : undefined) }];
}
