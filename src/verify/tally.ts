// What a comparison collects: sentences, by what they decide.

export interface Tally {
  readonly lost: string[];
  readonly gained: string[];
  /** Told, and decides nothing. */
  readonly told: string[];
  /** What is otherwise than before and no fix says so, or could not be looked at: nothing that is won outweighs it. */
  readonly open: string[];
  /** Why it is not the same, where nothing is won either. */
  readonly doubts: string[];
  /** What of `lost` accounts for files that are gone. */
  readonly gone: Set<'packages' | 'system packages'>;
}

export const emptyTally = (): Tally => ({ lost: [], gained: [], told: [], open: [], doubts: [], gone: new Set() });

/** Those of the first list that the second has not, once each. */
export function without(from: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return [...new Set(from)].filter((one) => !known.has(one));
}

export const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Names as code, so that none of them reads as a word of the sentence. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `\`${name}\``);
  if (names.length > 8) return `${shown.join(', ')} and ${names.length - 8} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

export const packagesText = (names: readonly string[]): string =>
  `${names.length === 1 ? 'the package' : 'the packages'} ${listed(names)}`;
