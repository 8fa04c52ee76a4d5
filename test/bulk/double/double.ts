// A double of GitHub for tests: real git over HTTP, and its REST interface checked against GitHub's own API description.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulation } from '@simulacrum/github-api-simulator';
import { describedBy } from './described.ts';
import { type Fault, faultLine } from './faults.ts';
import { originOf, startGitServer } from './gitServer.ts';
import type { Answer, Handler, Here, Reply } from './handlers.ts';
import { pullHandlers } from './pulls.ts';
import { repositoryHandlers } from './repositories.ts';
import {
  addRepository,
  type DoublePull,
  type DoubleRepository,
  type RepositoryWish,
  rename,
  type State,
  type Write,
} from './state.ts';

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly authorization?: string;
}

export interface Double {
  /** Address of the programming interface. */
  readonly api: string;
  readonly token: string;
  /** The token's user. */
  readonly login: string;
  /** https address of a repository, but for the s; it wants the token as password. */
  gitUrl(path: string): string;
  repository(path: string): DoubleRepository;
  add(path: string, wish: RepositoryWish): Promise<DoubleRepository>;
  rename(path: string, to: string): void;
  pulls(path: string): readonly DoublePull[];
  /** What CI is to say of a commit. */
  readonly checks: State['checks'];
  /** What was changed on the forge, pushes too, in order. */
  writes(): readonly Write[];
  /** Every request to the interface. */
  asked(): readonly Asked[];
  /** Happens to the next `times` of an operation: GitHub's name of it, or `info/refs`, `git-receive-pack`, `git-upload-pack`. */
  inject(operation: string, fault: Fault, times?: number): void;
  /** Faults that nothing met. */
  faultsLeft(): number;
  /** Another host; what it was asked is kept. */
  readonly elsewhere: { readonly url: string; asked(): readonly Asked[] };
  /** Forgets writes and requests. */
  forget(): void;
  close(): Promise<void>;
}

/** What of an Express response is used. */
interface Reply_ {
  status(code: number): Reply_;
  set(name: string, value: string): Reply_;
  json(body: unknown): void;
}

const TOKEN = 'ghp_doubleTOKENofTHEtests0123456789abcd';

/** Starts one on free ports; takes seconds and about 200 MB, so one for a whole file of tests. */
export async function startDouble({
  repositories = {},
  organisations = [],
  login = 'campaigner',
}: {
  readonly repositories?: Readonly<Record<string, RepositoryWish>>;
  readonly organisations?: readonly string[];
  readonly login?: string;
}): Promise<Double> {
  const state: State = {
    root: mkdtempSync(join(tmpdir(), 'pyvenv-fix-double-')),
    token: TOKEN,
    login,
    repositories: new Map(),
    renamed: new Map(),
    organisations: new Set(organisations),
    writes: [],
    checks: new Map(),
  };
  for (const [path, wish] of Object.entries(repositories)) await addRepository(state, path, wish);
  const faults = faultLine();
  let behind = '';
  const gitServer = await startGitServer(state, faults, () => behind);
  const gitOrigin = originOf(gitServer);
  const asked: Asked[] = [];
  const led: Asked[] = [];
  const elsewhere = createServer((request, response) => {
    led.push(askedOf(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const api = gitOrigin;
  const here: Here = { state, gitOrigin, api: () => api };
  const handlers = { ...repositoryHandlers(here), ...pullHandlers(here) };
  const server = await listening(handlers, { here, faults, asked });
  behind = server.origin;
  const repositoryOf = (path: string): DoubleRepository => {
    const found = state.repositories.get(path.toLowerCase());
    if (!found) throw new Error(`the double has no ${path}`);
    return found;
  };
  return {
    api,
    token: TOKEN,
    login,
    gitUrl: (path) => `${gitOrigin}/${path}.git`,
    repository: repositoryOf,
    add: (path, wish) => addRepository(state, path, wish),
    rename: (path, to) => rename(state, path, to),
    pulls: (path) => repositoryOf(path).pulls,
    checks: state.checks,
    writes: () => state.writes,
    asked: () => asked,
    inject: (operation, fault, times) => faults.inject(operation, fault, times),
    faultsLeft: () => faults.left(),
    elsewhere: { url: originOf(elsewhere), asked: () => led },
    forget() {
      for (const list of [state.writes, asked, led]) list.length = 0;
    },
    async close() {
      await server.close();
      for (const one of [gitServer, elsewhere]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      rmSync(state.root, { recursive: true, force: true });
    },
  };
}

async function listening(
  handlers: Readonly<Record<string, Handler>>,
  {
    here,
    faults,
    asked,
  }: { readonly here: Here; readonly faults: ReturnType<typeof faultLine>; readonly asked: Asked[] },
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const { state } = here;
  const simulator = simulation({
    apiSchema: describedBy(Object.keys(handlers)),
    // without it handlers are left out without a word
    initialState: { users: [], organizations: [], repositories: [], branches: [], blobs: [] },
    extend: {
      extendRouter: (router) => {
        router.use((request: IncomingMessage & { url: string }, response: Reply_, next: () => void) => {
          asked.push(askedOf(request));
          if (request.headers.authorization !== `token ${state.token}`) {
            response
              .status(401)
              .json({ message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' });
            return;
          }
          const [, path = '', rest = ''] = /^\/repos\/([^/]+\/[^/?]+)(.*)$/.exec(request.url) ?? [];
          const to = state.renamed.get(path.toLowerCase());
          if (to !== undefined) {
            const { id } = state.repositories.get(to.toLowerCase()) ?? { id: 0 };
            const status = request.method === 'GET' ? 301 : 307;
            const location = `${here.api()}/repositories/${id}${rest}`;
            response.status(status).set('location', location).json({ message: 'Moved Permanently', url: location });
            return;
          }
          const [, id, below = ''] = /^\/repositories\/(\d+)(.*)$/.exec(request.url) ?? [];
          const meant = [...state.repositories.values()].find((one) => String(one.id) === id);
          if (meant) request.url = `/repos/${meant.path}${below}`;
          next();
        });
      },
      openapiHandlers: () =>
        Object.fromEntries(
          Object.entries(handlers).map(([operation, handler]) => [
            operation,
            (context: unknown, request: unknown, response: unknown) =>
              answered(
                { operation, handler, faults },
                context,
                request as IncomingMessage,
                response as ServerResponse & Reply,
              ),
          ]),
        ) as never,
    },
  });
  const running = await simulator.listen(...([0, '127.0.0.1'] as unknown as []));
  return { origin: `http://127.0.0.1:${running.port}`, close: () => running.ensureClose() };
}

async function answered(
  {
    operation,
    handler,
    faults,
  }: { readonly operation: string; readonly handler: Handler; readonly faults: ReturnType<typeof faultLine> },
  context: unknown,
  request: IncomingMessage,
  response: ServerResponse & Reply,
): Promise<Answer | undefined> {
  const met = await faults.meet(operation, request, response);
  if (met === 'answered') return undefined;
  const answer = await handler(context as Parameters<Handler>[0], request, response);
  if (met === 'lose') {
    request.socket.destroy();
    return undefined;
  }
  if (!answer) return undefined;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.json !== undefined) return { status: answer.status, json: answer.json };
  response.writeHead(answer.status).end();
  return undefined;
}

function askedOf({ method = '', url = '', headers }: IncomingMessage): Asked {
  const { authorization } = headers;
  return { method, path: url, ...(authorization === undefined ? {} : { authorization }) };
}
