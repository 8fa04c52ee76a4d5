// The patterns of ${x#p}, ${x%p} and ${x/p/text}: `*` and `?`, no brackets, as BuildKit turns them into regular expressions.

/** A pattern cut at its stars; ANY stands for one `?`. */
type Segments = readonly string[];

/** Outside the one-byte characters of our text. */
const ANY = '\uE010';
/** Work that a pattern with `?` may cost before it is not followed. */
const MOST_WORK = 10_000_000;

/** Why BuildKit refuses the pattern. */
export interface PatternProblem {
  readonly problem: string;
}

export function isPatternProblem(value: unknown): value is PatternProblem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

function segmentsOf(pattern: string): string[] | PatternProblem {
  const segments = [''];
  const add = (char: string): void => {
    segments[segments.length - 1] += char;
  };
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '*') segments.push('');
    else if (character === '?') add(ANY);
    else if (character === '\\') {
      const next = pattern[at + 1];
      // the lexer keeps the escapes of its own stop characters
      if (next === '}' || next === '/') continue;
      if (next !== '*' && next !== '?' && next !== '\\') return { problem: `invalid escape in the pattern ${pattern}` };
      add(next);
      at++;
    } else add(character);
  }
  return segments;
}

function standsAt(value: string, segment: string, at: number): boolean {
  if (at + segment.length > value.length) return false;
  for (let i = 0; i < segment.length; i++) if (segment[i] !== ANY && segment[i] !== value[at + i]) return false;
  return true;
}

function firstOf(value: string, segment: string, from: number): number {
  if (!segment.includes(ANY)) return value.indexOf(segment, from);
  for (let at = from; at + segment.length <= value.length; at++) if (standsAt(value, segment, at)) return at;
  return -1;
}

/** The last place that ends at `limit` or before. */
function lastOf(value: string, segment: string, limit: number): number {
  if (limit < segment.length) return -1;
  if (!segment.includes(ANY)) return value.lastIndexOf(segment, limit - segment.length);
  for (let at = limit - segment.length; at >= 0; at--) if (standsAt(value, segment, at)) return at;
  return -1;
}

/** Where a greedy match that has its first segment at `start` ends, or -1. */
function greedyEnd(value: string, segments: Segments, start: number): number {
  const behindFirst = start + segments[0]!.length;
  let limit = value.length;
  let end = behindFirst;
  for (let n = segments.length - 1; n > 0; n--) {
    const at = lastOf(value, segments[n]!, limit);
    if (at < behindFirst) return -1;
    if (n === segments.length - 1) end = at + segments[n]!.length;
    limit = at;
  }
  return end;
}

function lazyEnd(value: string, segments: Segments): number {
  let end = segments[0]!.length;
  for (const segment of segments.slice(1)) {
    const at = firstOf(value, segment, end);
    if (at < 0) return -1;
    end = at + segment.length;
  }
  return end;
}

/** `.` of a regular expression takes a whole character and no line break: texts where that matters are not followed. */
function isFollowed(value: string, segments: Segments): boolean {
  if (value.includes('\n')) return false;
  const any = segments.some((segment) => segment.includes(ANY));
  const length = segments.reduce((sum, segment) => sum + segment.length, 0);
  return !any || (!/[^\0-\x7f]/.test(value) && length * value.length <= MOST_WORK);
}

const reversed = (text: string): string => [...text].reverse().join('');

/** Takes `pattern` off one end of `value`. undefined: not followed. */
export function trimmed(
  value: string,
  pattern: string,
  how: { readonly end: 'prefix' | 'suffix'; readonly greedy: boolean },
): string | PatternProblem | undefined {
  const read = segmentsOf(pattern);
  if (isPatternProblem(read)) return how.end === 'suffix' && /(^|[^\\])(\\\\)*\\$/.test(pattern) ? undefined : read;
  if (!isFollowed(value, read)) return undefined;
  const suffix = how.end === 'suffix';
  const segments = suffix ? read.map(reversed).reverse() : read;
  const text = suffix ? reversed(value) : value;
  if (!standsAt(text, segments[0]!, 0)) return value;
  const end = how.greedy ? greedyEnd(text, segments, 0) : lazyEnd(text, segments);
  if (end < 0) return value;
  return suffix ? value.slice(0, value.length - end) : value.slice(end);
}

/** Puts `replacement` where `pattern` matches in `value`, once or everywhere. undefined: not followed. */
export function replaced(
  value: string,
  pattern: string,
  replacement: string,
  how: { readonly all: boolean },
): string | PatternProblem | undefined {
  const segments = segmentsOf(pattern);
  if (isPatternProblem(segments)) return segments;
  if (!isFollowed(value, segments)) return undefined;
  // a replacement everywhere is a template of Go's regexp package, in which $ has a meaning
  if (how.all && replacement.includes('$')) return undefined;
  if (segments.every((segment) => segment === '')) {
    if (segments.length > 1) return replacement;
    if (how.all && value !== '') return undefined;
    return replacement + value;
  }
  const out: string[] = [];
  let from = 0;
  do {
    const rest = value.slice(from);
    const start = firstOf(rest, segments[0]!, 0);
    const end = start < 0 ? -1 : greedyEnd(rest, segments, start);
    if (end < 0) break;
    out.push(rest.slice(0, start), replacement);
    from += end;
  } while (how.all);
  return out.join('') + value.slice(from);
}
