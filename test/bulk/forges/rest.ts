// An http server on the loopback that answers like a forge, counts what is written, and fails when it is told to.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type GitHost, serveGit } from './gitBackend.ts';

export interface Asked {
  readonly method: string;
  /** Below the interface's address, percent signs as they came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
}

export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Fault =
  | Reply
  /** The connection breaks before anything is done. */
  | 'drop'
  /** It is done, and the answer is lost. */
  | 'drop after';

export interface Rest {
  readonly origin: string;
  readonly api: string;
  /** All requests, oldest first. */
  readonly asked: Asked[];
  /** The next requests that `match` fail so, one fault each. */
  inject(match: string, ...faults: Fault[]): void;
  /** Requests that changed something: `POST /path`. */
  writes(): string[];
  close(): Promise<void>;
}

/** Starts it on a free port. `handle` may throw: that is a 500 with the message, which fails the test that reads it. */
export async function startRest(prefix: string, handle: (asked: Asked) => Reply, git: GitHost): Promise<Rest> {
  const asked: Asked[] = [];
  const done: string[] = [];
  const faults: { readonly match: string; readonly fault: Fault }[] = [];
  const server = createServer((request, response) => {
    if (serveGit(request, response, git)) return;
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const text = Buffer.concat(parts).toString();
      const method = request.method ?? 'GET';
      const path = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : `outside ${url.pathname}`;
      const now: Asked = {
        method,
        path,
        query: url.searchParams,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
        headers: request.headers,
      };
      asked.push(now);
      const at = faults.findIndex(({ match }) => `${method} ${path}`.includes(match));
      const fault = at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
      if (fault === 'drop') return void request.socket.destroy();
      const reply = fault !== undefined && fault !== 'drop after' ? fault : answered(now);
      if (fault === 'drop after') return void request.socket.destroy();
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.json === undefined ? '' : JSON.stringify(reply.json));
    })();
  });

  function answered(now: Asked): Reply {
    try {
      const reply = handle(now);
      if (now.method !== 'GET' && reply.status < 300) done.push(`${now.method} ${now.path}`);
      return reply;
    } catch (error) {
      return { status: 500, json: { message: String(error) } };
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    api: `${origin}${prefix}`,
    asked,
    inject: (match, ...more) => void faults.push(...more.map((fault) => ({ match, fault }))),
    writes: () => [...done],
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A bare repository with one commit on `main`, or without any. */
export function makeBare(folder: string, { isEmpty = false } = {}): void {
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', folder]);
  if (!isEmpty) commitTo(folder, 'main', 'one');
}

/** Puts one more commit on a branch of a bare repository; its id. */
export function commitTo(folder: string, branch: string, text: string): string {
  return commitFiles(folder, branch, { file: text });
}

/** As `commitTo`, with these files. */
export function commitFiles(folder: string, branch: string, files: Readonly<Record<string, string>>): string {
  const tip = tipOf(folder, branch) ?? tipOf(folder, 'main');
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`;
  const stream = [
    `commit refs/heads/${branch}`,
    'committer A <a@example.org> 1700000000 +0000',
    data('a change'),
    ...(tip === undefined ? [] : [`from ${tip}`]),
    ...Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${data(text)}`),
  ];
  execFileSync('git', ['-C', folder, 'fast-import', '--quiet'], { input: `${stream.join('\n')}\n` });
  return tipOf(folder, branch)!;
}

/** The commit at the tip of a branch; undefined where there is none. Read as a file: git makes loose refs. */
export function tipOf(folder: string, branch: string): string | undefined {
  try {
    return readFileSync(join(folder, 'refs/heads', branch), 'latin1').trim();
  } catch {
    return undefined;
  }
}
