// Commands that create an environment: python -m venv, virtualenv, and what the tools make on the way.

import type { PythonInterpreter } from '../pythonInterpreter.ts';
import { envInterpreter, envPathOf } from '../pythonInterpreter.ts';
import { pathIn, sameUser } from '../shell/shellState.ts';
import type { Environment } from './imageFiles.ts';
import { pythonName } from './names.ts';
import { addEvent, type Program } from './programEvents.ts';

/** python -m venv, virtualenv, pyvenv: every operand is an environment. */
export function createEnvironment(
  p: Program,
  kind: 'venv' | 'virtualenv',
  args: readonly string[],
  interpreter: PythonInterpreter,
): void {
  const { shell } = p;
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
  addEvent(p, kind === 'venv' ? 'python' : 'tool', { interpreter, needsNoPackages: true });
  for (const word of paths) {
    addEnvironment(p, pathIn(shell, word), {
      written: p.list.find((f) => f.value === word)?.raw ?? word,
      kind,
      seeded: noSeed ? 'no' : 'yes',
      systemPackages: args.includes('--system-site-packages') ? 'yes' : 'no',
      ...versionOf(
        python ??
          (kind === 'venv' || pythonName(p.list[0]!.value.replace(/^.*\//, '')) !== undefined
            ? p.list[0]!.value
            : undefined),
        interpreter,
        p,
      ),
    });
  }
}

export function versionOf(python: string | undefined, interpreter: PythonInterpreter, p: Program): { python?: string } {
  const named = /(?:^|\/)(?:python)?(\d+\.\d+)(?:\.\d+)?$/.exec(python ?? '')?.[1];
  if (named !== undefined) return { python: named };
  if (python !== undefined && /python2$/.test(python)) return { python: '2.7' };
  const path = envPathOf(interpreter);
  const version =
    path === undefined
      ? interpreter === 'system'
        ? (p.t.files.systemPythonVersion ?? p.t.base.python)
        : undefined
      : p.t.files.environments.get(path)?.python;
  return version === undefined ? {} : { python: version };
}

export function addEnvironment(
  p: Program,
  path: string,
  { written, ...more }: Pick<Environment, 'kind' | 'seeded' | 'systemPackages'> & { python?: string; written: string },
): void {
  const { shell, t, call } = p;
  const old = t.files.environments.get(path);
  t.files.environments.set(path, {
    ...more,
    path,
    createdAt: path,
    owner: shell.user,
    instruction: t.instruction,
    stage: t.stage,
    ...(shell.conditional ? { conditional: true as const } : {}),
    ...(old?.activateChanged ? { activateChanged: true as const } : {}),
    ...(old !== undefined && (old.mixed || !sameUser(old.owner, shell.user)) ? { mixed: true as const } : {}),
  });
  t.allEnvironments.add(path);
  if (!t.files.installs.has(envInterpreter(path))) t.files.installs.set(envInterpreter(path), new Set());
  t.files.covered.delete(envInterpreter(path));
  t.events.push({
    kind: 'create',
    path,
    written,
    instruction: t.instruction,
    stage: t.stage,
    when: t.when,
    range: call.range,
    conditional: shell.conditional,
    ...(t.service === undefined ? {} : { service: t.service }),
  });
}
