// From a result in memory to its branch and pull request: looks what stands, then makes what is missing.

import { fixSteps } from '../../deliver/fixSteps.ts';
import type { PullRequest } from '../../io/forge/forge.ts';
import type { Bare, CommitTerms } from '../../io/objects/bare.ts';
import type { PlannedCommits } from '../../io/objects/listing.ts';
import type { Remote } from '../../io/objects/remote.ts';
import type { FixResult } from '../../model.ts';
import { changeMessage, commitText } from '../../report/message.ts';
import { bytesOf } from '../../text/latin1.ts';
import type { Analysis, Campaign, Ended } from '../bulkModel.ts';
import { EndOfWork, type JobProof, type Known, remoteAt, turnOf, type Work } from './work.ts';

/** How a campaign's commits are made. */
export function termsOf({ name, author, sign, signOff }: Campaign): CommitTerms {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git takes none of them in a name
  const clean = (text: string): string => bytesOf(text.replaceAll(/[ <>\0-\x1f\x7f]+/g, ' ').trim());
  return { who: `${clean(author.name)} <${clean(author.email)}>`, campaign: bytesOf(name), sign, signOff };
}

/** The commits of a result, as they would be. */
export function plannedOf<F>(
  bare: Bare,
  { campaign, transforms }: Pick<Work<F>, 'campaign' | 'transforms'>,
  result: FixResult,
): PlannedCommits {
  const steps = fixSteps(result, campaign).map(({ fixes, files }) => ({
    message: bytesOf(commitText(changeMessage(fixes, transforms))),
    files,
  }));
  return bare.plan(steps, termsOf(campaign));
}

export interface WantedBranch {
  readonly bare: Bare;
  readonly analysis: Analysis;
  readonly planned: PlannedCommits;
  readonly terms: CommitTerms;
  /** Where there is a forge. */
  readonly known?: Known;
}

/** Where the branch goes, and what stands of its pull request. */
interface BranchPlace {
  /** Short name; UTF-8. */
  readonly branch: string;
  /** A fork; absent: where the repository came from. */
  readonly at?: Remote;
  readonly from: string;
  readonly existing?: PullRequest;
}

/** Brings branch and pull request to what the plan says. Throws `EndOfWork` where somebody else's word counts. */
export async function bringBranch<F>(
  work: Work<F>,
  wanted: WantedBranch,
): Promise<{ readonly ended: Ended; readonly reason: string }> {
  const { campaign, notes, target, wave } = work;
  const { known, bare } = wanted;
  const isFolder = target.folder !== undefined;
  if (!campaign.push && !isFolder) return { ended: 'changed', reason: 'fixed, and not pushed' };
  const asks = known !== undefined && campaign.pullRequests;
  const place = await findPlace(work, { known, asks });
  const name = bytesOf(place.branch);
  const tip = await bare.branch(name, place.at ? { at: place.at } : {});
  let lease = await leaseOf(wanted, tip, place);
  if (lease === 'none' && tip !== undefined) notes.commit = tip;
  if (lease === 'none' && !asks) return { ended: 'unchanged', reason: 'the branch says exactly this already' };
  if (lease === 'none' && place.existing && campaign.requireProof) {
    // It was proven before it was asked for; building it again would only find other words.
    notes.pullRequest = { ...refOf(place.existing), action: 'kept' };
    return { ended: 'unchanged', reason: REASONS.kept };
  }
  const isNew = asks && !place.existing;
  const full = () => new EndOfWork('waiting', 'its turn comes in the next wave');
  if (isNew && !(await wave.isOpen(target.key))) throw full();
  // What is not proven takes no place.
  const proof = await proofOf(work, wanted);
  if (isNew && !(await wave.admit(target.key))) throw full();
  const turn = known ? turnOf(work, known.project.host) : async () => {};
  if (asks && (lease !== 'none' || isNew)) await turn();
  if (lease !== 'none') {
    work.onStep('push');
    const commit = await bare.commit(wanted.planned, wanted.terms);
    notes.commit = commit;
    for (let tries = 0; lease !== 'none'; tries++) {
      const pushed = await bare.push(name, commit, lease.expected, place.at);
      if (pushed === 'pushed') notes.pushed = true;
      if (pushed !== 'moved') break;
      if (tries >= 2) throw new EndOfWork('failed', 'the branch moved while it was being pushed');
      // Somebody was quicker: another worker, or a person.
      const now = await bare.branch(name, { now: true, ...(place.at && { at: place.at }) });
      lease = await leaseOf(wanted, now, place);
    }
  }
  const moved = notes.pushed === true;
  if (!asks) {
    if (!moved) return { ended: 'unchanged', reason: 'the branch says exactly this already' };
    return { ended: 'changed', reason: tip === undefined ? 'has a new branch' : 'has its branch brought up to date' };
  }
  return askFor(work, wanted, known, { place, moved, turn, ...(proof && { proof }) });
}

async function findPlace<F>(
  work: Work<F>,
  { known, asks }: Pick<WantedBranch, 'known'> & { readonly asks: boolean },
): Promise<BranchPlace> {
  const { campaign, signal } = work;
  if (!known) return { branch: campaign.branch, from: '' };
  const { forge, project } = known;
  const fork = campaign.fork ? await work.ask(() => forge.fork(project.path, signal)) : undefined;
  const from = fork?.project.path ?? project.path;
  const at = fork && { at: remoteAt(work, fork.cloneUrl, fork.project) };
  if (!asks) return { branch: campaign.branch, from, ...at };
  const { standingPullRequest } = await import('../pullRequest/pullRequest.ts');
  const { branch, recreate } = campaign;
  const standing = await work.ask(() => standingPullRequest({ forge, project, from, branch, recreate }, signal));
  if (!standing.go) {
    if (standing.existing) work.notes.pullRequest = { ...refOf(standing.existing), action: 'kept' };
    throw new EndOfWork('skipped', standing.reason);
  }
  return { branch: standing.branch, from, ...at, ...(standing.existing && { existing: standing.existing }) };
}

const refOf = ({ number, url }: PullRequest) => ({ number, url });

/** 'none': the branch is what the plan says. Else where it must be when it is pushed. */
type Lease = 'none' | { readonly expected: string | undefined };

async function leaseOf(
  { bare, planned, terms }: WantedBranch,
  tip: string | undefined,
  { at }: BranchPlace,
): Promise<Lease> {
  if (tip === undefined) return { expected: undefined };
  const standing = await bare.standing(tip, planned, terms, at);
  if (standing === 'same') return 'none';
  if (standing === 'ours') return { expected: tip };
  throw new EndOfWork('skipped', 'a person has pushed to the branch');
}

async function proofOf<F>(work: Work<F>, { analysis, bare }: WantedBranch): Promise<JobProof | undefined> {
  const { campaign, notes, prove, target } = work;
  if (!campaign.requireProof) return undefined;
  if (!prove) throw new EndOfWork('skipped', 'not proven', 'there is no engine to build with');
  work.onStep('prove');
  const proof = await prove(analysis, target.name, bare);
  notes.proof = proof.verdict;
  if (proof.verdict !== 'better' && proof.verdict !== 'same')
    throw new EndOfWork('skipped', 'not proven', proof.verdict, { unproven: true });
  return proof;
}

const REASONS: Readonly<Record<'opened' | 'updated' | 'kept', string>> = {
  opened: 'has a new pull request',
  updated: 'has its pull request brought up to date',
  kept: 'branch and pull request say exactly this already',
};

async function askFor<F>(
  work: Work<F>,
  { analysis: { result } }: WantedBranch,
  { forge, project, repository }: Known,
  {
    place,
    moved,
    turn,
    proof,
  }: {
    readonly place: BranchPlace;
    readonly moved: boolean;
    readonly turn: () => Promise<void>;
    readonly proof?: JobProof;
  },
): Promise<{ readonly ended: Ended; readonly reason: string }> {
  const { campaign, notes, signal, target, transforms } = work;
  work.onStep('pull request');
  const [{ publish }, { pullRequestText }] = await Promise.all([
    import('../pullRequest/pullRequest.ts'),
    import('../pullRequest/pullRequestText.ts'),
  ]);
  const text = pullRequestText({
    result,
    transforms,
    campaign,
    repository: target.name,
    ...(proof && { proof: proof.markdown }),
  });
  const { branch, from, existing } = place;
  const published = await work.ask(() =>
    publish(
      {
        forge,
        project,
        campaign,
        from,
        branch,
        baseBranch: repository.defaultBranch,
        text,
        turn,
        ...(existing && { existing }),
      },
      signal,
    ),
  );
  const { number, url, action, undecorated } = published;
  const said = moved && action === 'kept' ? 'updated' : action;
  notes.pullRequest = { number, url, action: said };
  if (undecorated !== undefined) notes.detail = undecorated;
  return { ended: said === 'kept' ? 'unchanged' : 'changed', reason: REASONS[said] };
}
