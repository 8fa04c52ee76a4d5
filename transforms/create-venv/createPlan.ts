// RUN python3 -m venv /opt/venv and its ENV lines before the first pip, which then goes there.

import { applyEdits, insertLinesBefore } from '../../src/edit/textEdits.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import { createCommand } from '../../src/facts/createCommand.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { aboveComments } from '../../src/facts/onPath/envLines.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { commandChange } from '../../src/facts/shell/commandChange.ts';
import { isRootUser } from '../../src/facts/shell/shellState.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { Declaration, TextEdit } from '../../src/model.ts';
import type { ManagedInstall } from './managedInstalls.ts';

/** Edits that are proven. */
export interface CreatePlan {
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
}

export const VENV_PATH = '/opt/venv';

/** A command with its new text, and the instruction that it stands in. */
interface Rewrite {
  readonly edits: readonly TextEdit[];
  readonly instruction: number;
  readonly from: string;
  readonly to: string;
}

/** The environment for what `install` and those behind it install, or what stands in its way. */
export function createPlan(dockerfile: DockerfileFacts, install: ManagedInstall): CreatePlan | Blocker {
  const { event, stage } = install;
  const { path, text, syntax } = dockerfile;
  const at = stage.instructions.findIndex(({ index }) => index === event.instruction);
  const first = syntax.instructions[event.instruction]!;
  const state = stage.before[at]!;
  const files = dockerfile.trace.stages[stage.index]!.before[at]!;
  if (event.what === 'tool') return { code: 'tool environment', words: '`uv pip` is told to install into the system' };
  if (!files.systemPython) return { code: 'order', words: 'Python is installed in the same step as what goes into it' };
  if (!isRootUser(state.user))
    return { code: 'user', words: `the step runs as ${state.user}, who cannot write to /opt` };
  if (dockerfile.trace.allEnvironments.size > 0)
    return {
      code: 'second environment',
      words: `the file makes an environment, ${[...dockerfile.trace.allEnvironments][0]}`,
    };
  if (state.env.has('VIRTUAL_ENV') || text.includes(VENV_PATH))
    return { code: 'variable', words: `${VENV_PATH} or VIRTUAL_ENV is used already` };
  const rewrites = [...flagsDropped(dockerfile, install), ...venvPackage(dockerfile, install)];
  if (rewrites.some(({ edits }) => edits.length === 0))
    return { code: 'text', words: 'a command is not written plainly' };
  const keyword = text[first.start] === 'r' ? ['run', 'env'] : ['RUN', 'ENV'];
  const lines = [
    `${keyword[0]} ${createCommand(VENV_PATH)}`,
    `${keyword[1]} VIRTUAL_ENV=${VENV_PATH}`,
    `${keyword[1]} PATH="$VIRTUAL_ENV/bin:$PATH"`,
  ];
  const edits = [
    insertLinesBefore({ path, text, offset: aboveComments(text, first.start), lines }),
    ...rewrites.flatMap((one) => one.edits),
  ];
  const changed = [...new Set(rewrites.map(({ instruction }) => instruction))];
  const declares: Declaration = {
    instructions: { added: ['RUN', 'ENV', 'ENV'], changed: changed.map(() => 'RUN') },
    creates: [VENV_PATH],
    movesTo: [VENV_PATH],
    env: ['VIRTUAL_ENV', 'PATH'],
    ...(rewrites.length === 0
      ? {}
      : { reorders: { commands: Object.fromEntries(rewrites.map(({ from, to }) => [from, [to]])) } }),
  };
  return provenCreation(dockerfile, edits, declares);
}

function provenCreation(
  dockerfile: DockerfileFacts,
  edits: readonly TextEdit[],
  declares: Declaration,
): CreatePlan | Blocker {
  const changed = applyEdits(dockerfile.text, edits);
  const now = dockerfile.reread(changed);
  const [problem] = now.syntax.problems;
  if (problem !== undefined) return { code: 'text', words: problem.message };
  const change = commandChange(dockerfile, { ...now, text: changed }, declares);
  if (change !== undefined) return { code: 'cut', words: change };
  const [compared] = blockersBetween(dockerfile.trace, now.trace, {
    movesTo: [VENV_PATH],
    creates: [VENV_PATH],
    bases: dockerfile.image.stages.map(({ base }) => base),
    ...(declares.reorders ? { reordered: declares.reorders } : {}),
  });
  return compared ?? { edits, declares };
}

/** `--break-system-packages` goes from every install that the new environment takes. */
function flagsDropped(dockerfile: DockerfileFacts, { stage }: ManagedInstall): Rewrite[] {
  const installs = dockerfile.trace.events.filter(isRun).filter((event) => isFlagged(event, dockerfile, stage.index));
  return installs.map((event) => {
    const written = dockerfile.text.slice(event.range.start, event.range.end);
    const found = [
      ...written.matchAll(/\n[ \t]*--break-system-packages[ \t]*\\(?=\r?\n)|[ \t]+--break-system-packages(?![\w=-])/g),
    ];
    const isPlain = event.file === undefined && found.length === 1;
    const edits = found.map((match) => {
      const start = event.range.start + match.index;
      return { path: dockerfile.path, start, end: start + match[0].length, newText: '' };
    });
    return {
      edits: isPlain ? edits : [],
      instruction: event.instruction,
      from: event.key,
      to: event.key.replace(/ --break-system-packages(?= |$)/, ''),
    };
  });
}

const isFlagged = (event: RunEvent, dockerfile: DockerfileFacts, stage: number): boolean =>
  event.when === 'build' &&
  event.install !== undefined &&
  event.words.includes('--break-system-packages') &&
  chainOf(dockerfile.image, event.stage).some(({ index }) => index === stage);

/** Debian and Ubuntu: python3-venv beside what brings Python, where it is missing. */
function venvPackage(dockerfile: DockerfileFacts, { stage, managed, event }: ManagedInstall): Rewrite[] {
  if (managed.distribution === 'alpine') return [];
  const { files, commands } = dockerfile.trace.stages[stage.index]!;
  if ([...files.systemPackages].some((name) => /^python3(\.\d+)?-(venv|full)$/.test(name))) return [];
  const command = commands.find(
    ({ words, when, file, instruction }) =>
      when === 'build' &&
      file === undefined &&
      instruction < event.instruction &&
      /^(apt|apt-get|aptitude)$/.test(words[0] ?? '') &&
      words.includes('install') &&
      words.includes('python3-pip'),
  );
  const none = { edits: [], instruction: -1, from: '', to: '' };
  if (command === undefined || command.conditional) return [none];
  const { start, end } = command.range;
  const found = [...dockerfile.text.slice(start, end).matchAll(/(?<=[\s])python3-pip(?=\s|$)/g)];
  const [word] = found;
  if (word === undefined || found.length > 1) return [none];
  const at = start + word.index + word[0].length;
  const raw = command.fields.map((field) => field.raw).join(' ');
  return [
    {
      edits: [{ path: dockerfile.path, start: at, end: at, newText: ' python3-venv' }],
      instruction: command.instruction,
      from: raw,
      to: raw.replace(/(?<= )python3-pip(?= |$)/, 'python3-pip python3-venv'),
    },
  ];
}

export const isPlan = (plan: CreatePlan | Blocker): plan is CreatePlan => !isBlocker(plan);
