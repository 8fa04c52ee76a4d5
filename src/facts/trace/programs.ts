// Programs: Python, pip and the tools around them become events; what changes the image's files is taken down.
import { isKnown, readable } from '../values.ts';
import { unknownCommand } from './activation.ts';
import { type Call, runFields, runScriptFile } from './commands.ts';
import type { Interpreter, RunEvent } from './events.ts';
import { fileEffects } from './fileEffects.ts';
import { areTools, pipCall, pipenvTarget, poetryTarget, uvPipTarget, uvProjectTarget } from './installers.ts';
import { PYTHON_PROGRAMS, pythonName, runsNoPython } from './names.ts';
import { effectivePath, envInterpreter, envPathOf, interpreterAlong } from './resolve.ts';
import type { Environment, Shell } from './state.ts';
import { addRun, pathIn, placeIn, type Tracer } from './tracer.ts';
import { childOf } from './walk.ts';
import type { Field } from './words.ts';

interface Program {
  readonly list: readonly Field[];
  readonly shell: Shell;
  readonly t: Tracer;
  readonly call: Call;
  readonly lookup: string | undefined;
}

const keyOf = (list: readonly Field[]): string => list.map((f) => f.raw).join(' ');
const valuesOf = (list: readonly Field[]): string[] => list.map((f) => f.value);

/** `lookup`: PATH by which the shell found (or had remembered) the bare name. */
export function runProgram(list: readonly Field[], shell: Shell, t: Tracer, call: Call, lookup: string | undefined): void {
  const p: Program = { list, shell, t, call, lookup };
  const name = list[0]!.value;
  if (!isKnown(name)) {
    unknownCommand(list, shell, t, call, lookup);
    return;
  }
  if (name.includes('/')) runByPath(p, pathIn(shell, name));
  else runByName(p, name, undefined);
}

function runByPath(p: Program, path: string): void {
  const { t, list, shell, call } = p;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const environment = folder.endsWith('/bin') ? t.files.environments.get(folder.slice(0, -4)) : undefined;
  if (environment !== undefined) {
    runByName(p, name, envInterpreter(environment.path));
    return;
  }
  if (/^(\/usr)?(\/local)?\/s?bin$/.test(folder)) {
    if (pythonName(name) || isTool(name) || runsNoPython(name)) runByName(p, name, 'system');
    else if (t.readImage(path)) runScript(p, path);
    else unknownCommand(list, shell, t, call);
    return;
  }
  if (pythonName(name) || isTool(name) || PYTHON_PROGRAMS.has(name)) {
    runByName(p, name, isKnown(path) ? `elsewhere:${path}` : `unknown:${readable(path)}`);
    return;
  }
  runScript(p, path);
}

/** A file of the image run by its path: read where it is the repository's. */
function runScript(p: Program, path: string): void {
  const { t, list, shell, call } = p;
  const script = isKnown(path) ? t.readImage(path) : undefined;
  const shebang = script === undefined ? '' : (/^#![^\n\r]*/.exec(script.text)?.[0] ?? '');
  const python = /^#!\s*(?:\/usr\/bin\/env\s+(?:-S\s+)?)?(\S*python[\d.]*)\b/.exec(shebang)?.[1];
  if (python !== undefined) {
    const rest: Field[] = [{ value: python, raw: python }, ...list];
    runFields(rest, childOf(shell), t, { ...call, notByShell: true });
    return;
  }
  if (script !== undefined && /^#!.*\b(ba|da|a)?sh\b/.test(shebang)) {
    const child = childOf(shell);
    child.kind = /\bbash\b/.test(shebang) ? 'bash' : t.base.sh;
    child.parameters = valuesOf(list.slice(1));
    runScriptFile(path, list, child, t, call);
    return;
  }
  unknownCommand(list, shell, t, call);
}

const isTool = (name: string): boolean => /^(uv|uvx|poetry|pipenv|pdm|pipx|conda|mamba|micromamba|hatch|rye|virtualenv|pyvenv(-[\d.]+)?)$/.test(name);

function runByName(p: Program, name: string, fixed: Interpreter | undefined): void {
  const { list, shell, t, call } = p;
  const python = pythonName(name);
  if (python?.kind === 'python') return runPython(p, fixed);
  if (python?.kind === 'pip') return runPip(p, valuesOf(list.slice(1)), fixed ?? along(p, name), fixed === undefined);
  switch (name) {
    case 'virtualenv':
      return createEnvironment(p, 'virtualenv', valuesOf(list.slice(1)), fixed ?? along(p, 'python'));
    case 'uv':
      return runUv(p, 1);
    case 'poetry':
      return runPoetry(p, valuesOf(list.slice(1)));
    case 'pipenv':
      return runPipenv(p, valuesOf(list.slice(1)));
    case 'uvx':
    case 'pipx':
      addEvent(p, 'tool', { interpreter: `elsewhere:${name}` });
      return;
    case 'pdm':
    case 'hatch':
    case 'rye':
    case 'conda':
    case 'mamba':
    case 'micromamba':
      unknownCommand(list, shell, t, call, p.lookup);
      return;
  }
  if (name.startsWith('pyvenv')) return createEnvironment(p, 'venv', valuesOf(list.slice(1)), fixed ?? along(p, 'python'));
  fileEffects(list, shell, t);
  if (fixed !== undefined && envPathOf(fixed) !== undefined) {
    addEvent(p, 'program', { interpreter: fixed });
    return;
  }
  if (runsNoPython(name)) return;
  if (PYTHON_PROGRAMS.has(name)) {
    addEvent(p, 'program', fixed === undefined ? {} : { interpreter: fixed });
    return;
  }
  unknownCommand(list, shell, t, call, p.lookup);
}

const along = (p: Program, name: string): Interpreter => {
  const place = placeIn(p.t);
  // python follows PATH in spite of a hash (its prefix is found by PATH); scripts do not
  const path = pythonName(name)?.kind === 'python' ? p.shell.variables.get('PATH') : (p.lookup ?? p.shell.variables.get('PATH'));
  return interpreterAlong(effectivePath(path ?? '', place), name, place);
};

function addEvent(p: Program, what: RunEvent['what'], more: { interpreter?: Interpreter; install?: Omit<NonNullable<RunEvent['install']>, 'id'>; needsNoPackages?: boolean }): void {
  addRun(p.t, p.shell, {
    key: keyOf(p.list),
    words: valuesOf(p.list),
    what,
    range: p.call.range,
    source: p.call.source,
    ...(p.lookup === undefined || what === 'python' ? {} : { lookup: p.lookup }),
    ...more,
  });
}

function runPython(p: Program, fixed: Interpreter | undefined): void {
  const { list } = p;
  const name = list[0]!.value;
  const bare = name.slice(name.lastIndexOf('/') + 1);
  const interpreter = fixed ?? along(p, bare);
  let i = 1;
  while (i < list.length && /^-[^mc-]/.test(list[i]!.value)) {
    if (/^-[WX]$/.test(list[i]!.value)) i++;
    i++;
  }
  const rest = valuesOf(list.slice(i));
  if (rest[0] === '-m') {
    const args = rest.slice(2);
    switch (rest[1]) {
      case 'venv':
      case 'virtualenv':
        return createEnvironment(p, rest[1], args, interpreter);
      case 'pip':
        return runPip(p, args, interpreter, false);
      case 'uv':
        return runUv(p, i + 2);
      case 'poetry':
        return runPoetry(p, args);
      case 'pipenv':
        return runPipenv(p, args);
      case 'ensurepip': {
        const path = envPathOf(interpreter);
        const own = path === undefined ? undefined : p.t.files.environments.get(path);
        if (own && own.seeded === 'no') p.t.files.environments.set(own.path, { ...own, seeded: 'unknown' });
        addEvent(p, 'python', { interpreter, needsNoPackages: true });
        return;
      }
    }
  }
  if (rest.length === 0 || /^(-V|--version|-VV)$/.test(rest[0]!)) {
    addEvent(p, 'python', { interpreter, needsNoPackages: true });
    return;
  }
  if (/(^|\/)setup\.py$/.test(rest[0]!) && /^(install|develop)$/.test(rest[1] ?? '')) {
    addEvent(p, 'python', { interpreter, install: { target: interpreter, toolsOnly: false, barePip: false, toUser: rest.includes('--user'), project: true } });
    return;
  }
  addEvent(p, 'python', { interpreter });
}

/** pip subcommands that change nothing. */
const PIP_READS = /^(list|freeze|show|check|config|cache|debug|help|index|inspect|hash|search|--version|-V|download|wheel)$/;

function runPip(p: Program, args: readonly string[], interpreter: Interpreter, bare: boolean): void {
  const call = pipCall(args);
  const toUser = call.toUser || /^(1|true|yes|on)$/i.test(p.shell.variables.get('PIP_USER') ?? '');
  let target: Interpreter = interpreter;
  if (call.elsewhere !== undefined || p.shell.variables.get('PIP_TARGET')) target = `elsewhere:${call.elsewhere ?? p.shell.variables.get('PIP_TARGET')}`;
  else if (toUser) target = 'elsewhere:user';
  else if (call.python !== undefined) {
    const path = pathIn(p.shell, call.python);
    target = p.t.files.environments.has(path) ? envInterpreter(path) : `unknown:pip --python ${call.python}`;
  }
  const reads = call.command === undefined || PIP_READS.test(call.command);
  addEvent(p, 'pip', {
    interpreter,
    needsNoPackages: !(call.command === 'freeze' || call.command === 'list'),
    ...(reads ? {} : { install: { target, toolsOnly: areTools(call.names), barePip: bare, toUser, project: call.project, ...(call.names ? { names: call.names } : {}) } }),
  });
}

/** python -m venv, virtualenv, pyvenv: every operand is an environment. */
function createEnvironment(p: Program, kind: 'venv' | 'virtualenv', args: readonly string[], interpreter: Interpreter): void {
  const { shell } = p;
  const values = kind === 'venv' ? ['--prompt'] : ['-p', '--python', '--app-data', '--creator', '--seeder', '--pip', '--setuptools', '--wheel', '--prompt', '--extra-search-dir', '--try-first-with', '--activators', '--system-site'];
  const paths: string[] = [];
  let python: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '-p' || word === '--python') python = args[i + 1];
    if (word.startsWith('--python=')) python = word.slice(9);
    if (values.includes(word)) i++;
    else if (!word.startsWith('-')) paths.push(word);
  }
  const noSeed = args.includes('--without-pip') || args.includes('--no-pip') || args.includes('--no-seed') || (kind === 'virtualenv' && !!shell.variables.get('VIRTUALENV_NO_SEED'));
  addEvent(p, kind === 'venv' ? 'python' : 'tool', { interpreter, needsNoPackages: true });
  for (const word of paths) {
    addEnvironment(p, pathIn(shell, word), {
      written: p.list.find((f) => f.value === word)?.raw ?? word,
      kind,
      seeded: noSeed ? 'no' : 'yes',
      systemPackages: args.includes('--system-site-packages') ? 'yes' : 'no',
      ...versionOf(python ?? (kind === 'venv' || p.list[1]?.value === '-m' ? p.list[0]!.value : undefined), interpreter, p),
    });
  }
}

function versionOf(python: string | undefined, interpreter: Interpreter, p: Program): { python?: string } {
  const named = /(?:^|\/)(?:python)?(\d+\.\d+)(?:\.\d+)?$/.exec(python ?? '')?.[1];
  if (named !== undefined) return { python: named };
  if (python !== undefined && /python2$/.test(python)) return { python: '2.7' };
  const path = envPathOf(interpreter);
  const version = path === undefined ? (interpreter === 'system' ? (p.t.files.systemPythonVersion ?? p.t.base.python) : undefined) : p.t.files.environments.get(path)?.python;
  return version === undefined ? {} : { python: version };
}

function addEnvironment(p: Program, path: string, { written, ...more }: Pick<Environment, 'kind' | 'seeded' | 'systemPackages'> & { python?: string; written: string }): void {
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
  });
  t.allEnvironments.add(path);
  if (!t.files.installs.has(envInterpreter(path))) t.files.installs.set(envInterpreter(path), new Set());
  t.files.covered.delete(envInterpreter(path));
  t.events.push({ kind: 'create', path, written, instruction: t.instruction, stage: t.stage, when: t.when, range: call.range, conditional: shell.conditional, ...(t.service === undefined ? {} : { service: t.service }) });
}

/** uv's options before the subcommand that take a value. */
const UV_GLOBAL_VALUES = ['--directory', '--project', '--config-file', '--cache-dir', '--color', '--python-preference', '--allow-insecure-host', '--native-tls'];

function runUv(p: Program, from: number): void {
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
      const values = ['-p', '--python', '--prompt', '--index-url', '--link-mode', '--seed-with', '--exclude-newer', '--cache-dir', '--python-preference', '--project', '--directory', '--color', '--default-index', '-i', '--index', '--extra-index-url', '--find-links', '-f', '--index-strategy', '--keyring-provider', '--allow-insecure-host', '--config-file'];
      let path = '.venv';
      let python: string | undefined;
      for (let n = 0; n < rest.length; n++) {
        const word = rest[n]!;
        if (word === '-p' || word === '--python') python = rest[n + 1];
        if (word.startsWith('--python=')) python = word.slice(9);
        if (values.includes(word)) n++;
        else if (!word.startsWith('-')) path = word;
      }
      const named = /(\d+\.\d+)/.exec(python ?? shell.variables.get('UV_PYTHON') ?? '')?.[1];
      addEnvironment(p, pathIn(shell, path), {
        written: p.list.find((f) => f.value === path)?.raw ?? path,
        kind: 'uv',
        seeded: rest.includes('--seed') || /^(1|true|yes|on)$/i.test(shell.variables.get('UV_VENV_SEED') ?? '') ? 'yes' : 'no',
        systemPackages: rest.includes('--system-site-packages') ? 'yes' : 'no',
        ...(named ? { python: named } : versionOf(undefined, 'system', p)),
      });
      return;
    }
    case 'pip': {
      const call = pipCall(rest);
      const reads = call.command === undefined || /^(list|freeze|show|check|tree|compile)$/.test(call.command);
      const target = uvPipTarget(rest, shell, place, uvPipSystem(p));
      addEvent(p, 'tool', {
        interpreter: 'elsewhere:uv',
        needsNoPackages: true,
        ...(reads ? {} : { install: { target, toolsOnly: areTools(call.names), barePip: false, toUser: false, project: call.project, ...(call.names ? { names: call.names } : {}) } }),
      });
      return;
    }
    case 'sync':
    case 'add':
    case 'remove':
    case 'run': {
      const target = uvProjectTarget(all, shell, place);
      const path = envPathOf(target);
      const install = command === 'run' && (all.includes('--no-sync') || all.includes('--no-project')) ? undefined : { target, toolsOnly: false, barePip: false, toUser: false, project: true };
      if (path !== undefined && !t.files.environments.has(path) && command !== 'run') {
        addEnvironment(p, path, { written: path, kind: 'uv', seeded: 'no', systemPackages: 'no', ...versionOf(undefined, 'system', p) });
      }
      addEvent(p, 'tool', { interpreter: command === 'run' ? target : 'elsewhere:uv', needsNoPackages: command !== 'run', ...(install ? { install } : {}) });
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

/** [tool.uv.pip] system of the project that stands in the working directory. */
function uvPipSystem(p: Program): 'yes' | 'no' | 'unknown' {
  for (const [file, table] of [['uv.toml', 'pip'], ['pyproject.toml', 'tool.uv.pip']] as const) {
    const text = p.t.readImage(pathIn(p.shell, file))?.text;
    if (text === undefined) continue;
    const section = new RegExp(`^\\[${table.replaceAll('.', '\\.')}\\][^\\[]*?^system\\s*=\\s*true`, 'm');
    if (section.test(text)) return 'yes';
  }
  return 'no';
}

function runPoetry(p: Program, args: readonly string[]): void {
  const { shell, t } = p;
  const command = args.find((a) => !a.startsWith('-'));
  const file = new Map<string, string>();
  const toml = t.readImage(pathIn(shell, 'poetry.toml'))?.text;
  for (const match of toml?.matchAll(/^\s*(create|in-project)\s*=\s*(true|false)/gm) ?? []) file.set(`virtualenvs.${match[1]}`, match[2]!);
  const target = poetryTarget(args, shell, placeIn(t), file);
  const path = envPathOf(target);
  switch (command) {
    case 'config': {
      const rest = args.slice(args.indexOf('config') + 1).filter((a) => !a.startsWith('-'));
      if (rest.length === 2) t.files.poetryConfig.set(rest[0]!, rest[1]!);
      addEvent(p, 'tool', { interpreter: 'elsewhere:poetry', needsNoPackages: true });
      return;
    }
    case 'install':
    case 'sync':
    case 'update':
    case 'add':
    case 'remove':
      if (path !== undefined && !t.files.environments.has(path)) {
        addEnvironment(p, path, { written: path, kind: 'poetry', seeded: 'yes', systemPackages: 'no', ...versionOf(undefined, 'system', p) });
      }
      addEvent(p, 'tool', { interpreter: 'elsewhere:poetry', needsNoPackages: true, install: { target, toolsOnly: false, barePip: false, toUser: false, project: true } });
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

function runPipenv(p: Program, args: readonly string[]): void {
  const { shell, t } = p;
  const command = args.find((a) => !a.startsWith('-'));
  const target = pipenvTarget(args, shell, placeIn(t));
  const path = envPathOf(target);
  switch (command) {
    case 'install':
    case 'sync':
    case 'update':
      if (path !== undefined && !t.files.environments.has(path)) {
        addEnvironment(p, path, { written: path, kind: 'pipenv', seeded: 'yes', systemPackages: 'no', ...versionOf(undefined, 'system', p) });
      }
      addEvent(p, 'tool', { interpreter: 'elsewhere:pipenv', needsNoPackages: true, install: { target, toolsOnly: false, barePip: false, toUser: false, project: true } });
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
