// Fixes one repository in memory from its objects alone: reads ahead by name, then what was asked for and not there yet.

import { CONFIG_NAMES } from '../../config/read.ts';
import { resolveConfig } from '../../config/resolve.ts';
import { fixRepository } from '../../fix/loop.ts';
import type { Bare } from '../../io/objects/bare.ts';
import type { Transform } from '../../model.ts';
import { unifiedDiff } from '../../report/diff.ts';
import { isComposeName, isDockerfileName } from '../../text/dockerNames.ts';
import { refuse } from '../../text/userError.ts';
import type { Analysis } from '../bulkModel.ts';

export interface AnalyseOptions<F> {
  /** All there are, in the order in which they run. */
  readonly transforms: readonly Transform<F>[];
  /** Ids of those that may run. */
  readonly ids: readonly string[];
  readonly unsafe: boolean;
}

/** Whether anything at this path could ever lead to a fix. */
export function isConcerned(path: string): boolean {
  return isDockerfileName(path) || isComposeName(path);
}

/** Small files that facts ask for by their names nearly always, so that one question brings them all. */
const USUAL =
  /(?:^|\/)(?:\.dockerignore|\.gitignore|\.env|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|Makefile|[^/]*requirements?[^/]*\.(?:txt|in)|entrypoint\.sh|start\.sh)$|\.dockerignore$|^\.gitlab-ci\.yml$|^\.github\/workflows\/[^/]*\.ya?ml$/i;
/** Deep or many: these wait until they are asked for. */
const MOST_AHEAD = 400;

/** More than any chain of files that name one another needs; after that the repository is refused. */
const MOST_ROUNDS = 25;

/**
 * What the fixing comes to: the same as in place on a clean checkout of that commit, but that the repository's configuration may
 * only narrow. Throws `BareProblem`, or a refusal for a configuration that is wrong.
 */
export async function analyse<F>(bare: Bare, options: AnalyseOptions<F>): Promise<Analysis> {
  await bare.load(pathsAhead(bare));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const analysis = await analyseOnce(bare, options);
    const missed = bare.missed();
    if (missed.length === 0) return analysis;
    await bare.load(missed);
  }
  return refuse({ what: 'its files name one another without end', next: 'run pyvenv-fix in a clone of it' });
}

function pathsAhead({ listing }: Bare): string[] {
  const needed: string[] = CONFIG_NAMES.filter((path) => listing.has(path));
  const usual: string[] = [];
  for (const path of listing.keys()) {
    if (isConcerned(path)) needed.push(path);
    else if (usual.length < MOST_AHEAD && USUAL.test(path)) usual.push(path);
  }
  return [...needed, ...usual];
}

async function analyseOnce<F>(bare: Bare, { transforms, ids, unsafe }: AnalyseOptions<F>): Promise<Analysis> {
  const { snapshot } = bare;
  const resolved = await resolveConfig({ by: 'campaign', transforms, ids, unsafe, snapshot });
  const { settings } = resolved;
  const result = fixRepository(snapshot, transforms, settings, {
    ...{ ids: resolved.ids, unsafe: resolved.unsafe },
    prefix: '',
    editable: () => true,
  });
  // Only then is it the last round: a diff of what will be done again would be for nothing.
  const diff = bare.missed().length > 0 ? '' : unifiedDiff(result.before, result.after, result.changed);
  return { result, settings, diff };
}
