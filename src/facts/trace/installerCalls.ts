// Calls of installers: what each does, by its own rules, becomes events and files of the image.

import type { CallState } from '../installers/callState.ts';
import type { Effect } from '../installers/calls.ts';
import type { Installer } from '../installers/installer.ts';
import type { PythonInterpreter } from '../pythonInterpreter.ts';
import { homeOfUser, pathIn } from '../shell/shellState.ts';
import { addEnvironment } from './create.ts';
import { isRun } from './events.ts';
import { addEvent, type Program, unknownCommand } from './programEvents.ts';
import { effectivePath, interpreterAlong, virtualEnvOf } from './searchPath.ts';
import { placeIn } from './tracer.ts';
import { fileAt, write, writeUnknown } from './written.ts';

/** What the program sees of the image and its shell. */
function callState({ shell, tracer }: Program): CallState {
  const place = placeIn(tracer);
  return {
    variables: shell.variables,
    exported: shell.exported,
    cwd: shell.cwd,
    user: shell.user,
    home: homeOfUser(shell),
    isConditional: shell.conditional,
    base: tracer.base,
    environments: tracer.files.environments,
    virtualEnv: virtualEnvOf(shell, place),
    systemPython: tracer.files.systemPythonVersion ?? tracer.base.python,
    hasWord: (pattern) => tracer.events.some((event) => isRun(event) && event.words.some((word) => pattern.test(word))),
    configured: tracer.files.configured,
    fileAt: (path) => fileAt(path, tracer),
    pathIn: (word) => pathIn(shell, word),
    along: (name) => interpreterAlong(effectivePath(shell.variables.get('PATH') ?? '', place), name, place),
  };
}

/** How an installer is called. */
interface Way {
  /** Behind its name. */
  readonly words: readonly string[];
  /** The Python that runs it. */
  readonly interpreter: PythonInterpreter;
  /** By its bare name: along PATH. */
  readonly isBare: boolean;
}

export function runInstaller(program: Program, installer: Installer, { words, interpreter, isBare }: Way): void {
  const written = (word: string): string => program.list.find((field) => field.value === word)?.raw ?? word;
  const effects =
    installer.follow === 'not followed'
      ? undefined
      : installer.follow({ words, interpreter, isBare, written }, callState(program));
  if (effects === undefined) unknownCommand(program);
  else for (const effect of effects) enter(effect, installer, program);
}

function enter(effect: Effect, { name, stands }: Installer, program: Program): void {
  const { tracer } = program;
  switch (effect.kind) {
    case 'run': {
      const { kind: _, ...more } = effect;
      addEvent(program, stands === 'apart' ? 'tool' : 'pip', more);
      return;
    }
    case 'make': {
      const { kind: _, path, ...more } = effect;
      addEnvironment(program, path, { ...more, kind: name });
      return;
    }
    case 'configure':
      if (effect.value === undefined) tracer.files.configured.delete(effect.name);
      else tracer.files.configured.set(effect.name, effect.value);
      return;
    case 'print':
      tracer.printed = effect.text;
      return;
    case 'write':
      if (effect.text === undefined) writeUnknown(effect.path, `\`${name} config\``, tracer);
      else write(effect.path, { text: effect.text }, tracer);
  }
}
