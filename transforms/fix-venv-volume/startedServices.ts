// Containers that lines of scripts, Makefiles, pages and devcontainer.json start, in the shape in which services are judged.

import { type DockerfileFacts, type Facts, isBelow } from '../../src/facts/facts.ts';
import { buildOfStart, serviceOfStart } from '../../src/facts/starts/serviceOfStart.ts';
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
  const build = buildOfStart(start, dockerfile.path);
  const stage = stageOfBuild(build, dockerfile);
  if (stage === undefined) return undefined;
  const service = serviceOfStart(start, build, hooks);
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
