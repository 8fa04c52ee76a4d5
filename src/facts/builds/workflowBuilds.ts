// The image builds of a GitHub workflow or action: docker/build-push-action, and shell text of its steps.
import { childOf, type MapNode, type Node } from '../../parse/compose/yamlNodes.ts';
import { readYaml } from '../../parse/compose/yamlTree.ts';
import { joinBuilds, type ReadBuilds, readShellBuilds, textWithoutBuilds, type WrittenBuild } from './shellBuilds.ts';

/** Reads the builds of a workflow's text (latin1). Triggers and names build nothing. */
export function readWorkflowBuilds(text: string): ReadBuilds {
  const { root, problems } = readYaml(text);
  if (problems.length > 0 || root?.kind !== 'map') return { ...textWithoutBuilds(text), unclear: true };
  const found: ReadBuilds[] = [];
  for (const [key, { value }] of root.entries) if (key !== 'on' && key !== 'name') found.push(readWorkflow(value));
  return joinBuilds(found);
}

function readWorkflow(node: Node): ReadBuilds {
  if (node.kind === 'scalar') return textWithoutBuilds(node.text);
  if (node.kind === 'seq') {
    const moved = node.items.some(({ value }) => value.kind === 'map' && checksOutElsewhere(value));
    const joined = joinBuilds(node.items.map(({ value }) => readWorkflow(value)));
    return moved && joined.builds.length > 0 ? { ...joined, unclear: true } : joined;
  }
  return isStep(node) ? readStep(node) : joinBuilds([...node.entries.values()].map(({ value }) => readWorkflow(value)));
}

const isStep = (node: MapNode): boolean => childOf(node, 'uses') !== undefined || childOf(node, 'run') !== undefined;

function yamlScalar(node: MapNode | undefined, key: string): string | undefined {
  const value = node && childOf(node, key);
  return value?.kind === 'scalar' && value.value !== null ? value.text : undefined;
}

/** Another repository, or this one in a folder of its own: paths of later steps are other paths. */
function checksOutElsewhere(step: MapNode): boolean {
  if (!/^actions\/checkout@/.test(yamlScalar(step, 'uses') ?? '')) return false;
  const inputs = childOf(step, 'with');
  return inputs?.kind === 'map' && ['path', 'repository'].some((key) => childOf(inputs, key) !== undefined);
}

function readStep(step: MapNode): ReadBuilds {
  const run = yamlScalar(step, 'run');
  if (run !== undefined) {
    const folder = yamlScalar(step, 'working-directory');
    const builds = readShellBuilds(run);
    return folder === undefined ? builds : { ...builds, folders: [...builds.folders, folder] };
  }
  const inputs = childOf(step, 'with');
  if (inputs === undefined) return textWithoutBuilds('');
  const others = (taken: readonly string[]): ReadBuilds =>
    inputs.kind === 'map'
      ? joinBuilds(
          [...inputs.entries].filter(([key]) => !taken.includes(key)).map(([, { value }]) => readWorkflow(value)),
        )
      : readWorkflow(inputs);
  if (!/^docker\/build-push-action@/.test(yamlScalar(step, 'uses') ?? '')) return others([]);
  const build = inputs.kind === 'map' ? actionBuild(inputs) : undefined;
  // Labels and tags may say anything.
  const rest = others(['context', 'file', 'labels', 'tags', 'cache-from', 'cache-to', 'build-args', 'platforms']);
  return build === undefined ? { ...rest, unclear: true } : { ...rest, builds: [...rest.builds, build] };
}

/**
 * What the action builds; undefined where it is not written out. Source: its README: without a context the repository at its
 * root; `{{defaultContext}}:folder` a folder of it, in which `file` is then looked for.
 */
function actionBuild(inputs: MapNode): WrittenBuild | undefined {
  const context = yamlScalar(inputs, 'context') ?? '{{defaultContext}}';
  const file = yamlScalar(inputs, 'file');
  if (context.includes('$') || childOf(inputs, 'build-contexts') !== undefined) return undefined;
  const [, folder] = /^\{\{defaultContext\}\}(?::(.*))?$/.exec(context) ?? [context];
  if (context.startsWith('{{')) {
    const own = folder ?? '.';
    return withFile(file === undefined ? undefined : `${own}/${file}`, own);
  }
  return /^[a-z+]+:\/\/|^git@|^[/~]/.test(context) ? undefined : withFile(file, context);
}

const withFile = (file: string | undefined, context: string): WrittenBuild =>
  file?.includes('$') ? { file: undefined, anyFile: true, context } : { file, context };
