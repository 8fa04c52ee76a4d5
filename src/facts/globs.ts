// One segment of a COPY source against a name, as Go's filepath.Match: `*`, `?`, classes and escapes.

type GlobPart = { readonly star: true } | { readonly fits: (character: string) => boolean };

/** Undefined for a pattern that Go refuses. */
function piecesOf(pattern: string): GlobPart[] | undefined {
  const pieces: GlobPart[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '*') pieces.push({ star: true });
    else if (character === '?') pieces.push({ fits: () => true });
    else if (character === '[') {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) return undefined;
      const own = pattern.slice(at + 1, close);
      const negated = own.startsWith('^');
      const ranges = [...own.slice(negated ? 1 : 0).matchAll(/(?:\\(.)|([^\\]))(?:-(?:\\(.)|([^\\])))?/gs)].map(
        (match): [string, string] => [match[1] ?? match[2]!, match[3] ?? match[4] ?? match[1] ?? match[2]!],
      );
      pieces.push({ fits: (one) => ranges.some(([low, high]) => low <= one && one <= high) !== negated });
      at = close;
    } else {
      const own = character === '\\' ? pattern[++at] : character;
      if (own === undefined) return undefined;
      pieces.push({ fits: (one) => one === own });
    }
  }
  return pieces;
}

/** Longer patterns match nothing here. */
const LONGEST = 200;

/** Can the pattern be read, by Go and here? */
export const canMatch = (pattern: string): boolean => pattern.length <= LONGEST && piecesOf(pattern) !== undefined;

/** Does the pattern match the whole name? */
export function matchesGlobName(pattern: string, name: string): boolean {
  if (!/[*?[\\]/.test(pattern)) return pattern === name;
  const pieces = pattern.length > LONGEST ? undefined : piecesOf(pattern);
  if (pieces === undefined) return false;
  let at = 0;
  let star = -1;
  let from = 0;
  for (let i = 0; i < name.length; ) {
    const piece = pieces[at];
    if (piece !== undefined && 'star' in piece) {
      star = at++;
      from = i;
    } else if (piece?.fits(name[i]!)) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++from;
    } else return false;
  }
  return pieces.slice(at).every((piece) => 'star' in piece);
}
