// uv, poetry and pipenv as commands: where they install, which environments they make.

import { pathIn } from '../shell/shellState.ts';
import { addEnvironment, versionOf } from './create.ts';
import { areTools, pipCall, pipenvTarget, poetryTarget, uvPipTarget, uvProjectTarget } from './installers.ts';
import { addEvent, type Program, valuesOf } from './programEvents.ts';
import { envPathOf } from './resolve.ts';
import { pipenvSettings, poetrySettings, uvSettings } from './toolSettings.ts';
import { placeIn, unknownCommand } from './tracer.ts';

/** uv's options before the subcommand that take a value. */
const UV_GLOBAL_VALUES = [
  '--directory',
  '--project',
  '--config-file',
  '--cache-dir',
  '--color',
  '--python-preference',
  '--allow-insecure-host',
  '--native-tls',
];

/** The Python that uv is asked for, or the one of the system. */
function uvPython(args: readonly string[], p: Program): { python?: string } {
  let asked = p.shell.variables.get('UV_PYTHON') ?? '';
  for (const [n, word] of args.entries()) {
    if (word === '-p' || word === '--python') asked = args[n + 1] ?? '';
    else asked = /^(?:--python=|-p)(.+)$/s.exec(word)?.[1] ?? asked;
  }
  const python = /(\d+\.\d+)/.exec(asked)?.[1];
  return python === undefined ? versionOf(undefined, 'system', p) : { python };
}

export function runUv(p: Program, from: number): void {
  const { shell, t } = p;
  const args = valuesOf(p.list.slice(from));
  let i = 0;
  while (i < args.length && args[i]!.startsWith('-')) i += UV_GLOBAL_VALUES.includes(args[i]!) ? 2 : 1;
  const command = args[i];
  const rest = args.slice(i + 1);
  const all = [...args.slice(0, i), ...rest];
  const place = placeIn(t);
  switch (command) {
    case 'venv': {
      addEvent(p, 'tool', { interpreter: 'elsewhere:uv', needsNoPackages: true });
      const values = [
        '-p',
        '--python',
        '--prompt',
        '--index-url',
        '--link-mode',
        '--seed-with',
        '--exclude-newer',
        '--cache-dir',
        '--python-preference',
        '--project',
        '--directory',
        '--color',
        '--default-index',
        '-i',
        '--index',
        '--extra-index-url',
        '--find-links',
        '-f',
        '--index-strategy',
        '--keyring-provider',
        '--allow-insecure-host',
        '--config-file',
      ];
      let path = '.venv';
      for (let n = 0; n < rest.length; n++) {
        const word = rest[n]!;
        if (values.includes(word)) n++;
        else if (!word.startsWith('-')) path = word;
      }
      addEnvironment(p, pathIn(shell, path), {
        written: p.list.find((f) => f.value === path)?.raw ?? path,
        kind: 'uv',
        seeded:
          rest.includes('--seed') || /^(1|true|yes|on)$/i.test(shell.variables.get('UV_VENV_SEED') ?? '')
            ? 'yes'
            : 'no',
        systemPackages: rest.includes('--system-site-packages') ? 'yes' : 'no',
        ...uvPython(rest, p),
      });
      return;
    }
    case 'pip': {
      const call = pipCall(rest);
      const reads = call.command === undefined || /^(list|freeze|show|check|tree|compile)$/.test(call.command);
      const settings = uvSettings(all, shell, t);
      const target = uvPipTarget(rest, shell, place, settings);
      addEvent(p, 'tool', {
        interpreter: 'elsewhere:uv',
        needsNoPackages: true,
        ...(reads
          ? {}
          : {
              install: {
                target,
                toolsOnly: areTools(call.names),
                barePip: false,
                toUser: false,
                project: call.project,
                ...(call.command === 'sync' ? { exact: true as const } : {}),
                ...(call.names ? { names: call.names } : {}),
                ...(settings.unread === undefined ? {} : { unread: settings.unread }),
              },
            }),
      });
      return;
    }
    case 'sync':
    case 'add':
    case 'remove':
    case 'run': {
      const target = uvProjectTarget(all, shell, place);
      const path = envPathOf(target);
      const { unread } = uvSettings(all, shell, t);
      const install =
        command === 'run' && (all.includes('--no-sync') || all.includes('--no-project'))
          ? undefined
          : {
              target,
              toolsOnly: false,
              barePip: false,
              toUser: false,
              project: true,
              ...(/^(sync|remove)$/.test(command) && !all.includes('--inexact') ? { exact: true as const } : {}),
              ...(unread === undefined ? {} : { unread }),
            };
      if (path !== undefined && !t.files.environments.has(path) && command !== 'run') {
        addEnvironment(p, path, {
          written: path,
          kind: 'uv',
          seeded: 'no',
          systemPackages: 'no',
          ...uvPython(all, p),
        });
      }
      addEvent(p, 'tool', {
        interpreter: command === 'run' ? target : 'elsewhere:uv',
        needsNoPackages: command !== 'run',
        ...(install ? { install } : {}),
      });
      return;
    }
    case undefined:
    case 'lock':
    case 'export':
    case 'cache':
    case 'python':
    case 'tool':
    case 'self':
    case 'version':
    case 'build':
    case 'publish':
    case 'tree':
    case 'init':
      addEvent(p, 'tool', { interpreter: 'elsewhere:uv', needsNoPackages: true });
      return;
    default:
      unknownCommand(p.list, shell, t, p.call, p.lookup);
  }
}

export function runPoetry(p: Program, args: readonly string[]): void {
  const { shell, t } = p;
  const isValue = (n: number): boolean => /^(-[CP]|--(directory|project))$/.test(args[n - 1] ?? '');
  const command = args.find((a, n) => !a.startsWith('-') && !isValue(n));
  const { project, user, unread } = poetrySettings(shell, t);
  const own = poetryTarget(args, shell, placeIn(t), project, user);
  const target = unread === undefined ? own : `unknown:${unread}`;
  const path = envPathOf(target);
  switch (command) {
    case 'config': {
      const rest = args.slice(args.indexOf('config') + 1).filter((a) => !a.startsWith('-'));
      if (rest.length === 2) t.files.poetryConfig.set(rest[0]!, rest[1]!);
      else if (rest.length === 1 && args.includes('--unset')) t.files.poetryConfig.delete(rest[0]!);
      addEvent(p, 'tool', { interpreter: 'elsewhere:poetry', needsNoPackages: true });
      return;
    }
    case 'install':
    case 'sync':
    case 'update':
    case 'add':
    case 'remove':
      if (path !== undefined && !t.files.environments.has(path)) {
        addEnvironment(p, path, {
          written: path,
          kind: 'poetry',
          seeded: 'yes',
          systemPackages: 'no',
          ...versionOf(undefined, 'system', p),
        });
      }
      addEvent(p, 'tool', {
        interpreter: 'elsewhere:poetry',
        needsNoPackages: true,
        install: {
          target,
          toolsOnly: false,
          barePip: false,
          toUser: false,
          project: true,
          ...(command === 'sync' || args.some((a) => /^--(sync|remove-untracked)$/.test(a))
            ? { exact: true as const }
            : {}),
          ...(unread === undefined ? {} : { unread }),
        },
      });
      return;
    case 'run':
      addEvent(p, 'tool', { interpreter: target });
      return;
    case 'shell':
      unknownCommand(p.list, shell, t, p.call, p.lookup);
      return;
    default:
      addEvent(p, 'tool', { interpreter: 'elsewhere:poetry', needsNoPackages: true });
  }
}

export function runPipenv(p: Program, args: readonly string[]): void {
  const { shell, t } = p;
  const command = args.find((a) => !a.startsWith('-'));
  const { variables, unread } = pipenvSettings(shell, t);
  const target =
    unread === undefined ? pipenvTarget(args, shell, placeIn(t), variables) : (`unknown:${unread}` as const);
  const path = envPathOf(target);
  switch (command) {
    case 'install':
    case 'sync':
    case 'update':
      if (path !== undefined && !t.files.environments.has(path)) {
        addEnvironment(p, path, {
          written: path,
          kind: 'pipenv',
          seeded: 'yes',
          systemPackages: 'no',
          ...versionOf(undefined, 'system', p),
        });
      }
      addEvent(p, 'tool', {
        interpreter: 'elsewhere:pipenv',
        needsNoPackages: true,
        install: { target, toolsOnly: false, barePip: false, toUser: false, project: true },
      });
      return;
    case 'run':
      addEvent(p, 'tool', { interpreter: target });
      return;
    case 'shell':
      unknownCommand(p.list, shell, t, p.call, p.lookup);
      return;
    default:
      addEvent(p, 'tool', { interpreter: 'elsewhere:pipenv', needsNoPackages: true });
  }
}
