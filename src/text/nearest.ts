// The known word nearest to a mistyped one.

/**
 * The candidate that is fewest single-character edits (swaps of neighbours count one) away from `word`, upper and lower case and
 * `-_` held equal, else the only one that starts with it; undefined where none is near enough to be meant.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = flatten(word.slice(0, 64));
  let best: string | undefined;
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const candidate of candidates) {
    const steps = distance(plain, flatten(candidate));
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  const [started, ...others] = candidates.filter(
    (candidate) => plain.length > 2 && flatten(candidate).startsWith(plain),
  );
  return best ?? (others.length === 0 ? started : undefined);
}

function flatten(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = from[i - 1] === to[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}
