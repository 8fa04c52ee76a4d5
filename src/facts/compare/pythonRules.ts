// What a command would lose, or may do otherwise, in the Python that it then runs with.

import type { Blocker } from '../blocker.ts';
import { installerNamed } from '../installers/index.ts';
import { envPathOf, isSameInterpreter } from '../pythonInterpreter.ts';
import type { RunEvent } from '../trace/events.ts';
import type { Environment } from '../trace/imageFiles.ts';
import { readable } from '../values.ts';
import {
  type CommandRule,
  type Compared,
  environmentAfter,
  hasSamePath,
  hasSameVariable,
  mayMove,
  openBase,
  rulesWhere,
} from './compared.ts';
import { describe, installWords, mover, placeWords, plainly } from './sentences.ts';

const unknownPython = (event: RunEvent, cause: string): Blocker => ({
  code: 'unknown',
  words: `which Python ${describe(event)} runs is not known (${plainly(cause)})`,
});

/** By another PATH or VIRTUAL_ENV a Python that is not known may be another one. */
const stillUnknown: CommandRule = (compared) => {
  const { before, after } = compared;
  if (after.interpreter.kind === 'unknown' && !(hasSamePath(compared) && hasSameVariable(compared)))
    return unknownPython(before, after.interpreter.cause);
  return undefined;
};

const seesOtherVariable: CommandRule = (compared) => {
  const { before } = compared;
  if (before.what === 'unknown' && !hasSameVariable(compared))
    return { code: 'variable', words: `${describe(before)} may be anything, and it would see another VIRTUAL_ENV` };
  return undefined;
};

const neverKnown: CommandRule = ({ before, after }) => {
  if (before.interpreter.kind === 'unknown' && after.interpreter.kind === 'unknown')
    return unknownPython(before, before.interpreter.cause);
  return undefined;
};

const otherPython: CommandRule = (compared) => {
  const { before, after } = compared;
  if (mayMove(before.interpreter, after.interpreter, compared)) return undefined;
  const [to, from] = [placeWords(after.interpreter), placeWords(before.interpreter)];
  return { code: 'python', words: `${describe(before)} would run in ${to} instead of ${from}` };
};

/** `python -m poetry`: the install of the tool in the Python that the command leaves. */
const lostModule: CommandRule = ({ before, after }) => {
  const [, module = '\0'] = (before.what === 'python' && /\s-m\s*([\w-]+)/.exec(before.key)) || [];
  const isOf = new RegExp(`[\\s"'/]${module}(?![\\w-])`);
  const tool = [...before.sees].find((id) => id.startsWith('tool:') && isOf.test(id) && !after.sees.has(id));
  if (tool === undefined) return undefined;
  return { code: 'tool', words: `${describe(before)} would no longer find what ${installWords(tool)}` };
};

const findsNoPip: CommandRule = (compared) => {
  const { before, after } = compared;
  if (before.what === 'pip' && environmentAfter(after.interpreter, compared)?.seeded === 'no')
    return { code: 'pip', words: `${describe(before)} would find no pip in ${envPathOf(after.interpreter)}` };
  return undefined;
};

const leavesOpenBase: CommandRule = (compared) => {
  const { before } = compared;
  const base = openBase(compared);
  if (base === undefined) return undefined;
  const ref = readable(base.ref);
  const { knownBy, brings } = base;
  if (before.opaque === 'entrypoint of the base') {
    const why = knownBy === 'nobody' ? 'nothing is known of that image' : 'that may need its own Python';
    return { code: 'base', words: `what the base image ${ref} starts would run with it too, and ${why}` };
  }
  const holds =
    brings !== 'unknown'
      ? `which holds ${brings.join(', ')}`
      : knownBy === 'nobody'
        ? 'of which nothing is known'
        : 'whose packages are not all known';
  return { code: 'base', words: `${describe(before)} would move out of the system Python of ${ref}, ${holds}` };
};

/** Commands, beside those of the installers, that install by rules which are not followed here. */
const OTHER_INSTALLERS =
  /^(pixi|make|just|task|tox|nox|invoke|inv|fab|doit|bazel|scons|waf|mise|asdf|nix.*|brew|eb|chef.*|ansible.*)$/;

/** A shell that is given a file or a text: what comes to it along a pipe (`-s`, no operand) is the installer of something else. */
const SHELL_WITH = /^(ba|da|a|z)?sh(?! -s\b)( [-+][oO] \S+| [-+][A-Za-rt-z-]\S*)* [^-+]/;

/** A program found by its bare name: a script of its own, not one of the repository. */
const isBareProgram = ({ words }: RunEvent): boolean =>
  /^[\w.+-]+$/.test(words[0] ?? '') &&
  !SHELL_WITH.test(words.join(' ')) &&
  installerNamed(words[0]!) === undefined &&
  !OTHER_INSTALLERS.test(words[0]!) &&
  !/\.(sh|py|bash)$/.test(words[0]!);

const mayBeAnything: CommandRule = ({ before, after }) => {
  if (before.what === 'unknown' && before.when === 'build' && !isBareProgram(before)) {
    const path = envPathOf(after.interpreter);
    const words = `${describe(before)} may be anything: whether it should move into ${path} is not known`;
    return { code: 'unknown', words };
  }
  return undefined;
};

const needsBuildTools: CommandRule = ({ before }) => {
  if (!/\bbdist_wheel\b|--no-build-isolation\b|-m wheel\b/.test(before.words.join(' '))) return undefined;
  const words = `${describe(before)} needs the build tools of the system Python, and an environment has no wheel`;
  return { code: 'packages', words };
};

const otherVersion: CommandRule = (compared) => {
  const { before, after, trace, options } = compared;
  const own = environmentAfter(after.interpreter, compared)?.python;
  const system = trace.stages[before.stage]?.files.systemPythonVersion ?? options.bases[before.stage]?.python;
  if (own && system && own !== system && before.what !== 'pip')
    return { code: 'version', words: `${mover(before)} would move from Python ${system} to ${own}` };
  return undefined;
};

const shadowed: CommandRule = ({ before, after }) => {
  if (after.shadowed === undefined) return undefined;
  const words = `${after.shadowed}, so what ${describe(before)} would find there is not known`;
  return { code: 'shadowed', words };
};

/** Up to Python 3.11 an environment comes with it. */
const bringsSetuptools = (environment: Environment | undefined): boolean =>
  environment?.python !== undefined && Number(environment.python.split('.')[1]) < 12;

const lostInstalls: CommandRule = (compared) => {
  const { before, after } = compared;
  if (before.needsNoPackages) return undefined;
  const hasSetuptools = bringsSetuptools(environmentAfter(after.interpreter, compared));
  const lost = [...before.sees].find(
    (id) =>
      !id.startsWith('tool:') &&
      !after.sees.has(id) &&
      !(id === 'package:python3-setuptools' && hasSetuptools) &&
      // what a program only may have put there is no loss of a command that nobody wrote
      !(before.implied && id.startsWith('open:may:')),
  );
  if (lost === undefined) return undefined;
  return { code: 'packages', words: `${mover(before)} would no longer see what ${installWords(lost)}` };
};

const changesPython = ({ before, after }: Compared): boolean =>
  !isSameInterpreter(before.interpreter, after.interpreter);
const keepsPython = (compared: Compared): boolean => !changesPython(compared);
/** What nobody wrote down hinders where it loses what somebody installed, and by nothing else. */
const changesAndIsWritten = (compared: Compared): boolean => changesPython(compared) && !compared.before.implied;

export const PYTHON_RULES: readonly CommandRule[] = [
  rulesWhere(keepsPython, [stillUnknown, seesOtherVariable]),
  rulesWhere(changesPython, [neverKnown, otherPython]),
  rulesWhere(changesAndIsWritten, [
    lostModule,
    findsNoPip,
    leavesOpenBase,
    mayBeAnything,
    needsBuildTools,
    otherVersion,
    shadowed,
  ]),
  lostInstalls,
];
