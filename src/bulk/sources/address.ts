// The addresses of repositories: which ones are taken, what they come to, and when two of them mean the same repository.

import { type ForgePlace, kindOfHost, placeOn } from '../../io/forge/forgePlaces.ts';
import type { Target } from '../bulkModel.ts';

/** An https (http on this machine itself), ssh or file address, taken apart. */
export interface Address {
  readonly scheme: 'https' | 'http' | 'ssh' | 'file';
  /** Who logs in by ssh. */
  readonly user?: string;
  /** In lower case, with the port where it is not the scheme's own; '' with `file`. */
  readonly host: string;
  /** Percent signs decoded (but of `file`), without a slash or `.git` at its ends; of `file` and ssh it begins as it was written. */
  readonly path: string;
  /** What git is given: no credentials, no scp form where `ssh://` says the same. */
  readonly url: string;
}

/** Why a text is no address that we take. Nothing of the text is in it: it may hold a credential. */
export interface Wrong {
  readonly what: string;
  readonly next: string;
}

const FORMS = 'write https://host/owner/name, ssh://git@host/owner/name, git@host:owner/name or file:///path';
const NO_CREDENTIALS: Wrong = {
  what: 'the address has credentials in it',
  next: 'take them out of it; the token comes from GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN or the variable that --token-env names',
};
const LONGEST = 4096;
const PORTS = { https: '443', http: '80', ssh: '22' } as const;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])$/;

/** Hosts that are other doors to a forge that we know by another name. */
const SAME_HOST: ReadonlyMap<string, string> = new Map([
  ['www.github.com', 'github.com'],
  ['ssh.github.com', 'github.com'],
  ['www.gitlab.com', 'gitlab.com'],
  ['altssh.gitlab.com', 'gitlab.com'],
]);

/** Whether a text means to be an address (it has a scheme, or `user@host:`), right or wrong. */
export function looksLikeAddress(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]{0,40}:(?:\/\/|:)/.test(text) || /^[^/:@]{1,300}@[^/:]{1,300}:/.test(text);
}

/** Reads an address; never throws. */
export function parseAddress(text: string): Address | Wrong {
  if (text.length > LONGEST || !/^[!-~\x80-\uffff]+$/.test(text)) {
    return { what: 'the address is too long or has spaces or control characters in it', next: FORMS };
  }
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]{0,40}):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return scpForm(text);
  switch (scheme.toLowerCase()) {
    case 'https':
    case 'http':
      return webAddress(scheme.toLowerCase() as 'https' | 'http', rest);
    case 'ssh':
    case 'git+ssh':
    case 'ssh+git':
      return sshAddress(rest);
    case 'file':
      return fileAddress(rest);
    default:
      return { what: 'the address is neither https, ssh nor file', next: FORMS };
  }
}

function webAddress(scheme: 'https' | 'http', rest: string): Address | Wrong {
  const authority = rest.slice(0, /[/?#\\]|$/.exec(rest)!.index);
  if (authority.includes('@')) return NO_CREDENTIALS;
  if (/[?#\\]/.test(rest)) return { what: 'the address has a part behind `?` or `#`', next: FORMS };
  const place = hostAndPort(authority, scheme);
  const path = decodedPath(rest.slice(authority.length));
  if (place === undefined || path === undefined || withoutSlashes(path) === '') {
    return { what: 'the address names no host or no repository', next: FORMS };
  }
  if (scheme === 'http' && !isThisMachine(place.name)) {
    return { what: 'http sends everything in the clear', next: 'write https instead' };
  }
  const url = `${scheme}://${place.host}${rest.slice(authority.length).replace(/\/{1,99}$/, '')}`;
  return { scheme, host: place.host, path: withoutSlashes(path), url };
}

function sshAddress(rest: string): Address | Wrong {
  const end = rest.indexOf('/');
  const authority = end < 0 ? rest : rest.slice(0, end);
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : authority.slice(0, at);
  if (user?.includes(':')) return NO_CREDENTIALS;
  const place = hostAndPort(authority.slice(at + 1), 'ssh');
  const path = end < 0 ? undefined : decodedPath(rest.slice(end));
  if (place === undefined || path === undefined || withoutSlashes(path) === '' || !isUser(user)) {
    return { what: 'the ssh address names no host or no repository', next: FORMS };
  }
  const url = `ssh://${user === undefined ? '' : `${user}@`}${place.host}${rest.slice(end).replace(/\/{1,99}$/, '')}`;
  return { scheme: 'ssh', ...(user !== undefined && { user }), host: place.host, path: withoutEnd(path), url };
}

/** `user@host:path`: a path without a slash in front begins at the user's home. */
function scpForm(text: string): Address | Wrong {
  const [, user, host, path] = /^([^/:@]{1,300})@(\[[^\]]{1,60}\]|[^/:[\]]{1,300}):(.+)$/.exec(text) ?? [];
  if (user === undefined || host === undefined || path === undefined || path.startsWith(':')) {
    return { what: 'this is no address of a repository', next: FORMS };
  }
  if (!HOST.test(host) || !isUser(user) || path.startsWith('-') || withoutSlashes(path) === '') {
    return { what: 'the ssh address names no host or no repository', next: FORMS };
  }
  const name = host.toLowerCase();
  return { scheme: 'ssh', user, host: name, path: withoutEnd(path), url: `${user}@${name}:${path}` };
}

function fileAddress(rest: string): Address | Wrong {
  const path = rest.replace(/^localhost(?=\/)/, '');
  if (!path.startsWith('/') || decodedPath(path) === undefined || /^\/{1,99}$/.test(path)) {
    return { what: 'the file address names no absolute path', next: 'write file:///absolute/path' };
  }
  const plain = `/${path.replace(/^\/{1,99}/, '').replace(/\/{1,99}$/, '')}`;
  return { scheme: 'file', host: '', path: plain, url: `file://${plain}` };
}

function hostAndPort(
  authority: string,
  scheme: 'https' | 'http' | 'ssh',
): { readonly host: string; readonly name: string } | undefined {
  const [, name, port] = /^(\[[^\]]{1,60}\]|[^:]{1,300})(?::([0-9]{0,5}))?$/.exec(authority) ?? [];
  if (name === undefined || !HOST.test(name) || Number(port ?? 0) > 65535) return undefined;
  const low = name.toLowerCase().replace(/\.$/, '');
  const usual = port === undefined || port === '' || String(Number(port)) === PORTS[scheme];
  return { name: low, host: usual ? low : `${low}:${Number(port)}` };
}

/** Whether a host without its port is the machine that we run on. */
export function isThisMachine(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$/.test(name);
}

function isUser(user: string | undefined): boolean {
  return user === undefined || /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(user);
}

function decodedPath(path: string): string | undefined {
  try {
    const plain = decodeURIComponent(path);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a control character is what must not pass
    return /[\0-\x1f\x7f]/.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}

function withoutEnd(path: string): string {
  return path
    .replace(/\/{1,99}$/, '')
    .replace(/\.git$/, '')
    .replace(/\/{1,99}$/, '');
}

function withoutSlashes(path: string): string {
  return withoutEnd(path).replace(/^\/{1,99}/, '');
}

/**
 * The target that an address names. `own` is the forge of `--api`: addresses of its host belong to it. Other hosts have a forge
 * where they are public ones (github.com, gitlab.com, gitea.com, codeberg.org); what stands on any other host cannot be known
 * without asking, so it gets its branch and no pull request. Wrong where a forge's host has no repository of that path.
 */
export function targetOfAddress(address: Address, own: ForgePlace | undefined): Target | Wrong {
  const place = placeOfAddress(address, own);
  if (place === undefined) return { key: keyWithoutForge(address), name: addressName(address), url: address.url };
  const root = address.scheme === 'ssh' ? '' : forgeRoot(place);
  const whole = `/${withoutSlashes(address.path)}`;
  const path = whole.startsWith(`${root}/`) ? whole.slice(root.length + 1) : '';
  if (!isProjectPath(place, path)) {
    return {
      what: `this is not the address of a repository on ${place.host}`,
      next: place.kind === 'gitlab' ? 'it ends in /group/name' : 'it ends in /owner/name',
    };
  }
  return { ...targetIn(place, path), url: address.scheme === 'ssh' ? sshUrl(address) : urlIn(place, path) };
}

/** The target of a project by its path (`owner/name`), cloned by https. */
export function targetIn(place: ForgePlace, path: string): Target {
  const { protocol } = new URL(place.api);
  const project = { kind: place.kind, host: place.host, api: place.api, path };
  // Forges hold names that differ only in case for the same.
  return { key: `${protocol}//${place.host}/${path.toLowerCase()}`, name: path, url: urlIn(place, path), project };
}

function urlIn(place: ForgePlace, path: string): string {
  // With `.git` no forge redirects, and git is not allowed to follow.
  return `${new URL(place.api).protocol}//${place.host}${forgeRoot(place)}/${path}.git`;
}

/** The folder that a forge is installed below on its host (`/gitlab`), mostly ''. */
function forgeRoot(place: ForgePlace): string {
  return new URL(place.api).pathname.replace(/\/?(?:api\/v[0-9])?$/, '');
}

function sshUrl(address: Address): string {
  return `ssh://${address.user === undefined ? '' : `${address.user}@`}${address.host}/${withoutSlashes(address.path)}.git`;
}

/** Whether a forge of this kind can have a repository of that path. */
export function isProjectPath(place: Pick<ForgePlace, 'kind'>, path: string): boolean {
  const parts = path.split('/');
  if (place.kind === 'gitlab' ? parts.length < 2 || parts.length > 22 : parts.length !== 2) return false;
  return parts.every((part) => /^[A-Za-z0-9_.-]{1,255}$/.test(part) && !/^(?:\.{1,2}|-)$/.test(part));
}

function placeOfAddress(address: Address, own: ForgePlace | undefined): ForgePlace | undefined {
  if (address.scheme === 'file') return undefined;
  // The port of ssh says nothing about the port of the web's side.
  const plain = address.scheme === 'ssh' ? withoutPort(address.host) : address.host;
  const host = SAME_HOST.get(plain) ?? plain;
  if (own && (address.scheme === 'ssh' ? withoutPort(own.host) : own.host) === host) return own;
  const kind = kindOfHost(host);
  return kind && placeOn(kind, host);
}

function withoutPort(host: string): string {
  return host.replace(/:[0-9]{1,5}$/, '');
}

function keyWithoutForge({ scheme, user, host, path, url }: Address): string {
  if (scheme === 'file') return url;
  if (scheme !== 'ssh') return `${scheme}://${host}/${path}`;
  // Below a home, whose home it is makes the difference.
  const isBelowHome = !path.startsWith('/') || path.startsWith('/~/');
  const home = `${user === undefined || user === 'git' ? '' : `${user}@`}${host}/~`;
  return `ssh://${isBelowHome ? `${home}/${path.replace(/^\/?~\//, '')}` : `${host}${path}`}`;
}

function addressName({ scheme, host, path }: Address): string {
  return scheme === 'file' ? path : `${host}/${withoutSlashes(path)}`;
}
