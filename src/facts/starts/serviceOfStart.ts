// A container that a line of a script, Makefile, page or devcontainer.json starts, in the shape of a service of compose.

import type {
  BuildFacts,
  CommandFacts,
  ComposeValue,
  HookFacts,
  MountFacts,
  Origin,
  ServiceFacts,
} from '../compose/serviceFacts.ts';
import { knownValue } from '../piece.ts';
import { isKnown, readable } from '../values.ts';
import type { ContainerStart, StartMount } from './startShapes.ts';

type PieceOf = (text: string) => ComposeValue<string>;

/** Where such a line stands. */
const placeOfStart = ({ path, offset }: ContainerStart): Origin => ({ path, range: { start: offset, end: offset } });

const pieceOfStart =
  (origin: Origin): PieceOf =>
  (text) =>
    isKnown(text)
      ? { kind: 'known', value: text, assumed: false, origin }
      : { kind: 'unknown', cause: readable(text), origin };

/** The build of the image that the line starts. */
export function buildOfStart(start: ContainerStart, dockerfile: string): BuildFacts {
  const origin = placeOfStart(start);
  const target = start.starts?.target;
  return {
    context: { kind: 'unknown', cause: 'a line starts it' },
    dockerfile: { kind: 'inside', path: dockerfile },
    ...(target === undefined ? {} : { target: pieceOfStart(origin)(target) }),
    args: new Map(),
    additionalContexts: [],
    assumed: false,
    origin,
  };
}

/** What the line starts as a service, with what `hooks` run in it besides. */
export function serviceOfStart(
  start: ContainerStart,
  build: BuildFacts,
  hooks: readonly ContainerStart[],
): ServiceFacts {
  const origin = placeOfStart(start);
  const pieceFor = pieceOfStart(origin);
  return {
    name: start.said,
    files: [start.path],
    folder: start.folder ?? '',
    use: 'alone',
    origins: [origin],
    build,
    ...(start.workingDir === undefined ? {} : { workingDir: pieceFor(start.workingDir) }),
    ...(start.user === undefined ? {} : { user: pieceFor(start.user) }),
    ...(start.command === undefined || start.command.length === 0
      ? {}
      : { command: startedCommand(start.command, origin) }),
    ...(start.entrypoint === undefined
      ? {}
      : { entrypoint: startedCommand(start.entrypoint === '' ? [] : [start.entrypoint], origin) }),
    environment: startVariables(start, pieceFor),
    environmentOpen: [],
    envFiles: [],
    mounts: start.mounts.map((mount, index) => startMountFacts(mount, index, origin)),
    volumesFrom: [],
    readOnly: false,
    profiles: [],
    watch: [],
    hooks: hooks.map((hook) => hookOfStart(hook)),
    devcontainers: [],
    gaps: [],
  };
}

/** A service as `compose run` starts it: `line` says what is otherwise, and its mounts take the place of those at the same target. */
export function serviceRun(service: ServiceFacts, line: ServiceFacts): ServiceFacts {
  const {
    command = service.command,
    entrypoint = service.entrypoint,
    user = service.user,
    workingDir = service.workingDir,
  } = line;
  const build = service.build ?? line.build;
  const targets = new Set(line.mounts.map(({ target }) => knownValue(target)));
  return {
    ...service,
    ...(build === undefined ? {} : { build }),
    ...(command === undefined ? {} : { command }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(user === undefined ? {} : { user }),
    ...(workingDir === undefined ? {} : { workingDir }),
    environment: new Map([...service.environment, ...line.environment]),
    mounts: [...service.mounts.filter(({ target }) => !targets.has(knownValue(target))), ...line.mounts],
    hooks: line.hooks,
    devcontainers: [],
  };
}

const startVariables = (
  { environment }: ContainerStart,
  pieceFor: PieceOf,
): ReadonlyMap<string, ComposeValue<string>> =>
  new Map([...environment].map(([name, value]) => [name, pieceFor(value)]));

/** The words of a line as a command. */
function startedCommand(words: readonly string[], origin: Origin): CommandFacts {
  const known = words.map((word) => (isKnown(word) ? word : undefined));
  return { form: 'list', words: known, assumed: false, contents: [], origin };
}

/** The line as a command that runs in a container beside its process. */
export function hookOfStart(hook: ContainerStart): HookFacts {
  const origin = placeOfStart(hook);
  const pieceFor = pieceOfStart(origin);
  return {
    command: startedCommand(hook.command ?? [], origin),
    ...(hook.user === undefined ? {} : { user: pieceFor(hook.user) }),
    ...(hook.workingDir === undefined ? {} : { workingDir: pieceFor(hook.workingDir) }),
    environment: startVariables(hook, pieceFor),
  };
}

function startMountFacts({ target, source, readOnly }: StartMount, index: number, origin: Origin): MountFacts {
  return {
    target: isKnown(target)
      ? { kind: 'known', value: target, assumed: false, origin }
      : { kind: 'unknown', cause: readable(target), origin },
    source:
      source.kind === 'volume'
        ? { kind: 'volume', name: isKnown(source.name) ? source.name : undefined, external: true }
        : source,
    readOnly,
    noCopy: false,
    createHostPath: true,
    form: 'short',
    index,
    assumed: false,
    origin,
  };
}
