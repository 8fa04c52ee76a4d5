// A real redis-server of a test's own: a temporary folder, a free port, an append-only file.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly port: number;
  /** Database 0, with the password where there is one. */
  readonly url: string;
  /** As after a crash of its machine: SIGKILL. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** For the test's own questions. */
  client(): Redis;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Whether redis-server is installed. */
export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Starts a server; `settings` are those of redis.conf, over `appendonly yes`. */
export async function redisServer(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'queue-redis-'));
  const port = await freePort();
  const all = { port: String(port), bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const password = settings.requirepass;
  const clients: Redis[] = [];
  let server: ChildProcess | undefined;
  const client = () => {
    const made = new Redis({ host: '127.0.0.1', port, ...(password !== undefined && { password }) });
    made.on('error', () => {});
    clients.push(made);
    return made;
  };
  const start = async () => {
    server = spawn('redis-server', args, { stdio: 'ignore' });
    const probe = client();
    await probe.ping();
    probe.disconnect();
  };
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    port,
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}/0`,
    kill,
    start,
    client,
    async close() {
      for (const one of clients) one.disconnect();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
