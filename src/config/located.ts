// A value read from a configuration file, with the place of each of its parts.

/** `places` maps `placeKey(path)` to the UTF-16 offset where that key, or list item, stands in the text. */
export interface Located {
  readonly value: unknown;
  readonly places: ReadonlyMap<string, number>;
}

/** A file that could not be read as configuration; `offset` counts UTF-16 units of the text. */
export interface Unreadable {
  readonly offset: number;
  readonly message: string;
}

/** Whether this was thrown to end the reading. */
export function isUnreadable(thrown: unknown): thrown is Unreadable {
  const isObject = typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error);
  return isObject && 'offset' in thrown && 'message' in thrown;
}

/** Keys and indices from the root of a value. */
export type KeyPath = readonly (string | number)[];

export type Read = Located | Unreadable;

/** Characters; more is no configuration that a person wrote. */
export const LONGEST_CONFIG = 64 * 1024;
export const TOO_LONG = 'longer than 64 KB';

/** The name of a path in `places`. */
export function placeKey(path: KeyPath): string {
  return JSON.stringify(path);
}

/** Where `path` stands, or the nearest part around it. */
export function offsetOfKey(places: ReadonlyMap<string, number>, path: KeyPath): number {
  for (let length = path.length; length >= 0; length--) {
    const place = places.get(placeKey(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return 0;
}
