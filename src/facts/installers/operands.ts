// Words of a command that are no flags, and whether they name packages of an index.

/** The words that are no flags; a value behind a flag is among them. */
export const operands = (words: readonly string[]): string[] => words.filter((word) => !word.startsWith('-'));

export const firstOperand = (words: readonly string[]): string => operands(words)[0] ?? '';

/** A package of an index: no folder, no address. */
const PACKAGE = /^[A-Za-z0-9][\w.-]*(\[[\w,.-]*\])?((===?|>=|<=|~=|!=|<|>|@)[\w.*+!-]+)?$/;
const PLAIN_FLAG =
  /^(-[qvfnU]+|--(quiet|verbose|force|global|include-deps|upgrade|no-interaction|no-ansi|no-cache|reinstall|python|with)|--(python|suffix|with|preinstall)=[\w.-]+)$/;

/** Do the words behind a command of `pipx`, `uv tool` or `poetry self` name packages of an index alone? */
export const arePackages = (words: readonly string[]): boolean =>
  words.every((word) => (word.startsWith('-') ? PLAIN_FLAG : PACKAGE).test(word) && !/\.(whl|zip|tar|gz)$/.test(word));

export const wordsBehind = (words: readonly string[], command: string): readonly string[] =>
  words.slice(words.indexOf(command) + 1);
