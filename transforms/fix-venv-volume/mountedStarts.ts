// How services start with the files that their mounts bring, also from images that nobody builds here.

import { configuredBase } from '../../src/facts/baseImages/baseImages.ts';
import type { HookFacts, Origin, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import { wholeStart } from '../../src/facts/compose/serviceStarts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { imageFacts } from '../../src/facts/image.ts';
import type { ContainerStart } from '../../src/facts/starts/startShapes.ts';
import { contextReader } from '../../src/facts/textReadings.ts';
import type { Trace } from '../../src/facts/trace/input.ts';
import { traceOf } from '../../src/facts/trace/trace.ts';
import { isKnown } from '../../src/facts/values.ts';
import { parseDockerfile } from '../../src/parse/dockerfile/dockerfile.ts';
import { buildOfImage, buildsByImage, concernedServices, stageOfBuild } from './serviceBuilds.ts';
import { mountedFile } from './venvUse.ts';

/** A service with what is known to happen in its container, mounted files read. */
export interface MountedStart {
  readonly service: ServiceFacts;
  readonly trace: Trace;
  readonly stage: number;
  /** Lines of scripts and pages that run something in it, in the order of its hooks' ends. */
  readonly visits: readonly ContainerStart[];
}

/** Services that mount folders of the repository, and whose image is known. */
export function mountedStarts(facts: Facts): MountedStart[] {
  const tagged = buildsByImage(facts.compose.services);
  return concernedServices(facts).flatMap((own) => {
    if (!own.mounts.some(({ source }) => source.kind === 'bind' && source.place.kind === 'inside')) return [];
    const visits = facts.starts().filter((start) => isVisit(start, own));
    const service: ServiceFacts = { ...own, hooks: [...own.hooks, ...visits.map(visitHook)] };
    const build = own.build ?? buildOfImage(own, tagged);
    if (build === undefined) {
      const trace = traceOfImage(service, facts);
      return trace === undefined ? [] : [{ service, trace, stage: 0, visits }];
    }
    const dockerfile = build.dockerfile?.kind === 'inside' ? facts.dockerfileAt(build.dockerfile.path) : undefined;
    if (dockerfile === undefined || dockerfile.leftAlone !== undefined) return [];
    const stage = stageOfBuild(build, dockerfile);
    if (stage === undefined) return [];
    return [{ service, trace: traceOfBuild({ ...service, build }, dockerfile, facts), stage, visits }];
  });
}

/** Is it a command that somebody runs in a container of the service? */
const isVisit = ({ form, service, composeFiles, command }: ContainerStart, { name, files }: ServiceFacts): boolean =>
  (form === 'compose exec' || form === 'compose run') &&
  service === name &&
  (command?.length ?? 0) > 0 &&
  (composeFiles ?? []).every((file) => files.includes(file));

function visitHook(start: ContainerStart): HookFacts {
  const origin: Origin = { path: start.path, range: { start: start.offset, end: start.offset } };
  const words = start.command?.map((word) => (isKnown(word) ? word : undefined));
  return {
    command: { form: 'list', words, assumed: false, contents: [], origin },
    ...(start.workingDir !== undefined && isKnown(start.workingDir)
      ? { workingDir: { kind: 'known', value: start.workingDir, assumed: false, origin } }
      : {}),
    environment: new Map(),
  };
}

function traceOfBuild(service: ServiceFacts, dockerfile: DockerfileFacts, { snapshot }: Facts): Trace {
  const { path, text, context } = dockerfile;
  const { syntax, image } = dockerfile.startedBy(service);
  return traceOf({
    path,
    syntax,
    image,
    text,
    ignored: context.ignored,
    ...contextReader(context.folder, snapshot),
    services: wholeStart(service, image),
    mountedAt: (at) => mountedFile(at, { service, snapshot }),
  });
}

/** Of an image by its name: its base and nothing more. */
function traceOfImage(service: ServiceFacts, { snapshot, settings }: Facts): Trace | undefined {
  if (service.image?.kind !== 'known' || /\s/.test(service.image.value)) return undefined;
  const text = `FROM ${service.image.value}\n`;
  const syntax = parseDockerfile(text);
  const image = imageFacts(syntax, { base: (ref) => configuredBase(ref, settings.bases) });
  if (image.stages.length !== 1) return undefined;
  return traceOf({
    path: '',
    syntax,
    image,
    text,
    ignored: () => false,
    ...contextReader(undefined, snapshot),
    services: wholeStart(service, image),
    mountedAt: (at) => mountedFile(at, { service, snapshot }),
  });
}
