// What `pip install` reads.

import { joinImage } from '../../../parse/manifests/paths.ts';
import { flagValues, hasFlag, type ReadFlags, readCommandFlags } from '../../flags.ts';
import {
  addEditable,
  addFindLinks,
  addHandedOn,
  addRequirementFiles,
  addTarget,
  environmentWords,
  type InstallReading,
  need,
  offer,
  pathInContext,
} from '../reading.ts';
import { addIndices } from '../sources.ts';
import { PIP } from './flags.ts';

/** `[path:]group`: the file is pyproject.toml in the working directory unless named. */
export function addDependencyGroup(reading: InstallReading, cwd: string, word: string): void {
  const colon = word.lastIndexOf(':');
  const path = pathInContext(reading, cwd, colon > 0 ? word.slice(0, colon) : 'pyproject.toml');
  if (path !== undefined) need(reading, path);
}

function fromEnvironment(reading: InstallReading, read: ReadFlags, name: string): string[] {
  return hasFlag(read, '--isolated') ? [] : environmentWords(reading, name);
}

/** Flags whose words go to the build of a package. */
const HANDED_ON = ['-C', '--config-settings', '--global-option', '--build-option'];

/** `words`: all behind `pip`. Undefined: not an installing command. */
export function readPip(reading: InstallReading, words: readonly string[], cwd: string): 'list' | undefined {
  const before = readCommandFlags(words, PIP, 'first word');
  if (words[before.firstWord] !== 'install') return undefined;
  const behind = readCommandFlags(words.slice(before.firstWord + 1), PIP);
  const read: ReadFlags = {
    ...behind,
    flags: [...before.flags, ...behind.flags],
    unknown: [...before.unknown, ...behind.unknown],
  };
  for (const flag of read.unknown) reading.unknown.add(`pip install does not know ${flag}`);
  const values = (variable: string, ...names: string[]): string[] => [
    ...flagValues(read, ...names),
    ...fromEnvironment(reading, read, variable),
  ];
  addRequirementFiles(
    reading,
    { base: cwd, cwd },
    {
      requirements: values('PIP_REQUIREMENT', '-r', '--requirement'),
      constraints: [
        ...values('PIP_CONSTRAINT', '-c', '--constraint'),
        ...values('PIP_BUILD_CONSTRAINT', '--build-constraint'),
      ],
    },
  );
  for (const script of values('PIP_REQUIREMENTS_FROM_SCRIPT', '--requirements-from-script')) {
    const path = pathInContext(reading, cwd, script);
    if (path !== undefined) need(reading, path);
  }
  for (const group of values('PIP_GROUP', '--group')) addDependencyGroup(reading, cwd, group);
  for (const links of values('PIP_FIND_LINKS', '-f', '--find-links')) addFindLinks(reading, cwd, links);
  for (const target of values('PIP_EDITABLE', '-e', '--editable')) addEditable(reading, target);
  for (const word of read.words) addTarget(reading, cwd, word);
  for (const value of values('PIP_CONFIG_SETTINGS', ...HANDED_ON)) addHandedOn(reading, '--config-settings', value);
  const others = [
    ...values('PIP_CERT', '--cert'),
    ...values('PIP_CLIENT_CERT', '--client-cert'),
    ...fromEnvironment(reading, read, 'PIP_CONFIG_FILE'),
  ];
  for (const file of others) offer(reading, joinImage(cwd, file));
  const isIsolated = hasFlag(read, '--isolated');
  const variables = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_PYPI_URL'];
  addIndices(reading, read, ['-i', '--index-url', '--pypi-url', '--extra-index-url'], isIsolated ? [] : variables);
  return 'list';
}
