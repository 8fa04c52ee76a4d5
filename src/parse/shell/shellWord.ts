// What a shell would do with a word: whether its expansions act, whether there are any.
import type { ShellWord, WordPart } from './shell.ts';

/** A word whose expansions change nothing and run nothing. */
export const isQuiet = (word: ShellWord): boolean => (word.parts ?? []).every(isQuietPart);

function isQuietPart(p: WordPart): boolean {
  if (p.type === 'DoubleQuoted') return p.parts.every(isQuietPart);
  if (p.type !== 'ParameterExpansion') return /^(Literal|SingleQuoted|SimpleExpansion)$/.test(p.type);
  const { operation } = p;
  return (
    operation === undefined ||
    (operation.type === 'Default' && !/[=?]/.test(operation.operator) && isQuiet(operation.operand))
  );
}

/** Nothing in the word is the shell's to read but quotes: no expansion, pattern, home folder or backslash. */
export function isLiteral(word: ShellWord): boolean {
  const plain = (word.parts ?? []).every(
    (p) =>
      p.type === 'Literal' ||
      p.type === 'SingleQuoted' ||
      (p.type === 'DoubleQuoted' && p.parts.every((q) => q.type === 'Literal')),
  );
  return plain && !/(^|[=:])~|\\/.test(word.text);
}
