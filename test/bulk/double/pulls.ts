// What the double does with pull requests, as GitHub does it.

import { eventJson, labelJson, pullJson } from './answers.ts';
import { type Answer, failed, type Handler, type Here, numberOf, page, repositoryAt } from './handlers.ts';
import { type DoublePull, type DoubleRepository, hasCommits, tipOf } from './state.ts';

/** Handlers by GitHub's name of the operation. */
export function pullHandlers(here: Here): Readonly<Record<string, Handler>> {
  const { state, gitOrigin } = here;
  return {
    'pulls/list': async (context) => {
      const into = repositoryAt(here, context);
      if (!into) return failed(404, 'Not Found');
      const { state: wanted = 'open', head = '', direction = 'desc' } = context.request.query;
      const [owner, branch] = head.includes(':') ? head.split(/:(.*)/s) : [];
      const found: DoublePull[] = [];
      for (const pull of into.pulls) {
        await closeWithoutBranch(here, pull);
        if (wanted !== 'all' && pull.state !== wanted) continue;
        if (branch !== undefined && (pull.branch !== branch || pull.from.split('/')[0] !== owner)) continue;
        found.push(pull);
      }
      if (direction === 'desc') found.reverse();
      const { items, headers } = page(context, here, found);
      const json = await Promise.all(
        items.map((pull) => pullJson(context, 'pulls/list', { pull, into, state, gitOrigin })),
      );
      return { status: 200, json, headers };
    },
    'pulls/get': async (context) => {
      const into = repositoryAt(here, context);
      const pull = into && pullAt(into, numberOf(context, 'pull_number'));
      if (!into || !pull) return failed(404, 'Not Found');
      return { status: 200, json: await pullJson(context, 'pulls/get', { pull, into, state, gitOrigin }) };
    },
    'pulls/create': async (context) => {
      const into = repositoryAt(here, context);
      if (!into) return failed(404, 'Not Found');
      if (into.archived) return failed(403, 'Repository was archived so is read-only.');
      const { title, body, head, head_repo, base, draft } = context.request.requestBody as Record<string, string>;
      const [intoOwner = '', intoName = ''] = into.path.split('/');
      const [owner = '', branch = ''] = head?.includes(':') ? head.split(/:(.*)/s) : [intoOwner, head];
      const name =
        head_repo ?? [...state.repositories.values()].find((one) => isForkBy(one, owner, into))?.path.split('/')[1];
      const from = state.repositories.get(`${owner}/${name ?? intoName}`.toLowerCase());
      const tip = from && (await tipOf(from.folder, branch));
      const onto = await tipOf(into.folder, base ?? '');
      if (!from || tip === undefined) return invalid('head');
      if (onto === undefined) return invalid('base');
      if (!(await hasCommits(into, onto, tip, from))) {
        return unprocessable(`No commits between ${base} and ${branch}`);
      }
      for (const pull of into.pulls) await closeWithoutBranch(here, pull);
      if (into.pulls.some((one) => one.state === 'open' && one.branch === branch && one.from === from.path)) {
        return unprocessable(`A pull request already exists for ${owner}:${branch}.`);
      }
      const pull: DoublePull = {
        ...{ number: into.pulls.length + 1, from: from.path, branch, base: base ?? '', draft: Boolean(draft) },
        ...{ title: title ?? '', body: body ?? '', state: 'open', merged: false, head: tip },
        ...{ labels: [], reviewers: [], assignees: [], events: [] },
      };
      into.pulls.push(pull);
      state.writes.push({ operation: 'pulls/create', path: into.path, detail: { title, branch, from: from.path } });
      return { status: 201, json: await pullJson(context, 'pulls/get', { pull, into, state, gitOrigin }) };
    },
    'pulls/update': async (context) => {
      const into = repositoryAt(here, context);
      const pull = into && pullAt(into, numberOf(context, 'pull_number'));
      if (!into || !pull) return failed(404, 'Not Found');
      if (into.archived) return failed(403, 'Repository was archived so is read-only.');
      const change = context.request.requestBody as Partial<Pick<DoublePull, 'title' | 'body' | 'state'>>;
      Object.assign(pull, change);
      state.writes.push({ operation: 'pulls/update', path: into.path, detail: Object.keys(change).sort() });
      return { status: 200, json: await pullJson(context, 'pulls/get', { pull, into, state, gitOrigin }) };
    },
    'pulls/request-reviewers': async (context) => {
      const into = repositoryAt(here, context);
      const pull = into && pullAt(into, numberOf(context, 'pull_number'));
      if (!into || !pull) return failed(404, 'Not Found');
      const body = context.request.requestBody as { reviewers?: string[]; team_reviewers?: string[] };
      const names = [...(body.reviewers ?? []), ...(body.team_reviewers ?? []).map((team) => `org/${team}`)];
      if (names.some((name) => name.startsWith('nobody'))) {
        return failed(422, 'Reviews may only be requested from collaborators.');
      }
      add(pull, 'reviewers', names, 'review_requested');
      state.writes.push({ operation: 'pulls/request-reviewers', path: into.path, detail: names });
      const { merged, mergeable, ...json } = await pullJson(context, 'pulls/list', { pull, into, state, gitOrigin });
      return { status: 201, json };
    },
    'issues/add-labels': async (context) => {
      const into = repositoryAt(here, context);
      const pull = into && pullAt(into, numberOf(context, 'issue_number'));
      if (!into || !pull) return failed(404, 'Not Found');
      const { labels } = context.request.requestBody as { labels: string[] };
      add(pull, 'labels', labels, 'labeled');
      state.writes.push({ operation: 'issues/add-labels', path: into.path, detail: labels });
      return { status: 200, json: pull.labels.map(labelJson) };
    },
    'issues/check-user-can-be-assigned': async (context) => {
      const { assignee = '' } = context.request.params;
      return assignee.startsWith('nobody') ? failed(404, 'Not Found') : { status: 204 };
    },
    'issues/add-assignees': async (context, _request, response) => {
      const into = repositoryAt(here, context);
      const pull = into && pullAt(into, numberOf(context, 'issue_number'));
      if (!into || !pull) return failed(404, 'Not Found');
      const { assignees } = context.request.requestBody as { assignees: string[] };
      add(pull, 'assignees', assignees, 'assigned');
      state.writes.push({ operation: 'issues/add-assignees', path: into.path, detail: assignees });
      // an issue of forty fields of which nothing is read
      response.status(201).json({ number: pull.number });
      return undefined;
    },
    'issues/list-events': async (context) => {
      const into = repositoryAt(here, context);
      const pull = into && pullAt(into, numberOf(context, 'issue_number'));
      if (!into || !pull) return failed(404, 'Not Found');
      const { items, headers } = page(context, here, pull.events);
      return { status: 200, json: items.map((event, index) => eventJson(event, index, state)), headers };
    },
  };
}

function add(pull: DoublePull, kind: 'labels' | 'reviewers' | 'assignees', names: readonly string[], event: string) {
  for (const of of names) {
    if (pull[kind].includes(of)) continue;
    pull[kind].push(of);
    pull.events.push({ event, of });
  }
}

/** GitHub closes what has lost its branch. */
async function closeWithoutBranch({ state }: Here, pull: DoublePull): Promise<void> {
  const from = state.repositories.get(pull.from.toLowerCase());
  if (pull.state === 'open' && (!from || (await tipOf(from.folder, pull.branch)) === undefined)) pull.state = 'closed';
}

function isForkBy({ path, parent }: DoubleRepository, owner: string, into: DoubleRepository): boolean {
  return path.startsWith(`${owner}/`) && (path === into.path || parent === into.path);
}

function pullAt(repository: DoubleRepository, number: number): DoublePull | undefined {
  return repository.pulls.find((one) => one.number === number);
}

function invalid(field: string): Answer {
  return failed(422, 'Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }]);
}

function unprocessable(message: string): Answer {
  return failed(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
}
