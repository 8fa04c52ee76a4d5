// Gitea's client package (Forgejo speaks the same), with our own way of sending in place of its.

import type { Api } from 'gitea-js';
import type { AskForge } from '../asking.ts';
import type { ForgeAccess } from '../forgePlaces.ts';

/** The client for the Gitea at `access.api` (`https://host/api/v1`). Names that go into a path must be encoded by the caller. */
export async function giteaClient(access: ForgeAccess, ask: AskForge): Promise<Api<unknown>> {
  const { giteaApi } = await import('gitea-js');
  const send: typeof fetch = async (input, init) => {
    // A plain object: `Headers` would throw, with the value in its words, on a token that is none.
    const headers = { ...(init?.headers as Readonly<Record<string, string>>) };
    const { body } = init ?? {};
    const answer = await ask(
      {
        method: init?.method ?? 'GET',
        url: String(input),
        headers,
        ...(typeof body === 'string' && { body }),
      },
      init?.signal ?? new AbortController().signal,
    );
    const { 'content-encoding': _, 'content-length': __, ...rest } = answer.headers;
    const isEmpty = answer.status === 204 || answer.status === 205;
    return new Response(isEmpty ? null : JSON.stringify(answer.json), { status: answer.status, headers: rest });
  };
  return giteaApi(access.api.replace(/\/api\/v1$/, ''), {
    ...(access.token !== undefined && { token: access.token }),
    customFetch: send,
  });
}
