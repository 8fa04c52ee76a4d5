// Containers that lines of scripts, Makefiles, pages and devcontainer.json start, in the shape in which services are judged.

import type { ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { type Facts, isBelow } from '../../src/facts/facts.ts';
import { buildOfStart, serviceOfStart, serviceRun } from '../../src/facts/starts/serviceOfStart.ts';
import type { ContainerStart } from '../../src/facts/starts/startShapes.ts';
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
  const starts = facts.starts();
  return starts.flatMap((start) => {
    if (!MAKES_A_CONTAINER.has(start.form) || start.command === undefined) return [];
    if (start.mounts.length === 0 || !isBelow(start.path, facts.within ?? '')) return [];
    const dockerfile = facts.dockerfileAt(start.starts?.dockerfile ?? '');
    if (dockerfile === undefined || dockerfile.leftAlone !== undefined) return [];
    const hooks = start.form === 'create' ? starts.filter((o) => o.form === 'hook' && o.path === start.path) : [];
    const services = start.form === 'compose run' ? servicesOfStart(start, facts) : undefined;
    if (services?.length === 0) return [];
    const bound = boundStart({ start, hooks, dockerfile, facts, service: services?.[0] });
    return bound === undefined ? [] : [{ start, bound }];
  });
}

const MAKES_A_CONTAINER: ReadonlySet<ContainerStart['form']> = new Set(['run', 'create', 'compose run']);

/** The service that a line of compose starts, where it is the same in all files that have it. */
function servicesOfStart({ service: name, composeFiles = [] }: ContainerStart, facts: Facts): readonly ServiceFacts[] {
  const named = facts.compose.services.filter(
    (service) => service.name === name && composeFiles.every((file) => service.files.includes(file)),
  );
  const isSame = named.every(
    ({ gaps, volumesFrom }) => gaps.length === 0 && volumesFrom.length === 0 && named.length === 1,
  );
  return isSame ? named : [];
}

interface Starting {
  /** The service of compose that the line starts. */
  readonly service: ServiceFacts | undefined;
  readonly start: ContainerStart;
  readonly hooks: readonly ContainerStart[];
  readonly dockerfile: DockerfileFacts;
  readonly facts: Facts;
}

function boundStart({ start, hooks, dockerfile, facts, service: ofCompose }: Starting): BoundService | undefined {
  const build = buildOfStart(start, dockerfile.path);
  const stage = stageOfBuild(build, dockerfile);
  if (stage === undefined) return undefined;
  const line = serviceOfStart(start, build, hooks);
  const { name, files, folder, use, origins } = line;
  const service =
    ofCompose === undefined ? line : { ...serviceRun(ofCompose, line), build, name, files, folder, use, origins };
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
