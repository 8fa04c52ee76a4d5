// How long a campaign's pull requests will take at a pace, in plain words.

/** Writes an hour that the pacer never exceeds: one a second. */
const FASTEST = 3600;

/** `412 pull requests, at 60/h: 7 h`. `rate` is pull requests an hour on one host. */
export function budgetOf(count: number, rate: number): string {
  if (count <= 0) return 'no pull requests';
  const pace = Math.min(rate, FASTEST);
  const noun = count === 1 ? 'pull request' : 'pull requests';
  return `${count} ${noun}, at ${pace}/h: ${durationWords((count / pace) * 3600_000)}`;
}

/** A length of time rounded to what a person plans with: `25 min`, `7 h`, `3 days`. */
export function durationWords(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}
