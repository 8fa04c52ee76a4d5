// Whole jobs against GitLab and Gitea over http: from the source to the pull request, once, also when it is done again.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Campaign, JobResult, Target } from '../../src/bulk/bulkModel.ts';
import { readSources } from '../../src/bulk/sources/index.ts';
import type { Forge, ForgeKind } from '../../src/io/forge/forge.ts';
import type { ForgePlace } from '../../src/io/forge/forgePlaces.ts';
import { openForge } from '../../src/io/forge/open.ts';
import { TOKEN as GITEA_TOKEN, startGitea } from './forges/giteaDouble.ts';
import { TOKEN as GITLAB_TOKEN, startGitlab } from './forges/gitlabDouble.ts';
import { commitFiles, type Rest, tipOf } from './forges/rest.ts';
import { doJob, FILES } from './jobs.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Stage {
  readonly kind: ForgeKind;
  readonly token: string;
  readonly double: Rest & { add(path: string): { readonly folder: string } };
  /** Folder of the fork of `acme/<name>` that belongs to the token's user. */
  forkOf(name: string): string;
  /** Title, body, state and labels of the only pull request of `acme/<name>`. */
  standing(name: string): { readonly title: string; readonly state: string; readonly labels: readonly string[] };
  start(): Promise<void>;
}

function gitlab(): Stage {
  let double: Awaited<ReturnType<typeof startGitlab>>;
  return {
    kind: 'gitlab',
    token: GITLAB_TOKEN,
    get double() {
      return double;
    },
    forkOf: (name) => double.at(`bot/${name}`).folder,
    standing: (name) => {
      const [request, ...more] = double.at(`acme/${name}`).requests;
      expect(more).toEqual([]);
      return { title: request!.title, state: request!.state, labels: [...request!.labels] };
    },
    start: async () => {
      double = await startGitlab();
    },
  };
}

function gitea(): Stage {
  let double: Awaited<ReturnType<typeof startGitea>>;
  return {
    kind: 'gitea',
    token: GITEA_TOKEN,
    get double() {
      return double;
    },
    forkOf: (name) => double.repositories.get(`bot/${name}`)!.folder,
    standing: (name) => {
      const here = double.repositories.get(`acme/${name}`)!;
      const [pull, ...more] = here.pulls;
      expect(more).toEqual([]);
      const labels = pull!.labels.map((id) => here.labels.find((label) => label.id === id)!.name);
      return { title: pull!.title, state: pull!.state === 'open' ? 'opened' : pull!.state, labels };
    },
    start: async () => {
      double = await startGitea();
    },
  };
}

describe.each([
  ['GitLab', gitlab()],
  ['Gitea', gitea()],
])('%s', (_name, stage) => {
  const seen: string[] = [];
  beforeAll(() => stage.start());
  afterAll(() => stage.double.close());

  const forgeFor = ({ kind, api }: ForgePlace): Promise<Forge> =>
    openForge(kind, { api, token: stage.token, userAgent: 'test', ready: async () => {}, backOff: async () => {} });

  async function run(name: string, campaign: Partial<Campaign> = {}): Promise<JobResult> {
    const targets: Target[] = [];
    const spec = `${stage.kind}:acme/${name}`;
    const options = { include: [], exclude: [], env: {}, forgeFor, api: stage.double.api };
    for await (const target of readSources([spec], options)) targets.push(target);
    expect(targets).toHaveLength(1);
    const { analysis, steps, ...result } = await doJob(targets[0]!, {
      campaign: { pullRequests: true, labels: ['docker'], ...campaign },
      forgeFor,
      tokenFor: () => stage.token,
    });
    seen.push(JSON.stringify([targets, result]));
    return result;
  }

  function add(name: string): string {
    const { folder } = stage.double.add(`acme/${name}`);
    commitFiles(folder, 'main', FILES);
    return folder;
  }

  test('clone, fix, push, open; the second time nothing is written', async () => {
    const folder = add('app');
    const first = await run('app');
    expect(first).toMatchObject({ ended: 'changed', pushed: true, pullRequest: { action: 'opened', number: 1 } });
    expect(tipOf(folder, 'pyvenv-fix')).toBe(first.commit);
    expect(stage.standing('app')).toMatchObject({ state: 'opened', labels: ['docker'] });
    const before = stage.double.writes().length;
    const second = await run('app');
    expect(second).toMatchObject({ ended: 'unchanged', commit: first.commit });
    expect(second.pushed).toBeUndefined();
    expect(stage.double.writes().slice(before)).toEqual([]);
  });

  test('a reply that is lost after the pull request was made leaves one', async () => {
    add('lost');
    stage.double.inject('POST /', 'drop after');
    await run('lost');
    await run('lost');
    expect(stage.standing('lost').state).toBe('opened');
  });

  test('a draft from a fork', async () => {
    const folder = add('forked');
    const result = await run('forked', { fork: true, draft: true });
    expect(result).toMatchObject({ ended: 'changed', pullRequest: { action: 'opened' } });
    expect(tipOf(folder, 'pyvenv-fix')).toBeUndefined();
    expect(tipOf(stage.forkOf('forked'), 'pyvenv-fix')).toBe(result.commit);
    expect(stage.standing('forked').title).toMatch(/^(?:Draft|WIP): /);
    const before = stage.double.writes().length;
    expect(await run('forked', { fork: true, draft: true })).toMatchObject({ ended: 'unchanged' });
    expect(stage.double.writes().slice(before)).toEqual([]);
  });

  test('the token is seen nowhere', () => {
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.join()).not.toContain(stage.token);
  });
});
