// The connection to a queue's Redis server, made only where nothing that it is told can be lost.

import type { Redis } from 'ioredis';
import { refuse } from '../../text/userError.ts';
import { type QueueAddress, queueAddress, withoutSecrets } from './redisAddress.ts';

/** An open connection to a server that has been found fit. */
export interface QueueServer {
  readonly redis: Redis;
  /** Its address without user and password. */
  readonly shown: string;
  /** Ends the connection at once; what is still under way rejects. */
  readonly close: () => void;
}

const LEAST_VERSION: readonly [number, number] = [6, 2];
const CONNECT_MILLISECONDS = 10_000;

/**
 * Connects to the server of `url` and looks at how it is set up. Refuses, with what to set: no answer, wrong credentials, older than
 * 6.2, no append-only file, an eviction policy, a cluster, a replica, or a server that does not say. Later losses of the connection
 * are waited out; `onConnection` hears of them.
 */
export async function openServer(url: string, onConnection?: (state: 'lost' | 'back') => void): Promise<QueueServer> {
  const address = queueAddress(url);
  const { Redis } = await import('ioredis').catch((error: unknown) => refuseMissing(error, 'ioredis'));
  let open = false;
  let trouble: unknown;
  const redis = new Redis({
    host: address.host,
    port: address.port,
    ...(address.user !== undefined && { username: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    db: address.database,
    ...(address.secure && { tls: { servername: address.host } }),
    lazyConnect: true,
    connectionName: 'pyvenv-fix',
    connectTimeout: CONNECT_MILLISECONDS,
    // The queue's rule: a command waits for the connection, however long that takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (open ? Math.min(50 * 2 ** Math.min(times, 10), 5000) : null),
  });
  redis.on('error', (error) => {
    trouble ??= error;
  });
  // Something that takes the connection and says nothing, or nothing that Redis would say.
  const silent = setTimeout(() => {
    trouble ??= new Error('it takes the connection, but does not answer as Redis does');
    redis.disconnect();
  }, CONNECT_MILLISECONDS);
  try {
    await redis.connect();
    await checkServer(redis, address);
  } catch (error) {
    redis.disconnect();
    return refuseConnection(trouble ?? error, error, address);
  } finally {
    clearTimeout(silent);
  }
  open = true;
  let lost = false;
  redis.on('close', () => {
    if (!open || lost) return;
    lost = true;
    onConnection?.('lost');
  });
  redis.on('ready', () => {
    if (!open) return redis.disconnect();
    if (!lost) return;
    lost = false;
    onConnection?.('back');
  });
  const close = () => {
    open = false;
    // Between two tries to connect the driver would leave what waits unanswered for ever; the next try, its last one, ends it.
    if (redis.status !== 'reconnecting') redis.disconnect();
  };
  return { redis, shown: address.shown, close };
}

/** Closes the server so many milliseconds after an abort, so that one that is away holds nobody; `cancel` when all is well. */
export function closeAfterAbort(
  { close }: Pick<QueueServer, 'close'>,
  { signal, grace }: { readonly signal: AbortSignal; readonly grace: number },
): { readonly cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => {
    timer = setTimeout(close, grace);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return {
    cancel: () => {
      signal.removeEventListener('abort', start);
      clearTimeout(timer);
    },
  };
}

/** Refuses with what to install where a package that only queues need is not there; throws any other error on. */
export function refuseMissing(error: unknown, name: string): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
  return refuse({
    what: `runs over several machines need the package ${name}, and it is not installed`,
    next: 'install both of them beside pyvenv-fix: npm install bullmq@6.7.0 ioredis@5.8.2',
  });
}

const UNFIT: unique symbol = Symbol('unfit server');

function unfit(what: string, next: string): never {
  throw Object.assign(new Error(what), { [UNFIT]: next });
}

// The driver's errors carry the command they belong to, AUTH with its password included: none of them goes on from here.
function refuseConnection(first: unknown, last: unknown, address: QueueAddress): never {
  if (last instanceof Error && UNFIT in last) {
    return refuse({ what: last.message, where: address.shown, next: String(last[UNFIT]) });
  }
  const words = withoutSecrets(first instanceof Error ? first.message : 'no answer', address);
  if (/NOAUTH|WRONGPASS|NOPERM|invalid password|without any password/i.test(words)) {
    return refuse({
      what: 'the queue server does not let us in with this user and password',
      where: address.shown,
      next: 'write them into the address: redis://user:password@host:port/database (percent-encoded)',
    });
  }
  return refuse({
    what: `the queue server cannot be reached (${words})`,
    where: address.shown,
    next: 'see that it runs and listens there; rediss:// is for servers that speak TLS',
  });
}

/** Looks at a server's settings; throws an `unfit` error. The reasons: a job that was promised must outlive the server's restart. */
async function checkServer(redis: Redis, address: QueueAddress): Promise<void> {
  const facts = serverFacts(await redis.info().catch(() => ''));
  const version = facts.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (version === '') {
    unfit('the queue server does not answer INFO', 'allow this user INFO, or use a plain redis-server');
  }
  if (major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1])) {
    unfit(`the queue server is Redis ${version.slice(0, 40)}`, 'use Redis 6.2 or newer');
  }
  if (facts.get('cluster_enabled') === '1') {
    unfit('the queue server is part of a cluster', 'use a plain redis-server, without cluster mode');
  }
  if (facts.get('role') === 'slave') {
    unfit('the queue server is a replica, which takes no writes', 'name the primary server instead');
  }
  const append = facts.get('aof_enabled') ?? bit(await setting(redis, 'appendonly'));
  const policy = facts.get('maxmemory_policy') ?? (await setting(redis, 'maxmemory-policy'));
  if (append === undefined || policy === undefined) {
    const hidden = append === undefined ? 'appendonly' : 'maxmemory-policy';
    unfit(
      `the queue server hides its setting ${hidden}`,
      'use a server whose INFO or CONFIG GET shows appendonly yes and maxmemory-policy noeviction',
    );
  }
  if (append !== '1') {
    unfit(
      'the queue server keeps no append-only file: a restart would lose jobs',
      `set appendonly yes (redis-cli -h ${address.host} -p ${address.port} CONFIG SET appendonly yes, and in redis.conf)`,
    );
  }
  if (policy !== 'noeviction') {
    unfit(
      `the queue server drops keys when memory is short (maxmemory-policy ${policy.slice(0, 40)})`,
      `set maxmemory-policy noeviction (redis-cli -h ${address.host} -p ${address.port} CONFIG SET maxmemory-policy noeviction, and in redis.conf)`,
    );
  }
  if ((facts.get('aof_last_write_status') ?? 'ok') !== 'ok') {
    unfit('the queue server cannot write its append-only file', 'make room on its disk first');
  }
}

async function setting(redis: Redis, name: string): Promise<string | undefined> {
  const answer: unknown = await redis.config('GET', name).catch(() => undefined);
  return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : undefined;
}

function bit(value: string | undefined): string | undefined {
  return value === undefined ? undefined : value === 'yes' ? '1' : '0';
}

/** `name:value` lines of INFO. */
function serverFacts(info: string): Map<string, string> {
  const facts = new Map<string, string>();
  for (const line of info.split('\n')) {
    const at = line.indexOf(':');
    if (at > 0) facts.set(line.slice(0, at), line.slice(at + 1).replace(/\r$/, ''));
  }
  return facts;
}
