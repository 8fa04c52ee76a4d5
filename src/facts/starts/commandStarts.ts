// What the commands of scripts, Makefiles, workflows and pages start in containers: docker and podman, run and exec, and compose's own.
import type { Snapshot } from '../../model.ts';
import { isEngine } from '../builds/shellBuilds.ts';
import { flagValues, type ReadFlags } from '../flags.ts';
import type { HostFile, PlacedCommand } from '../hostCommands/hostTexts.ts';
import { hostPlace } from '../hostCommands/hostWords.ts';
import { causes, readable, unknown } from '../values.ts';
import { composeWordsFrom, splitAt } from './composeWords.ts';
import { COMPOSE_EXEC_FLAGS, COMPOSE_FLAGS, COMPOSE_RUN_FLAGS, EXEC_FLAGS, RUN_FLAGS } from './engineFlags.ts';
import { startMounts } from './startMounts.ts';
import type { ContainerStart } from './startShapes.ts';

/** Variables that are called so hold flags. */
const HOLDS_FLAGS = /ARGS|OPT|FLAG|VOLUME|MOUNT|ENV/i;
const LONGEST = 100;

/** The starts of a file's commands, in order. */
export const commandStarts = (file: HostFile, snapshot: Snapshot): ContainerStart[] =>
  file.commands.flatMap((command) => startOfCommand(command, file, snapshot) ?? []);

/** One command that is looked at from word `at` on. */
interface Looked {
  readonly command: PlacedCommand;
  readonly file: HostFile;
  readonly snapshot: Snapshot;
  readonly at: number;
}

function startOfCommand(command: PlacedCommand, file: HostFile, snapshot: Snapshot): ContainerStart | undefined {
  const [program = '', second = '', third = ''] = command.words;
  const ofCompose = composeWordsFrom(command.words);
  if (ofCompose !== undefined) return composeStart({ command, file, snapshot, at: ofCompose });
  if (!isEngine(program)) return undefined;
  const [verb, at] = second === 'container' ? [third, 3] : [second, 2];
  const looked: Looked = { command, file, snapshot, at };
  if (verb === 'run' || verb === 'create') return runStart(looked);
  return verb === 'exec' ? execStart(looked) : undefined;
}

/** What all starts have. */
function commonOf({ command, file, snapshot }: Looked, read: ReadFlags, from: number) {
  const { words, offset, folders } = command;
  const folder = folders.length === 1 ? folders[0] : undefined;
  const one = (...names: string[]): string | undefined => flagValues(read, ...names).at(-1);
  const [workingDir, user, entrypoint] = [one('--workdir', '-w'), one('--user', '-u'), one('--entrypoint')];
  const line = words.map(readable).join(' ').replace(/\s+/g, ' ');
  return {
    path: file.path,
    offset,
    kind: file.kind === 'docs' ? ('docs' as const) : ('machine' as const),
    said: line.length > LONGEST ? `${line.slice(0, LONGEST - 3)}...` : line,
    folder,
    mounts: startMounts(read, { snapshot, folder }),
    ...(workingDir === undefined ? {} : { workingDir }),
    ...(user === undefined ? {} : { user }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    environment: environmentOf(flagValues(read, '--env', '-e')),
    command: words.slice(from),
  };
}

/** `NAME=value`; a name alone is taken from whoever starts it. */
export const environmentOf = (pairs: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    pairs.map((pair) => {
      const [name = '', value] = pair.split(/=(.*)/s, 2);
      return [name, value ?? unknown(`$${name}`)];
    }),
  );

function runStart(looked: Looked): ContainerStart | undefined {
  const { words, open } = looked.command;
  const split = splitAt(words, looked.at, RUN_FLAGS);
  if (split === undefined) return undefined;
  const image = split.word;
  const isOpen = open.has(split.first);
  // where a variable holds flags, the image stands behind it, but nobody knows where
  const holdsFlags = isOpen && causes(image).some((cause) => HOLDS_FLAGS.test(cause));
  const container = flagValues(split.read, '--name').at(-1);
  const common = commonOf(looked, split.read, split.first + 1);
  return {
    ...common,
    form: 'run',
    isOpen,
    ...(holdsFlags ? { command: undefined } : { image }),
    ...(container === undefined ? {} : { container }),
  };
}

function execStart(looked: Looked): ContainerStart | undefined {
  const { words, open } = looked.command;
  const split = splitAt(words, looked.at, EXEC_FLAGS);
  if (split === undefined || split.first + 1 >= words.length) return undefined;
  return {
    ...commonOf(looked, split.read, split.first + 1),
    form: 'exec',
    isOpen: open.has(split.first),
    container: split.word,
  };
}

function composeStart(looked: Looked): ContainerStart | undefined {
  const { words, open, folders } = looked.command;
  const globals = splitAt(words, looked.at, COMPOSE_FLAGS);
  if (globals === undefined) return undefined;
  const verb = globals.word;
  if (verb !== 'run' && verb !== 'exec') return undefined;
  const split = splitAt(words, globals.first + 1, verb === 'run' ? COMPOSE_RUN_FLAGS : COMPOSE_EXEC_FLAGS);
  if (split === undefined) return undefined;
  if (verb === 'exec' && split.first + 1 >= words.length) return undefined;
  const named = flagValues(globals.read, '--file', '-f');
  const files = named.map((file) => (folders.length === 1 ? hostPlace(file, folders[0]!) : undefined));
  const isOpen = open.has(split.first);
  return {
    ...commonOf(looked, split.read, split.first + 1),
    form: verb === 'run' ? 'compose run' : 'compose exec',
    isOpen,
    ...(isOpen ? {} : { service: split.word }),
    ...(named.length === 0 ? {} : { composeFiles: files.filter((file) => file !== undefined) }),
  };
}
