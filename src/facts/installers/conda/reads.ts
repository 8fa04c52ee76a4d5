// What `conda create`, `install`, `update` and `conda env` read, also as mamba and micromamba.

import { CONDA_ENVIRONMENT_NAMES, parseCondaEnvironment } from '../../../parse/manifests/environmentYml.ts';
import { folderOf, joinImage } from '../../../parse/manifests/paths.ts';
import { parseRequirements } from '../../../parse/manifests/requirements.ts';
import { flagValues, readCommandFlags } from '../../flags.ts';
import { readInstallerCommand } from '../command.ts';
import {
  addEditable,
  addFindLinks,
  addRequirementFiles,
  addTarget,
  type InstallReading,
  isThere,
  need,
  pathInContext,
  textAtPath,
} from '../reading.ts';
import { addIndex } from '../sources.ts';
import { CONDA } from './flags.ts';

/** A channel is a name or an address; anything else is a folder. */
function addChannel(reading: InstallReading, channel: string, where: string): void {
  if (/^[./~]|^file:|\$/i.test(channel))
    reading.unknown.add(`${where} names the channel ${channel}, a folder of the image`);
}

/** conda runs pip in the folder of the environment file, with its pip lines as a requirements file there. */
function addCondaFile(reading: InstallReading, path: string): void {
  need(reading, path);
  const text = textAtPath(reading, path);
  if (text === undefined) return;
  const { pip, channels, problems } = parseCondaEnvironment(text);
  for (const channel of channels) addChannel(reading, channel, path);
  if (problems.length > 0) reading.unknown.add(`${path} cannot be read`);
  const folder = folderOf(path);
  const includes: { requirements: string[]; constraints: string[] } = { requirements: [], constraints: [] };
  for (const entry of parseRequirements(pip.join('\n')).entries) {
    if (entry.kind === 'include') includes.requirements.push(entry.value);
    else if (entry.kind === 'constraint') includes.constraints.push(entry.value);
    else if (entry.kind === 'editable') addEditable(reading, entry.value);
    else if (entry.kind === 'findLinks') addFindLinks(reading, folder, entry.value);
    else if (entry.kind === 'index') addIndex(reading, entry.value, path);
    else if (entry.kind !== 'option') addTarget(reading, folder, entry.value);
  }
  addRequirementFiles(reading, { base: folder, cwd: folder }, includes);
}

const CONDA_COMMANDS = new Set(['create', 'install', 'update', 'upgrade']);

/** `words`: all behind `conda`, `mamba` or `micromamba`. Undefined: not an installing command. */
export function readConda(reading: InstallReading, words: readonly string[], cwd: string): 'list' | undefined {
  const outer = readCommandFlags(words, CONDA, 'first word');
  const isEnv = words[outer.firstWord] === 'env';
  const inner = isEnv ? words.slice(outer.firstWord + 1) : words;
  const { name, read } = readInstallerCommand(reading, 'conda', inner, CONDA);
  if (!(isEnv ? ['create', 'update'] : [...CONDA_COMMANDS]).includes(name)) return undefined;
  const files = flagValues(read, '-f', '--file');
  if (isEnv && files.length === 0) {
    const there = CONDA_ENVIRONMENT_NAMES.find((file) => isThere(reading, joinImage(cwd, file)));
    files.push(there ?? CONDA_ENVIRONMENT_NAMES[0]);
  }
  for (const word of files) {
    if (/^https?:/i.test(word)) continue;
    const path = pathInContext(reading, cwd, word);
    if (path === undefined) continue;
    if (/\.ya?ml$/.test(path)) addCondaFile(reading, path);
    else {
      need(reading, path);
      const local = /^[ \t]*(?:file:|[./~])\S*/im.exec(textAtPath(reading, path) ?? '')?.[0];
      if (local !== undefined) reading.unknown.add(`${path} names ${local}, which lies in the image`);
    }
  }
  for (const channel of flagValues(read, '-c', '--channel')) addChannel(reading, channel, 'the command');
  for (const word of read.words)
    if (/^[./~]|^file:|\.(conda|tar\.bz2)$/i.test(word) && !/^https?:/i.test(word))
      reading.unknown.add(`${word} is a package file of the image`);
  return 'list';
}
