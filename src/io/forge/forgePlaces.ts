// Where forges are: which host is of which kind, where its programming interface stands, and which variable has its token.

import type { ForgeKind, Project } from './forge.ts';

/** A forge itself, without a project of it. */
export type ForgePlace = Omit<Project, 'path'>;

/** What a client of a forge works with. */
export interface ForgeAccess {
  /** Address of the programming interface, without a slash at the end (`apiOf`). */
  readonly api: string;
  /** Absent: asks as a stranger, which public forges allow for reading. */
  readonly token?: string | undefined;
  /** Name of the variable that the token came from, for messages; the kind's usual one when absent. */
  readonly tokenName?: string | undefined;
  readonly userAgent: string;
  /** Resolves when the host may be asked; awaited before every request. Rejects when `signal` aborts. */
  ready(signal: AbortSignal): Promise<void>;
  /** The host asked to be left alone for so many milliseconds. */
  backOff(milliseconds: number): Promise<void>;
}

/** The variables that tokens come from, unless `--token-env` names another. */
export const TOKEN_VARIABLES: Readonly<Record<ForgeKind, string>> = {
  github: 'GITHUB_TOKEN',
  gitlab: 'GITLAB_TOKEN',
  gitea: 'GITEA_TOKEN',
};

/** The token for a kind of forge: from its own variable or the one named, from nowhere else. Undefined when unset or empty. */
export function forgeToken(
  kind: ForgeKind,
  env: Readonly<Record<string, string | undefined>>,
  tokenEnv?: string,
): string | undefined {
  // A line end is what `export X="$(cat file)"` of other shells leaves; a header must not carry it.
  const token = env[tokenEnv ?? TOKEN_VARIABLES[kind]]?.replace(/[\r\n\t ]+$/, '');
  return token === '' ? undefined : token;
}

/** The host that a source without `--api` means. */
export const USUAL_HOSTS: Readonly<Record<ForgeKind, string>> = {
  github: 'github.com',
  gitlab: 'gitlab.com',
  gitea: 'gitea.com',
};

const KNOWN_HOSTS: ReadonlyMap<string, ForgeKind> = new Map([
  ['github.com', 'github'],
  ['gitlab.com', 'gitlab'],
  ['gitea.com', 'gitea'],
  ['codeberg.org', 'gitea'],
]);

const SUFFIXES: Readonly<Record<ForgeKind, string>> = { github: '/api/v3', gitlab: '/api/v4', gitea: '/api/v1' };

/** The kind of a public forge by its host; undefined for every other host: what stands there cannot be known without asking. */
export function kindOfHost(host: string): ForgeKind | undefined {
  return KNOWN_HOSTS.get(host.toLowerCase());
}

/** The programming interface of a forge on this host (GitHub's public one and `*.ghe.com` stand on a host of their own). */
function apiOf(kind: ForgeKind, host: string): string {
  const name = host.toLowerCase();
  if (kind === 'github' && (name === 'github.com' || name.endsWith('.ghe.com'))) return `https://api.${name}`;
  return `https://${name}${SUFFIXES[kind]}`;
}

/** The forge on this host. */
export function placeOn(kind: ForgeKind, host: string): ForgePlace {
  return { kind, host: host.toLowerCase(), api: apiOf(kind, host) };
}

/** The host that people know an interface's address by (`github.com` for `https://api.github.com`). */
export function hostOfApi(kind: ForgeKind, api: string): string {
  const { host } = new URL(api);
  return kind === 'github' && /^api\.(github\.com|[^.]+\.ghe\.com)$/.test(host) ? host.slice('api.'.length) : host;
}

/** Where people and git find the forge: scheme, host and port. */
export function webOriginOf({ api, host }: ForgePlace): string {
  return new URL(`${new URL(api).protocol}//${host}`).origin;
}

/** Whether an address (absolute, not in the scp form) is one of this forge's own: http(s) at its one origin, or ssh to its host. */
export function isOwnAddress(address: string, place: ForgePlace): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const own = new URL(webOriginOf(place));
  if (url.protocol === 'ssh:') return url.hostname.toLowerCase() === own.hostname && url.password === '';
  return url.origin === own.origin;
}

/** Whether a place is the one that the user means: the interface of `--api`, or without it the usual host of its kind. */
export function isMeant(place: ForgePlace, api: string | undefined): boolean {
  const meant = api === undefined ? placeOn(place.kind, USUAL_HOSTS[place.kind]) : placeOfApi(place.kind, new URL(api));
  return place.host === meant.host && place.api === meant.api;
}

/** The kind that an interface's address shows by its host or the end of its path; undefined where it shows none. */
export function kindOfApi(api: URL): ForgeKind | undefined {
  const known = kindOfHost(api.host) ?? (/^api\.(github\.com|[^.]+\.ghe\.com)$/.test(api.host) ? 'github' : undefined);
  if (known) return known;
  const path = api.pathname.replace(/\/{1,9}$/, '');
  const kinds: readonly ForgeKind[] = ['github', 'gitlab', 'gitea'];
  return kinds.find((kind) => path.endsWith(SUFFIXES[kind]));
}

/** An `--api` address as the clients want it: the kind's usual path is added where it is missing. */
export function placeOfApi(kind: ForgeKind, api: URL): ForgePlace {
  const host = hostOfApi(kind, api.origin);
  if (kind === 'github' && !apiOf(kind, host).endsWith(SUFFIXES.github)) return placeOn(kind, host);
  const path = api.pathname.replace(/\/{1,9}$/, '');
  const whole = path.endsWith(SUFFIXES[kind]) ? path : `${path}${SUFFIXES[kind]}`;
  return { kind, host, api: `${api.origin}${whole}` };
}
