// One request to GitHub: paced, never led to another host, and every way of failing put into our words without the token.

import type * as v from 'valibot';
import { ForgeProblem, type ProblemKind } from '../forge.ts';
import { type ForgeAccess, hostOfApi, TOKEN_VARIABLES } from '../forgePlaces.ts';

const TIME_LIMIT = 30_000;
const MOST_REDIRECTS = 5;
/** GitHub's advice where it does not say how long to wait. */
const USUAL_WAIT = 60_000;
const LONGEST_MESSAGE = 400;

export interface GithubAnswer<T> {
  readonly data: T;
  /** Address of the next page. */
  readonly next?: string;
}

type Parameters = Readonly<Record<string, unknown>>;

/** Sends `route` (`GET /repos/{owner}/{repo}`, or a method and an address that an answer gave) and reads the answer as `schema`. */
export type AskGithub = <S extends v.GenericSchema>(
  route: string,
  parameters: Parameters,
  schema: S,
  signal: AbortSignal,
) => Promise<GithubAnswer<v.InferOutput<S>>>;

/** What asks this GitHub. Throws `ForgeProblem` ('denied') where the token cannot be one; what it gives throws nothing else either. */
export async function githubRequests(access: ForgeAccess): Promise<AskGithub> {
  const { api, token, userAgent } = access;
  const variable = access.tokenName ?? TOKEN_VARIABLES.github;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new ForgeProblem('denied', `The variable ${variable} holds characters that no token has.`);
  }
  const [{ Octokit }, { safeParse }] = await Promise.all([import('@octokit/core'), import('valibot')]);
  const silent = () => {};
  const octokit = new Octokit({
    baseUrl: api,
    userAgent,
    ...(token === undefined ? {} : { auth: token }),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: { fetch: fetchWithin(new URL(api).origin) },
  });
  return async (route, parameters, schema, signal) => {
    const asked = `${hostOfApi('github', api)}, asked for ${filledRoute(route, parameters).replace(api, '')},`;
    const limit = timeLimit(signal);
    try {
      await access.ready(signal);
      limit.start();
      const request = { signal: limit.signal };
      const { data, headers } = await octokit.request(route, { ...parameters, request });
      const answer = safeParse(schema, data);
      if (!answer.success) throw new ForgeProblem('again', `${asked} answered what is none of its answers.`);
      await backOffWhenSpent(headers, access);
      const next = /<([^<>]+)>;[^,<]*rel="next"/.exec(headers.link ?? '')?.[1];
      return { data: answer.output, ...(next === undefined ? {} : { next }) };
    } catch (error) {
      if (signal.aborted) throw new ForgeProblem('again', 'The run was stopped.');
      if (limit.over()) throw new ForgeProblem('again', `${asked} did not answer within ${TIME_LIMIT / 1000} s.`);
      const problem = githubProblem(error, { asked, variable, token });
      if (problem.kind === 'limited') await access.backOff(problem.wait ?? USUAL_WAIT);
      throw problem;
    } finally {
      limit.end();
    }
  };
}

/** `GET /repos/{owner}/{repo}` with what the names stand for. */
function filledRoute(route: string, parameters: Parameters): string {
  return route.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

/** Aborts with `signal`, and when time is up; leaves nothing behind at a signal that lives as long as the run. */
function timeLimit(signal: AbortSignal) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let late = false;
  const stop = (): void => controller.abort();
  signal.addEventListener('abort', stop);
  return {
    signal: controller.signal,
    start: (): void => {
      timer = setTimeout(() => {
        late = true;
        stop();
      }, TIME_LIMIT);
      if (signal.aborted) stop();
    },
    over: (): boolean => late,
    end: (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

/** Every page of what `route` lists; `items` takes the list out of an answer. */
export async function* githubPages<S extends v.GenericSchema>(
  ask: AskGithub,
  { route, parameters, schema }: { readonly route: string; readonly parameters: Parameters; readonly schema: S },
  signal: AbortSignal,
): AsyncGenerator<v.InferOutput<S>> {
  let answer = await ask(route, { ...parameters, per_page: 100 }, schema, signal);
  yield answer.data;
  while (answer.next !== undefined) {
    answer = await ask(`GET ${answer.next}`, {}, schema, signal);
    yield answer.data;
  }
}

/** `fetch` that follows what GitHub says of renamed repositories, on the same origin only: the token goes nowhere else. */
function fetchWithin(origin: string): typeof fetch {
  return async (input, init) => {
    let address = String(input);
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const url = new URL(address);
      if (url.origin !== origin) {
        throw new ForgeProblem('refused', `The forge leads to another host (${url.host}), which is not followed.`);
      }
      const response = await fetch(address, { ...init, redirect: 'manual' });
      const to = response.headers.get('location');
      if (![301, 302, 307, 308].includes(response.status) || to === null) return response;
      await response.body?.cancel();
      address = new URL(to, address).href;
    }
    throw new ForgeProblem('refused', 'The forge leads from one address to the next without an end.');
  };
}

interface FailedRequest {
  readonly asked: string;
  readonly variable: string;
  readonly token: string | undefined;
}

type Headers_ = Readonly<Record<string, string | number | undefined>>;

function githubProblem(error: unknown, failure: FailedRequest): ForgeProblem {
  if (error instanceof ForgeProblem) return cleaned(error, failure);
  const thrown = error as { cause?: unknown; response?: { status: number; headers: Headers_; data: unknown } };
  if (thrown.cause instanceof ForgeProblem) return cleaned(thrown.cause, failure);
  if (!thrown.response) return cleaned(unreached(error, failure.asked), failure);
  const { status, headers, data } = thrown.response;
  const words = errorWords(data);
  const wait = waitOf(status, headers, words);
  const said = `${failure.asked} answered ${status}${words === '' ? '' : `: ${words}`}`;
  if (wait !== undefined) return cleaned(new ForgeProblem('limited', said, wait), failure);
  if (status === 401) {
    const message =
      failure.token === undefined
        ? `${failure.asked} wants a token: set ${failure.variable}.`
        : `${failure.asked} does not take the token that the variable ${failure.variable} holds.`;
    return cleaned(new ForgeProblem('denied', message), failure);
  }
  return cleaned(new ForgeProblem(problemKind(status, words), said), failure);
}

function problemKind(status: number, words: string): ProblemKind {
  if (status >= 500 || status === 408) return 'again';
  if (status === 403 || status === 451) return 'denied';
  if (status === 404) return 'missing';
  if ((status === 422 || status === 409) && /already exists/i.test(words)) return 'exists';
  return 'refused';
}

/** Milliseconds that the forge wants to be left alone; undefined where it turned us away for another reason. */
function waitOf(status: number, headers: Headers_, words: string): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers['retry-after'];
  if (after !== undefined) {
    const wait = /^\d+$/.test(String(after)) ? Number(after) * 1000 : Date.parse(String(after)) - now(headers);
    return Number.isFinite(wait) && wait > 0 ? wait : USUAL_WAIT;
  }
  if (String(headers['x-ratelimit-remaining']) === '0') return untilReset(headers) ?? USUAL_WAIT;
  return status === 429 || /rate limit|abuse detection/i.test(words) ? USUAL_WAIT : undefined;
}

/** The last request of the hour was answered: the next one would not be. Searches have a limit of their own. */
async function backOffWhenSpent(headers: Headers_, access: ForgeAccess): Promise<void> {
  if (String(headers['x-ratelimit-remaining']) !== '0' || headers['x-ratelimit-resource'] === 'search') return;
  const wait = untilReset(headers);
  if (wait !== undefined) await access.backOff(wait);
}

function untilReset(headers: Headers_): number | undefined {
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  if (!Number.isFinite(reset) || reset <= 0) return undefined;
  return Math.max(1000, reset - now(headers) + 1000);
}

/** The forge's own clock where it tells it: ours may be wrong. */
function now(headers: Headers_): number {
  const date = Date.parse(String(headers.date ?? ''));
  return Number.isFinite(date) ? date : Date.now();
}

/** What the forge says went wrong. */
function errorWords(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  const details = Array.isArray(errors) ? errors.map(detailOf) : [];
  return [message, ...details].filter((part) => typeof part === 'string' && part !== '').join(': ');
}

function detailOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error === 'string' ? error : '';
  const { message, field, code } = error as { message?: unknown; field?: unknown; code?: unknown };
  if (typeof message === 'string') return message;
  return [field, code].filter((part) => typeof part === 'string').join(' ');
}

function unreached(error: unknown, asked: string): ForgeProblem {
  const codes: string[] = [];
  for (let at = error; at instanceof Error && codes.length < 8; at = at.cause) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === 'string') codes.push(code);
  }
  const untrusted = codes.find((code) => /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code));
  if (untrusted) return new ForgeProblem('refused', `${asked} has a certificate that is not trusted (${untrusted}).`);
  const why = codes.length > 0 ? ` (${[...new Set(codes)].join(', ')})` : '';
  return new ForgeProblem('again', `${asked} could not be reached, or broke off its answer${why}.`);
}

/** One line without the token and without an address's user, short enough for a table. */
function cleaned(problem: ForgeProblem, { token }: FailedRequest): ForgeProblem {
  const { kind, wait } = problem;
  let text = problem.message.slice(0, 10_000);
  if (token !== undefined) text = text.replaceAll(token, '***');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
  text = text.replaceAll(/[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, ' ');
  text = text.replaceAll(/:\/\/[^/@ ]{1,500}@/g, '://');
  if (text.length > LONGEST_MESSAGE) text = `${text.slice(0, LONGEST_MESSAGE - 3)}...`;
  return new ForgeProblem(kind, text, wait);
}
