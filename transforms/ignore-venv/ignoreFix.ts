// The lines that keep environments of the host out of a build context, and the fix that writes them.

import type { Blocker } from '../../src/facts/blocker.ts';
import { namingSources } from '../../src/facts/copies/contextCopies.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { type HostEnvironment, wholeOf } from '../../src/facts/hostEnvironments/hostEnvironments.ts';
import { hostUse } from '../../src/facts/hostEnvironments/hostUses.ts';
import { ignoreAddition } from '../../src/facts/ignoreFile/ignoreEdit.ts';
import {
  ignoreLine,
  isEnvironmentFile,
  leavesOut,
  literalPattern,
  RECOMMENDED,
  recommendedFor,
} from '../../src/facts/ignoreFile/ignoreLines.ts';
import type { Fix } from '../../src/model.ts';

/** An ignore file, and the Dockerfiles for which it counts. */
export interface IgnoreGroup {
  readonly path: string;
  readonly context: string;
  readonly dockerfiles: readonly DockerfileFacts[];
  readonly facts: Facts;
}

/** An environment that must not come into the image. */
export interface Wanted {
  readonly dockerfile: DockerfileFacts;
  readonly environment: HostEnvironment;
}

export interface IgnoredLine {
  readonly name: string;
  readonly line: string;
  /** Paths of the context that must be out. */
  readonly parts: readonly string[];
}

/**
 * A line for each name, or for each path where the name would leave out more; with `recommendedIgnores` those too. `used`: names of
 * environments that somebody uses where they stand.
 */
export function linesFor(
  chosen: readonly Wanted[],
  used: ReadonlySet<string>,
  group: IgnoreGroup,
  blocked: Blocker | undefined,
): IgnoredLine[] {
  const { context, dockerfiles, facts } = group;
  const { snapshot } = facts;
  const names = [...new Set(chosen.map((w) => w.environment.name))].sort();
  const lines = names.flatMap((name) => {
    const paths = chosen.filter((w) => w.environment.name === name).map((w) => w.environment.path);
    const [line = name, ...rest] = ignoreLine(name, paths);
    const free =
      rest.length > 0 || leavesOut(line, context, snapshot, (p) => isEnvironmentFile(p, snapshot)).length === 0;
    const isUsed =
      used.has(name) ||
      (!paths.includes(name) && dockerfiles.some((one) => hostUse(one, { path: name, name }, snapshot) !== undefined));
    if (free && rest.length === 0 && !isUsed) return [{ name, line, parts: paths.flatMap(wholeOf) }];
    return [...new Set(paths)].map((p) => ({ name, line: literalPattern(p), parts: wholeOf(p) }));
  });
  if (
    !facts.settings.recommendedIgnores ||
    blocked !== undefined ||
    !dockerfiles.some((dockerfile) => recommendedFor(dockerfile))
  )
    return lines;
  const { ignored } = dockerfiles[0]!.context;
  const more = RECOMMENDED.filter(({ name, line, parts }) => {
    if (
      parts.every(ignored) ||
      (name === '.git' && facts.dockerfiles.some((dockerfile) => /\bgit\b/.test(dockerfile.text)))
    )
      return false;
    if (facts.dockerfiles.some((dockerfile) => namingSources(dockerfile, name).length > 0)) return false;
    if (dockerfiles.some((dockerfile) => hostUse(dockerfile, { path: name, name }, snapshot) !== undefined))
      return false;
    return leavesOut(line, context, snapshot, () => false).length === 0;
  });
  return [...lines, ...more];
}

/** `dockerfile`: one that reads the ignore file. */
export function ignoreFix(
  lines: readonly IgnoredLine[],
  chosen: readonly Wanted[],
  { path, facts }: IgnoreGroup,
  dockerfile: DockerfileFacts,
): Fix {
  const text = facts.snapshot.read(path);
  // each of them can be added, and none takes from another
  const added = ignoreAddition(dockerfile.context, facts.snapshot, lines, dockerfile.text)!;
  const listed = added.written.map((l) => `\`${l}\``).join(', ');
  const names = [...new Set(lines.map(({ name }) => name))];
  const dead = (text ?? '').split('\n').find((l) => /^[ \t]*\/?(\*\*\/)?\.?venv\/?[ \t]+#/.test(l));
  return {
    title: text === undefined ? `Create ${path} with ${listed}` : `Add ${listed} to ${path}`,
    safety: 'safe',
    ...(dead === undefined
      ? {}
      : { notes: [`The line \`${dead.trim()}\` leaves nothing out: a comment needs a line of its own.`] }),
    edits: added.edits,
    declares: { ignores: [...names, ...chosen.map((w) => w.environment.path)] },
  };
}
