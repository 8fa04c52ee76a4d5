// Which forge the sources of one run mean: the public ones, or the one that `--api` names.

import type { ForgeKind } from '../../io/forge/forge.ts';
import { type ForgePlace, kindOfApi, placeOfApi, placeOn, USUAL_HOSTS } from '../../io/forge/forgePlaces.ts';
import { refuse } from '../../text/userError.ts';
import { isThisMachine } from './address.ts';
import type { RepositorySource } from './spec.ts';

/** The forges of a run. */
export interface Places {
  /** That of `--api`; addresses of its host belong to it. */
  readonly own: ForgePlace | undefined;
  /** The forge that a `github:`, `gitlab:` or `gitea:` source means. */
  of(kind: ForgeKind): ForgePlace;
}

/**
 * One run has at most one forge of its own. Its kind is what the address shows (`/api/v4`), else what the sources name. A source of
 * another kind beside it is refused: it would go to the public forge, which is hardly ever meant where a private one is named.
 */
export function forgePlaces(api: string | undefined, sources: readonly RepositorySource[]): Places {
  if (api === undefined) return { own: undefined, of: (kind) => placeOn(kind, USUAL_HOSTS[kind]) };
  const address = apiAddress(api);
  const named = [...new Set(sources.flatMap((source) => ('forge' in source ? [source.forge] : [])))];
  const kind = kindOfApi(address) ?? (named.length === 1 ? named[0] : undefined);
  if (kind === undefined) {
    return refuse({
      what: 'the address of --api does not show what kind of forge is there',
      next: 'write it to its end: .../api/v3 (GitHub Enterprise), .../api/v4 (GitLab) or .../api/v1 (Gitea, Forgejo)',
    });
  }
  const other = named.find((one) => one !== kind);
  if (other !== undefined) {
    return refuse({
      what: `--api names a ${kind} host, but a source begins with \`${other}:\``,
      next: 'run the two kinds apart',
    });
  }
  const own = placeOfApi(kind, address);
  return { own, of: () => own };
}

/** The checked address of `--api`: https (http on this machine), without credentials. Nothing of it is said back. */
function apiAddress(api: string): URL {
  const next = 'write https://host (with its path, if it has one)';
  if (!URL.canParse(api)) return refuse({ what: '--api is no address', next });
  const address = new URL(api);
  if (address.username !== '' || address.password !== '' || address.search !== '' || address.hash !== '') {
    return refuse({ what: 'the address of --api has credentials or a part behind `?` or `#`', next });
  }
  const isPlain = address.protocol === 'http:' && isThisMachine(address.hostname);
  if (address.protocol !== 'https:' && !isPlain) return refuse({ what: '--api must begin with https://', next });
  return address;
}
