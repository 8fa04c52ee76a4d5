// One repository from its path to its outcome: open, configure, fix, deliver. The only catch per repository.

import { type ConfigOptions, type ResolvedDelivery, resolveConfig } from './config/resolve.ts';
import { unreadConfigs } from './config/unread.ts';
import type { Delivery } from './deliver/deliver.ts';
import { UNREAD_FILE } from './fix/diagnoses.ts';
import type { Offer } from './fix/loop.ts';
import { fixRepository } from './fix/loop.ts';
import { whyNothing } from './fix/nothing.ts';
import { readNamedFile } from './io/files/streams.ts';
import { type Opened, openRepository } from './io/worktree/repository.ts';
import type { Finding, FixResult, Level, Transform } from './model.ts';
import { unifiedDiff } from './report/diff.ts';
import type { Format } from './report/formats.ts';
import { describeResult, type Outcome, withoutResult } from './report/outcome.ts';
import { isDockerName } from './text/dockerNames.ts';
import { bytesOf } from './text/latin1.ts';
import { refusalOf, refuse } from './text/userError.ts';

/** What `pyvenv-fix [PATH...]` was asked for. Text as typed (not latin1). */
export interface RunOptions extends ConfigOptions {
  readonly paths: readonly string[];
  readonly dryRun: boolean;
  readonly check: boolean;
  /** The least level of a finding that makes the exit code 1. */
  readonly failOn?: Level;
  readonly interactive: boolean;
  readonly noBranch: boolean;
  readonly squash: boolean;
  readonly allowDirty: boolean;
  readonly format: Format;
  readonly output?: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color?: boolean;
}

/** What a run needs of its surroundings. `transforms` in the order in which they run. */
export interface RunRequest<F> {
  readonly options: RunOptions;
  readonly transforms: readonly Transform<F>[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Decides fix by fix; without it every fix that the settings allow is made. */
  readonly choose?: (offer: Offer) => boolean;
  /** Told of an error that is nobody's refusal, before it becomes the outcome `failed`. */
  readonly onUnexpected: (path: string, error: unknown) => void;
}

/** Several PATHs in one repository are one repository. */
interface OpenedGroup {
  readonly paths: string[];
  readonly opened: Opened[];
}

/** Does every PATH, one after another, in the order given; one that is refused or fails does not stop the others. */
export async function runRepositories<F>(request: RunRequest<F>): Promise<Outcome[]> {
  const { paths, dryRun, check } = request.options;
  const outcomes: (Outcome | OpenedGroup)[] = [];
  for (const path of paths) {
    const opened = await guarded(path, request, () =>
      openRepository(path, { write: !dryRun && !check, env: request.env }),
    );
    if ('outcome' in opened) outcomes.push(opened);
    else {
      const same = outcomes.find(
        (one) => 'opened' in one && one.opened[0]?.kind === 'git' && one.opened[0].root === opened.root,
      );
      if (same && 'opened' in same && opened.kind === 'git') {
        same.paths.push(path);
        same.opened.push(opened);
      } else outcomes.push({ paths: [path], opened: [opened] });
    }
  }
  const ended: Outcome[] = [];
  for (const one of outcomes) {
    ended.push('outcome' in one ? one : await guarded(one.paths.join(', '), request, () => runGroup(one, request)));
  }
  return ended;
}

async function guarded<T, F>(path: string, request: RunRequest<F>, work: () => Promise<T>): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    const name = bytesOf(path);
    const refusal = refusalOf(error);
    if (refusal) {
      const { what, where, next } = refusal;
      // A path from the command line is text; all others are bytes already.
      const place = where === undefined || where === path ? name : where;
      return withoutResult(name, 'refused', { reason: what, where: place, next });
    }
    request.onUnexpected(name, error);
    const reason = bytesOf(error instanceof Error ? error.message : String(error));
    return withoutResult(name, 'failed', {
      reason,
      next: 'This should not happen; --verbose gives the details to report.',
    });
  }
}

async function runGroup<F>({ paths, opened: group }: OpenedGroup, request: RunRequest<F>): Promise<Outcome> {
  const [first] = group;
  if (!first) throw new Error('nothing opened');
  const { options, transforms } = request;
  const opened: Opened = { ...first, within: (path) => group.some((one) => one.within(path)) };
  const resolved = await resolveConfig({ by: 'user', options, transforms, places: group, readFile: readNamedFile });
  const { settings } = resolved;
  const onBranch = !options.noBranch && opened.kind === 'git' && !opened.inPlaceRefusal;
  const { choose, offered } = counting(request.choose);
  const result = fixRepository(opened.snapshot, transforms, settings, {
    ids: resolved.ids,
    unsafe: resolved.unsafe,
    prefix: group.length === 1 ? first.prefix : '',
    editable: (path) =>
      opened.within(path) && opened.whySkipped(path) === undefined && !(onBranch && opened.untracked.has(path)),
    ...(choose ? { choose } : {}),
  });
  const found = result.findings.filter(({ path }) => opened.within(path));
  const complete: FixResult = { ...result, findings: [...skippedFindings(group, { onBranch }), ...found] };
  const name = bytesOf(paths.join(', '));
  const said = group.flatMap((one) => one.notices);
  if (options.config === undefined)
    for (const { snapshot, prefix } of group) said.push(...unreadConfigs(snapshot.paths.keys(), prefix));
  const noticed = (more: readonly string[] = []) =>
    [...new Set([...said, ...more])].map((notice) => `${name}: ${notice}`);
  const { within } = opened;
  const nothing = whyNothing(complete, { settings, within, declined: result.applied.length > 0 ? 0 : offered() });
  const end = { path: name, nothing };
  if (options.dryRun || options.check) return { ...outcomeOf(end, opened, complete), notices: noticed() };
  const delivery = await deliverFixes(opened, complete, { options, resolved, transforms });
  if (delivery.refusal) refuse(delivery.refusal);
  const isToBeSaid = delivery.outcome === 'changed' && delivery.reason !== undefined;
  return {
    ...outcomeOf(end, opened, complete, delivery),
    notices: noticed(isToBeSaid ? [delivery.reason] : []),
  };
}

/** The same choice, and how many different fixes it was asked for. */
function counting(choose: RunRequest<unknown>['choose']) {
  const names = new Set<string>();
  if (!choose) return { offered: () => 0 };
  const counted = (offer: Offer): boolean => {
    names.add(JSON.stringify([offer.transform, offer.fix.title, offer.fix.edits]));
    return choose(offer);
  };
  return { choose: counted, offered: () => names.size };
}

interface Ending {
  readonly path: string;
  /** Why nothing changed, where nothing did. */
  readonly nothing: string;
}

/** Without a delivery: of a run that only looked. */
function outcomeOf({ path, nothing }: Ending, opened: Opened, result: FixResult, delivery?: Delivery): Outcome {
  const { head } = opened;
  const written = delivery?.outcome === 'changed';
  const described = describeResult(result, { written });
  const base = head === undefined ? {} : { base: head.commit };
  if (delivery?.outcome === 'unchanged' || result.changed.length === 0) {
    // What the branch has already, or what cancels out, is neither made nor pending.
    const reason = result.changed.length === 0 ? nothing : (delivery?.reason ?? nothing);
    const common = { path, outcome: 'unchanged', reason, ...base, ...described } as const;
    return { ...common, fixes: [], ...branchPart(delivery), diff: '', notices: [] };
  }
  return {
    path,
    outcome: 'changed',
    ...base,
    ...branchPart(delivery),
    ...(delivery?.commits && head?.branch !== undefined ? { from: head.branch } : {}),
    ...described,
    diff: unifiedDiff(result.before, result.after, result.changed),
    notices: [],
  };
}

function branchPart(delivery: Delivery | undefined): Pick<Outcome, 'branch' | 'commits'> {
  const { branch, commits } = delivery ?? {};
  return { ...(branch === undefined ? {} : { branch }), ...(commits ? { commits } : {}) };
}

interface DeliveryRequest<F> {
  readonly options: RunOptions;
  readonly resolved: Pick<ResolvedDelivery, 'branch' | 'squash'>;
  readonly transforms: readonly Transform<F>[];
}

async function deliverFixes<F>(
  opened: Opened,
  result: FixResult,
  { options, resolved, transforms }: DeliveryRequest<F>,
): Promise<Delivery> {
  const { deliverFiles, deliverInPlace } = await import('./deliver/deliver.ts');
  if (options.noBranch) return deliverFiles(opened, result);
  const { changeMessage, commitText } = await import('./report/message.ts');
  return deliverInPlace(opened, result, {
    ...{ branch: resolved.branch, squash: resolved.squash },
    allowDirty: options.allowDirty,
    message: (_, fixes) => bytesOf(commitText(changeMessage(fixes, transforms))),
  });
}

/** Files that are not read exactly, or that no branch could hold, are for a person. */
function skippedFindings(group: readonly Opened[], { onBranch }: { readonly onBranch: boolean }): Finding[] {
  const findings = new Map<string, Finding>();
  for (const { skippedFiles: left, untracked, within } of group) {
    for (const { path, why } of left) {
      findings.set(path, {
        diagnosis: UNREAD_FILE,
        path,
        offset: 0,
        message: 'This file was left alone.',
        reason: asSentence(why),
      });
    }
    for (const path of onBranch ? untracked : []) {
      if (!within(path) || !isDockerName(path)) continue;
      const reason = 'Git does not track it, so no commit could hold its fixes: `git add` it, or use --no-branch.';
      findings.set(path, { diagnosis: UNREAD_FILE, path, offset: 0, message: 'This file was left alone.', reason });
    }
  }
  return [...findings.values()];
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
