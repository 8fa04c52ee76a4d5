// What a bulk run takes from this machine beside its sources: the user's git identity, a template, the number of processors.

import { availableParallelism } from 'node:os';
import { bytesOf, textOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { readFileAt } from '../files/files.ts';
import { callOutside, gitNow, type ProcessEnvironment } from '../worktree/git.ts';

const USERS_OWN = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'] as const;
const LARGEST_TEMPLATE = 64 * 1024;

/**
 * The name and address (UTF-8 text) that the user commits under: `GIT_AUTHOR_*` of the environment, else the user's own
 * configuration (no repository's), `EMAIL` last, as git itself looks. A part that nobody gave is undefined.
 */
export function userIdentity(env: ProcessEnvironment): {
  readonly name: string | undefined;
  readonly email: string | undefined;
} {
  const outside = callOutside(env);
  const own = Object.fromEntries(USERS_OWN.map((name) => [name, env[name]]).filter(([, value]) => value !== undefined));
  const { HOME: _home, GIT_CONFIG_NOSYSTEM: _system, GIT_CONFIG_GLOBAL: _global, ...rest } = outside.env;
  const listed = gitNow({ ...outside, env: { ...rest, ...own } }, ['config', '--list', '-z', '--includes']);
  const settings = new Map<string, string>();
  for (const pair of listed.split('\0')) {
    const newline = pair.indexOf('\n');
    if (newline > 0) settings.set(pair.slice(0, newline), textOf(pair.slice(newline + 1)).text);
  }
  const part = (name: 'name' | 'email') => settings.get(`author.${name}`) ?? settings.get(`user.${name}`);
  return {
    name: env.GIT_AUTHOR_NAME || part('name'),
    email: env.GIT_AUTHOR_EMAIL || (part('email') ?? env.EMAIL),
  };
}

/** The text (UTF-8) of the template file; refuses where it cannot be read. */
export function readTemplate(file: string): string {
  const stand = readFileAt(file, LARGEST_TEMPLATE);
  if (typeof stand !== 'string') return textOf(stand.text).text;
  const what = stand === 'absent' ? 'there is no such template' : `the template cannot be read (${stand})`;
  return refuse({ what, where: bytesOf(file), next: 'Name an existing file with --template, or leave it out.' });
}

/** How many things this machine does at once. */
export function processors(): number {
  return availableParallelism();
}
