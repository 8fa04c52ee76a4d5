// Lines of scripts, Makefiles, workflows and pages that run something in a container of an image: `docker exec`, `docker run`, compose's own.

import type { BuildFacts, ServiceFacts } from '../compose/serviceFacts.ts';
import { type Facts, isBelow } from '../facts.ts';
import { stageNamed } from '../image.ts';
import type { ImageView } from '../imageView.ts';
import type { Reread } from '../textReadings.ts';
import { isRun, type RunEvent } from '../trace/events.ts';
import { buildOfStart, hookOfStart, serviceOfStart, serviceRun } from './serviceOfStart.ts';
import type { ContainerStart } from './startShapes.ts';

/** What a line runs in one container. */
export interface Entering {
  readonly start: ContainerStart;
  readonly events: readonly RunEvent[];
  /** The image with the service that the container is. */
  readonly view: ImageView;
  /** What the container's own process does is not all known: it may install. */
  readonly isOpen: boolean;
}

/** What those of `starts` run that are for this image; a line for a service of several compose files comes once for each of them. */
export function enteringOf(view: ImageView, facts: Facts, starts: readonly ContainerStart[]): Entering[] {
  const asked = starts.filter(
    (start) => (start.command?.length ?? 0) > 0 && !start.isOpen && isOfImage(start, view, facts),
  );
  const visits = new Map<ServiceFacts, ContainerStart[]>();
  const found: Entering[] = [];
  for (const start of asked) {
    const build = buildOfStart(start, view.dockerfile.path);
    if (start.form === 'run') {
      found.push(...inContainer(serviceOfStart(start, build, []), [start], view));
      continue;
    }
    const run = facts.starts().find(({ form, container }) => form === 'run' && container === start.container);
    const services = start.service === undefined ? [] : startedOf(start, facts);
    if (start.form === 'compose run')
      for (const service of services)
        found.push(...inContainer(serviceRun(service, serviceOfStart(start, build, [])), [start], view));
    else if (start.service !== undefined)
      for (const service of services) visits.set(service, [...(visits.get(service) ?? []), start]);
    else if (run !== undefined) found.push(...inContainer(serviceOfStart(run, build, [start]), [start], view));
  }
  for (const [service, lines] of visits) {
    const build: BuildFacts = service.build ?? buildOfStart(lines[0]!, view.dockerfile.path);
    found.push(...inContainer({ ...service, build, hooks: lines.map(hookOfStart), devcontainers: [] }, lines, view));
  }
  return found;
}

const FORMS: readonly ContainerStart['form'][] = ['run', 'exec', 'compose run', 'compose exec'];

function isOfImage({ form, path, starts }: ContainerStart, { dockerfile, target }: ImageView, facts: Facts): boolean {
  if (!FORMS.includes(form) || starts?.dockerfile !== dockerfile.path || !isBelow(path, facts.within ?? ''))
    return false;
  const { image } = dockerfile;
  return (starts.target === undefined ? image.stages.at(-1)?.index : stageNamed(image, starts.target)) === target;
}

const startedOf = ({ service, composeFiles = [] }: ContainerStart, { compose }: Facts): ServiceFacts[] =>
  compose.services.filter(({ name, files }) => name === service && composeFiles.every((file) => files.includes(file)));

/** What lines run in a container of a service: as its process, or beside it where they are its hooks. */
function inContainer(service: ServiceFacts, lines: readonly ContainerStart[], { dockerfile, target }: ImageView) {
  const own: Reread = dockerfile.startedBy(service);
  const view: ImageView = { dockerfile: { ...dockerfile, ...own, services: [service] }, target };
  const events = own.trace.events
    .filter(isRun)
    .filter((event) => event.service === service.name && event.stage === target && event.when === 'runtime');
  // one line may install what another one needs
  if (service.hooks.length > 0 && events.some(installsElsewhere)) return [];
  const ownStart = events.filter(({ hook }) => hook === undefined);
  return lines.map((start, n): Entering => {
    const isHook = service.hooks.length > 0;
    const isOpen = isHook && ownStart.some(({ what, opaque }) => what === 'unknown' || opaque !== undefined);
    return { start, events: isHook ? events.filter(({ hook }) => hook === n) : ownStart, view, isOpen };
  });
}

const installsElsewhere = ({ install }: RunEvent): boolean =>
  install !== undefined && !install.toolsOnly && install.target.kind !== 'environment';
