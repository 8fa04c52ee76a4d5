// Says which files in the image an installer command reads, so that just those can be copied before it.

import { nameOf } from '../parse/manifests/paths.ts';
import { readConda, readPdm } from './installs/others.ts';
import { readPip } from './installs/pip.ts';
import { readPipenv } from './installs/pipenv.ts';
import { readPoetry } from './installs/poetry.ts';
import {
  finishReading,
  type ImageFiles,
  type InstallEnvironment,
  type InstallReads,
  type InstallTool,
  type Reading,
  startReading,
} from './installs/reading.ts';
import { readUv } from './installs/uv.ts';

export type { ImageFiles, InstallEnvironment, InstallReads };

/** One command as the shell would start it. */
export interface InstallCommand {
  /** Literal words, the program first (`pip`, `/opt/venv/bin/pip`, `python3` with `-m pip` behind it). */
  readonly argv: readonly string[];
  /** Absolute, in the image. */
  readonly cwd: string;
  readonly env?: InstallEnvironment;
}

type Reader = (reading: Reading, words: readonly string[], cwd: string) => InstallTool | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['pip', readPip],
  ['uv', readUv],
  ['poetry', readPoetry],
  ['pipenv', readPipenv],
  ['pdm', readPdm],
  ['conda', readConda],
  ['mamba', readConda],
  ['micromamba', readConda],
]);
const PIP_NAME = /^pip(?:-?\d+(?:\.\d+)*)?$/;
const PYTHON_NAME = /^(?:python|pypy)(?:\d+(?:\.\d+)*)?$/;

/** The words from the installer's own name on; undefined where no module is started. */
function installerWords(argv: readonly string[]): readonly string[] {
  if (!PYTHON_NAME.test(nameOf(argv[0] ?? ''))) return argv;
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '-X' || word === '-W') i++;
    else if (/^-[A-Za-z]*m$/.test(word)) return argv.slice(i + 1);
    else if (/^-[A-Za-z]*m./.test(word) && !word.startsWith('--'))
      return [word.slice(word.indexOf('m') + 1), ...argv.slice(i + 1)];
    else if (!word.startsWith('-') || /^-[A-Za-z]*c/.test(word)) return [];
  }
  return [];
}

/** What the command reads; undefined where it is no installer command that we know. Never throws. */
export function installReads(command: InstallCommand, image: ImageFiles): InstallReads | undefined {
  const [program = '', ...words] = installerWords(command.argv);
  const name = nameOf(program);
  const reader = READERS.get(PIP_NAME.test(name) ? 'pip' : name);
  if (reader === undefined) return undefined;
  const reading = startReading(image, command.env ?? {});
  const tool = reader(reading, words, command.cwd);
  return tool && finishReading(tool, reading);
}
