// Who looks at VIRTUAL_ENV, in the Dockerfile and in the scripts that it runs.

import { lineMark } from '../../text/lines.ts';
import type { Blocker } from '../blocker.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import type { Facts } from '../facts.ts';
import type { OtherEvent } from '../trace/events.ts';
import type { OnPath } from './imageReaders.ts';

export interface ReadText {
  readonly text: string;
  /** How people find it. */
  readonly where: string;
}

/** What the instruction runs or reads of the repository. */
export function scriptsOf(dockerfile: DockerfileFacts, instruction: number, { snapshot }: Facts): ReadText[] {
  const read = dockerfile.trace.events.filter(
    (event): event is OtherEvent => event.kind === 'script' && event.instruction === instruction,
  );
  return [...new Set(read.map(({ path }) => path))].map((path) => ({ text: snapshot.read(path) ?? '', where: path }));
}

/** Does the text behave otherwise where VIRTUAL_ENV is set? */
const TESTS_VIRTUAL_ENV =
  /-[znv]\s+["']?(\$\{?)?VIRTUAL_ENV\b|\$\{VIRTUAL_ENV(:?\+|:?\?|[:}]?[^\w}\n]{0,2}["']?\s*!?==?\s)|["']x?\$\{?VIRTUAL_ENV\}?["']\s*!?=/;

/** Why ENV VIRTUAL_ENV changes what a step decides that has no activation; undefined where none asks. `activated`: indices of the instructions that do. */
export function variableBlocker(
  { dockerfile, facts }: Pick<OnPath, 'dockerfile' | 'facts'>,
  now: DockerfileFacts['image'],
  activated: ReadonlySet<number>,
): Blocker | undefined {
  for (const stage of dockerfile.image.stages) {
    if (!now.stages[stage.index]?.final.env.has('VIRTUAL_ENV')) continue;
    for (const [n, i] of stage.instructions.entries()) {
      if (activated.has(i.index) || stage.before[n]!.env.has('VIRTUAL_ENV')) continue;
      const scripts = scriptsOf(dockerfile, i.index, facts).map(({ text }) => text);
      if ([dockerfile.text.slice(i.start, i.end), ...scripts].some((text) => TESTS_VIRTUAL_ENV.test(text)))
        return {
          code: 'variable',
          words: `the ${i.keyword} at line ${lineMark(dockerfile.path, i.start)} decides by whether \`VIRTUAL_ENV\` is set, and it is not set there today`,
        };
    }
  }
  return undefined;
}
