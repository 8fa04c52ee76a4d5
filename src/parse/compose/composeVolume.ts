// Reads the volume entries of a compose service, short and long.

import type { Range } from '../../model.ts';
import { UNKNOWN } from './interpolate.ts';
import { parseVolumeSpec } from './volumeSpec.ts';
import { childOf, isNull, type Node, type ScalarNode } from './yamlNodes.ts';

export interface VolumeSyntax {
  /** Position in its own file's list. */
  readonly index: number;
  readonly form: 'short' | 'long';
  readonly node: Node;
  /** The entry's value. */
  readonly range: Range;
  readonly shared?: Range;
  /** 'unknown': an unset variable decides. Others as written in a long entry (bind, volume, tmpfs, npipe, image, cluster). */
  readonly type: string;
  /** Text after `source`; undefined for none. */
  readonly source?: string;
  /** Text of the target as written; undefined where the entry has none or compose rejects it. */
  readonly target?: string;
  /** Short form: the words after the second colon. */
  readonly options: readonly string[];
  readonly readOnly: boolean | 'unknown';
  readonly noCopy: boolean | 'unknown';
  readonly createHostPath: boolean | 'unknown';
  readonly subpath?: string;
  readonly assumed: boolean;
}

/** A boolean as compose casts it; 'unknown' for anything that is none. */
export function flagOf(node: Node | undefined, { absent }: { readonly absent: boolean }): boolean | 'unknown' {
  if (!node || isNull(node)) return absent;
  if (node.kind !== 'scalar') return 'unknown';
  const text = node.text.toLowerCase();
  if (text === 'true' || text === 'y' || text === 'yes' || text === 'on') return true;
  return text === 'false' || text === 'n' || text === 'no' || text === 'off' ? false : 'unknown';
}

/** Undefined where compose rejects the entry. Texts may hold UNKNOWN pieces. */
export function readVolume(node: Node, index: number): VolumeSyntax | undefined {
  const common = { index, node, range: node.range, ...(node.shared ? { shared: node.shared } : {}) };
  if (node.kind === 'scalar') return isNull(node) ? undefined : shortVolume(node, common);
  if (node.kind === 'seq') return undefined;
  const type = childOf(node, 'type');
  const target = childOf(node, 'target');
  const source = childOf(node, 'source');
  const volume = childOf(node, 'volume');
  const bind = childOf(node, 'bind');
  const nocopy = volume?.kind === 'map' ? childOf(volume, 'nocopy') : undefined;
  const subpath = volume?.kind === 'map' ? childOf(volume, 'subpath') : undefined;
  const create = bind?.kind === 'map' ? childOf(bind, 'create_host_path') : undefined;
  const text = (piece: Node | undefined): string | undefined =>
    piece?.kind === 'scalar' && piece.value !== null ? (piece.unknown === undefined ? piece.text : UNKNOWN) : undefined;
  const typeText = text(type) ?? 'unknown';
  const sourceText = text(source);
  const targetText = text(target);
  const subpathText = text(subpath);
  const readOnly = childOf(node, 'read_only');
  const pieces = [type, target, source, readOnly, nocopy];
  return {
    ...common,
    form: 'long',
    type: typeText.includes(UNKNOWN) ? 'unknown' : typeText,
    ...(sourceText === undefined ? {} : { source: sourceText }),
    ...(targetText === undefined ? {} : { target: targetText }),
    options: [],
    readOnly: flagOf(readOnly, { absent: false }),
    noCopy: flagOf(nocopy, { absent: false }),
    createHostPath: flagOf(create, { absent: true }),
    ...(subpathText === undefined ? {} : { subpath: subpathText }),
    assumed: pieces.some((piece) => piece?.kind === 'scalar' && piece.assumed === true),
  };
}

function shortVolume(
  node: ScalarNode,
  common: Pick<VolumeSyntax, 'index' | 'node' | 'range' | 'shared'>,
): VolumeSyntax | undefined {
  const assumed = node.assumed === true;
  const open = {
    ...common,
    form: 'short',
    options: [],
    readOnly: 'unknown',
    noCopy: 'unknown',
    createHostPath: true,
    assumed,
  } as const;
  if (node.unknown !== undefined || node.text === UNKNOWN) return { ...open, type: 'unknown', target: UNKNOWN };
  const spec = parseVolumeSpec(node.text);
  // What a variable will bring can still make it an entry.
  if (!spec) return node.text.includes('$') ? { ...open, type: 'unknown', target: UNKNOWN } : undefined;
  // An unset variable may bring its own colon at the end (`.:/app$MODE`), so the last field is open as a whole.
  const targetOpen = spec.target.includes(UNKNOWN);
  const optionsOpen = targetOpen || spec.options.some((option) => option.includes(UNKNOWN));
  const sourceOpen = spec.source?.startsWith(UNKNOWN) === true || spec.source?.startsWith('$') === true;
  return {
    ...common,
    form: 'short',
    type: sourceOpen || (spec.source === undefined && targetOpen) ? 'unknown' : spec.type,
    ...(spec.source === undefined ? {} : { source: spec.source }),
    target: targetOpen ? UNKNOWN : spec.target,
    options: spec.options,
    readOnly: optionsOpen ? 'unknown' : lastOption(spec.options, ['ro', 'rw']) === 'ro',
    noCopy: optionsOpen ? 'unknown' : spec.options.includes('nocopy'),
    createHostPath: true,
    assumed,
  };
}

function lastOption(options: readonly string[], among: readonly string[]): string | undefined {
  return options.findLast((option) => among.includes(option));
}
