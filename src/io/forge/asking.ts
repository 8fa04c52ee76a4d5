// Asks a forge over http: waits while it wants to be left alone, reads limits and refusals out of its answers, keeps the token to itself.

import { type ForgeKind, ForgeProblem } from './forge.ts';
import { type ForgeAccess, hostOfApi, TOKEN_VARIABLES } from './forgePlaces.ts';
import { limitOf } from './rateLimit.ts';

export interface Request {
  /** In capitals. */
  readonly method: string;
  /** Absolute, on the origin of `access.api`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** A good answer (2xx). */
export interface ForgeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON of it; null where there is none. */
  readonly json: unknown;
}

/** Sends one request; throws `ForgeProblem` and nothing else. */
export type AskForge = (request: Request, signal: AbortSignal) => Promise<ForgeAnswer>;

const TIMEOUT_MILLISECONDS = 60_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;
const MOST_REDIRECTS = 3;

/** A way to ask the forge at `access.api`. Requests go to its origin only, redirects elsewhere are not followed. */
export function askerOf(kind: ForgeKind, access: ForgeAccess): AskForge {
  const origin = new URL(access.api).origin;
  const host = hostOfApi(kind, access.api);
  const clean = (text: string): string => wordsWithoutSecrets(text, access.token);
  const tokenName = access.tokenName ?? TOKEN_VARIABLES[kind];

  return async (request, signal) => {
    if (access.token !== undefined && !/^[!-~]+$/.test(access.token)) {
      throw new ForgeProblem('denied', `${tokenName} has characters in it that no token has`);
    }
    try {
      return await send(request, { signal, redirects: 0 });
    } catch (error) {
      if (error instanceof ForgeProblem) throw error;
      if (signal.aborted) throw new ForgeProblem('again', 'stopped while a forge was asked');
      throw networkProblem(error);
    }
  };

  async function send(
    request: Request,
    { signal, redirects }: { readonly signal: AbortSignal; readonly redirects: number },
  ): Promise<ForgeAnswer> {
    const url = new URL(request.url);
    if (url.origin !== origin)
      throw new ForgeProblem('refused', `${host} sends us to another host; that is not followed`);
    await access.ready(signal);
    const { response, text } = await inTime(signal, async (stop) => {
      const got = await fetch(url, {
        method: request.method,
        headers: { ...request.headers, accept: 'application/json', 'user-agent': access.userAgent },
        ...(request.body !== undefined && { body: request.body }),
        redirect: 'manual',
        signal: stop,
      });
      return { response: got, text: await responseText(got) };
    });
    const wait = limitOf(response.status, response.headers, text);
    if (wait !== undefined) await access.backOff(wait);
    const to = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && to !== null && redirects < MOST_REDIRECTS) {
      const keepsMethod = response.status === 307 || response.status === 308 || request.method === 'GET';
      if (!keepsMethod) throw new ForgeProblem('refused', `${host} says that this moved (${response.status})`);
      return send({ ...request, url: new URL(to, url).href }, { signal, redirects: redirects + 1 });
    }
    if (response.ok) return answerOf(response, text);
    throw problemOf(response.status, text, wait);
  }

  function answerOf(response: Response, text: string): ForgeAnswer {
    const headers = Object.fromEntries(response.headers.entries());
    if (text.trim() === '') return { status: response.status, headers, json: null };
    try {
      const json: unknown = JSON.parse(text);
      return { status: response.status, headers, json };
    } catch {
      throw new ForgeProblem('refused', `${host} did not answer with JSON: is ${clean(access.api)} its address?`);
    }
  }

  function problemOf(status: number, text: string, wait: number | undefined): ForgeProblem {
    const words = clean(answerWords(text));
    const said = `${host} answered ${status}${words === '' ? '' : `: ${words}`}`;
    if (wait !== undefined && (status === 429 || status === 403)) {
      return new ForgeProblem('limited', `${host} has had too many requests (${status})`, wait);
    }
    if (status >= 500 || status === 408 || status === 425) return new ForgeProblem('again', said);
    if (status === 401) {
      const what = access.token === undefined ? 'wants a token: set' : 'does not accept the token in';
      return new ForgeProblem('denied', `${host} ${what} ${tokenName} (401)`);
    }
    // 423: Gitea, for an archived repository.
    if (status === 403 || status === 423) return new ForgeProblem('denied', said);
    if (status === 404 || status === 410) return new ForgeProblem('missing', said);
    const isThere =
      status === 409 || ((status === 422 || status === 400) && /already (?:exists|been taken)/i.test(words));
    return new ForgeProblem(isThere ? 'exists' : 'refused', said);
  }

  function networkProblem(error: unknown): ForgeProblem {
    const code = failureCode(error);
    if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
      return new ForgeProblem(
        'refused',
        `${host} has a certificate that is not trusted here (${code}); NODE_EXTRA_CA_CERTS names one's own`,
      );
    }
    if (code === 'TimeoutError') return new ForgeProblem('again', `${host} did not answer in time`);
    return new ForgeProblem('again', `${host} was not reached (${code})`);
  }
}

/** Ends `work` when it takes too long. By hand: `AbortSignal.any` keeps something of every request for as long as `signal` lives. */
async function inTime<T>(signal: AbortSignal, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  const onTimeout = (): void => stop.abort(new DOMException('no answer in time', 'TimeoutError'));
  const timer = setTimeout(onTimeout, TIMEOUT_MILLISECONDS);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** A word for what went wrong below http; never the error's message, which may quote headers. */
function failureCode(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z0-9_]{3,60}$/.test(at.code)) return at.code;
    if (at.name === 'TimeoutError') return at.name;
  }
  return 'connection failed';
}

async function responseText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > LARGEST_ANSWER) throw new ForgeProblem('refused', 'the forge answered with more than 64 MiB');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** What an error answer says in words: GitLab has texts, lists and fields with lists; Gitea one text. */
function answerWords(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's page says nothing in a line.
    return /^[ \r\n\t]*</.test(text) ? '' : text.slice(0, 300);
  }
  if (typeof body !== 'object' || body === null) return '';
  const fields = ['message', 'error', 'error_description'].flatMap((name) => flatWords(Reflect.get(body, name)));
  return [...new Set(fields)].join(', ');
}

function flatWords(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  if (Array.isArray(value)) return value.slice(0, 9).flatMap((one) => flatWords(one, depth + 1));
  return Object.entries(value)
    .slice(0, 9)
    .map(([name, one]) => `${name} ${flatWords(one, depth + 1).join(', ')}`);
}

/** One short line without control characters and without the token, in whatever form it is written. */
function wordsWithoutSecrets(text: string, token: string | undefined): string {
  let plain = text.slice(0, 2000);
  if (token !== undefined && token !== '') {
    for (const form of [token, encodeURIComponent(token), Buffer.from(token).toString('base64')]) {
      plain = plain.replaceAll(form, '***');
    }
  }
  plain = plain.replaceAll(/(:\/\/)[^/@\s]{1,300}@/g, '$1***@');
  return plain
    .replaceAll(/[^ -~\u00a1-\u1fff\u3000-\ud7ff]+/g, ' ')
    .trim()
    .slice(0, 300);
}
