// From configuration to what runs: which transforms, with which settings, how far. `run`, `verify` and `bulk` all ask here.

import type { Settings, Snapshot, Transform } from '../model.ts';
import { bytesOf } from '../text/latin1.ts';
import { refuse } from '../text/userError.ts';
import type { Config } from './config.ts';
import { type ConfigProblem, type ConfigResult, findConfig, readConfig } from './read.ts';

/** The branch where nobody names another. */
const BRANCH = 'pyvenv-fix';
/** Said of one configuration after the first; more helps nobody. */
const MOST_PROBLEMS = 20;

/** What the command line says of what a configuration says too. Text as typed (not latin1). */
export interface ConfigOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly unsafe: boolean;
  readonly branch?: string;
  readonly squash?: boolean;
  /** A file, or false for none at all; absent: the repository's own. */
  readonly config?: string | false;
}

/** Where a configuration of the repository's own may stand. */
export interface ConfigPlace {
  readonly snapshot: Snapshot;
  /** Repository-relative folder that PATH names, '' for the root. */
  readonly prefix: string;
}

/** The user of one repository decides, and the command line wins over what the repository says. */
export interface OwnRequest<F> {
  readonly by: 'user';
  readonly transforms: readonly Transform<F>[];
  readonly options: ConfigOptions;
  /** Several folders of one repository; where two have different configurations they are refused. */
  readonly places: readonly ConfigPlace[];
  /** Reads the file that `options.config` names; latin1. */
  readonly readFile: (path: string) => string;
}

/** A campaign over many repositories decides, and a repository may only say less. */
export interface CampaignRequest<F> {
  readonly by: 'campaign';
  readonly transforms: readonly Transform<F>[];
  /** Of the transforms that the campaign runs. */
  readonly ids: readonly string[];
  readonly unsafe: boolean;
  readonly snapshot: Snapshot;
}

/** What the fixing takes from a configuration. */
export interface ResolvedConfig {
  /** Ids of the transforms that run, in the order of the list. */
  readonly ids: readonly string[];
  /** Which unsafe fixes are made: all, none, or those of these transforms. */
  readonly unsafe: boolean | readonly string[];
  readonly settings: Settings;
}

/** With what the delivery takes; latin1. */
export interface ResolvedDelivery extends ResolvedConfig {
  readonly branch: string;
  readonly squash: boolean;
}

/** Finds the one configuration that counts and says what runs; refuses a configuration that is wrong. */
export async function resolveConfig<F>(request: OwnRequest<F>): Promise<ResolvedDelivery>;
export async function resolveConfig<F>(request: CampaignRequest<F>): Promise<ResolvedConfig>;
export async function resolveConfig<F>(request: OwnRequest<F> | CampaignRequest<F>): Promise<ResolvedConfig> {
  const { transforms } = request;
  if (request.by === 'campaign') {
    const { ids, unsafe, snapshot } = request;
    const found = await findConfig(snapshot, { folder: '', transforms: idsOf(transforms) });
    const config = configIn(found, refuseForCampaign);
    return { ids: allowedIds(ids, config), unsafe, settings: settingsOf(narrowed(config)) };
  }
  const { options } = request;
  const config = await configFor(request);
  const { unsafe = false, branch = BRANCH, squash = false } = config;
  const resolved: ResolvedDelivery = {
    ids: enabledIds(transforms, options, config),
    unsafe: options.unsafe || unsafe,
    settings: settingsOf(config),
    branch: options.branch === undefined ? branch : bytesOf(options.branch),
    squash: options.squash || squash,
  };
  return resolved;
}

/** The command line wins: what it names runs, what it skips does not. */
export function enabledIds<F>(
  transforms: readonly Transform<F>[],
  options: Pick<ConfigOptions, 'only' | 'skip'>,
  config: Config = {},
): string[] {
  const only = options.only ?? config.only;
  const skip = new Set([...(options.skip ?? []), ...(options.only ? [] : (config.skip ?? []))]);
  const isOn = ({ id, offByDefault }: Transform<F>) => (only ? only.includes(id) : !offByDefault) && !skip.has(id);
  return idsOf(transforms.filter(isOn));
}

/** What facts and transforms read of a configuration, with its defaults. */
export function settingsOf(config: Config): Settings {
  return {
    contexts: config.contexts ?? {},
    bases: config.bases ?? {},
    venvVolume: config.venvVolume ?? 'volume',
    recommendedIgnores: config.recommendedIgnores ?? false,
    include: config.include ?? [],
    exclude: config.exclude ?? [],
  };
}

function allowedIds(ids: readonly string[], { only, skip }: Config): string[] {
  return ids.filter((id) => (only?.includes(id) ?? true) && !skip?.includes(id));
}

/** What a repository may say about a campaign: less of it, and facts about itself. */
function narrowed({ include, exclude, contexts, bases, venvVolume }: Config): Config {
  return {
    ...(include && { include }),
    ...(exclude && { exclude }),
    ...(contexts && { contexts }),
    ...(bases && { bases }),
    // what is not the default asks for fewer fixes
    ...(venvVolume && { venvVolume }),
  };
}

/** The named file, the repository's own, or none. */
async function configFor<F>({ options, places, readFile, transforms }: OwnRequest<F>): Promise<Config> {
  if (options.config === false) return {};
  const ids = idsOf(transforms);
  const found =
    options.config === undefined
      ? await Promise.all(
          places.map(({ snapshot, prefix }) => findConfig(snapshot, { folder: prefix, transforms: ids })),
        )
      : [await readConfig(bytesOf(options.config), readFile(options.config), ids)];
  const [result, other] = [...new Map(found.map((one) => [one.path, one])).values()];
  if (!result) return {};
  if (other) {
    const next = 'Name them in runs of their own, or use --config.';
    refuse({ what: 'these folders have configurations of their own', where: other.path ?? result.path ?? '', next });
  }
  return configIn(result, refuseConfig);
}

function configIn(result: ConfigResult, refused: (path: string, problems: readonly ConfigProblem[]) => never): Config {
  return 'config' in result ? result.config : refused(result.path, result.problems);
}

function refuseConfig(path: string, [problem, ...more]: readonly ConfigProblem[]): never {
  const further = more.slice(0, MOST_PROBLEMS).map(({ where, message }) => `${where}: ${message}`);
  const left = more.length - further.length;
  if (left > 0) further.push(`and ${left} more like these`);
  return refuse({
    what: problem?.message ?? 'the configuration cannot be read',
    where: problem?.where ?? path,
    next: [...further, 'Mend the configuration, or use --no-config.'].join('\n'),
  });
}

function refuseForCampaign(path: string, [problem]: readonly ConfigProblem[]): never {
  return refuse({
    what: 'its pyvenv-fix configuration is wrong',
    where: problem ? `${problem.where}: ${problem.message}` : path,
    next: 'mend the configuration in the repository',
  });
}

const idsOf = <F>(transforms: readonly Transform<F>[]): string[] => transforms.map(({ id }) => id);
