// Which commands are activations and nothing else: what a fix may take away.
import type { ShellWord } from '../../parse/shell/shell.ts';
import { isLiteral, isQuiet } from '../../parse/shell/shellWord.ts';
import { isShell } from './shellNames.ts';
import {
  itemsOf,
  membersOf,
  nodeText,
  type PlainCommand,
  redirectTarget,
  textIndex,
  treeOf,
  wordsOf,
} from './shellTree.ts';

/** Is it an activation (or `deactivate`) and nothing else: no assignment, no file written, no expansion that does something? */
export function isActivation(node: PlainCommand): boolean {
  if (node.type !== 'Command') return false;
  const members = membersOf(node);
  if (
    !members.every((member) => (member.type === 'Word' ? isQuiet(member as unknown as ShellWord) : isSilencing(member)))
  )
    return false;
  const words = wordsOf(node);
  const [first = '', second = '', ...more] = words;
  if (/^(\.|source)$/.test(first)) return more.length === 0 && /(^|\/)activate$/.test(second);
  if (words.length === 1) return first === 'deactivate' || /\/bin\/activate$/.test(first);
  const at = textIndex(node);
  if (at === -1) return isShell(first) && /\/bin\/activate$/.test(words.at(-1)!);
  return (
    !members.slice((at ?? -1) + 1).some((member) => member.type === 'Word') &&
    (first === 'eval' || isShell(first)) &&
    activationsIn(words.at(-1)!) !== undefined
  );
}

/** The commands of a text that is nothing but activations, one after another. */
export function activationsIn(text: string): readonly string[] | undefined {
  const tree = treeOf(text);
  const items = tree === undefined ? [] : itemsOf(tree);
  return items.length > 0 && items.every((i) => isActivation(i.node)) ? items.map((i) => nodeText(i.node)) : undefined;
}

/** Output thrown away or sent to another descriptor: nothing is written. */
const isSilencing = (member: PlainCommand): boolean =>
  member.type === 'Redirect' &&
  />/.test(String(member.operator)) &&
  /^(\/dev\/(null|stdout|stderr)|[0-9]|-)$/.test(redirectTarget(member));

/** `source X || . X`, the first known to be an activation. */
export function isFallback(one: PlainCommand, other: PlainCommand): boolean {
  if (!isActivation(other)) return false;
  const [first, second] = [wordsOf(one), wordsOf(other)];
  return first.length === 2 && first[1] === second[1] && first[0] === 'source' && second[0] === '.';
}

/** A text that is one simple command of its own, as the guard names it. */
export function commandText(text: string): string {
  const tree = treeOf(text);
  const items = tree === undefined ? [] : itemsOf(tree);
  return items.length === 1 ? nodeText(items[0]!.node) : text;
}

/** The words of the one command that is left of a text once its activations are gone. */
export function onlyCommand(
  text: string,
): { readonly words: readonly string[]; readonly gone: readonly string[] } | undefined {
  const tree = treeOf(text);
  if (tree === undefined) return undefined;
  const items = itemsOf(tree);
  const left = items.filter((i) => !isActivation(i.node));
  // the first of several is not the last of all
  const [only] = left;
  const isPlainList = items.every((i, n) => i.operator === (n === items.length - 1 ? '' : '&&') || i.operator === ';');
  if (only === undefined || items.at(-1) !== only || !isPlainList) return undefined;
  const members = only.node.type === 'Command' ? membersOf(only.node) : [];
  if (
    members.length === 0 ||
    members.some((member) => member.type !== 'Word' || !isLiteral(member as unknown as ShellWord))
  )
    return undefined;
  const words = wordsOf(only.node);
  return {
    words: words[0] === 'exec' ? words.slice(1) : words,
    gone: items.filter((i) => i !== only).map((i) => nodeText(i.node)),
  };
}
