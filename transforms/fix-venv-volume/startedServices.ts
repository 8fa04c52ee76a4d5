// Containers that lines of scripts, Makefiles, pages and devcontainer.json start, in the shape in which services are judged.

import type {
  BuildFacts,
  CommandFacts,
  ComposeValue,
  HookFacts,
  MountFacts,
  Origin,
  ServiceFacts,
} from '../../src/facts/compose/serviceFacts.ts';
import { type DockerfileFacts, type Facts, isBelow } from '../../src/facts/facts.ts';
import type { ContainerStart, StartMount } from '../../src/facts/starts/startShapes.ts';
import { isKnown, readable } from '../../src/facts/values.ts';
import { stageOfBuild } from './serviceBuilds.ts';
import type { BoundService } from './venvUse.ts';

/** A line that starts a container, and that container as a service. */
export interface StartedService {
  readonly start: ContainerStart;
  readonly bound: BoundService;
}

/** Of nobody else: no compose file starts other services beside it. */
const ALONE: BoundService['beside'] = {
  takers: new Map(),
  filled: new Set(),
  passing: new Set(),
  installers: new Map(),
  programs: new Map(),
};

/** The containers whose mounts the line itself names, and whose Dockerfile is known and can be read. */
export function startedServices(facts: Facts): StartedService[] {
  const files = new Map(facts.dockerfiles.map((dockerfile) => [dockerfile.path, dockerfile]));
  const starts = facts.starts();
  return starts.flatMap((start) => {
    if ((start.form !== 'run' && start.form !== 'create') || start.command === undefined) return [];
    if (start.mounts.length === 0 || !isBelow(start.path, facts.within ?? '')) return [];
    const dockerfile = files.get(start.starts?.dockerfile ?? '');
    if (dockerfile === undefined || dockerfile.leftAlone !== undefined) return [];
    const hooks = start.form === 'create' ? starts.filter((o) => o.form === 'hook' && o.path === start.path) : [];
    const bound = boundStart({ start, hooks, dockerfile, facts });
    return bound === undefined ? [] : [{ start, bound }];
  });
}

interface Starting {
  readonly start: ContainerStart;
  readonly hooks: readonly ContainerStart[];
  readonly dockerfile: DockerfileFacts;
  readonly facts: Facts;
}

function boundStart({ start, hooks, dockerfile, facts }: Starting): BoundService | undefined {
  const origin: Origin = { path: start.path, range: { start: start.offset, end: start.offset } };
  const pieceFor = (text: string): ComposeValue<string> =>
    isKnown(text)
      ? { kind: 'known', value: text, assumed: false, origin }
      : { kind: 'unknown', cause: readable(text), origin };
  const target = start.starts?.target;
  const build: BuildFacts = {
    context: { kind: 'unknown', cause: 'a line starts it' },
    dockerfile: { kind: 'inside', path: dockerfile.path },
    ...(target === undefined ? {} : { target: pieceFor(target) }),
    args: new Map(),
    additionalContexts: [],
    assumed: false,
    origin,
  };
  const stage = stageOfBuild(build, dockerfile);
  if (stage === undefined) return undefined;
  const service: ServiceFacts = {
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
    hooks: hooks.map((hook) => startHook(hook, pieceFor, origin)),
    devcontainers: [],
    gaps: [],
  };
  const own = dockerfile.startedBy(service);
  return {
    service,
    dockerfile,
    stage,
    own,
    files: own.trace.stages[stage]!.files,
    events: own.trace.events.filter((e) => e.service === service.name && e.when === 'runtime'),
    build,
    beside: ALONE,
    snapshot: facts.snapshot,
  };
}

const startVariables = (
  { environment }: ContainerStart,
  pieceFor: (text: string) => ComposeValue<string>,
): ReadonlyMap<string, ComposeValue<string>> =>
  new Map([...environment].map(([name, value]) => [name, pieceFor(value)]));

function startedCommand(words: readonly string[], origin: Origin): CommandFacts {
  const known = words.map((word) => (isKnown(word) ? word : undefined));
  return { form: 'list', words: known, assumed: false, contents: [], origin };
}

function startHook(hook: ContainerStart, pieceFor: (text: string) => ComposeValue<string>, origin: Origin): HookFacts {
  return {
    command: hook.command === undefined ? undefined : startedCommand(hook.command, origin),
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
