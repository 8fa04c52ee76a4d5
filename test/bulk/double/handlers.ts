// What handlers of the double share: where they are, which repository is meant, pages, and errors as GitHub words them.

import type { Context, Json } from './answers.ts';
import type { DoubleRepository, State } from './state.ts';

export interface Here {
  readonly state: State;
  readonly gitOrigin: string;
  /** Address of the double's programming interface. */
  api(): string;
}

/** `json` is checked against GitHub's description of the operation's answer. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  status(code: number): { json(body: unknown): void };
}

export type Handler = (context: Context, request: unknown, response: Reply) => Promise<Answer | undefined>;

export function failed(status: number, message: string, errors?: readonly Json[]): Answer {
  const json = {
    message,
    ...(errors && { errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  };
  return { status, json };
}

/** The repository that `{owner}/{repo}` names. */
export function repositoryAt({ state }: Here, { request }: Context): DoubleRepository | undefined {
  return state.repositories.get(`${request.params.owner}/${request.params.repo}`.toLowerCase());
}

export function numberOf({ request }: Context, name: string): number {
  return Number(request.params[name]);
}

/** The page that was asked for, with the header that leads to the next. */
export function page<T>(
  { request }: Context,
  { api }: Here,
  all: readonly T[],
): { readonly items: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  const size = Number(request.query.per_page ?? 30);
  const number = Number(request.query.page ?? 1);
  const items = all.slice((number - 1) * size, number * size);
  if (number * size >= all.length) return { items, headers: {} };
  const { path } = request as unknown as { path: string };
  const query = new URLSearchParams({ ...(request.query as Record<string, string>), page: String(number + 1) });
  return { items, headers: { link: `<${api()}${path}?${query}>; rel="next", <${api()}${path}>; rel="first"` } };
}
