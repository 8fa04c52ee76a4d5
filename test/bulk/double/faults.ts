// What can go wrong on the way to a forge, by the name of the operation that it happens to.

import type { IncomingMessage, ServerResponse } from 'node:http';

export type Fault =
  /** Answered so, and not done. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'drop' }
  /** Done, and then the connection breaks. */
  | { readonly kind: 'lose' }
  /** Done later. */
  | { readonly kind: 'slow'; readonly milliseconds: number };

/** The words that GitHub uses. */
export const SECONDARY_LIMIT: Fault = {
  kind: 'answer',
  status: 403,
  body: {
    message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    documentation_url: 'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api',
  },
};

/** 403 with Retry-After in seconds. */
export function retryAfter(seconds: number): Fault {
  const headers = { 'retry-after': String(seconds) };
  return { kind: 'answer', status: 403, headers, body: { message: 'Too many requests.' } };
}

/** The hour's requests are used up until `seconds` from now. */
export function spent(seconds: number): Fault {
  const reset = String(Math.floor(Date.now() / 1000) + seconds);
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
  return { kind: 'answer', status: 403, headers, body: { message: 'API rate limit exceeded for user ID 1.' } };
}

export interface Faults {
  /** Happens to the next `times` (1) of this operation. */
  inject(operation: string, fault: Fault, times?: number): void;
  /** Those that did not happen. */
  left(): number;
  /**
   * Lets the next fault of this operation happen. `go`: do the work; `answered`: it was; `lose`: do the work, then break the connection.
   */
  meet(operation: string, request: IncomingMessage, response: ServerResponse): Promise<'go' | 'answered' | 'lose'>;
}

/** Faults wait in line for their operation. */
export function faultLine(): Faults {
  const waiting: { readonly operation: string; readonly fault: Fault }[] = [];
  return {
    inject(operation, fault, times = 1) {
      for (let time = 0; time < times; time++) waiting.push({ operation, fault });
    },
    left: () => waiting.length,
    async meet(operation, request, response) {
      const at = waiting.findIndex((one) => one.operation === operation);
      if (at < 0) return 'go';
      const [{ fault }] = waiting.splice(at, 1) as [(typeof waiting)[0]];
      if (fault.kind === 'drop') {
        request.socket.destroy();
        return 'answered';
      }
      if (fault.kind === 'lose') return 'lose';
      if (fault.kind === 'slow') {
        await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
        return 'go';
      }
      const body = JSON.stringify(fault.body ?? { message: 'Injected.' });
      response.writeHead(fault.status, { 'content-type': 'application/json; charset=utf-8', ...fault.headers });
      response.end(body);
      return 'answered';
    },
  };
}
