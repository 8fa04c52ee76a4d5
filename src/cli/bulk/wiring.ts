// Puts a bulk run's parts together from its options: the campaign, the forges with their tokens, the sources.

import { resolve } from 'node:path';
import type { Author, Campaign, Pacer, Target } from '../../bulk/bulkModel.ts';
import { shown } from '../../bulk/display/displayWords.ts';
import { type JournalReading, readCampaignJournal } from '../../bulk/journal/campaignJournal.ts';
import { OTHER_CAMPAIGN, refuseJournal } from '../../bulk/journal/journalIndex.ts';
import { PLACEHOLDERS } from '../../bulk/pullRequest/pullRequestText.ts';
import { readSources } from '../../bulk/sources/index.ts';
import { enabledIds } from '../../config/resolve.ts';
import { processors, readTemplate, userIdentity } from '../../io/campaign/bulkInput.ts';
import type { Forge, Project } from '../../io/forge/forge.ts';
import { type ForgePlace, isMeant, TOKEN_VARIABLES } from '../../io/forge/forgePlaces.ts';
import { forgeToken, openForge } from '../../io/forge/open.ts';
import { useProxies } from '../../io/forge/proxy.ts';
import type { Transform } from '../../model.ts';
import { bytesOf } from '../../text/latin1.ts';
import { nearest } from '../../text/nearest.ts';
import { refuse } from '../../text/userError.ts';
import type { BulkOptions, WorkerOptions } from '../bulkOptions.ts';
import { authorOf } from './bulkValues.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** What the options of `bulk` and `worker` say of forges. */
export type ForgeOptions = Pick<WorkerOptions, 'tokenEnv' | 'api'>;

/** Clients of all forges that a run meets, each made once, with the token of its kind. */
export interface Forges {
  forgeFor(place: ForgePlace): Promise<Forge>;
  /** For git; an address of no forge has none. */
  tokenFor(of: Project | string): string | undefined;
}

export interface ForgeSurroundings {
  readonly env: Env;
  readonly version: string;
  readonly pacer: Pacer;
}

/**
 * Tokens come from the environment and go only to the interface that `--api` names, or without it to the usual one of their kind: where
 * a project stands, a list, a journal or a queue may say anything. Refuses a `--token-env` that names an unset variable.
 */
export function forgesOf({ tokenEnv, api }: ForgeOptions, { env, version, pacer }: ForgeSurroundings): Forges {
  if (tokenEnv !== undefined && !env[tokenEnv]) {
    // The name is not repeated: it may be the token itself.
    refuse({
      what: 'the variable that --token-env names is not set',
      next: 'Set it to the token, or leave --token-env out.',
    });
  }
  const made = new Map<string, Promise<Forge>>();
  /** The kind of forge that the one token of `--token-env` is shown to: the first that is met. */
  let kindOfToken: ForgePlace['kind'] | undefined;
  const tokenAt = (place: ForgePlace) => {
    if (!isMeant(place, api)) return undefined;
    if (tokenEnv !== undefined) kindOfToken ??= place.kind;
    return forgeToken(place.kind, env, kindOfToken === place.kind ? tokenEnv : undefined);
  };
  const wayToToken = (place: ForgePlace) => {
    if (!isMeant(place, api)) return `${TOKEN_VARIABLES[place.kind]} and --api ${place.api}`;
    return kindOfToken === place.kind && tokenEnv !== undefined ? tokenEnv : TOKEN_VARIABLES[place.kind];
  };
  return {
    forgeFor(place) {
      const id = `${place.kind} ${place.api}`;
      const known = made.get(id);
      if (known) return known;
      const token = tokenAt(place);
      const access = {
        api: place.api,
        ...(token === undefined ? {} : { token }),
        tokenName: wayToToken(place),
        userAgent: `pyvenv-fix/${version}`,
        ready: (signal: AbortSignal) => pacer.ready(place.host, signal),
        backOff: (milliseconds: number) => pacer.backOff(place.host, milliseconds),
      };
      const forge = useProxies(env).then(() => openForge(place.kind, access));
      made.set(id, forge);
      return forge;
    },
    tokenFor: (of) => (typeof of === 'string' ? undefined : tokenAt(of)),
  };
}

/** The campaign that the options ask for. Refuses where an author is needed and there is none. */
export function campaignOf<F>(options: BulkOptions, transforms: readonly Transform<F>[], env: Env): Campaign {
  const { name, branch, unsafe, squash, signOff, sign, push, pullRequests, requireProof, recreate, fork, draft } = {
    ...options,
    name: options.campaign,
  };
  const { labels, reviewers, assignees, rate, wave, template } = options;
  return {
    name,
    branch,
    author: options.author ?? ownAuthor(env, options),
    ids: enabledIds(transforms, options),
    unsafe,
    squash,
    signOff,
    sign,
    push,
    pullRequests,
    requireProof,
    recreate,
    fork,
    draft,
    labels,
    reviewers,
    assignees,
    ...(template === undefined ? {} : { template: templateAt(template) }),
    rate,
    ...(wave === undefined ? {} : { wave }),
  };
}

function templateAt(file: string): string {
  const text = readTemplate(file);
  const where = bytesOf(file);
  const known = PLACEHOLDERS.map((name) => `{{${name}}}`).join(', ');
  for (const [whole, name = ''] of text.matchAll(/\{\{[ \t]*([\w.-]+)[ \t]*\}\}/g)) {
    if ((PLACEHOLDERS as readonly string[]).includes(name)) continue;
    const near = nearest(name, PLACEHOLDERS);
    const hint = near === undefined ? '' : ` Did you mean {{${near}}}?`;
    refuse({
      what: bytesOf(`the template names ${whole}, which is nothing`),
      where,
      next: `Known are ${known}.${hint}`,
    });
  }
  if (/^\s*$/.test(text))
    refuse({ what: 'the template is empty', where, next: `Known are ${known}; or leave it out.` });
  return text;
}

/** A plan makes no commit, so nobody has to be known for it. */
const NOBODY: Author = { name: 'pyvenv-fix', email: 'nobody@example.invalid' };

function ownAuthor(env: Env, { action, push }: Pick<BulkOptions, 'action' | 'push'>): Author {
  const { name, email } = userIdentity(env);
  const known = name && email ? authorOf(`${name} <${email}>`) : undefined;
  if (known) return known;
  if (action !== 'apply' || !push) return NOBODY;
  const missing = !name ? 'name' : 'email';
  return refuse({
    what:
      name && email
        ? 'the identity that git has is none it can commit under'
        : `git does not know the ${missing} to commit under`,
    next: `Give --author "Name <mail@example.org>", or set it (git config --global user.${missing} "...").`,
  });
}

/** Everything beside the campaign that makes two runs different. */
export function runSettings(options: BulkOptions, version: string): string {
  const { sources, include, exclude, limit, sample, api } = options;
  return JSON.stringify([version, sources, include, exclude, limit ?? null, sample ?? null, api ?? null]);
}

/** The absolute folder of the campaign's journal. */
export function journalFolder({ journal, campaign }: Pick<BulkOptions, 'journal' | 'campaign'>): string {
  return resolve(journal ?? `.pyvenv-fix/${campaign}`);
}

/** Repositories at once. Half of a job's time is git's and the network's, so there are two for each processor. */
export function concurrencyOf({ concurrency }: Pick<WorkerOptions, 'concurrency'>): number {
  return concurrency ?? 2 * processors();
}

export interface SourceSurroundings {
  readonly env: Env;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly forges: Forges;
}

/** The repositories that SOURCE... name; refuses a wrong source at once. */
export function targetsFor(
  options: BulkOptions,
  { env, stdin, signal, forges }: SourceSurroundings,
): AsyncIterable<Target> {
  const { sources, include, exclude, limit, sample, api, tokenEnv, campaign } = options;
  return readSources(sources, {
    include,
    exclude,
    ...(limit === undefined ? {} : { limit }),
    ...(sample === undefined ? {} : { sample }),
    seed: campaign,
    api,
    tokenEnv,
    env,
    forgeFor: forges.forgeFor,
    ...(sources.includes('-') ? { stdin: stdin() } : {}),
    signal,
  });
}

/** What the journal says of the campaign that is meant; refuses where there is none, or one of another campaign. */
export function standingJournal(options: Pick<BulkOptions, 'journal' | 'campaign' | 'isNamed'>): JournalReading {
  const folder = journalFolder(options);
  const reading = readCampaignJournal(folder);
  if (!reading) {
    return refuse({
      what: 'no run has left a journal here',
      where: bytesOf(folder),
      next: 'Run bulk apply first, or name its folder with --journal.',
    });
  }
  const { name } = reading.campaign;
  if (options.isNamed && name !== options.campaign)
    refuseJournal(folder, `the journal here is that of the campaign ${name}`, OTHER_CAMPAIGN);
  return reading;
}

/** The options that lead to the same journal, as a shell takes them. */
export function campaignWords({ campaign, journal }: BulkOptions): string {
  const named = campaign === 'pyvenv-fix' ? '' : ` --campaign ${campaign}`;
  if (journal === undefined) return named;
  const quoted = /^[\w./:@%+,-]+$/.test(journal) ? journal : `'${journal.replaceAll("'", "'\\''")}'`;
  return `${named} --journal ${shown(quoted)}`;
}
