// Finds the here-document words of an instruction line as BuildKit's heredocsFromLine does.
import { type Lexed, lexText } from './expand.ts';

export interface HeredocWord {
  /** The terminator line's text. */
  readonly name: string;
  /** `<<-`: leading tabs are dropped. */
  readonly chomp: boolean;
  /** False where the word is quoted: the body is not expanded. */
  readonly expand: boolean;
  /** Offsets of the whole word (`3<<-"EOF"`) in the logical text. */
  readonly at: number;
  readonly to: number;
}

export interface HeredocWords {
  readonly words: readonly HeredocWord[];
  /** Why BuildKit would refuse the line, or why we do not follow it. */
  readonly problem?: string;
}

const WORD = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/;
const LAX = { escape: '\\', lookup: () => undefined, keepUnset: true };
const quotes = (text: string): number => text.split(/['"]/).length - 1;

/** What one word says, as BuildKit's ParseHeredoc: undefined where it is no here-document. */
export function heredocOf(word: string): Omit<HeredocWord, 'at' | 'to'> | { readonly problem: string } | undefined {
  const match = word.includes('<<') ? WORD.exec(word) : null;
  const rest = match?.[2];
  if (!match || !rest) return undefined;
  const plain = lexText(rest, LAX);
  if (plain.problem !== undefined) return { problem: `here-document ${rest.slice(0, 40)}: ${plain.problem}` };
  const [only, more] = plain.words;
  if (only === undefined || more !== undefined) return undefined;
  const raw: Lexed = lexText(rest, { ...LAX, rawQuotes: true });
  if (raw.problem !== undefined || raw.words.length !== 1) {
    return { problem: `here-document ${rest.slice(0, 40)} cannot be read` };
  }
  return { name: only.value, chomp: match[1] === '-', expand: quotes(only.value) === quotes(raw.words[0]!.value) };
}

/** Here-document words of `line`, in order; none where its quotes or expansions cannot be read. Linear in its length. */
export function heredocWords(line: string): HeredocWords {
  const lexed = lexText(line, { ...LAX, rawQuotes: true, rawEscapes: true });
  if (lexed.problem !== undefined) return lexed.limited ? { words: [], problem: lexed.problem } : { words: [] };
  const words: HeredocWord[] = [];
  for (const { value, at, to } of lexed.words) {
    const found = heredocOf(value);
    if (found === undefined) continue;
    if ('problem' in found) return { words, problem: found.problem };
    words.push({ ...found, at, to });
  }
  return { words };
}
