// Programs: Python, pip and the tools around them become events; what changes the image's files is taken down.

import { INSTALLERS, installerModule, installerNamed } from '../installers/index.ts';
import { pipCall } from '../installers/pip/call.ts';
import { PIP } from '../installers/pip/flags.ts';
import {
  elsewhereAt,
  envInterpreter,
  envPathOf,
  type PythonInterpreter,
  SYSTEM_PYTHON,
  unknownInterpreter,
} from '../pythonInterpreter.ts';
import { pythonWords } from '../pythonWords.ts';
import type { Call } from '../shell/interpreter.ts';
import { isLoginLine, resetPath } from '../shell/shellCall.ts';
import { childShell, pathIn } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { isKnown, readable } from '../values.ts';
import { createEnvironment } from './create.ts';
import { fileEffects } from './fileEffects.ts';
import { runInstaller } from './installerCalls.ts';
import { isTool, PYTHON_PROGRAMS, pythonName, runsNoPython } from './names.ts';
import { ownFolder, SYSTEM_BIN } from './ownPrograms.ts';
import { addEvent, type Program, unknownCommand, valuesOf } from './programEvents.ts';
import { noteReads } from './readers.ts';
import { isKnownInstaller, runScriptFile } from './scripts.ts';
import { effectivePath, interpreterAlong } from './searchPath.ts';
import { runSupervised } from './supervised.ts';
import { placeIn } from './tracer.ts';
import { noteWrites, programMayInstall, pythonMayInstall } from './writers.ts';

/** A program of the image, by its path or along PATH. */
export function runImageProgram(program: Program): void {
  const { list, shell, tracer, call } = program;
  const name = list[0]!.value;
  if (!isKnown(name)) {
    unknownCommand(program);
    return;
  }
  noteReads(list, shell, tracer, call);
  noteWrites(list, shell, tracer, call);
  if (name.includes('/')) runByPath(program, pathIn(shell, name));
  else runByName(program, name, undefined);
  if (tracer.when === 'runtime' && /^(.*\/)?supervisord$/.test(name)) runSupervised(program);
}

function runByPath(program: Program, path: string): void {
  const { tracer, list, shell, call } = program;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const environment = folder.endsWith('/bin') ? tracer.files.environments.get(folder.slice(0, -4)) : undefined;
  if (environment !== undefined) {
    runByName(program, name, envInterpreter(environment.path));
    return;
  }
  if (SYSTEM_BIN.test(folder)) {
    if (pythonName(name) || isTool(name) || runsNoPython(name)) runByName(program, name, SYSTEM_PYTHON);
    else if (tracer.readImage(path)) runScript(program, path);
    else unknownCommand({ list, shell, tracer, call });
    return;
  }
  if (pythonName(name) || isTool(name) || PYTHON_PROGRAMS.has(name)) {
    runByName(program, name, isKnown(path) ? elsewhereAt(path) : unknownInterpreter(readable(path)));
    return;
  }
  runScript(program, path);
}

/** A file of the image run by its path: read where it is the repository's. */
function runScript(program: Program, path: string): void {
  const { tracer, list, shell, call } = program;
  if (isKnownInstaller(path, tracer)) {
    runScriptFile({ path, list }, childShell(shell), tracer, call);
    return;
  }
  const script = isKnown(path) ? tracer.readImage(path) : undefined;
  const shebang = script === undefined ? '' : (/^#![^\n\r]*/.exec(script.text)?.[0] ?? '');
  const python = /^#!\s*(?:\/usr\/bin\/env\s+(?:-S\s+)?)?(\S*python[\d.]*)\b/.exec(shebang)?.[1];
  if (python !== undefined) {
    const rest: Field[] = [{ value: python, raw: python }, ...list];
    tracer.runFields(rest, childShell(shell), { ...call, notByShell: true });
    return;
  }
  if (script !== undefined && /^#!.*\b(ba|da|a)?sh\b/.test(shebang)) {
    const child = childShell(shell);
    child.kind = /\bbash\b/.test(shebang) ? 'bash' : tracer.base.sh;
    child.parameters = valuesOf(list.slice(1));
    if (isLoginLine(shebang)) resetPath(child, 'a login shell', tracer);
    runScriptFile({ path, list }, child, tracer, call);
    return;
  }
  unknownCommand({ list, shell, tracer, call });
}

function runByName(program: Program, name: string, fixed: PythonInterpreter | undefined): void {
  const { list, shell, tracer } = program;
  const own = fixed === undefined || fixed.kind === 'system' ? ownFolder(name, program) : undefined;
  if (own !== undefined) {
    // what it does is not followed: that it is the one that runs is what counts
    addEvent(program, 'program', { interpreter: elsewhereAt(`${own}/${name}`), mayInstall: true });
    return;
  }
  const python = pythonName(name);
  if (python?.kind === 'python') return runPython(program, fixed);
  const installer = installerNamed(name);
  if (installer !== undefined)
    return runInstaller(program, installer, {
      words: valuesOf(list.slice(1)),
      interpreter: fixed ?? along(program, name),
      isBare: fixed === undefined,
    });
  switch (name) {
    case 'virtualenv':
      return createEnvironment(program, 'virtualenv', valuesOf(list.slice(1)), fixed ?? along(program, 'python'));
    case 'uvx':
    case 'pipx':
      addEvent(program, 'tool', { interpreter: elsewhereAt(name) });
      return;
  }
  if (name.startsWith('pyvenv'))
    return createEnvironment(program, 'venv', valuesOf(list.slice(1)), fixed ?? along(program, 'python'));
  fileEffects(list, shell, tracer);
  if (fixed?.kind === 'environment') {
    addEvent(program, 'program', { interpreter: fixed });
    return;
  }
  if (runsNoPython(name)) return;
  if (PYTHON_PROGRAMS.has(name)) {
    const mayInstall = programMayInstall(valuesOf(list));
    addEvent(program, 'program', fixed === undefined ? { mayInstall } : { interpreter: fixed, mayInstall });
    return;
  }
  const script = ['/usr/local/bin', '/usr/bin', '/bin']
    .map((folder) => `${folder}/${name}`)
    .find((path) => tracer.readImage(path));
  if (script !== undefined) return runScript(program, script);
  unknownCommand(program);
}

const along = (program: Program, name: string): PythonInterpreter => {
  const place = placeIn(program.tracer);
  // python follows PATH in spite of a hash (its prefix is found by PATH); scripts do not
  const path =
    pythonName(name)?.kind === 'python'
      ? program.shell.variables.get('PATH')
      : (program.lookup ?? program.shell.variables.get('PATH'));
  return interpreterAlong(effectivePath(path ?? '', place), name, place);
};

function runPython(program: Program, fixed: PythonInterpreter | undefined): void {
  const { list } = program;
  const name = list[0]!.value;
  const bare = name.slice(name.lastIndexOf('/') + 1);
  const interpreter = fixed ?? along(program, bare);
  const words = valuesOf(list);
  const { module, code, rest: i } = pythonWords(words);
  const rest = words.slice(i);
  if (module !== undefined) {
    const args = rest;
    const installer = installerModule(module);
    if (installer !== undefined && installer.follow !== 'not followed') {
      if (installer.stands === 'apart') addEvent(program, 'python', { interpreter, needsNoPackages: true });
      return runInstaller(program, installer, { words: args, interpreter, isBare: false });
    }
    switch (module) {
      case 'venv':
      case 'virtualenv':
        return createEnvironment(program, module, args, interpreter);
      case 'ensurepip': {
        const path = envPathOf(interpreter);
        const own = path === undefined ? undefined : program.tracer.files.environments.get(path);
        if (own && own.seeded === 'no') program.tracer.files.environments.set(own.path, { ...own, seeded: 'unknown' });
        addEvent(program, 'python', { interpreter, needsNoPackages: true });
        return;
      }
    }
  }
  const added = module === undefined && !code ? addedToPip(rest, program.call) : undefined;
  if (added !== undefined)
    return runInstaller(program, INSTALLERS.pip, { words: ['install', ...added], interpreter, isBare: false });
  const asked = module !== undefined ? ['-m', module, ...rest] : code ? ['-c', words[i - 1] ?? ''] : rest;
  const mayInstall = pythonMayInstall(
    asked,
    (path) => program.tracer.readImage(pathIn(program.shell, path))?.text,
    program.call,
  );
  if (module === undefined && !code && (rest.length === 0 || words.some((word) => /^(-V+|--version)$/.test(word)))) {
    addEvent(program, 'python', { interpreter, needsNoPackages: !mayInstall, mayInstall });
    return;
  }
  if (module === undefined && /(^|\/)setup\.py$/.test(rest[0] ?? '') && /^(install|develop)$/.test(rest[1] ?? '')) {
    addEvent(program, 'python', {
      interpreter,
      install: {
        target: interpreter,
        toolsOnly: false,
        barePip: false,
        toUser: rest.includes('--user'),
        project: true,
      },
    });
    return;
  }
  const script =
    module === undefined && !code && isKnown(rest[0] ?? '')
      ? program.tracer.readImage(pathIn(program.shell, rest[0] ?? ''))
      : undefined;
  if (script !== undefined) program.tracer.scriptRun(script.path, program.shell);
  const isInstaller =
    module === undefined && !code && isKnownInstaller(pathIn(program.shell, rest[0] ?? ''), program.tracer);
  addEvent(program, 'python', { interpreter, ...(isInstaller ? { needsNoPackages: true } : { mayInstall }) });
}

/** Arguments of get-pip.py (a file, or the script on stdin) where they name more than pip and its companions. */
function addedToPip([script = '', ...words]: readonly string[], { source }: Call): readonly string[] | undefined {
  const piped = script === '-' && source.piped === true && source.text?.text.includes('get-pip') === true;
  if (!piped && !/(^|\/)get-pip\.py$/.test(script)) return undefined;
  // its own flags, not pip's
  const args = words.filter((word) => !/^--no-(setuptools|wheel)$/.test(word));
  const { names } = pipCall(['install', ...args], PIP);
  return names?.every((n) => /^(pip|setuptools|wheel)$/.test(n)) ? undefined : args;
}
