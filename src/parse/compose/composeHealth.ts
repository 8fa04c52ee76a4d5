// The test of a compose health check: a command that runs in the service's container besides its process.
import type { CommandSyntax, HookSyntax } from './serviceSyntax.ts';
import { childOf, type Node, type ScalarNode } from './yamlNodes.ts';

/** The test of a health check as a command; a text is one of `/bin/sh -c`. */
export function readHealthTest(node: Node | undefined): readonly HookSyntax[] {
  const test = node?.kind === 'map' ? childOf(node, 'test') : undefined;
  const command = test && commandOf(test);
  return command === undefined ? [] : [{ command, environment: [] }];
}

function commandOf(test: Node): CommandSyntax | undefined {
  if (test.kind === 'scalar') return test.value === null ? undefined : byShell(test, test);
  if (test.kind !== 'seq') return undefined;
  const words = test.items.flatMap(({ value }) => (value.kind === 'scalar' ? [value] : []));
  const [kind, ...rest] = words;
  if (words.length !== test.items.length || rest.length === 0) return undefined;
  if (kind?.text === 'CMD') return { form: 'list', range: test.range, parts: rest };
  return kind?.text === 'CMD-SHELL' ? byShell(test, rest[0]!) : undefined;
}

const byShell = (test: Node, text: ScalarNode): CommandSyntax => ({
  form: 'list',
  range: test.range,
  parts: [{ ...text, value: '/bin/sh', text: '/bin/sh' }, { ...text, value: '-c', text: '-c' }, text],
});
