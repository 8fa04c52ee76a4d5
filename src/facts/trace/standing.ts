// Files that are known to stand in an image: those of the environments that its steps made or copied.

import { isRootUser, type Shell } from '../shell/shellState.ts';
import { isKnown, isWithin } from '../values.ts';
import type { Environment } from './imageFiles.ts';
import type { Tracer } from './tracer.ts';

const FOLDER = new Set(['-e', '-d', '-r', '-x']);
/** A program is a link to its Python, or a script: the tests follow it. */
const PROGRAM = new Set(['-e', '-f', '-r', '-s', '-x']);
const TEXT = new Set(['-e', '-f', '-r', '-s']);

/** Does `test OPERATOR path` hold for certain? What a COPY lays over an environment leaves the rest, and marks each start in it. */
export function holdsForCertain(path: string, operator: string, { user }: Shell, tracer: Tracer): boolean {
  if (!isKnown(path) || tracer.mountTargets.some((target) => !isKnown(target) || isWithin(path, target))) return false;
  // the home of root is closed to others
  if (isWithin(path, '/root') && !isRootUser(user)) return false;
  for (const environment of tracer.files.environments.values()) {
    if (!isWithin(path, environment.path)) continue;
    if (environment.conditional || environment.mayLack || environment.kind === 'conda') continue;
    return testsOf(path.slice(environment.path.length + 1), environment, tracer).has(operator);
  }
  return false;
}

const NONE: ReadonlySet<string> = new Set();

/** The tests that hold for a file of an environment. */
function testsOf(file: string, environment: Environment, { files }: Tracer): ReadonlySet<string> {
  switch (file) {
    case '':
    case 'bin':
    case 'lib':
      return FOLDER;
    case 'bin/activate':
    case 'pyvenv.cfg':
      return TEXT;
    case 'bin/python':
    case 'bin/python3': {
      // copied without its Python it is a link to nothing
      const hasPython =
        environment.copied === undefined ||
        (environment.kind === 'venv' &&
          environment.python !== undefined &&
          environment.python === files.systemPythonVersion);
      return hasPython ? PROGRAM : NONE;
    }
    case 'bin/pip':
      return environment.seeded === 'yes' ? PROGRAM : NONE;
    default:
      return NONE;
  }
}
