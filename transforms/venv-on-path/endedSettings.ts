// RUNs whose last word sets something for a shell that ends with it.

import { describe } from '../../src/facts/compare/sentences.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { Finding } from '../../src/model.ts';
import { ENDS_WITH_ITS_RUN } from './onPathDiagnoses.ts';

/** Installers that open a shell in an environment which they keep in a cache. */
const SHELLS = Object.values(INSTALLERS).flatMap(({ name, variables }) => (variables.keeps.length > 0 ? [name] : []));

/** `RUN export PATH=...` with nothing behind it, `RUN poetry shell`. */
export function endedSettings(dockerfile: DockerfileFacts): Finding[] {
  const found: Finding[] = [];
  const say = (instruction: number, message: string, reason: string): void => {
    const { start } = dockerfile.syntax.instructions[instruction]!;
    if (found.some(({ offset }) => offset === start)) return;
    found.push({ diagnosis: ENDS_WITH_ITS_RUN, path: dockerfile.path, offset: start, message, reason });
  };
  for (const { commands } of dockerfile.trace.stages) {
    const own = commands.filter(({ when, inOwnList, file }) => when === 'build' && inOwnList && file === undefined);
    for (const [n, command] of own.entries()) {
      const name = exported(command);
      if (name === undefined || own[n + 1]?.instruction === command.instruction) continue;
      say(
        command.instruction,
        `\`${command.fields
          .map(({ raw }) => raw)
          .join(' ')
          .slice(0, 70)}\` ends with its RUN: no later line has this ${name}.`,
        `Write \`ENV ${name}=...\` instead.`,
      );
    }
  }
  for (const event of dockerfile.trace.events.filter(isRun)) {
    if (event.when !== 'build' || !opensShell(event)) continue;
    say(
      event.instruction,
      `${describe(event)} opens a shell that ends with its RUN: no later line, and not the container, is in it.`,
      `Start programs with \`${event.words[0]} run\`, or make the environment in the project and put it on PATH with ENV.`,
    );
  }
  return found;
}

/** The variable that is exported, of those that say where Python is. */
function exported({ words }: Command): string | undefined {
  if (words[0] !== 'export') return undefined;
  return words.slice(1).flatMap((word) => /^(PATH|VIRTUAL_ENV)=/.exec(word)?.[1] ?? [])[0];
}

const opensShell = ({ words }: RunEvent): boolean => SHELLS.some((one) => one === words[0]) && words[1] === 'shell';
