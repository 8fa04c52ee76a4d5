// Who takes what the system's Python holds as files, without running it: an install that moves away is missed there.
import type { Range } from '../../model.ts';
import type { Call } from '../shell/interpreter.ts';
import { nameOfCommand } from '../shell/shellCall.ts';
import type { Shell } from '../shell/shellState.ts';
import { pathIn } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import type { ReadEvent } from './events.ts';
import { PYTHON_PROGRAMS, pythonName, runsNoPython } from './names.ts';
import { isHome, namedIn, systemReach } from './systemPlaces.ts';
import type { Tracer } from './tracer.ts';
import { operandsOf, tarCall, writtenText } from './writers.ts';

/** Programs that take whole folders. */
const TAKERS = new Set([
  'tar',
  'bsdtar',
  'cp',
  'mv',
  'rsync',
  'scp',
  'zip',
  '7z',
  'find',
  'rm',
  'strip',
  'du',
  'chmod',
  'chown',
]);
/** Their last operand is what they write. */
const COPIERS = new Set(['cp', 'mv', 'ln', 'install', 'rsync', 'scp']);

/** Adds a read of all that the system's Python holds here. */
export function addRead(tracer: Tracer, text: string, range: Range, sees: ReadonlySet<string> | undefined): void {
  const event: ReadEvent = {
    kind: 'read',
    path: 'system',
    key: text,
    sees: new Set(sees),
    instruction: tracer.instruction,
    stage: tracer.stage,
    when: tracer.when,
    range,
    conditional: false,
    ...(tracer.service === undefined ? {} : { service: tracer.service }),
  };
  tracer.events.push(event);
}

/** Is it a program that a package of the system's Python brings, by its name? */
export const isPackageProgram = (tracer: Tracer) => (name: string) =>
  PYTHON_PROGRAMS.has(name) ||
  [...(tracer.files.installs.get('system') ?? [])].some((id) =>
    id
      .replace(/^tool:|#\d+$/g, '')
      .split(/[\s=<>~![\]"']+/)
      .includes(name),
  );

/** What the command reads becomes an event. */
export function noteReads(list: readonly Field[], shell: Shell, tracer: Tracer, call: Call): void {
  const sees = tracer.files.installs.get('system');
  if (sees === undefined || sees.size === 0) return;
  if (reads(list, shell, tracer)) addRead(tracer, writtenText(list), call.range, sees);
}

function reads(list: readonly Field[], shell: Shell, tracer: Tracer): boolean {
  const first = list[0]!.value;
  const name = nameOfCommand(first);
  const args = list.slice(1).map((field) => field.value);
  if (pythonName(name) || (runsNoPython(name) && !TAKERS.has(name) && args.length === 0)) return false;
  const sources = COPIERS.has(name) ? operandsOf(name, args).sources : args;
  const program =
    /^(\/usr\/local|.*\/\.local)\/bin\/[^/]+$/.test(first) && !runsNoPython(name) && !tracer.readImage(first);
  if (program || sources.some((word) => namedIn(word, isPackageProgram(tracer)) !== undefined)) return true;
  if (!TAKERS.has(name)) return systemReach(shell.cwd) === 'within';
  return taken(name, sources, shell).some(
    (path) => systemReach(path) === 'within' || (systemReach(path) === 'above' && !isHome(path)),
  );
}

/** The folders and files that the program takes. */
function taken(name: string, sources: readonly string[], shell: Shell): string[] {
  const operands = sources.filter((word) => !word.startsWith('-'));
  switch (name) {
    case 'tar':
    case 'bsdtar': {
      const { mode, folder, rest } = tarCall(sources);
      const from = folder === undefined ? shell.cwd : pathIn(shell, folder);
      return mode === 'create' ? rest.map((word) => pathIn({ ...shell, cwd: from }, word)) : [];
    }
    case 'find': {
      const end = sources.findIndex((word) => /^-[a-z]|^[(!]$/.test(word) && !/^-[HLP]$/.test(word));
      const roots = (end < 0 ? sources : sources.slice(0, end)).filter((word) => !word.startsWith('-'));
      return (roots.length > 0 ? roots : ['.']).map((word) => pathIn(shell, word));
    }
    case 'chmod':
    case 'chown':
      return [];
    default:
      return operands.map((one) => pathIn(shell, one));
  }
}
