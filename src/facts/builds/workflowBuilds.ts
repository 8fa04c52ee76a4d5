// The image builds of a GitHub workflow or action: docker/build-push-action, for each round of a matrix that is written out.
import { childOf, type MapNode, type Node } from '../../parse/compose/yamlNodes.ts';
import type { ReadWorkflow, WorkflowStep } from '../hostCommands/workflowSteps.ts';
import { yamlScalar } from '../hostCommands/workflowSteps.ts';
import { isKnown, unknown } from '../values.ts';
import type { WrittenBuild } from './shellBuilds.ts';

/** A build of an action. */
export interface ActionBuild extends WrittenBuild {
  /** The file is a variable's; the context is relative to the repository's root. */
  readonly anyFile?: true;
}

export interface ActionBuilds {
  readonly builds: readonly ActionBuild[];
  /** What other actions are given, and what of a build is none of its paths. */
  readonly rest: readonly string[];
  /** There is none, or one of which neither file nor context is known: what variables hold may be for it. */
  readonly isOpen: boolean;
}

/** Reads the actions of a workflow. */
export function readActionBuilds({ steps }: ReadWorkflow): ActionBuilds {
  const builds: ActionBuild[] = [];
  const rest: string[] = [];
  let isOpen = false;
  for (const step of steps) {
    const inputs = childOf(step.node, 'with');
    if (inputs === undefined) continue;
    if (!/^docker\/build-push-action@/.test(step.uses ?? '') || inputs.kind !== 'map') {
      rest.push(...inputTexts(inputs, step, []));
      continue;
    }
    const build = actionBuild(inputs, step);
    if (build !== undefined) builds.push(build);
    else isOpen = true;
    // Labels and tags may say anything.
    rest.push(...inputTexts(inputs, step, build === undefined ? UNREAD : TAKEN));
  }
  return { builds, rest, isOpen: isOpen || builds.length === 0 };
}

const UNREAD = ['labels', 'tags', 'cache-from', 'cache-to', 'build-args', 'platforms'];
const TAKEN = ['context', 'file', ...UNREAD];

function inputTexts(node: Node, step: WorkflowStep, taken: readonly string[]): string[] {
  if (node.kind === 'scalar') return [step.read(node)];
  if (node.kind === 'seq') return node.items.flatMap(({ value }) => inputTexts(value, step, []));
  return [...node.entries].flatMap(([key, { value }]) => (taken.includes(key) ? [] : inputTexts(value, step, [])));
}

const listedNames = (text: string | undefined): string[] =>
  (text ?? '')
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean);

/**
 * What the action builds; undefined where it is not written out. Source: its README: without a context the repository at its
 * root; `{{defaultContext}}:folder` a folder of it, in which `file` is then looked for.
 */
function actionBuild(inputs: MapNode, step: WorkflowStep): ActionBuild | undefined {
  const input = (key: string): string | undefined => {
    const scalar = yamlScalar(inputs, key);
    return scalar === undefined ? undefined : step.read(scalar);
  };
  const written = input('context') ?? '{{defaultContext}}';
  const file = input('file') || undefined;
  const [, folder = '.'] = /^\{\{defaultContext\}\}(?::(.*))?$/.exec(written) ?? [];
  const isDefault = written.startsWith('{{');
  const context = isDefault ? folder : written || '.';
  const target = input('target');
  const pairs = (input('build-args') ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes('='));
  const common = {
    folders: step.isMoved ? [] : [''],
    offset: inputs.range.start,
    ...(target === undefined || target === '' ? {} : { target }),
    args: new Map(pairs.map((pair) => pair.split(/=(.*)/s, 2) as [string, string])),
    tags: listedNames(input('tags')),
    namedContexts: (input('build-contexts') ?? '')
      .split('\n')
      .map((one) => one.split('=', 1)[0]!.trim())
      .filter(Boolean),
  };
  if (!isKnown(context) && file === undefined) return undefined;
  if (common.namedContexts.length > 0)
    return { ...common, file: file ?? 'Dockerfile', context: unknown('build-contexts') };
  if (file !== undefined && !isKnown(file))
    return isKnown(context) ? { ...common, file: undefined, anyFile: true, context } : undefined;
  return { ...common, file: isDefault && file !== undefined ? `${context}/${file}` : file, context };
}
