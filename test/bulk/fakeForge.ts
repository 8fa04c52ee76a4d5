// A forge in memory for the tests of what comes before and after a run; the clients have their own, real servers.

import { type Forge, ForgeProblem, type Project, type PullRequest } from '../../src/io/forge/forge.ts';

export interface FakeRequest {
  state: PullRequest['state'];
  readonly checks: 'green' | 'red' | 'pending' | 'none';
  /** Tip of its branch. */
  readonly head?: string;
  readonly from?: string;
}

export function project(path: string): Project {
  return { kind: 'gitea', host: 'git.example.com', api: 'https://git.example.com/api/v1', path };
}

/** Number n is `requests[n - 1]`; any other is missing. The first `limitedFirst` questions are answered by "in `wait` milliseconds". */
export function fakeForge(
  requests: readonly FakeRequest[],
  { limitedFirst = 0, wait = 5 } = {},
): Forge & { readonly asked: string[] } {
  const asked: string[] = [];
  let limited = limitedFirst;
  const never = () => Promise.reject(new ForgeProblem('refused', 'not part of this test'));
  const found = (number: number): FakeRequest => {
    if (limited-- > 0) throw new ForgeProblem('limited', 'slow down', wait);
    const request = requests[number - 1];
    if (!request) throw new ForgeProblem('missing', 'it is not there');
    return request;
  };
  return {
    asked,
    kind: 'gitea',
    list: () => {
      throw new ForgeProblem('refused', 'not part of this test');
    },
    ...{ find: never, open: never, decorate: never, ownFork: never, fork: never },
    async repository(path) {
      asked.push(`repository ${path}`);
      const cloneUrl = `https://git.example.com/${path}.git`;
      return { project: project(path), archived: false, empty: false, fork: true, defaultBranch: 'main', cloneUrl };
    },
    async get(path, number) {
      asked.push(`get ${path} ${number}`);
      const { state, head = `c${number}`, from = path } = found(number);
      const url = `https://git.example.com/${path}/pulls/${number}`;
      return { number, url, state, title: '', body: '', head, branch: 'pyvenv-fix', from, base: 'main' };
    },
    async update(path, number, change) {
      asked.push(`update ${path} ${number} ${JSON.stringify(change)}`);
      if (change.state) found(number).state = change.state;
    },
    async checks(_, commit) {
      return requests.find(({ head }, at) => (head ?? `c${at + 1}`) === commit)?.checks ?? 'none';
    },
  };
}
