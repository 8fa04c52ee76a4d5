// The installers, and which of them a command is: a new one is a file and its line here; the compiler names what it lacks.

import { nameOf } from '../../parse/manifests/paths.ts';
import { pythonWords } from '../pythonWords.ts';
import { conda } from './conda/index.ts';
import { hatch } from './hatch.ts';
import type { Installer, InstallerName, InstallReads } from './installer.ts';
import { pdm } from './pdm/index.ts';
import { pip } from './pip/index.ts';
import { pipenv } from './pipenv/index.ts';
import { poetry } from './poetry/index.ts';
import { type ImageFiles, type InstallEnvironment, startReading } from './reading.ts';
import { rye } from './rye.ts';
import { uv } from './uv/index.ts';

export const INSTALLERS: Readonly<Record<InstallerName, Installer>> = {
  pip,
  uv,
  poetry,
  pipenv,
  pdm,
  conda,
  hatch,
  rye,
};

const ALL = Object.values(INSTALLERS);
const PYTHON_NAME = /^(?:python|pypy)(?:\d+(?:\.\d+)*)?$/;

/** The installer that a program of this name (no path) is. */
export const installerNamed = (program: string): Installer | undefined => ALL.find((one) => one.programs.test(program));

/** The installer that `python -m` starts by this name. */
export const installerModule = (module: string): Installer | undefined =>
  ALL.find((one) => one.modules.includes(module));

/** The installer that a command starts, by its name or as a module, and the words behind that name. */
export function installerOf(
  argv: readonly string[],
): { readonly installer: Installer; readonly words: readonly string[] } | undefined {
  const name = nameOf(argv[0] ?? '');
  const { module = '', rest } = PYTHON_NAME.test(name) ? pythonWords(argv) : { rest: 1 };
  const installer = installerNamed(name) ?? installerModule(module);
  return installer && { installer, words: argv.slice(rest) };
}

/** What the names of the installers' own variables begin with, for a pattern: `PIP|UV|...`. */
export const VARIABLE_PREFIXES = ALL.flatMap(({ prefixes }) => prefixes).join('|');

const eitherText = (texts: readonly (string | undefined)[]): string =>
  texts.filter((text) => text !== undefined).join('|');

/** How scripts write that a project's environment is made or filled, for a pattern. */
export const MAKES_TEXT = eitherText(ALL.map(({ makesText }) => makesText));

/** How scripts write that something is installed which nothing compiles by itself, for a pattern. */
export const UNCOMPILED_TEXT = eitherText(
  ALL.map(({ compiling }) => ('text' in compiling ? compiling.text : undefined)),
);

/** How files write that nothing of what is installed is to be compiled, for a pattern. */
export const NO_COMPILE_TEXT = eitherText(ALL.map(({ uncompiledText }) => uncompiledText));

/** How scripts write that something is installed, for a pattern. */
export const INSTALLS_TEXT = eitherText(ALL.flatMap(({ makesText, fillsText }) => [makesText, fillsText]));

/** Names of the installers that stand apart from what they install into, for a pattern. */
export const NAMES_APART = ALL.flatMap(({ name, stands }) => (stands === 'apart' ? [name] : [])).join('|');

/** One command as the shell would start it. */
export interface InstallCommand {
  /** Literal words, the program first (`pip`, `/opt/venv/bin/pip`, `python3` with `-m pip` behind it). */
  readonly argv: readonly string[];
  /** Absolute, in the image. */
  readonly cwd: string;
  readonly env?: InstallEnvironment;
}

/** What the command reads; undefined where it is no installer command that we know. Never throws. */
export function installReads(command: InstallCommand, image: ImageFiles): InstallReads | undefined {
  const { installer, words } = installerOf(command.argv) ?? {};
  if (installer === undefined || words === undefined) return undefined;
  const reading = startReading(image, command.env ?? {});
  const taken = installer.read(reading, words, command.cwd);
  if (taken === undefined) return undefined;
  const { files, optional, folders, needsProject, packages, unknown } = reading;
  return {
    tool: installer.name,
    ofProject: taken === 'project',
    files: [...files],
    optional: [...optional].filter((path) => !files.has(path)),
    folders: [...folders],
    needsProject,
    packages: [...packages].sort(),
    unknown: [...unknown],
  };
}
