// Reads the SOURCEs of a bulk run: one repository after the other, as they are asked for.

import { isGlob, matching, openList, targetKind } from '../../io/files/targets.ts';
import { type Forge, ForgeProblem } from '../../io/forge/forge.ts';
import { type ForgePlace, forgeToken, TOKEN_VARIABLES } from '../../io/forge/forgePlaces.ts';
import { bytesOf } from '../../text/latin1.ts';
import { type Refusal, refuse } from '../../text/userError.ts';
import type { Target } from '../bulkModel.ts';
import { type Address, targetOfAddress } from './address.ts';
import { type Choice, chosen } from './choose.ts';
import { type ForgeQuery, ListingFailed, listedRepositories } from './listed.ts';
import { forgePlaces, type Places } from './sourceForges.ts';
import { parseSource, type RepositorySource } from './spec.ts';
import { folderTarget, listTargets, wrongTarget } from './writtenTargets.ts';

export interface SourceOptions extends Omit<Choice, 'seed'> {
  /** Makes the sample; a campaign gives its name, so that its sample stays the same. */
  readonly seed?: string;
  /** `--api`: the forge that the sources, and addresses on its host, mean. */
  readonly api?: string | undefined;
  readonly tokenEnv?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The client of a forge; undefined where none can be had. */
  forgeFor(place: ForgePlace): Promise<Forge | undefined>;
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  readonly signal?: AbortSignal;
}

/**
 * The repositories that the sources name, in their order; lazily and in flat memory, however many there are. The same one may come
 * twice (with the same key). A repository that is not to be looked at has `skip`; a wrong line, or a folder that is no
 * repository, has `wrong` too and ends nothing.
 *
 * Refuses at once, before anything is read, what is wrong with a source itself. A forge that does not give its list to the end makes
 * the iteration throw (a refusal), but after all other sources were read.
 */
export function readSources(specs: readonly string[], options: SourceOptions): AsyncIterable<Target> {
  if (specs.length === 0)
    refuse({ what: 'no source is named', next: 'name folders, a list, addresses or `github:OWNER`' });
  const sources = specs.map((spec) => checked(spec));
  if (sources.filter(({ kind }) => kind === 'stdin').length > 1) {
    refuse({ what: '`-` is named twice', next: 'standard input can be read once' });
  }
  if (sources.some(({ kind }) => kind === 'stdin') && !options.stdin) {
    refuse({ what: '`-` is named, but there is no standard input', next: 'name a file instead' });
  }
  const places = forgePlaces(options.api, sources);
  for (const source of sources) if (source.kind === 'address') addressTarget(source.address, places.own);
  const { seed = 'pyvenv-fix', ...choice } = options;
  return chosen(allTargets(sources, places, options), { ...choice, seed });
}

function checked(spec: string): RepositorySource {
  const source = parseSource(spec);
  if (source.kind === 'wrong') refuse({ what: source.what, next: source.next });
  if (source.kind !== 'path') return source;
  const where = bytesOf(source.path);
  switch (targetKind(source.path)) {
    case 'absent':
      if (isGlob(source.path)) return source;
      return refuse({ what: 'there is no such folder or list', where, next: 'a forge is named as `github:OWNER`' });
    case 'denied':
      return refuse({ what: 'this cannot be read', where, next: 'check its permissions' });
    case 'folder':
      return refuse({
        what: 'this is not a git repository',
        where,
        next: 'those in it are named by a glob: `FOLDER/*`',
      });
    default:
      return source;
  }
}

async function* allTargets(
  sources: readonly RepositorySource[],
  places: Places,
  options: SourceOptions,
): AsyncIterable<Target> {
  const failures: Refusal[] = [];
  for (const source of sources) {
    try {
      yield* targetsOf(source, places, options);
    } catch (error) {
      if (!(error instanceof ListingFailed)) throw error;
      failures.push({ what: error.message, next: nextStep(error, options) });
    }
  }
  const [failure] = failures;
  if (failure) refuse({ ...failure, what: failures.map(({ what }) => what).join('; ') });
}

async function* targetsOf(source: RepositorySource, places: Places, options: SourceOptions): AsyncIterable<Target> {
  const signal = options.signal ?? new AbortController().signal;
  switch (source.kind) {
    case 'stdin':
      if (options.stdin) yield* listTargets(options.stdin, { name: '-', own: places.own });
      return;
    case 'path':
      yield* pathTargets(source.path, places.own);
      return;
    case 'address':
      yield addressTarget(source.address, places.own);
      return;
    case 'wrong':
      return;
    default: {
      const place = places.of(source.forge);
      const forge = await clientFor(place, options);
      if (!forge) throw new ListingFailed(`${place.host} cannot be asked for repositories`, place.kind);
      yield* listedRepositories(forge, { place, asked: askedFor(source) }, signal);
    }
  }
}

async function clientFor(place: ForgePlace, { forgeFor }: SourceOptions): Promise<Forge | undefined> {
  try {
    return await forgeFor(place);
  } catch (error) {
    if (error instanceof ForgeProblem) throw new ListingFailed(error.message, place.kind);
    throw error;
  }
}

function addressTarget(address: Address, own: ForgePlace | undefined): Target {
  const target = targetOfAddress(address, own);
  return 'what' in target ? refuse(target) : target;
}

function askedFor(source: Extract<RepositorySource, { readonly forge: unknown }>): ForgeQuery {
  if (source.kind === 'owner') return { owner: source.owner };
  return source.kind === 'search' ? { search: source.query } : { path: source.path };
}

async function* pathTargets(path: string, own: ForgePlace | undefined): AsyncIterable<Target> {
  const stand = targetKind(path);
  if (stand === 'file') return yield* listTargets(openList(path), { name: path, own });
  if (stand === 'repository') return yield folderTarget(path);
  let count = 0;
  for await (const match of matching(path)) {
    count++;
    yield targetKind(match) === 'repository'
      ? folderTarget(match)
      : { key: match, name: match, skip: 'not a git repository' };
  }
  if (count === 0) yield wrongTarget(path, 'the glob matches nothing');
}

function nextStep({ forge, isDenied }: ListingFailed, { env, tokenEnv }: SourceOptions): string {
  if (!isDenied) return 'run the same again: what is done stays done';
  if (forgeToken(forge, env, tokenEnv) === undefined) {
    return `set ${tokenEnv ?? TOKEN_VARIABLES[forge]} to a token that may read it`;
  }
  return 'check its name and what the token may read';
}
