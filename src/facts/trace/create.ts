// Commands that create an environment: python -m venv, virtualenv, and what the tools make on the way.

import { envKey, envPathOf, type PythonInterpreter } from '../pythonInterpreter.ts';
import { pathIn, sameUser } from '../shell/shellState.ts';
import type { Environment } from './imageFiles.ts';
import { pythonName } from './names.ts';
import { addEvent, type Program } from './programEvents.ts';

/** python -m venv, virtualenv, pyvenv: every operand is an environment. */
export function createEnvironment(
  program: Program,
  kind: 'venv' | 'virtualenv',
  args: readonly string[],
  interpreter: PythonInterpreter,
): void {
  const { shell } = program;
  const values =
    kind === 'venv'
      ? ['--prompt']
      : [
          '-p',
          '--python',
          '--app-data',
          '--creator',
          '--seeder',
          '--pip',
          '--setuptools',
          '--wheel',
          '--prompt',
          '--extra-search-dir',
          '--try-first-with',
          '--activators',
          '--system-site',
        ];
  const paths: string[] = [];
  let python: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '-p' || word === '--python') python = args[i + 1];
    if (word.startsWith('--python=')) python = word.slice(9);
    if (values.includes(word)) i++;
    else if (!word.startsWith('-')) paths.push(word);
  }
  const noSeed =
    args.includes('--without-pip') ||
    args.includes('--no-pip') ||
    args.includes('--no-seed') ||
    (kind === 'virtualenv' && !!shell.variables.get('VIRTUALENV_NO_SEED'));
  addEvent(program, kind === 'venv' ? 'python' : 'tool', { interpreter, needsNoPackages: true });
  for (const word of paths) {
    addEnvironment(program, pathIn(shell, word), {
      written: program.list.find((field) => field.value === word)?.raw ?? word,
      kind,
      seeded: noSeed ? 'no' : 'yes',
      systemPackages: args.includes('--system-site-packages') ? 'yes' : 'no',
      ...versionOf(
        python ??
          (kind === 'venv' || pythonName(program.list[0]!.value.replace(/^.*\//, '')) !== undefined
            ? program.list[0]!.value
            : undefined),
        interpreter,
        program,
      ),
    });
  }
}

function versionOf(python: string | undefined, interpreter: PythonInterpreter, program: Program): { python?: string } {
  const named = /(?:^|\/)(?:python)?(\d+\.\d+)(?:\.\d+)?$/.exec(python ?? '')?.[1];
  if (named !== undefined) return { python: named };
  if (python !== undefined && /python2$/.test(python)) return { python: '2.7' };
  const path = envPathOf(interpreter);
  const version =
    path === undefined
      ? interpreter.kind === 'system'
        ? (program.tracer.files.systemPythonVersion ?? program.tracer.base.python)
        : undefined
      : program.tracer.files.environments.get(path)?.python;
  return version === undefined ? {} : { python: version };
}

export function addEnvironment(
  program: Program,
  path: string,
  { written, ...more }: Pick<Environment, 'kind' | 'seeded' | 'systemPackages'> & { python?: string; written: string },
): void {
  const { shell, tracer, call } = program;
  const old = tracer.files.environments.get(path);
  tracer.files.environments.set(path, {
    ...more,
    path,
    createdAt: path,
    owner: shell.user,
    instruction: tracer.instruction,
    stage: tracer.stage,
    ...(shell.conditional ? { conditional: true as const } : {}),
    ...(old?.activateChanged ? { activateChanged: true as const } : {}),
    ...(old !== undefined && (old.mixed || !sameUser(old.owner, shell.user)) ? { mixed: true as const } : {}),
  });
  tracer.allEnvironments.add(path);
  if (!tracer.files.installs.has(envKey(path))) tracer.files.installs.set(envKey(path), new Set());
  tracer.files.covered.delete(envKey(path));
  tracer.events.push({
    kind: 'create',
    path,
    written,
    instruction: tracer.instruction,
    stage: tracer.stage,
    when: tracer.when,
    range: call.range,
    conditional: shell.conditional,
    ...(tracer.service === undefined ? {} : { service: tracer.service }),
  });
}
