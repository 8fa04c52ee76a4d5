// How a command stands in its list: its neighbours, the operators between them, and whether it can be cut out alone.

import type { CommandSyntax, PipelineNode, Statement } from '../../parse/shell/shell.ts';
import { isQuiet } from '../../parse/shell/shellWord.ts';
import { offsetOf, rangeOf } from '../../text/logical.ts';
import type { ActivationPlace } from './activationPlace.ts';
import type { Source } from './interpreter.ts';

export interface ListMember {
  readonly node: PipelineNode;
  readonly operatorBefore?: string;
  readonly operatorAfter?: string;
  readonly previous?: PipelineNode;
  readonly next?: PipelineNode;
}

/** All members of a list's and-or chains in order, with the operators between them as written. */
export function andOrGroups(
  statements: readonly Statement[],
  text: string,
): { groups: ListMember[][]; background: boolean[] } {
  const flat = statements.map((statement) => ({
    group: statement.command.type === 'AndOr' ? [...statement.command.commands] : [statement.command],
    background: statement.background === true,
  }));
  const all = flat.flatMap((chain) => chain.group);
  const between = (one: PipelineNode | undefined, other: PipelineNode | undefined): string | undefined => {
    if (one === undefined || other === undefined) return undefined;
    const gap = text.slice(one.end, other.pos);
    return /&&|\|\||;|&/.exec(gap)?.[0] ?? '\n';
  };
  let n = 0;
  const groups = flat.map(({ group, background }) =>
    group.map((node) => {
      const previous = all[n - 1];
      const next = all[n + 1];
      n++;
      const operatorBefore = between(previous, node);
      const operatorAfter = between(node, next) ?? (background && node === group.at(-1) ? '&' : undefined);
      return {
        node,
        ...(previous ? { previous } : {}),
        ...(next ? { next } : {}),
        ...(operatorBefore ? { operatorBefore } : {}),
        ...(operatorAfter ? { operatorAfter } : {}),
      };
    }),
  );
  return { groups, background: flat.map((chain) => chain.background) };
}

/** How much of its text a list is, or a command in it. */
export type Extent = 'all' | 'part';

/** How a member of a list stands in it, where it is a command that has a place in a file. */
export function activationPlaceOf(member: ListMember, source: Source, extent: Extent): ActivationPlace | undefined {
  const { text } = source;
  const isAlone = extent === 'all';
  if (text === undefined || text.pieces.length === 0 || member.node.type !== 'Command') return undefined;
  const { node } = member;
  return {
    command: rangeOf(text, node.pos, node.end),
    text: text.text.slice(node.pos, node.end),
    rest: member.next ? text.text.slice(member.next.pos) : '',
    ...(member.next ? { next: offsetOf(text, member.next.pos) } : {}),
    ...(member.previous ? { previous: rangeOf(text, member.previous.pos, member.previous.end).end } : {}),
    ...(member.operatorAfter ? { operatorAfter: member.operatorAfter } : {}),
    ...(member.operatorBefore ? { operatorBefore: member.operatorBefore } : {}),
    alone: isAlone && source.wrapper === undefined,
    ...(isAlone && source.wrapper ? { wrapper: source.wrapper } : {}),
    ...(source.inGroup || member.next ? {} : { endsText: true as const }),
    ...(source.inWord ? { whyNotCut: 'it stands in a command substitution' } : {}),
    ...(source.isTested ? { whyNotCut: 'it stands behind a test of whether it is there' } : {}),
    ...(isPlainCall(node)
      ? {}
      : { whyNotCut: 'it does more than activate (it sets a variable, is redirected, or its path is computed)' }),
  };
}

/** No variable is set, nothing written but to nowhere, and no expansion changes or runs anything. */
function isPlainCall(node: CommandSyntax): boolean {
  return (
    node.prefix.length === 0 &&
    [node.name, ...node.args].every((argument) => argument?.type === 'Word' && isQuiet(argument)) &&
    node.redirects.every(
      (redirect) =>
        redirect.type === 'Redirect' &&
        redirect.operator.includes('>') &&
        /^(\/dev\/(null|stdout|stderr)|\d|-)$/.test(redirect.target?.text ?? ''),
    )
  );
}
