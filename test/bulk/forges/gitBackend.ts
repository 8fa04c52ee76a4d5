// Real `git http-backend` for the repositories of a double, behind basic authentication with its token.

import { execFileSync, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';

/** Where a double's repositories are. */
export interface GitHost {
  readonly token: string;
  /** The bare repository of `owner/name`. */
  folderOf(path: string): string | undefined;
}

const SETTINGS = [
  ['http.receivepack', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
] as const;

/** Answers a request of git's; false where it is none. */
export function serveGit(request: IncomingMessage, response: ServerResponse, host: GitHost): boolean {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, path, rest] = /^\/(.+)\.git(\/(?:info\/refs|git-[a-z-]+))$/.exec(url.pathname) ?? [];
  if (path === undefined || rest === undefined) return false;
  const folder = host.folderOf(path);
  const [, basic = ''] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!Buffer.from(basic, 'base64').toString('latin1').endsWith(`:${host.token}`)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="double"' }).end();
    return true;
  }
  if (folder === undefined) {
    response.writeHead(404).end();
    return true;
  }
  const header = (name: string): string => String(request.headers[name] ?? '');
  const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(SETTINGS.length),
    GIT_PROJECT_ROOT: dirname(folder),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${basename(folder)}${rest}`,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: 'bot',
  };
  for (const [index, [key, value]] of SETTINGS.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  if (request.headers['content-length']) env.CONTENT_LENGTH = header('content-length');
  if (request.headers['content-encoding']) env.HTTP_CONTENT_ENCODING = header('content-encoding');
  if (request.headers['git-protocol']) env.GIT_PROTOCOL = header('git-protocol');
  const child = spawn(backend, [], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('close', () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const lines = answer.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
    const status = Number.parseInt(headers.Status ?? '200', 10);
    delete headers.Status;
    response.writeHead(status, headers).end(answer.subarray(end + 4));
  });
  return true;
}
