// uv: `uv pip` as pip is, `uv sync` and its like for projects.

import { readCommandFlags } from '../../flags.ts';
import type { Installer } from '../installer.ts';
import { arePackages, operands, wordsBehind } from '../operands.ts';
import { namesPlace } from '../pip/namesPlace.ts';
import { UV_GLOBAL, UV_RUN } from './flags.ts';
import { followUv } from './follow.ts';
import { uvMembers, whyUvLater } from './lock.ts';
import { readUvCommand } from './reads.ts';

/** Its commands that put nothing anywhere. */
const PUTS_NOTHING = /^(lock|export|cache|python|self|version|tree|venv|help)$/;
/** It works in another folder. */
const ELSEWHERE = /^--(directory|project)(=|$)/;

export const uv: Installer = {
  name: 'uv',
  programs: /^uv$/,
  companions: ['uvx'],
  broughtBy: 'COPY --from=ghcr.io/astral-sh/uv /uv /uvx /bin/',
  modules: ['uv'],
  stands: 'apart',
  globals: UV_GLOBAL,
  project: {
    manifest: 'pyproject.toml',
    locks: ['uv.lock'],
    settings: ['uv.toml', '.python-version'],
    asksLock: /^--(frozen|locked)$/,
  },
  halves: {
    without: [
      [{ flag: '--no-install-project', since: [0, 3, 3] }],
      [{ flag: '--no-install-workspace', since: [0, 3, 3] }],
      [{ flag: '--no-install-local', since: [0, 9] }],
    ],
    installs: /^(\S*\/)?uv .*\bsync\b/,
    members: uvMembers,
    atMost: () => [],
    readingPlugin: undefined,
    look: undefined,
  },
  whyLater: whyUvLater,
  untold: () => undefined,
  placeFlags: new Set(['-t', '--target', '--prefix', '--cache-dir']),
  placeVariables: [],
  elsewhere: {
    service: 'Set `UV_PROJECT_ENVIRONMENT=/opt/venv` for the service, outside of mounted folders',
    image: '`ENV UV_PROJECT_ENVIRONMENT=/opt/venv` before the sync',
  },
  adopts: undefined,
  variables: {
    project: ['UV_PROJECT', 'UV_NO_PROJECT', 'UV_WORKING_DIR', 'UV_WORKING_DIRECTORY'],
    environment: 'UV_PROJECT_ENVIRONMENT',
    inProject: undefined,
    create: undefined,
    python: 'UV_PYTHON',
    others: ['UV_SYSTEM_PYTHON'],
    keeps: [],
  },
  cache: {
    folder: 'uv',
    variable: 'UV_CACHE_DIR',
    opens: /^(sync|run|pip|add|venv|lock)$/,
    others: ['UV_NO_CACHE', 'UV_CONFIG_FILE'],
  },
  loadsDotenv: undefined,
  run: {
    flags: UV_RUN,
    withoutSync: { flag: '--no-sync', variable: 'UV_NO_SYNC' },
    scripts: 'given to Python',
    mayName: undefined,
  },
  mayPut: ({ words, isBeside }) => {
    const [command = 'help', second] = operands(words);
    if (command === 'tool') return second !== 'install';
    if (command === 'pip') return namesPlace(words);
    return /^(sync|add|remove)$/.test(command) ? isBeside : !PUTS_NOTHING.test(command);
  },
  mayRemake: (words, hasVariable) =>
    // another Python than the environment's makes it remove that and make it anew
    words.some((word) => word === 'run' || word === 'sync') &&
    (words.some((word) => /^(-p|--python|--python=.*)$/.test(word)) || hasVariable('UV_PYTHON')),
  compiling: {
    kind: 'by setting',
    commands: /^(sync|pip|add|run)$/,
    text: String.raw`uv\s+(?:sync|add|pip\s+(?:install|sync))`,
    variable: 'UV_COMPILE_BYTECODE',
    flags: ['--compile', '--compile-bytecode'],
    key: 'compile-bytecode',
  },
  uncompiledText: String.raw`\bUV_COMPILE_BYTECODE[=\s]+["']?(?:0|false|no|off)\b|--no-compile-bytecode\b`,
  prefixes: ['UV'],
  makesText: String.raw`uv\s+(?:sync|venv|add)`,
  fillsText: String.raw`uv\s+pip\s+(?:install|sync)`,
  isIdle: (words) => {
    const rest = operands(words);
    const [command = '', second = ''] = rest;
    return (
      /^(|cache|self|version)$/.test(command) ||
      (command === 'tool' && second === 'install' && arePackages(wordsBehind(words, 'tool'))) ||
      (command === 'python' && second === 'install' && rest.length > 2)
    );
  },
  makes: (words) =>
    words[readCommandFlags(words, UV_GLOBAL, 'first word').firstWord] === 'venv' &&
    !words.some((word) => ELSEWHERE.test(word))
      ? ['.python-version', '.python-versions', 'pyproject.toml', 'uv.toml']
      : undefined,
  follow: followUv,
  read: readUvCommand,
};
