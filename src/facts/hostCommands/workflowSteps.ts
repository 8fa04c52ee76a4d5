// The steps of a GitHub workflow or action, one for each round of a matrix whose values are written out.
import { childOf, type MapNode, type Node, type ScalarNode } from '../../parse/compose/yamlNodes.ts';
import { readYaml } from '../../parse/compose/yamlTree.ts';
import { unknown } from '../values.ts';
import { hostFolder, hostPlace, ROOT } from './hostWords.ts';

/** One step, in one round of its matrix. */
export interface WorkflowStep {
  readonly node: MapNode;
  /** The text of a scalar with the expressions replaced that are known; the others are symbolic words. */
  readonly read: (scalar: ScalarNode) => string;
  readonly uses: string | undefined;
  readonly run: ScalarNode | undefined;
  /** Repository-relative folder of its `run`; undefined where it is not known. */
  readonly folder: string | undefined;
  /** Variables of `env:`. */
  readonly variables: ReadonlyMap<string, string>;
  /** The job has another repository checked out, or this one in a folder of its own: paths are other paths. */
  readonly isMoved: boolean;
}

export interface ReadWorkflow {
  readonly steps: readonly WorkflowStep[];
  /** Text that belongs to no step; triggers, names and a matrix whose values are written out are left out. */
  readonly rest: readonly string[];
  /** The values of all `env:`, each also where it is used. */
  readonly variables: readonly string[];
}

interface StepSurroundings {
  /** `matrix.a`, `env.B`: their values. */
  readonly values: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string>;
  readonly folder: string | undefined;
  readonly isMoved: boolean;
}

const MOST_ROUNDS = 100;

/** Reads a workflow's text (latin1); undefined where it cannot be read exactly. */
export function readWorkflowSteps(text: string): ReadWorkflow | undefined {
  const { root, problems } = readYaml(text);
  if (problems.length > 0 || root?.kind !== 'map') return undefined;
  const found: FoundSteps = { steps: [], rest: [], variables: [] };
  noteVariables(root, found);
  const around = surroundingsIn(root, { values: new Map(), variables: new Map(), folder: '', isMoved: false });
  for (const [key, { value }] of root.entries)
    if (key !== 'on' && key !== 'name' && key !== 'env') gather(value, around, found);
  return found;
}

/** The text of a scalar without comment or expression, of a map's key. */
export function yamlScalar(node: Node | undefined, key: string): ScalarNode | undefined {
  const value = node?.kind === 'map' ? childOf(node, key) : undefined;
  return value?.kind === 'scalar' && value.value !== null ? value : undefined;
}

type FoundSteps = { readonly steps: WorkflowStep[]; readonly rest: string[]; readonly variables: string[] };

function noteVariables(node: MapNode, { variables }: FoundSteps): void {
  const env = childOf(node, 'env');
  for (const { value } of env?.kind === 'map' ? env.entries.values() : [])
    if (value.kind === 'scalar') variables.push(value.text);
}

function gather(node: Node, around: StepSurroundings, found: FoundSteps): void {
  if (node.kind === 'scalar') {
    found.rest.push(node.text);
    return;
  }
  if (node.kind === 'seq') {
    const isMoved = around.isMoved || node.items.some(({ value }) => value.kind === 'map' && checksOutElsewhere(value));
    for (const { value } of node.items) gather(value, { ...around, isMoved }, found);
    return;
  }
  if (childOf(node, 'uses') !== undefined || childOf(node, 'run') !== undefined) {
    noteVariables(node, found);
    found.steps.push(workflowStep(node, around));
    return;
  }
  noteVariables(node, found);
  const rounds = matrixRounds(node, around);
  for (const [key, { value }] of node.entries) {
    if (key === 'env' || key === 'name') continue;
    if (key === 'strategy' && rounds !== undefined) continue;
    if (key !== 'steps' || rounds === undefined) {
      gather(value, surroundingsIn(node, around), found);
      continue;
    }
    for (const round of rounds)
      gather(value, surroundingsIn(node, { ...around, values: new Map([...around.values, ...round]) }), found);
  }
}

/** What a workflow, a job or a step says of all that is in it. */
function surroundingsIn(node: MapNode, around: StepSurroundings): StepSurroundings {
  const defaults = childOf(node, 'defaults');
  const run = defaults?.kind === 'map' ? childOf(defaults, 'run') : undefined;
  const env = childOf(node, 'env');
  const values = new Map(around.values);
  const variables = new Map(around.variables);
  for (const [name, { value }] of env?.kind === 'map' ? env.entries : []) {
    const text = value.kind === 'scalar' ? expressionsIn(value.text, around.values) : unknown(name);
    values.set(`env.${name}`, text);
    variables.set(name, text);
  }
  const written = yamlScalar(run, 'working-directory') ?? yamlScalar(node, 'working-directory');
  const folder = written === undefined ? around.folder : hostPlace(expressionsIn(written.text, values), '');
  return { ...around, values, variables, folder };
}

function workflowStep(node: MapNode, around: StepSurroundings): WorkflowStep {
  const own = surroundingsIn(node, around);
  return {
    node,
    read: (scalar) => expressionsIn(scalar.text, own.values),
    uses: yamlScalar(node, 'uses')?.text,
    run: yamlScalar(node, 'run'),
    folder: own.folder,
    variables: own.variables,
    isMoved: own.isMoved,
  };
}

/** `${{ }}` replaced: a value that is written in the file, or one word that stands for what nobody knows. */
function expressionsIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{\{\s*([^}]*?)\s*\}\}/g, (_, expression: string) => {
    if (expression === 'github.workspace') return ROOT;
    return values.get(expression) ?? unknown(expression.replace(/[^\w.-]+/g, '_'));
  });
}

/** Another repository, or this one in a folder of its own: paths of later steps are other paths. */
function checksOutElsewhere(step: MapNode): boolean {
  if (!/^actions\/checkout@/.test(yamlScalar(step, 'uses')?.text ?? '')) return false;
  const inputs = childOf(step, 'with');
  return inputs?.kind === 'map' && ['path', 'repository'].some((key) => childOf(inputs, key) !== undefined);
}

type Round = ReadonlyMap<string, string>;

/** The rounds of a job's matrix, as `matrix.KEY` -> value; undefined: it has none, or what it is nobody knows. */
function matrixRounds(job: MapNode, around: StepSurroundings): readonly Round[] | undefined {
  const strategy = childOf(job, 'strategy');
  const matrix = strategy?.kind === 'map' ? childOf(strategy, 'matrix') : undefined;
  if (matrix?.kind !== 'map') return undefined;
  let rounds: Map<string, string>[] = [];
  const keys = new Set<string>();
  for (const [key, { value }] of matrix.entries) {
    if (key === 'include' || key === 'exclude') continue;
    if (value.kind !== 'seq') return undefined;
    keys.add(key);
    const choices = value.items.map((item) => matrixValues(key, item.value, around));
    if (choices.some((choice) => choice === undefined)) return undefined;
    rounds = (rounds.length === 0 ? [new Map<string, string>()] : rounds).flatMap((round) =>
      choices.map((choice) => new Map([...round, ...choice!])),
    );
    if (rounds.length > MOST_ROUNDS) return undefined;
  }
  const excluded = matrixList(matrix, 'exclude', around);
  const included = matrixList(matrix, 'include', around);
  if (excluded === undefined || included === undefined) return undefined;
  rounds = rounds.filter(
    (round) => !excluded.some((out) => [...out].every(([key, value]) => round.get(key) === value)),
  );
  const originals = rounds.map((round) => new Map(round));
  const added: Map<string, string>[] = [];
  for (const one of included) {
    const own = [...one].filter(([key]) => keys.has(key.slice('matrix.'.length).split('.')[0]!));
    const fits = originals.flatMap((round, n) => (own.every(([key, value]) => round.get(key) === value) ? [n] : []));
    for (const n of fits) for (const [key, value] of one) rounds[n]!.set(key, value);
    if (fits.length === 0) added.push(new Map(one));
  }
  return [...rounds, ...added];
}

/** The entries of `include` or `exclude`; undefined where they are not written out. */
function matrixList(matrix: MapNode, name: string, around: StepSurroundings): readonly Round[] | undefined {
  const list = childOf(matrix, name);
  if (list === undefined) return [];
  if (list.kind !== 'seq') return undefined;
  const found: Round[] = [];
  for (const { value } of list.items) {
    if (value.kind !== 'map') return undefined;
    const entries = [...value.entries].map(([key, entry]) => matrixValues(key, entry.value, around));
    if (entries.some((entry) => entry === undefined)) return undefined;
    found.push(new Map(entries.flatMap((entry) => [...entry!])));
  }
  return found;
}

/** One value of a matrix with what is in it: `matrix.image.file`. Undefined where the value is no text, map or list. */
function matrixValues(key: string, node: Node, around: StepSurroundings): Round | undefined {
  if (node.kind === 'scalar') return new Map([[`matrix.${key}`, expressionsIn(node.text, around.values)]]);
  if (node.kind === 'seq') return new Map();
  const found = new Map<string, string>();
  for (const [inner, { value }] of node.entries)
    for (const [name, text] of matrixValues(`${key}.${inner}`, value, around) ?? []) found.set(name, text);
  return found;
}

/** File offset of line `n` of a scalar's text. */
export function lineOfScalar(scalar: ScalarNode, n: number, text: string): number {
  if (scalar.style !== 'literal') return scalar.content.start;
  let at = text.indexOf('\n', scalar.range.start) + 1;
  for (let line = 0; line < n && at > 0; line++) at = text.indexOf('\n', at) + 1;
  return at <= 0 ? scalar.range.start : at + text.slice(at).search(/[^ \t]|$/);
}

/** The folder of a step as the words of its shell text see it. */
export const folderOfStep = ({ folder, isMoved }: WorkflowStep): readonly string[] =>
  folder === undefined || isMoved ? [] : [folder];

export const stepVariables = ({ variables }: WorkflowStep): Map<string, string> =>
  new Map([...variables, ['GITHUB_WORKSPACE', hostFolder('')]]);
