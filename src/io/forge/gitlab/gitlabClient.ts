// GitLab's client package, with our own way of sending in place of its (which retries by itself and follows every redirect).

import type { AskForge } from '../asking.ts';
import type { ForgeAccess } from '../forgePlaces.ts';

type Values = Readonly<Record<string, unknown>>;

interface Options {
  readonly searchParams?: Values | undefined;
  readonly body?: Values | FormData | undefined;
}

interface Sent {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
}

type Send = (endpoint: string, options?: Options) => Promise<Sent>;

/** The parts of the client that are used, for requests under one `signal`. */
export async function gitlabClient(access: ForgeAccess, ask: AskForge) {
  const { Groups, MergeRequests, Pipelines, Projects, Users } = await import('@gitbeaker/rest');
  const authorization: Readonly<Record<string, string>> =
    access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };

  return (signal: AbortSignal) => {
    const send =
      (method: string): Send =>
      async (endpoint, { searchParams, body } = {}) => {
        const query = queryOf(searchParams ?? {});
        const hasBody = body !== undefined && !(body instanceof FormData) && Object.keys(body).length > 0;
        const { json, headers, status } = await ask(
          {
            method,
            url: `${access.api}/${endpoint}${query === '' ? '' : `?${query}`}`,
            headers: { ...authorization, ...(hasBody && { 'content-type': 'application/json' }) },
            ...(hasBody && { body: JSON.stringify(snakeKeys(body)) }),
          },
          signal,
        );
        return { body: json, headers, status };
      };
    const requester = {
      get: send('GET'),
      post: send('POST'),
      put: send('PUT'),
      patch: send('PATCH'),
      delete: send('DELETE'),
    };
    // No timeout of the package's: `ask` has its own.
    const options = { host: access.api, token: '', queryTimeout: 0, requesterFn: () => requester } as unknown as {
      readonly token: string;
    };
    return {
      groups: new Groups(options),
      mergeRequests: new MergeRequests(options),
      pipelines: new Pipelines(options),
      projects: new Projects(options),
      users: new Users(options),
    };
  };
}

/** `sourceBranch` is `source_branch` on the wire. */
function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function snakeKeys(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [snake(name), value]));
}

function queryOf(values: Values): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) query.append(snake(name), String(value));
  }
  return query.toString();
}
