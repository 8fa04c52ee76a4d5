// JSON that anybody may have written.

/** The value, or undefined where the text is none. Never throws. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
