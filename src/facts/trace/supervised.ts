// What supervisord starts: the programs of the configuration that the image brings.

import { splitWords } from '../../parse/manifests/requirementOptions.ts';
import {
  type SupervisedProgram,
  type SupervisorSettings,
  supervisorSettings,
} from '../../parse/manifests/supervisorSettings.ts';
import { byOf } from '../shell/interpreter.ts';
import { childShell, pathIn, type Shell, setVariable } from '../shell/shellState.ts';
import { absolute, isKnown, unknown } from '../values.ts';
import { type Program, valuesOf } from './programEvents.ts';
import type { Tracer } from './tracer.ts';

/** Where it looks without `-c`. Source: https://supervisord.org/configuration.html */
const USUAL = [
  'supervisord.conf',
  'etc/supervisord.conf',
  '/etc/supervisord.conf',
  '/etc/supervisor/supervisord.conf',
  '/usr/local/etc/supervisord.conf',
];

/** What the configuration that a distribution's package brings includes: Debian's, Alpine's. */
const PACKAGED = ['/etc/supervisor/conf.d/*.conf', '/etc/supervisor.d/*.ini'];

/** Files that are read for one start. */
const MOST_FILES = 20;

interface SettingsFile {
  /** In the repository; undefined: the Dockerfile itself writes it. */
  readonly path: string | undefined;
  /** Folder in the image. */
  readonly here: string;
  readonly settings: SupervisorSettings;
}

/** Follows `supervisord` to its programs. PATH and all other variables are kept. */
export function runSupervised({ list, shell, tracer, call }: Program): void {
  const files = settingsFiles(valuesOf(list), shell, tracer);
  for (const { path, here, settings } of files) {
    for (const program of settings.programs) {
      const child = childShell(shell);
      for (const { settings: all } of files) setAll(child, all.environment, here);
      const words = programWords(program, child, here);
      if (words === undefined) continue;
      child.conditional ||= !program.startsAlone;
      const fields = words.map((value) => ({ value, raw: value }));
      tracer.runFields(fields, child, {
        range: call.range,
        source: { ...(path === undefined ? {} : { file: path }), ...byOf(call) },
        notByShell: true,
      });
    }
  }
}

/** The words of its command, once the shell is as the program finds it; undefined where that cannot be read. */
function programWords(program: SupervisedProgram, shell: Shell, here: string): readonly string[] | undefined {
  if (!setAll(shell, program.environment, here)) return undefined;
  const { directory, user } = program;
  if (directory !== undefined) shell.cwd = pathIn(shell, expanded(directory, shell, here));
  if (user !== undefined) shell.user = expanded(user, shell, here);
  const words = splitWords(expanded(program.command, shell, here));
  return words === undefined || words.length === 0 ? undefined : words;
}

function setAll(shell: Shell, variables: ReadonlyMap<string, string> | undefined, here: string): boolean {
  for (const [name, value] of variables ?? []) setVariable(shell, name, expanded(value, shell, here));
  return variables !== undefined;
}

/** `%(ENV_NAME)s`, `%(here)s`; what only the start knows is one unknown part. */
function expanded(text: string, shell: Shell, here: string): string {
  return text.replace(/%\((\w+)\)[sd]|%%/g, (all, name: string | undefined) => {
    if (name === undefined) return '%';
    if (name === 'here') return here;
    return (name.startsWith('ENV_') ? shell.variables.get(name.slice(4)) : undefined) ?? unknown(all);
  });
}

function settingsFiles(words: readonly string[], shell: Shell, tracer: Tracer): SettingsFile[] {
  const named = namedFile(words);
  const places = named === undefined ? USUAL : [named];
  const first = places.map((place) => pathIn(shell, place)).find((place) => textIn(place, tracer) !== undefined);
  const isPackaged = first === undefined && [...tracer.files.systemPackages].some((name) => /^supervisor\b/.test(name));
  const found: SettingsFile[] = [];
  const queue =
    first === undefined ? (isPackaged ? PACKAGED.flatMap((one) => filesOfPattern(one, tracer)) : []) : [first];
  for (let at = 0; at < queue.length && at < MOST_FILES; at++) {
    const place = queue[at]!;
    const settings = supervisorSettings(textIn(place, tracer) ?? '');
    if (settings === undefined) continue;
    const here = place.slice(0, place.lastIndexOf('/')) || '/';
    found.push({ path: tracer.readImage(place)?.path, here, settings });
    for (const pattern of settings.include)
      queue.push(
        ...filesOfPattern(absolute(expanded(pattern, shell, here), here), tracer).filter((one) => !queue.includes(one)),
      );
  }
  return found;
}

function textIn(place: string, tracer: Tracer): string | undefined {
  const written = tracer.fileAt(place);
  return written !== undefined && 'text' in written ? written.text : undefined;
}

/** The file of `-c FILE`, `-cFILE`, `--configuration=FILE`. */
function namedFile(words: readonly string[]): string | undefined {
  for (const [n, word] of words.entries()) {
    if (/^(-n?c|--configuration)$/.test(word)) return words[n + 1];
    const glued = /^(?:-n?c|--configuration=)(.+)$/.exec(word)?.[1];
    if (glued !== undefined) return glued;
  }
  return undefined;
}

/** The files of the image that a pattern names, of those that a copy names one by one. */
function filesOfPattern(pattern: string, tracer: Tracer): string[] {
  if (!isKnown(pattern)) return [];
  if (!/[*?[]/.test(pattern)) return [pattern];
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const matches = new RegExp(`^${source}$`);
  const places = tracer.files.copies.flatMap(({ destination, sources }) =>
    sources.flatMap(({ path }) => [destination, `${destination}/${path.slice(path.lastIndexOf('/') + 1)}`]),
  );
  return [...new Set(places)].filter((place) => matches.test(place));
}
