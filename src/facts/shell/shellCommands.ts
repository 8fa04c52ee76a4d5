// Two shell texts compared as the shell runs them: words, operators, redirections, assignments, groups; what may go is named.
import { isActivation, isFallback } from './shellActivations.ts';
import { setsErrexit } from './shellNames.ts';
import {
  itemsOf,
  type Member,
  membersOf,
  nodeText,
  type PlainCommand,
  textIndex,
  treeOf,
  wordsOf,
} from './shellTree.ts';

/** What the two sides may differ in. */
export interface MayDiffer {
  /** An install as the trace names it -> the texts that may stand for it. */
  readonly replaced: Readonly<Record<string, readonly string[]>>;
  /** The shell itself ends at the first command that fails (`set -e`, from SHELL or the text). */
  readonly errexit: boolean;
}

/** The commands that went, as written; or what else differs. */
export type Difference = { readonly gone: readonly string[] } | { readonly why: string };

const SAME: Difference = { gone: [] };
/** What differs between two shell texts beyond what may. A text that cannot be read must be the same to the byte. */
export function scriptDifference(old: string, now: string, may: MayDiffer): Difference {
  if (old === now) return SAME;
  const [one, other] = [treeOf(old), treeOf(now)];
  if (one === undefined || other === undefined) return { why: 'shell text that cannot be read changes' };
  return listDifference(one, other, { ...may, errexit: may.errexit || setsErrexit(old) }, 'text');
}

function listDifference(old: PlainCommand, now: PlainCommand, may: MayDiffer, where: 'text' | 'group'): Difference {
  const one = itemsOf(old);
  const second = itemsOf(now);
  const gone: string[] = [];
  /** Operators since the last command that stays. */
  let passed: string[] = [];
  let isFirst = true;
  let j = 0;
  for (let i = 0; i < one.length; i++) {
    const { node, operator } = one[i]!;
    const other = second[j];
    const same = other === undefined ? { why: `${commandSaid(node)} is gone` } : nodeDifference(node, other.node, may);
    if ('gone' in same) {
      if (!isFirst && second[j - 1]!.operator !== operatorFor(passed, may))
        return {
          why: `\`${passed[0]}\` before ${commandSaid(node)} becomes \`${second[j - 1]!.operator || 'the end'}\``,
        };
      if (isFirst && !passed.every((word) => word === '&&' || word === ';'))
        return { why: `${commandSaid(node)} ran on a branch only` };
      gone.push(...same.gone);
      isFirst = false;
      passed = [operator];
      j++;
      continue;
    }
    if (!isActivation(node)) return same;
    const fallback = operator === '||' && one[i + 1] !== undefined && isFallback(node, one[i + 1]!.node);
    gone.push(nodeText(node));
    if (fallback) gone.push(nodeText(one[i + 1]!.node));
    const behind = fallback ? one[++i]!.operator : operator;
    // `hash -r` may take its place
    if (other !== undefined && nodeText(other.node) === 'hash -r') {
      if (!isFirst && second[j - 1]!.operator !== operatorFor(passed, may))
        return { why: '`hash -r` stands elsewhere' };
      isFirst = false;
      passed = [behind];
      j++;
    } else passed.push(behind);
  }
  if (j < second.length) return { why: `${commandSaid(second[j]!.node)} is new` };
  if (second.length === 0) return one.length === 0 ? SAME : { why: 'nothing is left of a list of commands' };
  const end = passed.at(-1)!;
  const inner = passed.slice(0, -1);
  if (inner.some((word) => word !== '&&') || second.at(-1)!.operator !== end)
    return { why: 'the list ends with another command, so it succeeds or fails otherwise' };
  if (inner.length > 0 && may.errexit && where === 'group') return { why: 'under `set -e` a group ends otherwise' };
  return { gone };
}

/** The operator that binds what remains as before, where the commands between it went; undefined: there is none. */
function operatorFor(passed: readonly string[], { errexit }: MayDiffer): string | undefined {
  const [first, ...rest] = passed;
  if (rest.length === 0) return first;
  if (first === '||' || rest.some((one) => one !== '&&' && one !== ';')) return undefined;
  if (first === '&') return '&';
  if (passed.every((one) => one === '&&')) return '&&';
  // `X && true; Y` lets X fail under set -e, `X; Y` does not
  return first === '&&' && errexit ? undefined : ';';
}

/** Compares two trees; lists of commands and the texts of child shells by their own rules, all else to the byte. */
function nodeDifference(old: PlainCommand, now: PlainCommand, may: MayDiffer): Difference {
  if (JSON.stringify(old) === JSON.stringify(now)) return SAME;
  if (old.type !== now.type) return { why: `${commandSaid(old)} becomes ${commandSaid(now)}` };
  if (old.type === 'Command') return commandDifference(old, now, may);
  if (old.type === 'CompoundList') return listDifference(old, now, may, 'group');
  const gone: string[] = [];
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const found = valueDifference(old[key], now[key], may, old);
    if ('why' in found) return found;
    gone.push(...found.gone);
  }
  return { gone };
}

function valueDifference(one: unknown, other: unknown, may: MayDiffer, parent: PlainCommand): Difference {
  if (JSON.stringify(one) === JSON.stringify(other)) return SAME;
  const changed = { why: `${commandSaid(parent)} changes` };
  if (!isTree(one) || !isTree(other)) return changed;
  if (Array.isArray(one) && Array.isArray(other)) return eachDifference(one, other, may, parent);
  return nodeDifference(one as PlainCommand, other as PlainCommand, may);
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;

function eachDifference(
  first: readonly unknown[],
  other: readonly unknown[],
  may: MayDiffer,
  parent: PlainCommand,
): Difference {
  if (first.length !== other.length) return { why: `${commandSaid(parent)} changes` };
  const gone: string[] = [];
  for (const [n, one] of first.entries()) {
    const found = valueDifference(one, other[n], may, parent);
    if ('why' in found) return found;
    gone.push(...found.gone);
  }
  return { gone };
}

function commandDifference(old: PlainCommand, now: PlainCommand, may: MayDiffer): Difference {
  const changed = { why: `${commandSaid(old)} becomes ${commandSaid(now)}` };
  const [first, other] = [membersOf(old), membersOf(now)];
  const own = (list: readonly Member[]): string => JSON.stringify(list.filter((member) => member.type !== 'Word'));
  if (own(first) === own(other)) {
    const [before, after] = [wordsOf(old).join(' '), wordsOf(now).join(' ')];
    for (const [key, texts] of Object.entries(may.replaced))
      if (before.endsWith(key) && texts.some((text) => after === before.slice(0, before.length - key.length) + text))
        return SAME;
  }
  const at = textIndex(old);
  if (first.length !== other.length || at === undefined) return changed;
  for (const [n, one] of first.entries()) {
    if (n === at || JSON.stringify(one) === JSON.stringify(other[n])) continue;
    // `sh <<EOF`: its body is the text
    const rest = (member: Member): string => JSON.stringify({ ...member, body: undefined });
    if (at >= 0 || rest(one) !== rest(other[n]!)) return changed;
    const bodyOf = (member: Member): string => String((member.body as PlainCommand | undefined)?.text);
    return scriptDifference(bodyOf(one), bodyOf(other[n]!), may);
  }
  return at < 0 ? SAME : scriptDifference(first[at]!.value ?? '', other[at]?.value ?? '', may);
}

function commandSaid(node: PlainCommand): string {
  const text = nodeText(node).replace(/\s+/g, ' ');
  return `\`${text.length > 70 ? `${text.slice(0, 67)}...` : text}\``;
}
