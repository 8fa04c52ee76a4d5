// The options of `pyvenv-fix bulk ...` and `pyvenv-fix worker`.

import type { Command } from 'commander';
import {
  type Author,
  BULK_ACTIONS,
  BULK_FORMATS,
  type BulkAction,
  type BulkFormat,
  type Campaign,
} from '../bulk/bulkModel.ts';
import {
  addCampaign,
  addConcurrency,
  addForge,
  addMachine,
  addQueue,
  addRate,
  addReport,
  addRules,
  addSelection,
} from './bulk/bulkFlags.ts';
import { addressProblem, branchProblem, campaignProblem } from './bulk/bulkValues.ts';
import type { IdList } from './optionValues.ts';

/** What the command line says as the campaign has it. */
type FromCampaign =
  | 'unsafe'
  | 'squash'
  | 'push'
  | 'pullRequests'
  | 'requireProof'
  | 'recreate'
  | 'fork'
  | 'draft'
  | 'labels'
  | 'reviewers'
  | 'assignees'
  | 'sign'
  | 'signOff'
  | 'wave'
  | 'rate';

/** What `pyvenv-fix bulk ACTION` was asked for. Text as typed (not latin1). */
export interface BulkOptions extends Pick<Campaign, FromCampaign> {
  readonly action: BulkAction;
  readonly sources: readonly string[];
  readonly campaign: string;
  /** Its name was given. */
  readonly isNamed: boolean;
  readonly branch: string;
  /** Folder of the campaign; absent: `.pyvenv-fix/<campaign>`. */
  readonly journal?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** File with the text of the pull requests. */
  readonly template?: string;
  /** Absent: the user's own git identity. */
  readonly author?: Author;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly limit?: number;
  readonly sample?: number;
  /** Repositories at once; absent: by the processors. */
  readonly concurrency?: number;
  /** Of the builds and starts that prove. */
  readonly network?: string;
  readonly tokenEnv?: string;
  /** Address of a forge of one's own, without credentials. */
  readonly api?: string;
  /** Holds credentials at times: never shown. */
  readonly queue?: string;
  readonly format: BulkFormat;
  readonly output?: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color?: boolean;
}

/** What `pyvenv-fix worker` was asked for. */
export interface WorkerOptions {
  /** Holds credentials at times: never shown. */
  readonly queue: string;
  readonly concurrency?: number;
  /** Of the builds and starts that prove. */
  readonly network?: string;
  readonly tokenEnv?: string;
  readonly api?: string;
  readonly format: 'text' | 'ndjson';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color?: boolean;
}

interface ParsedWorker {
  readonly network?: string;
  readonly queue?: string;
  readonly concurrency?: number;
  readonly tokenEnv?: string;
  readonly api?: string;
  readonly format?: BulkFormat;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color?: boolean;
}

interface ParsedBulk extends ParsedWorker {
  readonly campaign?: string;
  readonly branch?: string;
  readonly journal?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly unsafe?: true;
  readonly squash?: true;
  readonly push?: boolean;
  readonly pr?: boolean;
  readonly requireProof?: true;
  readonly recreate?: true;
  readonly fork?: true;
  readonly draft?: true;
  readonly label?: readonly string[];
  readonly reviewer?: readonly string[];
  readonly assignee?: readonly string[];
  readonly template?: string;
  readonly author?: Author;
  readonly sign?: true;
  readonly signOff?: true;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly limit?: number;
  readonly sample?: number;
  readonly wave?: number;
  readonly rate?: number;
  readonly output?: string;
}

/** Who is told what was asked for; `fail` ends the reading with one line. */
export interface BulkListener {
  readonly bulk: (options: BulkOptions) => void;
  readonly worker: (options: WorkerOptions) => void;
  readonly fail: (message: string) => never;
}

const ABOUT: Readonly<Record<BulkAction, string>> = {
  plan: 'analyse and write nothing: what would change, how many pull requests, how long at which rate',
  apply: 'branch, commit, push, pull request; killed and run again, it goes on',
  status: "the campaign's pull requests, from its journal and the forge",
  retry: 'what failed in the last run, once more',
  close: "close the campaign's open pull requests and delete their branches",
};

const FORMATS: Readonly<Record<BulkAction, readonly BulkFormat[]>> = {
  plan: BULK_FORMATS,
  apply: BULK_FORMATS,
  status: ['text', 'json', 'markdown'],
  retry: ['text', 'json', 'ndjson', 'markdown'],
  close: ['text', 'json', 'markdown'],
};

const SOURCES = `
SOURCE: a folder, or a glob of folders; a file, or - for stdin, with one path or URL a line; a URL (https, ssh, file);
github:OWNER, github:OWNER/REPO, github-search:QUERY, gitlab:GROUP, gitea:ORG. Tokens: GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN.`;
const CODES = '\nExit codes: 0 done; 1 some repositories failed, or a wave was stopped; 2 wrong use or an error.';

/** Adds `bulk` with its subcommands, and `worker`. `whole`: with their options, which take time to make. */
export function addBulk(
  program: Command,
  { idList, whole }: { readonly idList: IdList; readonly whole: boolean },
  listener: BulkListener,
): void {
  const bulk = program
    .command('bulk')
    .description('many repositories: plan, branches, pull requests')
    .helpCommand(false)
    .enablePositionalOptions();
  const worker = program
    .command('worker')
    .description('take repositories from the queue that bulk apply --queue fills');
  if (!whole) return;
  for (const action of BULK_ACTIONS) {
    const one = bulk.command(action).description(ABOUT[action]);
    addCampaign(one);
    if (action === 'plan' || action === 'apply') {
      one.argument('<SOURCE...>', 'repositories; see below');
      addRules(one, idList);
      addSelection(one);
    }
    if (action !== 'status') addRate(one);
    if (action === 'plan') addConcurrency(one);
    if (action === 'apply' || action === 'retry') addMachine(one);
    addForge(one);
    if (action === 'apply') addQueue(one);
    addReport(one, FORMATS[action]);
    one.addHelpText('after', (one.registeredArguments.length > 0 ? SOURCES : '') + CODES);
    one.action((...given: unknown[]) => {
      const sources = one.registeredArguments.length > 0 ? one.args : [];
      listener.bulk(toBulkOptions(action, sources, { parsed: given.at(-2) as ParsedBulk, listener }));
    });
  }
  addQueue(worker);
  addMachine(addForge(worker));
  addReport(worker, ['text', 'ndjson']);
  worker
    .addHelpText('after', '\nSIGTERM or Ctrl-C: gives back what it holds and ends; the other workers go on.')
    .action((parsed: ParsedWorker) => listener.worker(toWorkerOptions(parsed, listener)));
}

/** A part of the options, left out where it is undefined. */
function given<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };
}

function toBulkOptions(
  action: BulkAction,
  sources: readonly string[],
  { parsed, listener }: { readonly parsed: ParsedBulk; readonly listener: BulkListener },
): BulkOptions {
  const { fail } = listener;
  const { campaign = 'pyvenv-fix', push = true, pr = true, quiet = false, verbose = false, wave } = parsed;
  const branch = parsed.branch ?? campaign;
  const wrong = campaignProblem(campaign) ?? branchProblem(branch);
  if (wrong) fail(wrong);
  if (quiet && verbose) fail('--quiet and --verbose contradict each other');
  if (sources.includes('')) fail('SOURCE is empty');
  if (sources.filter((source) => source === '-').length > 1) fail('stdin (-) can be read once only');
  if (wave !== undefined && !(push && pr)) fail('--wave counts new pull requests, and none are to be opened');
  if (parsed.queue !== undefined && parsed.format === 'diff')
    fail('the diffs are made by the workers: use bulk plan --format diff');
  checkForge(parsed, fail);
  return {
    action,
    sources: [...new Set(sources)],
    campaign,
    isNamed: parsed.campaign !== undefined,
    branch,
    ...given('journal', parsed.journal),
    ...given('only', parsed.only),
    ...given('skip', parsed.skip),
    unsafe: parsed.unsafe ?? false,
    squash: parsed.squash ?? false,
    push,
    pullRequests: push && pr,
    requireProof: parsed.requireProof ?? false,
    recreate: parsed.recreate ?? false,
    fork: parsed.fork ?? false,
    draft: parsed.draft ?? false,
    labels: parsed.label ?? [],
    reviewers: parsed.reviewer ?? [],
    assignees: parsed.assignee ?? [],
    ...given('template', parsed.template),
    ...given('author', parsed.author),
    sign: parsed.sign ?? false,
    signOff: parsed.signOff ?? false,
    include: parsed.include ?? [],
    exclude: parsed.exclude ?? [],
    ...given('limit', parsed.limit),
    ...given('sample', parsed.sample),
    ...given('wave', wave),
    rate: parsed.rate ?? 60,
    ...given('queue', parsed.queue),
    ...shared(parsed),
    format: parsed.format ?? 'text',
    ...given('output', parsed.output),
  };
}

function toWorkerOptions(parsed: ParsedWorker, { fail }: BulkListener): WorkerOptions {
  if (parsed.quiet && parsed.verbose) fail('--quiet and --verbose contradict each other');
  checkForge(parsed, fail);
  const queue = parsed.queue ?? fail('a worker needs --queue redis://HOST:PORT');
  return { queue, ...shared(parsed), format: parsed.format === 'ndjson' ? 'ndjson' : 'text' };
}

function shared(parsed: ParsedWorker) {
  const { concurrency, network, tokenEnv, api, color } = parsed;
  const { quiet, verbose }: { quiet?: boolean; verbose?: boolean } = parsed;
  const forge = { ...given('tokenEnv', tokenEnv), ...given('api', api?.replace(/\/+$/, '')) };
  const said = {
    ...given('network', network),
    quiet: quiet === true,
    verbose: verbose === true,
    ...given('color', color),
  };
  return { ...given('concurrency', concurrency), ...forge, ...said };
}

/** None of these values is repeated in what is said: a token may have been put where it does not belong. */
function checkForge({ tokenEnv, api, queue }: ParsedWorker, fail: (message: string) => never): void {
  if (tokenEnv !== undefined && !/^[A-Za-z_]\w{0,99}$/.test(tokenEnv))
    fail('--token-env takes the name of an environment variable, not the token itself');
  const wrongApi = api === undefined ? undefined : addressProblem(api, ['https:', 'http:']);
  if (wrongApi) fail(`--api ${wrongApi}`);
  const wrongQueue = queue === undefined ? undefined : addressProblem(queue, ['redis:', 'rediss:']);
  if (wrongQueue) fail(`--queue ${wrongQueue}`);
}
