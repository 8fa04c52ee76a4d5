// What mv, rm, cp, chown, sed and the package managers do to environments and to the system's Python.

import { envInterpreter } from '../pythonInterpreter.ts';
import { nameOfCommand } from '../shell/shellCall.ts';
import type { Shell } from '../shell/shellState.ts';
import { pathIn } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { isKnown, isWithin } from '../values.ts';
import { bringFiles, forget } from './brought.ts';
import { installPackages } from './systemPackages.ts';
import type { Tracer } from './tracer.ts';
import { fileAt, writeUnknown } from './written.ts';

export function fileEffects(list: readonly Field[], shell: Shell, t: Tracer): void {
  const name = nameOfCommand(list[0]!.value);
  const args = list.slice(1).map((f) => f.value);
  const operands = args.filter((a) => !a.startsWith('-'));
  switch (name) {
    case 'rm':
      for (const word of operands) {
        const path = pathIn(shell, word);
        removeBelow(path, shell, t);
        forget(path, shell, t);
      }
      return;
    case 'mv':
    case 'cp': {
      const to = operands.at(-1);
      if (to === undefined) return;
      for (const word of operands.slice(0, -1))
        moveEnvironments({ by: name, from: pathIn(shell, word), to: pathIn(shell, to) }, shell, t);
      bringFiles({ name, args, operands }, shell, t);
      return;
    }
    case 'ln':
    case 'install':
    case 'rsync':
    case 'git':
    case 'tar':
    case 'unzip':
    case 'curl':
    case 'wget':
      bringFiles({ name, args, operands }, shell, t);
      return;
    case 'chown':
    case 'chmod': {
      if (!args.some((a) => /^-[a-zA-Z]*R|^--recursive$/.test(a))) return;
      const owner = name === 'chown' && !shell.conditional ? (operands[0] ?? '').split(':')[0]! : '*';
      if (name === 'chown' && operands[0]?.startsWith(':')) return;
      if (name === 'chmod' && !/^(0?777|(a|ugo|go|o)\+[rwxX]*w)/.test(operands[0] ?? '')) return;
      for (const word of operands.slice(1)) {
        const path = pathIn(shell, word);
        for (const { mixed: _, ...e } of [...t.files.environments.values()])
          if (isKnown(path) && isWithin(e.path, path)) t.files.environments.set(e.path, { ...e, owner });
      }
      return;
    }
    case 'sed':
      if (args.some((a) => /^-[a-zA-Z]*i|^--in-place/.test(a)))
        for (const word of operands) {
          if (word.endsWith('/bin/activate')) t.changeActivate(word, shell);
          if (fileAt(pathIn(shell, word), t) !== undefined) writeUnknown(pathIn(shell, word), '`sed`', t);
        }
      return;
    case 'tee':
      for (const word of operands) if (word.endsWith('/bin/activate')) t.changeActivate(word, shell);
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
      installPackages(list, t);
      return;
    default:
      return;
  }
}

function removeBelow(path: string, shell: Shell, t: Tracer): void {
  const folder = path.replace(/\/\*$/, '');
  for (const e of [...t.files.environments.values()]) {
    if (!isKnown(folder) || !isWithin(e.path, folder)) continue;
    if (shell.conditional) continue;
    t.files.environments.delete(e.path);
    t.files.installs.delete(envInterpreter(e.path));
    t.events.push({
      kind: 'remove',
      path: e.path,
      instruction: t.instruction,
      stage: t.stage,
      when: t.when,
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

function moveEnvironments({ by, from, to }: Move, shell: Shell, t: Tracer): void {
  for (const e of [...t.files.environments.values()]) {
    if (!isKnown(from) || !isWithin(e.path, from)) continue;
    const path = to + e.path.slice(from.length);
    t.files.environments.set(path, { ...e, path, instruction: t.instruction });
    t.allEnvironments.add(path);
    t.files.installs.set(envInterpreter(path), new Set(t.files.installs.get(envInterpreter(e.path))));
    if (by === 'cp') continue;
    t.files.environments.delete(e.path);
    t.events.push({
      kind: 'remove',
      path: e.path,
      instruction: t.instruction,
      stage: t.stage,
      when: t.when,
      range: shell.origin,
      conditional: shell.conditional,
    });
  }
}
