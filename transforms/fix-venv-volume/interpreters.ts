// Which Python an environment was made with, whether the service's image has it, and whether the project asks for another.

import type { Blocker } from '../../src/facts/blocker.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isKnown } from '../../src/facts/values.ts';
import { type BoundService, mountedText } from './venvUse.ts';

/** Why the interpreter of an environment from another stage may not be in the service's image. */
export function interpreterBlocker(bound: BoundService, environment: Environment): Blocker | undefined {
  if (!environment.copied) return undefined;
  const { own, stage } = bound;
  const { path } = environment;
  const here = own.image.stages[stage]!.base;
  const there = own.image.stages[environment.stage]!.base;
  const isSame =
    here.ref === there.ref ||
    (here.family === 'python' &&
      there.family === 'python' &&
      here.python === there.python &&
      here.distribution === there.distribution);
  if (!isSame)
    return {
      code: 'python',
      words: `${path} was made on ${there.ref}, and the Python that it needs may not be in ${here.ref}`,
    };
  if (here.family === 'distribution' && !bound.files.systemPython)
    return {
      code: 'python',
      words: `the Python that ${path} was made with may not be in the stage that the service runs`,
    };
  return pythonVariableOf(environment) !== undefined && mayBringPython(bound, environment)
    ? {
        code: 'python',
        words: `${environment.kind} may have brought a Python of its own for ${path}, which is not in the stage that the service runs`,
      }
    : undefined;
}

/** What asks the installer that made an environment for a Python, which it may bring. */
const pythonVariableOf = ({ kind }: Environment): string | undefined =>
  kind === 'venv' || kind === 'virtualenv' ? undefined : INSTALLERS[kind].variables.python;

/** What `python:slim` has. */
const NEWEST = '3.99';

/** uv takes the Python of the stage where it fits the project and nothing asks for another. */
function mayBringPython({ own, dockerfile, snapshot }: BoundService, environment: Environment): boolean {
  const { base, final } = own.image.stages[environment.stage]!;
  const python = base.python ?? NEWEST;
  // Of an image that nobody knows the Python may be too old, or missing.
  if (base.python === undefined && base.family !== 'python') return true;
  if (base.family === 'distribution' && !own.trace.stages[environment.stage]!.files.systemPython) return true;
  if (['UV_MANAGED_PYTHON', 'UV_PYTHON_INSTALL_DIR'].some((name) => final.env.has(name))) return true;
  if (final.env.get('UV_PYTHON_PREFERENCE') === 'only-managed') return true;
  const commands = own.trace.stages[environment.stage]!.commands.filter((c) => c.when === 'build');
  if (commands.some(({ words }) => words.includes('--managed-python') || / python install( |$)/.test(words.join(' '))))
    return true;
  if (environment.python !== undefined && environment.python !== python) return true;
  const { folder } = dockerfile.context;
  if (folder === undefined) return true;
  const textOf = (name: string): string | undefined => snapshot.read(folder === '' ? name : `${folder}/${name}`);
  const pin = pinIn(textOf('.python-version'));
  if (pin !== undefined && isPinCopied(own, environment) && !isMadeBy(pin, python, base.ref)) return true;
  const project = textOf('pyproject.toml') ?? '';
  if (/^\s*python-preference\s*=\s*["']only-managed/m.test(`${project}\n${textOf('uv.toml') ?? ''}`)) return true;
  const wanted = /^\s*requires-python\s*=\s*["']([^"']+)/m.exec(project)?.[1];
  return wanted !== undefined && !mayFit(python, wanted, base.ref);
}

/**
 * Why uv may remake the environment in the container: the mounted project, or a variable, asks for another Python than the one
 * that it was made with.
 */
export function remakeBlocker(bound: BoundService, environment: Environment): Blocker | undefined {
  const variable = pythonVariableOf(environment);
  if (variable === undefined) return undefined;
  const { own, stage } = bound;
  const { path } = environment;
  const why = `so that ${environment.kind} would remake it, and a mounted folder cannot be removed`;
  const made = own.image.stages[environment.stage];
  const at = made?.instructions.findIndex((i) => i.index === createdBy(own, environment)) ?? -1;
  const before = made?.before[at]?.env.get(variable);
  const now = own.image.stages[stage]!.final.env.get(variable);
  if (at >= 0 && now !== undefined && now !== before)
    return {
      code: 'remade',
      words: `${variable}${isKnown(now) ? `=${now}` : ''} may ask for another Python than ${path} was made with, ${why}`,
    };
  const pin = pinAt(path, bound);
  if (pin === undefined || isPinCopied(own, environment)) return undefined;
  return environment.python !== undefined && made !== undefined && isMadeBy(pin, environment.python, made.base.ref)
    ? undefined
    : {
        code: 'remade',
        words: `.python-version asks for Python ${pin}, and ${path} is not known to be made with that, ${why}`,
      };
}

/** The pin that uv finds from the project's folder upwards, in what is mounted. */
function pinAt(path: string, bound: BoundService): string | undefined {
  for (let at = path; at.includes('/'); ) {
    at = at.slice(0, at.lastIndexOf('/'));
    const pin = pinIn(mountedText(`${at}/.python-version`, bound));
    if (pin !== undefined) return pin;
  }
  return undefined;
}

const pinIn = (text: string | undefined): string | undefined =>
  text
    ?.split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));

/** A Python of MAJOR.MINOR from an image of this name is what the pin asks for. */
function isMadeBy(pin: string, python: string, ref: string): boolean {
  const [, minor, patch] = /^(?:cpython[@-]?)?(\d+\.\d+)(\.\d+)?$/.exec(pin) ?? [];
  return minor === python && (patch === undefined || ref.includes(`${minor}${patch}`));
}

const createdBy = (own: BoundService['own'], environment: Environment): number =>
  own.trace.stages[environment.stage]?.files.environments.get(environment.createdAt)?.instruction ??
  environment.instruction;

/** The pin was there when the environment was made, which is then one of that Python. */
function isPinCopied(own: BoundService['own'], environment: Environment): boolean {
  const until = createdBy(own, environment);
  const instruction = own.syntax.instructions[until];
  if (instruction?.logical.text.includes('.python-version')) return true;
  return (own.trace.stages[environment.stage]?.files.copies ?? []).some(
    (c) =>
      c.from === 'context' &&
      c.instruction.index < until &&
      c.sources.some(({ kind, path }) => kind === 'pattern' || path === '' || path.endsWith('.python-version')),
  );
}

/** Does a Python of MAJOR.MINOR from an image of this name fit `requires-python`? What is not understood fits. */
function mayFit(python: string, wanted: string, ref: string): boolean {
  const minor = (text: string): number => Number(text.split('.')[0]) * 1000 + Number(text.split('.')[1] ?? 0);
  const own = minor(python);
  return wanted.split(',').every((one) => {
    const [, operator, version = '', any] = /^\s*(>=|<=|==|~=|>|<)\s*(\d+(?:\.\d+)*)(\.\*)?/.exec(one) ?? [];
    const isPatch = version.split('.').length > 2;
    const other = minor(version);
    if (operator === '>=' || operator === '>') return own >= other;
    // 3.12.1 is above 3.12, and not equal to it.
    if (operator === '<' || operator === '<=') return own < other || (own === other && isPatch);
    if (operator === '~=' && !isPatch) return own >= other;
    if (operator === '==' && any === undefined) return isPatch && ref.includes(version);
    return version.includes('.') ? own === other : true;
  });
}
