// Shell text as plain data without positions: what can be held against what, whatever stands before it in a file.
import { parseShell } from '../../parse/shell/shell.ts';
import { nowhere } from './interpreter.ts';
import { isShell, takesText } from './shellNames.ts';

export type PlainCommand = { readonly type?: string; readonly [key: string]: unknown };

const POSITION = /^(pos|end|source|closing|\w+(Pos|End))$/;

/** The syntax tree as plain data without positions, or why the text cannot be read. */
export function treeOf(text: string): PlainCommand | undefined {
  const { script } = parseShell(nowhere(text));
  return script === undefined
    ? undefined
    : (JSON.parse(JSON.stringify(script, (key, value) => (POSITION.test(key) ? undefined : value))) as PlainCommand);
}

export interface Item {
  readonly node: PlainCommand;
  /** Operator behind it: '' at the end of the list. */
  readonly operator: string;
}

/** All members of a list's and-or chains with the operators between them; a newline is a `;`. */
export function itemsOf(list: PlainCommand): Item[] {
  const items: Item[] = [];
  const statements = list.commands as readonly PlainCommand[];
  for (const [n, statement] of statements.entries()) {
    const command = statement.command as PlainCommand;
    const isLast = n === statements.length - 1;
    const end = statement.background === true ? '&' : isLast ? '' : ';';
    if (command.type === 'AndOr') {
      const members = command.commands as readonly PlainCommand[];
      const operators = command.operators as readonly string[];
      for (const [at, node] of members.entries()) items.push({ node, operator: operators[at] ?? end });
    } else items.push({ node: command, operator: end });
  }
  return items;
}

export type Member = PlainCommand & { readonly text?: string; readonly value?: string };

export const membersOf = (command: PlainCommand): Member[] => [
  ...(command.prefix as Member[]),
  ...(command.name === undefined ? [] : [command.name as Member]),
  ...(command.suffix as Member[]),
];

export const wordsOf = (command: PlainCommand): string[] =>
  membersOf(command).flatMap((member) => (member.type === 'Word' ? [member.value ?? ''] : []));

/** Which of the members is the text of a child shell; -1: none of its words, a here-document if there is one. */
export function textIndex(command: PlainCommand): number | undefined {
  const members = membersOf(command);
  const words = members.flatMap((member, n) => (member.type === 'Word' ? [{ value: member.value ?? '', n }] : []));
  const shell = words.findIndex((word) => isShell(word.value) || /^(su|runuser)$/.test(word.value));
  if (words[0]?.value === 'eval') return words.length === 2 ? words[1]!.n : undefined;
  if (shell < 0) return undefined;
  const option = words.findIndex((word, n) => n > shell && (takesText(word.value) || word.value === '--command'));
  return option < 0 ? -1 : words[option + 1]?.n;
}

/** A command as it is written, its blanks made one. */
export function nodeText(node: PlainCommand): string {
  if (node.type !== 'Command') return `(${node.type ?? 'list'})`;
  return membersOf(node)
    .map(
      (member) =>
        member.text ??
        `${(member.descriptor as PlainCommand | undefined)?.value ?? ''}${member.operator}${redirectTarget(member)}`,
    )
    .join(' ');
}

export const redirectTarget = (member: PlainCommand): string =>
  String((member.target as Member | undefined)?.text ?? '');
