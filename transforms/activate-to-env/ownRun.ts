// A tool's own environment: made, used and left in one RUN, and of no concern to the image.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import type { Activations } from './activations.ts';

/** Is the environment made, activated and left (`deactivate`, a subshell) in one RUN, and used by nothing else? */
export function isOfOneRun(dockerfile: DockerfileFacts, { path, all }: Activations): boolean {
  const run = all[0]?.instruction;
  if (all.some((e) => e.instruction !== run || e.when !== 'build')) return false;
  let made = false;
  let left = false;
  let active = false;
  for (const e of dockerfile.trace.events) {
    if (e.instruction !== run) {
      if (e.kind === 'create' && e.path === path) return false;
      if (isRun(e) && (envPathOf(e.interpreter) === path || e.virtualEnv === path || namesEnvironment(e.words, path)))
        return false;
      if (e.kind === 'copy' && (e.path === path || e.partOf === path)) return false;
      continue;
    }
    if (e.kind === 'create' && e.path === path) made = true;
    else if (e.kind === 'activate' && e.path === path) active = true;
    else if (e.kind === 'deactivate' && e.path === path && active) left = true;
    else if (isRun(e) && left && envPathOf(e.interpreter) === path) return false;
  }
  const { text } = dockerfile;
  const elsewhere = dockerfile.syntax.instructions.some(
    (i) => i.index !== run && text.slice(i.start, i.end).includes(`${path}/`),
  );
  return made && left && !elsewhere;
}

const namesEnvironment = (words: readonly string[], path: string): boolean =>
  words.some((w) => w === path || w.includes(`${path}/`));
