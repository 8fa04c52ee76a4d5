// A merged scalar as a piece of knowledge: its value and where it stands, or why it is unknown.

import type { Range } from '../model.ts';
import { type ComposeLookup, STARTED_IN, UNKNOWN } from '../parse/compose/interpolate.ts';
import type { Node, ScalarNode } from '../parse/compose/yamlNodes.ts';
import type { ComposeValue, Origin } from './compose/serviceFacts.ts';

/** Where a merged value stands. */
export function originOf(node: Node, range: Range = node.range): Origin {
  const { source, shared } = node;
  return {
    path: source?.path ?? '',
    range,
    ...(source?.service === undefined ? {} : { service: source.service }),
    ...(shared ? { shared } : {}),
  };
}

/** Why an interpolated text is not known; undefined when it is. */
function unknownText(text: string): string | undefined {
  if (text.includes(UNKNOWN)) return 'a variable in it is set nowhere in the repository';
  return text.includes(STARTED_IN) ? 'it holds $PWD, the folder in which compose is started' : undefined;
}

/** As `unknownText`, also for values that YAML readers rewrite. */
export function unknownReason(scalar: ScalarNode): string | undefined {
  return scalar.unknown ?? unknownText(scalar.text);
}

/** An interpolated text as a piece. */
export function textPiece(text: string, origin: Origin, from: { readonly assumed: boolean }): ComposeValue<string> {
  const reason = unknownText(text);
  return reason === undefined
    ? { kind: 'known', value: text, assumed: from.assumed, origin }
    : { kind: 'unknown', cause: reason, origin };
}

/** What is known of a piece's value. */
export const knownValue = <T>(piece: ComposeValue<T> | undefined): T | undefined =>
  piece?.kind === 'known' ? piece.value : undefined;

/** A value as a piece: unknown where a variable without a value or default is part of it. */
export function pieceOf(scalar: ScalarNode): ComposeValue<string> {
  const origin = originOf(scalar);
  if (scalar.unknown !== undefined) return { kind: 'unknown', cause: scalar.unknown, origin };
  return textPiece(scalar.text, origin, { assumed: scalar.assumed === true });
}

/** A key without a value: from the project's own variables, else from the environment of whoever runs compose. */
export function fromCaller(name: string, project: ComposeLookup, origin: Origin): ComposeValue<string> {
  const value = project(name);
  if (typeof value === 'string') return textPiece(value, origin, { assumed: false });
  return { kind: 'unknown', cause: 'it is taken from the environment of whoever runs compose', origin };
}
