// The image builds of a bake file (docker-bake.hcl, docker-bake.json): targets with what they inherit, variables at their defaults.
import { type HclBlock, type HclValue, readHcl, templateOf } from '../../parse/bake/hcl.ts';
import { readJsonc } from '../../text/jsonc.ts';
import { unknown } from '../values.ts';
import type { WrittenBuild } from './shellBuilds.ts';

const BAKE = /(^|\/)(docker-bake[^/]*\.(hcl|json)|[^/]*\.bake\.(hcl|json))$/;

export const isBakeFile = (path: string): boolean => BAKE.test(path);

const DEEPEST = 10;
const MOST_ROUNDS = 100;

/** The builds of a bake file; `folders`: where bake may be started. Undefined where the file cannot be read. */
export function readBakeBuilds(
  path: string,
  text: string,
  folders: readonly string[],
): readonly WrittenBuild[] | undefined {
  const blocks = path.endsWith('.json') ? jsonBlocks(text) : hclBlocks(text);
  if (blocks === undefined) return undefined;
  const variables = new Map<string, string>();
  for (const { type, labels, attributes } of blocks) {
    if (type !== 'variable') continue;
    const value = attributes.get('default');
    const name = labels[0] ?? '';
    variables.set(name, value === undefined ? unknown(name) : bakeText(value, variables));
  }
  const targets = new Map<string, HclBlock>();
  for (const block of blocks) {
    const [name = ''] = block.labels;
    if (block.type !== 'target') continue;
    const before = targets.get(name);
    const attributes = new Map([...(before?.attributes ?? []), ...block.attributes]);
    targets.set(name, { ...block, attributes });
  }
  return [...targets.values()].flatMap((target) => {
    // a target that others build upon is none that is built
    const own = inheritedTargets(target, targets, 0);
    return matrixOf(own, variables).flatMap((round) => targetBuild(target, own, round, folders));
  });
}

function hclBlocks(text: string): readonly HclBlock[] | undefined {
  const { blocks, problems } = readHcl(text);
  return problems.length > 0 ? undefined : blocks;
}

function jsonBlocks(text: string): readonly HclBlock[] | undefined {
  const value = jsonValue(readJsonc(text));
  if (value.kind !== 'map') return undefined;
  return [...value.entries].flatMap(([type, named]) =>
    named.kind !== 'map'
      ? []
      : [...named.entries].map(([name, block]) => ({
          type,
          labels: [name],
          attributes: block.kind === 'map' ? block.entries : new Map<string, HclValue>(),
          offset: Math.max(0, text.indexOf(`"${name}"`, Math.max(0, text.indexOf(`"${type}"`)))),
        })),
  );
}

function jsonValue(value: unknown): HclValue {
  if (typeof value === 'string') return templateOf(value.replaceAll('\\', '\\\\'));
  if (typeof value === 'number' || typeof value === 'boolean')
    return { kind: 'text', parts: [{ text: String(value) }] };
  if (Array.isArray(value)) return { kind: 'list', items: value.map((one) => jsonValue(one)) };
  if (typeof value !== 'object' || value === null) return { kind: 'unknown' };
  return { kind: 'map', entries: new Map(Object.entries(value).map(([name, one]) => [name, jsonValue(one)])) };
}

function bakeText(value: HclValue, variables: ReadonlyMap<string, string>): string {
  if (value.kind !== 'text') return unknown('an expression');
  return value.parts
    .map((part) => ('text' in part ? part.text : (variables.get(part.name) ?? unknown(part.name))))
    .join('');
}

const bakeList = (value: HclValue | undefined): readonly HclValue[] => (value?.kind === 'list' ? value.items : []);

/** Attributes with those that the target inherits; undefined: from a target that nobody knows. */
function inheritedTargets(
  { attributes }: HclBlock,
  targets: ReadonlyMap<string, HclBlock>,
  depth: number,
): ReadonlyMap<string, HclValue> {
  const found = new Map<string, HclValue>();
  const inherits = attributes.get('inherits');
  if (depth > DEEPEST || (inherits !== undefined && inherits.kind !== 'list'))
    for (const name of ['context', 'dockerfile', 'target']) found.set(name, { kind: 'unknown' });
  for (const one of bakeList(inherits)) {
    const parent = targets.get(bakeText(one, new Map()));
    for (const [name, value] of parent ? inheritedTargets(parent, targets, depth + 1) : []) {
      if (name !== 'matrix' && name !== 'name') found.set(name, mergedValue(found.get(name), value));
    }
  }
  for (const [name, value] of attributes) found.set(name, mergedValue(found.get(name), value));
  return found;
}

/** Maps are laid over one another, all else is replaced. */
function mergedValue(old: HclValue | undefined, value: HclValue): HclValue {
  if (old?.kind !== 'map' || value.kind !== 'map') return value;
  return { kind: 'map', entries: new Map([...old.entries, ...value.entries]) };
}

/** The variables of each round of the target's matrix; one round where there is none. */
function matrixOf(
  attributes: ReadonlyMap<string, HclValue>,
  variables: ReadonlyMap<string, string>,
): readonly ReadonlyMap<string, string>[] {
  const matrix = attributes.get('matrix');
  if (matrix?.kind !== 'map') return [variables];
  let rounds: readonly ReadonlyMap<string, string>[] = [variables];
  for (const [name, value] of matrix.entries) {
    if (value.kind !== 'list') return [variables];
    rounds = rounds.flatMap((round) =>
      value.items.map((item) => new Map([...round, [name, bakeText(item, variables)]])),
    );
    if (rounds.length > MOST_ROUNDS) return [variables];
  }
  return rounds;
}

/** Source: buildx, bake.go: the Dockerfile's path is relative to the context, the context's to the folder bake is started in. */
function targetBuild(
  { offset }: HclBlock,
  attributes: ReadonlyMap<string, HclValue>,
  variables: ReadonlyMap<string, string>,
  folders: readonly string[],
): WrittenBuild[] {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return value === undefined ? undefined : bakeText(value, variables);
  };
  if (attributes.has('dockerfile-inline')) return [];
  const context = text('context') ?? '.';
  const file = text('dockerfile') ?? 'Dockerfile';
  const target = text('target');
  const args = attributes.get('args');
  const contexts = attributes.get('contexts');
  const pairs = args?.kind === 'map' ? [...args.entries] : [];
  return [
    {
      file: file.startsWith('/') ? file : `${context}/${file}`,
      context,
      folders,
      offset,
      ...(target === undefined ? {} : { target }),
      args: new Map(pairs.map(([name, value]) => [name, bakeText(value, variables)])),
      tags: bakeList(attributes.get('tags')).map((one) => bakeText(one, variables)),
      namedContexts: contexts?.kind === 'map' ? [...contexts.entries.keys()] : [],
    },
  ];
}
