// JSON as editors write it for people: comments and commas at the end of lists are allowed.

// an unclosed string or comment runs on, so that no part is looked at twice
const COMMENT = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const COMMA = /"(?:[^"\\\n]|\\.)*"?|,(?=\s*[}\]])/g;

/** The value, or undefined where the text is none. Never throws. */
export function readJsonc(text: string): unknown {
  const cut = (piece: string): string => (piece[0] === '"' ? piece : ' ');
  try {
    return JSON.parse(
      text
        .replace(/^\xEF\xBB\xBF/, '')
        .replace(COMMENT, cut)
        .replace(COMMA, cut),
    );
  } catch {
    return undefined;
  }
}
