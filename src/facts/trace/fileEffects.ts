// What mv, rm, cp, chown, sed and the package managers do to environments and to the system's Python.

import { envKey } from '../pythonInterpreter.ts';
import { nameOfCommand } from '../shell/shellCall.ts';
import type { Shell } from '../shell/shellState.ts';
import { pathIn } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { isKnown, isWithin } from '../values.ts';
import { bringFiles, forget } from './brought.ts';
import { installPackages } from './systemPackages.ts';
import type { Tracer } from './tracer.ts';
import { fileAt, writeUnknown } from './written.ts';

export function fileEffects(list: readonly Field[], shell: Shell, tracer: Tracer): void {
  const name = nameOfCommand(list[0]!.value);
  const args = list.slice(1).map((field) => field.value);
  const operands = args.filter((word) => !word.startsWith('-'));
  switch (name) {
    case 'rm':
      for (const word of operands) {
        const path = pathIn(shell, word);
        removeBelow(path, shell, tracer);
        forget(path, shell, tracer);
      }
      return;
    case 'mv':
    case 'cp': {
      const to = operands.at(-1);
      if (to === undefined) return;
      for (const word of operands.slice(0, -1))
        moveEnvironments({ by: name, from: pathIn(shell, word), to: pathIn(shell, to) }, shell, tracer);
      bringFiles({ name, args, operands }, shell, tracer);
      return;
    }
    case 'find':
      if (deletesAll(args)) for (const word of startsOfFind(args)) mayLackBelow(pathIn(shell, word), tracer);
      return;
    case 'mkdir':
      // pdm goes by it
      for (const word of operands)
        if (/(^|\/)__pypackages__\/?$/.test(word))
          writeUnknown(`${pathIn(shell, word.replace(/\/$/, ''))}/lib`, '`mkdir`', tracer);
      return;
    case 'ln':
    case 'install':
    case 'rsync':
    case 'git':
    case 'tar':
    case 'unzip':
    case 'curl':
    case 'wget':
      bringFiles({ name, args, operands }, shell, tracer);
      return;
    case 'chown':
    case 'chmod': {
      if (!args.some((word) => /^-[a-zA-Z]*R|^--recursive$/.test(word))) return;
      const owner = name === 'chown' && !shell.conditional ? (operands[0] ?? '').split(':')[0]! : '*';
      if (name === 'chown' && operands[0]?.startsWith(':')) return;
      if (name === 'chmod' && !/^(0?777|(a|ugo|go|o)\+[rwxX]*w)/.test(operands[0] ?? '')) return;
      for (const word of operands.slice(1)) {
        const path = pathIn(shell, word);
        for (const { mixed: _, ...environment } of [...tracer.files.environments.values()])
          if (isKnown(path) && isWithin(environment.path, path))
            tracer.files.environments.set(environment.path, { ...environment, owner });
      }
      return;
    }
    case 'sed':
      if (args.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word)))
        for (const word of operands) {
          if (word.endsWith('/bin/activate')) tracer.changeActivate(word, shell);
          if (fileAt(pathIn(shell, word), tracer) !== undefined) writeUnknown(pathIn(shell, word), '`sed`', tracer);
        }
      return;
    case 'tee':
      for (const word of operands) if (word.endsWith('/bin/activate')) tracer.changeActivate(word, shell);
      return;
    case 'apt-get':
    case 'apt':
    case 'aptitude':
    case 'apk':
    case 'yum':
    case 'dnf':
    case 'microdnf':
    case 'zypper':
    case 'tdnf':
      installPackages(list, tracer);
      return;
    default:
      return;
  }
}

/** `find DIR -mindepth 1 -delete`, `find DIR -exec rm {} +`; what is named by a pattern is a cache more often than not. */
const deletesAll = (args: readonly string[]): boolean =>
  (args.includes('-delete') ||
    (/^-(exec|execdir|ok)$/.test(args[args.indexOf('rm') - 1] ?? '') && args.includes('rm'))) &&
  !args.some((word) => /^-i?(name|path|wholename|regex)$/.test(word));

/** The folders that it starts in: the words before its first test. */
function startsOfFind(args: readonly string[]): readonly string[] {
  const options = args.findIndex((word) => !/^-[HLP]$|^-O\d$/.test(word));
  const rest = options < 0 ? [] : args.slice(options);
  const end = rest.findIndex((word) => /^[-(!)]/.test(word));
  return end === 0 ? ['.'] : rest.slice(0, end < 0 ? rest.length : end);
}

function mayLackBelow(path: string, tracer: Tracer): void {
  for (const environment of [...tracer.files.environments.values()])
    if (!isKnown(path) || isWithin(environment.path, path) || isWithin(path, environment.path))
      tracer.files.environments.set(environment.path, { ...environment, mayLack: true });
}

function removeBelow(path: string, shell: Shell, tracer: Tracer): void {
  const folder = path.replace(/\/\*$/, '');
  for (const environment of [...tracer.files.environments.values()]) {
    const isPart = folder === `${environment.path}/pyvenv.cfg` || isWithin(folder, `${environment.path}/bin`);
    if (!isKnown(folder) || !(isWithin(environment.path, folder) || isPart)) continue;
    if (shell.conditional || isPart) {
      tracer.files.environments.set(environment.path, { ...environment, mayLack: true });
      continue;
    }
    tracer.files.environments.delete(environment.path);
    tracer.files.installs.delete(envKey(environment.path));
    tracer.events.push({
      kind: 'remove',
      path: environment.path,
      instruction: tracer.instruction,
      stage: tracer.stage,
      when: tracer.when,
      range: shell.origin,
      conditional: false,
    });
  }
}

interface Move {
  /** `cp` leaves them where they were, too. */
  readonly by: 'mv' | 'cp';
  readonly from: string;
  readonly to: string;
}

function moveEnvironments({ by, from, to }: Move, shell: Shell, tracer: Tracer): void {
  for (const environment of [...tracer.files.environments.values()]) {
    if (!isKnown(from) || !isWithin(environment.path, from)) continue;
    const path = to + environment.path.slice(from.length);
    tracer.files.environments.set(path, { ...environment, path, instruction: tracer.instruction });
    tracer.allEnvironments.add(path);
    tracer.files.installs.set(envKey(path), new Set(tracer.files.installs.get(envKey(environment.path))));
    if (by === 'cp') continue;
    tracer.files.environments.delete(environment.path);
    tracer.events.push({
      kind: 'remove',
      path: environment.path,
      instruction: tracer.instruction,
      stage: tracer.stage,
      when: tracer.when,
      range: shell.origin,
      conditional: shell.conditional,
    });
  }
}
