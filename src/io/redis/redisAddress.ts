// The address of a queue's server, taken apart, and shown without what is secret in it.

import { refuse } from '../../text/userError.ts';

/** Where a Redis server listens and how to enter it. Text is UTF-8 text. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly database: number;
  /** TLS (`rediss://`). */
  readonly secure: boolean;
  /** For people: without user and password. */
  readonly shown: string;
}

const NEXT = 'write it as redis://[user:password@]host:port/database, or rediss:// for TLS';

/** Takes `redis://[user:password@]host[:port][/database]` (or `rediss://`) apart; refuses anything else, without repeating it. */
export function queueAddress(url: string): QueueAddress {
  const wrong = (what: string): never => refuse({ what, next: NEXT });
  if (!URL.canParse(url)) return wrong('the queue address cannot be read');
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') return wrong('the queue address names no Redis server');
  if (hostname === '') return wrong('the queue address names no host');
  if (search !== '' || hash !== '') return wrong('the queue address has more than a database after its host');
  if (!/^(?:\/(?:[0-9]{1,5})?)?$/.test(pathname)) return wrong('the queue address has a database that is no number');
  const database = Number(pathname.slice(1));
  const user = decodedPart(username);
  const secret = decodedPart(password);
  if (user === undefined || secret === undefined)
    return wrong('the queue address has a user or password that is not percent-encoded');
  const at = port === '' ? 6379 : Number(port);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: at,
    ...(user !== '' && { user }),
    ...(secret !== '' && { password: secret }),
    database,
    secure: protocol === 'rediss:',
    shown: `${protocol}//${hostname}:${at}/${database}`,
  };
}

function decodedPart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** `text` with the address's password, as it is and as it stands in a URL, left out. */
export function withoutSecrets(text: string, { password }: QueueAddress): string {
  if (password === undefined) return text;
  const forms = new Set([password, encodeURIComponent(password), encodeURI(password)]);
  let clean = text;
  for (const form of forms) clean = clean.replaceAll(form, '***');
  return clean;
}
