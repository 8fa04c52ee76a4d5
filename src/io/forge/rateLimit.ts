// How long a forge wants to be left alone, read from the status and headers of its answer.

const USUAL_MILLISECONDS = 60_000;
const LEAST_MILLISECONDS = 1000;
const MOST_MILLISECONDS = 60 * 60_000;
/** Smaller numbers are seconds from now, larger ones seconds since the epoch. */
const EARLIEST_EPOCH = 1_000_000_000;

/**
 * Milliseconds until the host may be asked again; undefined where it does not mind. A good answer counts too when it says that it
 * was the last one (`RateLimit-Remaining: 0`, GitLab).
 */
export function limitOf(status: number, headers: Headers, text: string): number | undefined {
  const retry = secondsOf(headers.get('retry-after'));
  const isLast = (headers.get('ratelimit-remaining') ?? headers.get('x-ratelimit-remaining'))?.trim() === '0';
  const reset = secondsOf(headers.get('ratelimit-reset') ?? headers.get('x-ratelimit-reset'));
  const isLimit =
    status === 429 || (status === 403 && (retry !== undefined || isLast || /rate limit|too many requests/i.test(text)));
  if (isLimit || (status === 503 && retry !== undefined)) return bounded(retry ?? reset);
  return isLast && reset !== undefined ? bounded(reset) : undefined;
}

function bounded(seconds: number | undefined): number {
  if (seconds === undefined) return USUAL_MILLISECONDS;
  return Math.min(MOST_MILLISECONDS, Math.max(LEAST_MILLISECONDS, Math.ceil(seconds * 1000)));
}

/** Seconds from now that a header says: a number of seconds, an epoch, or a date. */
function secondsOf(value: string | null): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const plain = value.trim();
  if (/^[0-9]{1,12}(?:\.[0-9]{1,6})?$/.test(plain)) {
    const number = Number(plain);
    return number >= EARLIEST_EPOCH ? number - Date.now() / 1000 : number;
  }
  const date = Date.parse(plain);
  return Number.isNaN(date) ? undefined : (date - Date.now()) / 1000;
}
