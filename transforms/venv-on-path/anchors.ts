// Where findings of commands hang, and what they tell to write.

import type { DockerfileFacts } from '../../src/facts/facts.ts';
import type { TraceEvent } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import { lineMark } from '../../src/text/lines.ts';

/** In the compose file that gives the command, else at its instruction. */
export function anchorOf(
  { instruction, service }: Pick<TraceEvent, 'instruction' | 'service'>,
  { path, services, syntax }: DockerfileFacts,
): { readonly path: string; readonly offset: number } {
  const command = services.find(({ name, command }) => name === service && command !== undefined)?.command;
  return command === undefined
    ? { path, offset: syntax.instructions[instruction]!.start }
    : { path: command.origin.path, offset: command.origin.range.start };
}

/** The ENV lines for the environment at `path`; `at`: behind which offset of which file. */
export function linesToWrite(
  path: string,
  at?: { readonly behind: number; readonly dockerfile: DockerfileFacts },
): string {
  const where = at === undefined ? '' : ` behind line ${lineMark(at.dockerfile.path, at.behind)}`;
  return `Write \`ENV VIRTUAL_ENV=${readable(path)}\` and \`ENV PATH="$VIRTUAL_ENV/bin:$PATH"\`${where}.`;
}
