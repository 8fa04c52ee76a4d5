// A parsed JSON value as a record of unknown values.

export type UnknownRecord = Readonly<Record<string, unknown>>;

/** An object, and no list. */
export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value, or an empty record where it is no object. */
export function recordOrEmpty(value: unknown): UnknownRecord {
  return typeof value === 'object' && value !== null ? (value as UnknownRecord) : {};
}
