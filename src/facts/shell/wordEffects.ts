// What a shell word does besides naming itself: patterns that look for files, and commands in places that are not walked.

import type { Assignment, CommandSyntax, ShellWord, WordPart } from '../../parse/shell/shell.ts';

const PATTERN = /[*?[]/;

const isQuoted = (part: WordPart): boolean =>
  part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'AnsiCQuoted';

/** Does the shell look for files that fit the word? `value`: what its expansions come to. */
export function isGlobWord(word: ShellWord, value: string): boolean {
  if (!PATTERN.test(value)) return false;
  // `\*` is no part of its own. Without a part for the pattern it came out of a variable.
  const parts = word.parts ?? [];
  return parts.some((part) => part.type === 'Glob') || parts.some((part) => !isQuoted(part) && part.type !== 'Literal');
}

const BACKQUOTE = '`';

function isHidden(part: WordPart): boolean {
  switch (part.type) {
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.some(isHidden);
    case 'ArithmeticExpansion':
      return part.text.includes('$(', 3) || part.text.includes(BACKQUOTE);
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      return part.script === undefined;
    case 'ParameterExpansion':
      return part.text.includes('$(') || part.text.includes(BACKQUOTE);
    default:
      return false;
  }
}

/** Does the word run a command at a place where it is not followed (`${X:-$(cat f)}`)? */
const hidesCommand = (word: ShellWord): boolean => word.parts?.some(isHidden) ?? false;

/** The same for text that is not taken apart: a here-document, an array. */
export const mayRunCommand = (text: string): boolean =>
  text.includes('$(') || text.includes(BACKQUOTE) || text.includes('<(');

/** The same for all words, values and here-documents of a command; `prefix`: its assignments. */
export function hasHidden(node: CommandSyntax, prefix: readonly Assignment[]): boolean {
  const words = [node.name, ...node.args.filter((argument) => argument.type !== 'Assignment')].filter(
    (word) => word !== undefined,
  );
  const values = [...prefix, ...node.args.filter((argument) => argument.type === 'Assignment')].map(
    (assignment) => assignment.value,
  );
  const isHidden = (word: (typeof words)[number] | (typeof values)[number]): boolean =>
    word.type === 'Word' && hidesCommand(word);
  return (
    words.some(isHidden) ||
    values.some(isHidden) ||
    node.redirects.some((redirect) =>
      redirect.type === 'HereString'
        ? mayRunCommand(redirect.target?.text ?? '')
        : redirect.type === 'HereDoc' && mayRunCommand(redirect.body.text),
    )
  );
}
