// uv: `uv pip` as pip is, `uv sync` and its like for projects.

import { readCommandFlags } from '../../flags.ts';
import type { Installer } from '../installer.ts';
import { arePackages, operands, wordsBehind } from '../operands.ts';
import { UV_GLOBAL } from './flags.ts';
import { followUv } from './follow.ts';
import { readUvCommand } from './reads.ts';

/** It works in another folder. */
const ELSEWHERE = /^--(directory|project)(=|$)/;

export const uv: Installer = {
  name: 'uv',
  programs: /^uv$/,
  modules: ['uv'],
  stands: 'apart',
  globals: UV_GLOBAL,
  project: { manifest: 'pyproject.toml', locks: ['uv.lock'], settings: ['uv.toml', '.python-version'] },
  withoutProject: [
    [{ flag: '--no-install-project', since: [0, 3, 3] }],
    [{ flag: '--no-install-workspace', since: [0, 3, 3] }],
    [{ flag: '--no-install-local', since: [0, 9] }],
  ],
  placeFlags: new Set(['-t', '--target', '--prefix', '--cache-dir']),
  placeVariables: [],
  elsewhere: {
    service: 'Set `UV_PROJECT_ENVIRONMENT=/opt/venv` for the service, outside of mounted folders',
    image: '`ENV UV_PROJECT_ENVIRONMENT=/opt/venv` before the sync',
  },
  inProject: undefined,
  withoutSync: { flag: '--no-sync', variable: 'UV_NO_SYNC' },
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
