// The far side of a repository that has an address: fetching a little of it, asking for branches, pushing with a lease.

import type { ProcessEnvironment } from '../worktree/git.ts';
import { askGit, environmentFor, type GitSeat, runGit } from './gitCall.ts';
import { BareProblem, gitProblem, redacted } from './problem.ts';

/** A user and a token for one host, sent as a header and never in an address. */
export interface Auth {
  /** What the forge wants as user: `x-access-token`, `oauth2`, the token's user. */
  readonly user: string;
  readonly token: string;
}

/** Where a repository can be fetched from or pushed to. */
export interface Remote {
  readonly url: string;
  readonly auth?: Auth;
}

type Protocol = 'http' | 'https' | 'ssh' | 'file';

/** How an address is spoken to. Throws `BareProblem` for one that no git of ours talks to. */
export function protocolOf(url: string): Protocol {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? [];
  const lower = scheme?.toLowerCase();
  if (lower === 'https' || lower === 'http' || lower === 'ssh' || lower === 'file') return lower;
  // As in user@host:path. A dash could be taken for an option, by git or by ssh.
  if (scheme === undefined && /^(?:[\w.+]+@)?\w[\w.-]*:[^-:]/.test(url)) return 'ssh';
  throw new BareProblem('refused', 'this is no address that git can be asked for (https, ssh, file)', redacted(url));
}

/** The seat of a git that talks to this remote, on the git directory `dir`. */
export function seatFor(dir: string, remote: Remote, env: ProcessEnvironment, signal: AbortSignal): GitSeat {
  const { url, auth } = remote;
  if (/[\0-\x20\x7f]/.test(url)) throw new BareProblem('refused', 'the address has blanks or control characters', '');
  const protocol = protocolOf(url);
  const base = { ...environmentFor(env, protocol), GIT_DIR: dir };
  if (auth === undefined || (protocol !== 'https' && protocol !== 'http')) return { env: base, signal, secrets: [] };
  const { origin } = new URL(url);
  const basic = Buffer.from(`${auth.user}:${auth.token}`).toString('base64');
  const header = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  return { env: { ...base, ...header }, signal, secrets: [auth.token, basic] };
}

const FETCH = [
  ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'],
  ...['--refmap=', '--filter=blob:none'],
];
const NETWORK_MILLISECONDS = 15 * 60 * 1000;
/** Below this for a minute, the other side has gone. */
const STALLED = ['-c', 'http.lowSpeedLimit=100', '-c', 'http.lowSpeedTime=60'];

/** Where fetched refs stand in the private directory. */
export const FETCHED_HEAD = 'refs/base/HEAD';
export const FETCHED_HEADS = 'refs/standing/';

/** Fetches HEAD and every branch whose name begins with `branch`: one commit deep, without blobs. */
export async function fetchTips(seat: GitSeat, url: string, branch: string): Promise<'fetched' | 'empty' | 'sha256'> {
  const name = Buffer.from(branch, 'latin1').toString();
  const refs = [`+HEAD:${FETCHED_HEAD}`, `+refs/heads/${name}*:${FETCHED_HEADS}${name}*`];
  const { code, err } = await runGit(seat, {
    args: [...STALLED, ...FETCH, '--depth=1', '--', url, ...refs],
    milliseconds: NETWORK_MILLISECONDS,
  });
  if (code === 0) return 'fetched';
  if (/couldn't find remote ref HEAD/i.test(err)) return 'empty';
  if (/mismatched algorithms|object format/i.test(err)) return 'sha256';
  throw gitProblem(err, seat.secrets);
}

/** Fetches these blobs in one go. */
export async function fetchObjects(seat: GitSeat, url: string, oids: readonly string[]): Promise<void> {
  await askGit(seat, {
    args: [...STALLED, ...FETCH, '--stdin', '--', url],
    input: oids.map((oid) => `${oid}\n`).join(''),
    milliseconds: NETWORK_MILLISECONDS,
  });
}

/** Fetches the last `depth` commits below this one, without trees or blobs. */
export async function fetchCommits(seat: GitSeat, url: string, commit: string, depth: number): Promise<void> {
  const fetch = FETCH.filter((arg) => !arg.startsWith('--filter'));
  await askGit(seat, {
    args: [...STALLED, ...fetch, '--filter=tree:0', `--depth=${depth}`, '--', url, `+${commit}:refs/standing-commits`],
    milliseconds: NETWORK_MILLISECONDS,
  });
}

/** All of the history with all that it holds: for a host that takes no push from a shallow repository. */
export async function fetchAll(seat: GitSeat, url: string): Promise<void> {
  const fetch = FETCH.filter((arg) => !arg.startsWith('--filter'));
  await askGit(seat, {
    args: [...STALLED, ...fetch, '--no-filter', '--refetch', '--unshallow', '--', url, `+HEAD:${FETCHED_HEAD}`],
    milliseconds: NETWORK_MILLISECONDS,
  });
}

/** Commit at the tip of a branch over there, asked now. */
export async function askTip(seat: GitSeat, url: string, branch: string): Promise<string | undefined> {
  const name = Buffer.from(branch, 'latin1').toString();
  const out = await askGit(seat, { args: [...STALLED, 'ls-remote', '--quiet', '--', url, `refs/heads/${name}`] });
  const line = out.split('\n').find((one) => one.endsWith(`\trefs/heads/${branch}`));
  return line?.slice(0, line.indexOf('\t'));
}

export interface Push {
  /** Latin1 short name. */
  readonly branch: string;
  /** Undefined: delete the branch. */
  readonly commit: string | undefined;
  /** Where the branch must be; undefined: nowhere. */
  readonly expected: string | undefined;
}

/** 'stands': it was at that commit already; 'moved': it was elsewhere than expected. */
export type Pushed = 'pushed' | 'stands' | 'moved';

/** A receiver that none of the target's own settings can make run anything. */
const RECEIVER = [
  ...[
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.alternateRefsCommand=:',
    'core.attributesFile=/dev/null',
  ],
  ...['receive.autogc=false', 'gc.auto=0', 'maintenance.auto=false', 'receive.updateServerInfo=false'],
  ...['receive.denyCurrentBranch=refuse', 'receive.procReceiveRefs=', 'safe.directory=*', 'core.pager=cat'],
  ...['submodule.recurse=false', 'core.sshCommand=false', 'protocol.allow=never'],
];

/** Pushes (or deletes) one branch with a lease. Throws `BareProblem` where the host does not take it. */
export async function pushBranch(seat: GitSeat, url: string, { branch, commit, expected }: Push): Promise<Pushed> {
  const ref = `refs/heads/${Buffer.from(branch, 'latin1').toString()}`;
  const receiver = `git ${RECEIVER.map((setting) => `-c '${setting}'`).join(' ')} receive-pack`;
  const { code, out, err } = await runGit(seat, {
    args: [
      // Not --quiet: it would keep back what says that the branch stood there already.
      ...[
        ...STALLED,
        'push',
        '--porcelain',
        '--no-progress',
        '--no-verify',
        '--no-follow-tags',
        '--no-recurse-submodules',
      ],
      ...['--no-signed', `--force-with-lease=${ref}:${expected ?? ''}`],
      ...(protocolOf(url) === 'file' ? [`--receive-pack=${receiver}`] : []),
      ...['--', url, `${commit ?? ''}:${ref}`],
    ],
    milliseconds: NETWORK_MILLISECONDS,
  });
  if (code === 0) return /^=\t/m.test(out) ? 'stands' : 'pushed';
  if (CLASH.test(`${out}\n${err}`)) throw new BareProblem('refused', CLASHES, redacted(err));
  const [, status] = /^!\t[^\t\n]*\t([^\n]*)/m.exec(out) ?? [];
  if (
    status !== undefined &&
    /stale info|fetch first|non-fast-forward|already exists|cannot lock ref|failed to update ref|reference already/i.test(
      status,
    )
  )
    return 'moved';
  const words = status === undefined ? err : `${err}\nerror: ${status}`;
  if (/shallow update not allowed/i.test(words)) {
    const reason = 'the host takes no push from a shallow repository';
    throw new BareProblem('refused', reason, redacted(status ?? ''), { isShallow: true });
  }
  throw gitProblem(words, seat.secrets);
}

/** What git says where `a` is to be made beside `a/b`, or the other way round. */
export const CLASH = /cannot lock ref [^\n]*: '[^\n']*' exists; cannot create|directory file conflict/i;

/** Said then. */
export const CLASHES = 'a branch of a longer or shorter name is in the way: name another with --branch';
