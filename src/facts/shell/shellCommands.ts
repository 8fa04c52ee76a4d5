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
  const [a, b] = [treeOf(old), treeOf(now)];
  if (a === undefined || b === undefined) return { why: 'shell text that cannot be read changes' };
  return listDifference(a, b, { ...may, errexit: may.errexit || setsErrexit(old) }, 'text');
}

function listDifference(old: PlainCommand, now: PlainCommand, may: MayDiffer, where: 'text' | 'group'): Difference {
  const a = itemsOf(old);
  const b = itemsOf(now);
  const gone: string[] = [];
  /** Operators since the last command that stays. */
  let passed: string[] = [];
  let isFirst = true;
  let j = 0;
  for (let i = 0; i < a.length; i++) {
    const { node, operator } = a[i]!;
    const other = b[j];
    const same =
      other === undefined ? { why: `${quotedCommand(node)} is gone` } : nodeDifference(node, other.node, may);
    if ('gone' in same) {
      if (!isFirst && b[j - 1]!.operator !== operatorFor(passed, may))
        return { why: `\`${passed[0]}\` before ${quotedCommand(node)} becomes \`${b[j - 1]!.operator || 'the end'}\`` };
      if (isFirst && !passed.every((o) => o === '&&' || o === ';'))
        return { why: `${quotedCommand(node)} ran on a branch only` };
      gone.push(...same.gone);
      isFirst = false;
      passed = [operator];
      j++;
      continue;
    }
    if (!isActivation(node)) return same;
    const fallback = operator === '||' && a[i + 1] !== undefined && isFallback(node, a[i + 1]!.node);
    gone.push(nodeText(node));
    if (fallback) gone.push(nodeText(a[i + 1]!.node));
    const behind = fallback ? a[++i]!.operator : operator;
    // `hash -r` may take its place
    if (other !== undefined && nodeText(other.node) === 'hash -r') {
      if (!isFirst && b[j - 1]!.operator !== operatorFor(passed, may)) return { why: '`hash -r` stands elsewhere' };
      isFirst = false;
      passed = [behind];
      j++;
    } else passed.push(behind);
  }
  if (j < b.length) return { why: `${quotedCommand(b[j]!.node)} is new` };
  if (b.length === 0) return a.length === 0 ? SAME : { why: 'nothing is left of a list of commands' };
  const end = passed.at(-1)!;
  const inner = passed.slice(0, -1);
  if (inner.some((o) => o !== '&&') || b.at(-1)!.operator !== end)
    return { why: 'the list ends with another command, so it succeeds or fails otherwise' };
  if (inner.length > 0 && may.errexit && where === 'group') return { why: 'under `set -e` a group ends otherwise' };
  return { gone };
}

/** The operator that binds what remains as before, where the commands between it went; undefined: there is none. */
function operatorFor(passed: readonly string[], { errexit }: MayDiffer): string | undefined {
  const [first, ...rest] = passed;
  if (rest.length === 0) return first;
  if (first === '||' || rest.some((o) => o !== '&&' && o !== ';')) return undefined;
  if (first === '&') return '&';
  if (passed.every((o) => o === '&&')) return '&&';
  // `X && true; Y` lets X fail under set -e, `X; Y` does not
  return first === '&&' && errexit ? undefined : ';';
}

/** Compares two trees; lists of commands and the texts of child shells by their own rules, all else to the byte. */
function nodeDifference(old: PlainCommand, now: PlainCommand, may: MayDiffer): Difference {
  if (JSON.stringify(old) === JSON.stringify(now)) return SAME;
  if (old.type !== now.type) return { why: `${quotedCommand(old)} becomes ${quotedCommand(now)}` };
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

function valueDifference(a: unknown, b: unknown, may: MayDiffer, parent: PlainCommand): Difference {
  if (JSON.stringify(a) === JSON.stringify(b)) return SAME;
  const changed = { why: `${quotedCommand(parent)} changes` };
  if (!isTree(a) || !isTree(b)) return changed;
  if (Array.isArray(a) && Array.isArray(b)) return eachDifference(a, b, may, parent);
  return nodeDifference(a as PlainCommand, b as PlainCommand, may);
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;

function eachDifference(
  a: readonly unknown[],
  b: readonly unknown[],
  may: MayDiffer,
  parent: PlainCommand,
): Difference {
  if (a.length !== b.length) return { why: `${quotedCommand(parent)} changes` };
  const gone: string[] = [];
  for (const [n, one] of a.entries()) {
    const found = valueDifference(one, b[n], may, parent);
    if ('why' in found) return found;
    gone.push(...found.gone);
  }
  return { gone };
}

function commandDifference(old: PlainCommand, now: PlainCommand, may: MayDiffer): Difference {
  const changed = { why: `${quotedCommand(old)} becomes ${quotedCommand(now)}` };
  const [a, b] = [membersOf(old), membersOf(now)];
  const own = (list: readonly Member[]): string => JSON.stringify(list.filter((m) => m.type !== 'Word'));
  if (own(a) === own(b)) {
    const [before, after] = [wordsOf(old).join(' '), wordsOf(now).join(' ')];
    for (const [key, texts] of Object.entries(may.replaced))
      if (before.endsWith(key) && texts.some((t) => after === before.slice(0, before.length - key.length) + t))
        return SAME;
  }
  const at = textIndex(old);
  if (a.length !== b.length || at === undefined) return changed;
  for (const [n, one] of a.entries()) {
    if (n === at || JSON.stringify(one) === JSON.stringify(b[n])) continue;
    // `sh <<EOF`: its body is the text
    const rest = (m: Member): string => JSON.stringify({ ...m, body: undefined });
    if (at >= 0 || rest(one) !== rest(b[n]!)) return changed;
    const bodyOf = (m: Member): string => String((m.body as PlainCommand | undefined)?.text);
    return scriptDifference(bodyOf(one), bodyOf(b[n]!), may);
  }
  return at < 0 ? SAME : scriptDifference(a[at]!.value ?? '', b[at]?.value ?? '', may);
}

function quotedCommand(node: PlainCommand): string {
  const text = nodeText(node).replace(/\s+/g, ' ');
  return `\`${text.length > 70 ? `${text.slice(0, 67)}...` : text}\``;
}
