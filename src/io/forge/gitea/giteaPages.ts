// Reads Gitea's lists page by page.

/** Gitea gives at most 50 on a page unless its owner allows more. */
const PAGE = 50;

interface Page<T> {
  readonly headers: Headers;
  readonly data: readonly T[] | null;
}

/** The items of all pages, as they are asked for. Ends by the total that Gitea says, else at the first empty page. */
export async function* pagesOf<T>(ask: (query: { page: number; limit: number }) => Promise<Page<T>>): AsyncIterable<T> {
  let seen = 0;
  for (let page = 1; ; page++) {
    const { headers, data } = await ask({ page, limit: PAGE });
    if (data === null || data.length === 0) return;
    yield* data;
    seen += data.length;
    const total = headers.get('x-total-count');
    if (total !== null && seen >= Number(total)) return;
  }
}
