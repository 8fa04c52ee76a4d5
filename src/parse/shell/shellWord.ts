// What a shell would do with a word: whether its expansions act, whether there are any.
import type { ShellWord, WordPart } from './shell.ts';

/** A word whose expansions change nothing and run nothing. */
export const isQuiet = (word: ShellWord): boolean => (word.parts ?? []).every(isQuietPart);

function isQuietPart(part: WordPart): boolean {
  if (part.type === 'DoubleQuoted') return part.parts.every(isQuietPart);
  if (part.type !== 'ParameterExpansion') return /^(Literal|SingleQuoted|SimpleExpansion)$/.test(part.type);
  const { operation } = part;
  return (
    operation === undefined ||
    (operation.type === 'Default' && !/[=?]/.test(operation.operator) && isQuiet(operation.operand))
  );
}

/** Nothing in the word is the shell's to read but quotes: no expansion, pattern, home folder or backslash. */
export function isLiteral(word: ShellWord): boolean {
  const plain = (word.parts ?? []).every(
    (part) =>
      part.type === 'Literal' ||
      part.type === 'SingleQuoted' ||
      (part.type === 'DoubleQuoted' && part.parts.every((inner) => inner.type === 'Literal')),
  );
  return plain && !/(^|[=:])~|\\/.test(word.text);
}
