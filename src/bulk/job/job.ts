// One repository of a campaign from its target to its result; every effect is looked for before it is made, so doing it again is safe.

import { type Forge, ForgeProblem, type Project } from '../../io/forge/forge.ts';
import { type Bare, openBare } from '../../io/objects/bare.ts';
import { EMPTY_REPOSITORY } from '../../io/objects/opening.ts';
import { reapPrivateDirs } from '../../io/objects/privateDir.ts';
import { BareProblem, redacted } from '../../io/objects/problem.ts';
import type { Remote } from '../../io/objects/remote.ts';
import type { FixResult } from '../../model.ts';
import { bytesOf, textOf } from '../../text/latin1.ts';
import { printable } from '../../text/printable.ts';
import { refusalOf } from '../../text/userError.ts';
import { type Analysis, type Ended, type Job, type Target, takesUnsafe } from '../bulkModel.ts';
import { analyse, isConcerned } from './analyse.ts';
import { bringBranch, plannedOf, termsOf } from './branchWork.ts';
import { EndOfWork, type JobOptions, type Known, type Notes, remoteAt, turnOf, type Work } from './work.ts';

const MOST_WAITS = 8;
const USUAL_WAIT_MILLISECONDS = 60_000;

/** Makes the job of a campaign; private directories that killed runs left are removed first. */
export function createJob<F>(options: JobOptions<F>): Job {
  reapPrivateDirs();
  return async (target, { signal, onStep }) => {
    const began = Date.now();
    const notes: Notes = {};
    const { key, name } = target;
    const said = await attemptJob({
      ...options,
      target,
      signal,
      onStep,
      notes,
      ask: asker(options, target, signal),
    }).catch((error: unknown) => sayError(error, signal));
    const secret = options.tokenFor(target.project ?? target.url ?? '');
    const detail = said.detail === undefined ? notes.detail : said.detail;
    const clean = detail === undefined ? undefined : redacted(printable(bytesOf(detail)), secret ? [secret] : []);
    return {
      ...notes,
      ...{ key, name, ended: said.ended, reason: said.reason },
      ...(clean !== undefined && clean !== '' && { detail: clean }),
      ...((said.again || (options.isOneOfMany && !secret && said.code === 'denied')) && { again: true }),
      milliseconds: Date.now() - began,
    };
  };
}

interface JobEnd {
  readonly ended: Ended;
  readonly reason: string;
  readonly detail?: string;
  readonly again?: boolean;
  /** The forge let nobody in here: another worker may have the token for it. */
  readonly code?: 'denied';
}

function sayError(error: unknown, signal: AbortSignal): JobEnd {
  if (error instanceof EndOfWork) {
    return { ended: error.ended, reason: error.message, ...(error.detail !== undefined && { detail: error.detail }) };
  }
  if (signal.aborted) throw signal.reason;
  if (error instanceof BareProblem) {
    if (error.trouble === 'empty') return { ended: 'skipped', reason: error.reason };
    return { ended: 'failed', reason: error.reason, detail: textOf(error.message).text, again: error.again };
  }
  if (error instanceof ForgeProblem) {
    const again = error.kind === 'again' || error.kind === 'limited';
    const common = { ended: 'failed', reason: FORGE_WORDS[error.kind], detail: error.message, again } as const;
    return error.kind === 'denied' ? { ...common, code: 'denied' } : common;
  }
  const refusal = refusalOf(error);
  if (refusal)
    return {
      ended: 'failed',
      reason: refusal.what,
      ...(refusal.where !== undefined && { detail: textOf(refusal.where).text }),
    };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^E[A-Z]+$/.test(code)) return { ended: 'failed', reason: 'the system failed', detail: code, again: true };
  return {
    ended: 'failed',
    reason: 'an error of pyvenv-fix',
    detail: error instanceof Error ? error.message : String(error),
  };
}

const FORGE_WORDS: Readonly<Record<ForgeProblem['kind'], string>> = {
  limited: 'the forge takes no more requests for now',
  again: 'the forge did not answer as it should',
  exists: 'the forge says that there is one already',
  denied: 'the forge did not let us',
  missing: 'the forge does not know this repository',
  refused: 'the forge does not take the pull request',
};

function asker<F>({ pacer }: JobOptions<F>, { project }: Target, signal: AbortSignal): Work<F>['ask'] {
  const host = project?.host ?? '';
  return async (call) => {
    for (let waits = 0; ; waits++) {
      await pacer.ready(host, signal);
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof ForgeProblem) || error.kind !== 'limited' || waits >= MOST_WAITS) throw error;
        await pacer.backOff(host, error.wait ?? USUAL_WAIT_MILLISECONDS);
      }
    }
  };
}

async function attemptJob<F>(work: Work<F>): Promise<JobEnd> {
  const { target, campaign, env, signal, onStep, notes } = work;
  if (target.skip !== undefined) throw new EndOfWork(target.wrong ? 'failed' : 'skipped', target.skip);
  const forge = target.project && (await work.forgeFor(target.project));
  const known = forge && target.project ? await lookAtForge(work, forge, target.project) : undefined;
  onStep('clone');
  const branch = bytesOf(campaign.branch);
  const origin = target.folder === undefined ? remoteOf(work, known) : { folder: target.folder };
  const bare = await openBare(origin, { env, signal, branch, isConcerned });
  try {
    notes.base = bare.base.oid;
    onStep('fix');
    if (!bare.concerned) return await unneeded(work, bare, known, 'no Dockerfile or compose file');
    const unsafe = takesUnsafe(campaign);
    const analysis = await analyse(bare, { ...work, ...campaign, unsafe });
    try {
      return await deliver(work, analysis, { bare, known });
    } catch (error) {
      if (!(error instanceof EndOfWork && error.isUnproven) || !hasUnsafe(analysis.result)) throw error;
      // What builds do not bear out is left to a person; the safe fixes are proven without it.
      const safe = await analyse(bare, { ...work, ...campaign, unsafe: false });
      if (safe.result.changed.length === 0) throw error;
      delete notes.proof;
      return await deliver(work, safe, { bare, known });
    }
  } finally {
    await bare.close();
  }
}

const hasUnsafe = ({ applied }: FixResult): boolean => applied.some(({ fix }) => fix.safety === 'unsafe');

interface JobPlace {
  readonly bare: Bare;
  readonly known: Known | undefined;
}

/** From what the fixing came to, to what stands of it then. */
async function deliver<F>(work: Work<F>, analysis: Analysis, { bare, known }: JobPlace): Promise<JobEnd> {
  const { target, campaign, notes, mode } = work;
  const { result } = analysis;
  noteResult(notes, result);
  work.onAnalysis?.(target, analysis);
  const [taken] = result.withdrawn;
  if (taken)
    throw new EndOfWork('failed', 'a fix was taken back by its guard', textOf(`${taken.transform}: ${taken.why}`).text);
  if (result.changed.length === 0) return unneeded(work, bare, known, 'nothing to fix');
  const planned = plannedOf(bare, work, result);
  notes.tree = planned.tree;
  if (!campaign.sign) notes.commit = planned.commits.at(-1)!;
  if (mode === 'plan') return planResult(work, known);
  return bringBranch(work, { bare, analysis, planned, terms: termsOf(campaign), ...(known && { known }) });
}

function noteResult(notes: Notes, { applied, findings, changed }: FixResult): void {
  const fixes: Record<string, number> = {};
  for (const { transform } of applied) fixes[transform] = (fixes[transform] ?? 0) + 1;
  if (applied.length > 0) notes.fixes = fixes;
  notes.findings = findings.length;
  notes.files = changed.length;
}

async function lookAtForge<F>(work: Work<F>, forge: Forge, project: Project): Promise<Known> {
  const repository = await work.ask(() => forge.repository(project.path, work.signal));
  if (!repository) throw new EndOfWork('failed', FORGE_WORDS.missing);
  if (repository.archived) throw new EndOfWork('skipped', 'it is archived');
  if (repository.empty) throw new EndOfWork('skipped', EMPTY_REPOSITORY);
  const { push, fork } = work.campaign;
  if (work.mode === 'apply' && push && !fork && repository.mayPush === false)
    throw new EndOfWork('skipped', 'no right to push to it');
  return { forge, project: repository.project, repository };
}

function remoteOf<F>(work: Work<F>, known: Known | undefined): Remote {
  const { target } = work;
  const own = target.url;
  // An address by ssh is the user's choice; it holds until the project has another name.
  const isKept = own !== undefined && !/^https?:/i.test(own) && known?.project.path === target.project?.path;
  const url = known && !isKept ? known.repository.cloneUrl : own;
  if (url === undefined && !known) throw new EndOfWork('failed', 'it has neither a folder nor an address');
  return remoteAt(work, url, known?.project ?? target.project);
}

/** What would come of it; the forge is only asked. */
async function planResult<F>(work: Work<F>, known: Known | undefined): Promise<JobEnd> {
  const { campaign, notes, signal } = work;
  const said = { ended: 'changed', reason: 'would be fixed' } as const;
  if (!known || !campaign.pullRequests) return said;
  const { forge, project } = known;
  const fork = campaign.fork ? await work.ask(() => forge.ownFork(project.path, signal)) : undefined;
  if (campaign.fork && !fork) return said;
  const { standingPullRequest } = await import('../pullRequest/pullRequest.ts');
  const from = fork?.project.path ?? project.path;
  const place = { forge, project, from, branch: campaign.branch, recreate: campaign.recreate };
  const standing = await work.ask(() => standingPullRequest(place, signal));
  if (!standing.existing) return said;
  const { number, url } = standing.existing;
  notes.pullRequest = { number, url, action: 'kept' };
  if (!standing.go) return { ended: 'skipped', reason: standing.reason };
  return { ended: 'changed', reason: 'would be fixed, and has its pull request already' };
}

/** Nothing is to be done; a pull request of ours that still asks for it is closed. */
async function unneeded<F>(work: Work<F>, bare: Bare, known: Known | undefined, reason: string): Promise<JobEnd> {
  const { campaign, mode, notes, signal } = work;
  if (!known || mode === 'plan' || !campaign.pullRequests || !campaign.push) return { ended: 'unchanged', reason };
  const { closeUnneeded } = await import('../pullRequest/pullRequest.ts');
  const { forge, project } = known;
  const fork = campaign.fork ? await work.ask(() => forge.ownFork(project.path, signal)) : undefined;
  if (campaign.fork && !fork) return { ended: 'unchanged', reason };
  const from = fork?.project.path ?? project.path;
  work.onStep('pull request');
  const turn = turnOf(work, project.host);
  const isOurs = async (branch: string): Promise<boolean> => {
    const at = fork && { at: remoteAt(work, fork.cloneUrl, fork.project) };
    const tip = await bare.branch(bytesOf(branch), { now: true, ...at });
    return tip === undefined || (await bare.standing(tip, undefined, termsOf(campaign), at?.at)) === 'ours';
  };
  const closed = await work.ask(() =>
    closeUnneeded({ forge, project, from, branch: campaign.branch, campaign, isOurs, turn }, signal),
  );
  if (!closed) return { ended: 'unchanged', reason };
  if (closed === 'foreign')
    throw new EndOfWork('skipped', 'no longer needed, but a person has pushed to the branch: it stays');
  notes.pullRequest = { ...closed, action: 'closed' };
  return { ended: 'changed', reason: 'the pull request is no longer needed and was closed' };
}
