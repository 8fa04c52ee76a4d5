// Real `git http-backend` on the loopback, behind basic authentication, with what can go wrong on the way.

import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Faults } from './faults.ts';
import type { State } from './state.ts';

const SETTINGS: readonly (readonly [string, string])[] = [
  ['http.receivepack', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['receive.denyCurrentBranch', 'ignore'],
];

/**
 * Serves `<root>/<owner>/<name>.git`; everything else goes to `api` (an origin), as behind the one address of a forge. A push that came
 * through is a write of `state`.
 */
export async function startGitServer(state: State, faults: Faults, api: () => string): Promise<Server> {
  const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const server = createServer((asked, response) => {
    if (!/^\/[^/]+\/[^/]+(?:\.git)?\/(?:info\/refs|git-(?:upload|receive)-pack)(?:\?|$)/.test(asked.url ?? '')) {
      handOn(asked, response, api());
      return;
    }
    serve(asked, response, { state, faults, backend }).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A connection that is broken off on one side is on the other, too. */
function handOn(from: IncomingMessage, to: ServerResponse, origin: string): void {
  const { method, headers } = from;
  // GitHub Enterprise has its interface below /api/v3
  const path = (from.url ?? '').replace(/^\/api\/v3/, '');
  const onward = request(`${origin}${path}`, { method, headers, agent: false }, (answer) => {
    to.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.on('error', () => from.socket.destroy()).pipe(to);
  });
  onward.on('error', () => from.socket.destroy());
  to.on('close', () => onward.destroy());
  from.pipe(onward);
}

/** Address without a path. */
export function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { state, faults, backend }: { readonly state: State; readonly faults: Faults; readonly backend: string },
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, path = '', rest = ''] = /^\/([^/]+\/[^/]+?)(?:\.git)?(\/.*)$/.exec(url.pathname) ?? [];
  const service = url.searchParams.get('service') ?? rest.slice(1);
  const met = await faults.meet(rest === '/info/refs' ? 'info/refs' : service, request, response);
  if (met === 'answered') return;
  if (!isKnown(request, state)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="double"' }).end();
    return;
  }
  const to = state.renamed.get(path.toLowerCase());
  if (to !== undefined) {
    response.writeHead(301, { location: `/${to}.git${rest}${url.search}` }).end();
    return;
  }
  const repository = state.repositories.get(path.toLowerCase());
  if (!repository) {
    response.writeHead(404).end('Repository not found.');
    return;
  }
  if (service === 'git-receive-pack' && (repository.archived || !repository.mayPush)) {
    response.writeHead(403).end(repository.archived ? 'This repository was archived.' : 'Permission denied.');
    return;
  }
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(SETTINGS.length),
    ...Object.fromEntries(
      SETTINGS.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    GIT_PROJECT_ROOT: state.root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${repository.path}.git${rest}`,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: state.login,
    ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: request.headers['content-length'] }),
    ...(request.headers['content-encoding'] === undefined
      ? {}
      : { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
    ...(request.headers['git-protocol'] === undefined ? {} : { GIT_PROTOCOL: String(request.headers['git-protocol']) }),
  };
  const child = spawn(backend, [], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks);
  const end = answer.indexOf('\r\n\r\n');
  const { status, headers } = headOf(answer.subarray(0, end).toString('latin1'));
  const body = answer.subarray(end + 4);
  if (rest === '/git-receive-pack' && status === 200 && /ok refs\//.test(body.toString('latin1'))) {
    state.writes.push({ operation: 'git-receive-pack', path: repository.path });
  }
  if (met === 'lose') request.socket.destroy();
  else response.writeHead(status, headers).end(body);
}

function isKnown(request: IncomingMessage, state: State): boolean {
  const [, basic = ''] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const [, ...password] = Buffer.from(basic, 'base64').toString('latin1').split(':');
  return password.join(':') === state.token;
}

function headOf(text: string): { readonly status: number; readonly headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(/: ?(.*)/s);
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else if (name !== '') headers[name] = value;
  }
  return { status, headers };
}
