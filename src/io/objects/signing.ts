// Signs commits with the key of whoever runs: their own git settings say how, never the repository's.

import type { ProcessEnvironment } from '../worktree/git.ts';
import { askGit, environmentFor, type GitSeat } from './gitCall.ts';
import type { CommitText } from './objects.ts';
import { BareProblem } from './problem.ts';

/** Settings for `-c`, in the order of the user's own files. */
export type Signing = readonly string[];

const KEYS = new Set([
  ...['gpg.format', 'gpg.program', 'gpg.openpgp.program', 'gpg.x509.program', 'gpg.ssh.program'],
  ...['gpg.ssh.defaultkeycommand', 'user.signingkey'],
]);

const USERS_OWN = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'];
/** What signing programs need of the user's environment. */
const SIGNERS_OWN = ['HOME', 'USER', 'LOGNAME', 'GNUPGHOME', 'GPG_TTY', 'SSH_AUTH_SOCK', 'XDG_RUNTIME_DIR'];

/** The user's (global and system) settings for signing; one git process. */
export async function readSigning(env: ProcessEnvironment, signal: AbortSignal): Promise<Signing> {
  const base: Record<string, string> = environmentFor(env, 'none');
  for (const name of ['HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM']) delete base[name];
  for (const name of USERS_OWN) if (env[name] !== undefined) base[name] = env[name];
  const seat = { env: { ...base, GIT_DIR: '/dev/null' }, signal, secrets: [] };
  const listed = await askGit(seat, { args: ['config', '--list', '-z', '--show-scope', '--includes'] });
  const parts = listed.split('\0');
  const found: string[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const pair = parts[at + 1]!;
    const newline = pair.indexOf('\n');
    const mine = parts[at] === 'global' || parts[at] === 'system';
    if (mine && newline > 0 && KEYS.has(pair.slice(0, newline)))
      found.push(`${pair.slice(0, newline)}=${Buffer.from(pair.slice(newline + 1), 'latin1').toString()}`);
  }
  return found;
}

export interface SignRequest {
  /** Of a private git directory that has the trees. */
  readonly seat: GitSeat;
  /** The user's environment. */
  readonly env: ProcessEnvironment;
  readonly signing: Signing;
  readonly base: string;
  readonly texts: readonly Omit<CommitText, 'signed'>[];
}

/** Makes the commits anew, signed, and returns their ids, oldest first. */
export async function signCommits({ seat, env, signing, base, texts }: SignRequest): Promise<string[]> {
  const own: Record<string, string> = {};
  for (const name of SIGNERS_OWN) if (env[name] !== undefined) own[name] = env[name];
  const commits: string[] = [];
  for (const text of texts) {
    const identity = {
      ...personVariables('AUTHOR', text.author, text.authorDate),
      ...personVariables('COMMITTER', text.committer, text.committerDate),
    };
    const settings = signing.flatMap((setting) => ['-c', setting]);
    const made = await askGit(seat, {
      args: [
        ...settings,
        '-c',
        'i18n.commitEncoding=UTF-8',
        'commit-tree',
        '-S',
        text.tree,
        '-p',
        commits.at(-1) ?? base,
      ],
      env: { ...own, ...identity },
      input: Buffer.from(text.message, 'latin1'),
    }).catch((error: unknown) => {
      if (!(error instanceof BareProblem)) throw error;
      throw new BareProblem('refused', 'the commits could not be signed', error.message);
    });
    commits.push(made.trim());
  }
  return commits;
}

function personVariables(role: string, who: string, date: string): Record<string, string> {
  const [, name = '', email = ''] = /^(.*) <([^>]*)>$/.exec(Buffer.from(who, 'latin1').toString()) ?? [];
  return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email, [`GIT_${role}_DATE`]: `@${date}` };
}
