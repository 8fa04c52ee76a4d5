// Finds the images and services that a set of fixes reaches, and how each is built and started before and after.

import { composeLoader } from '../facts/compose/composeLoad.ts';
import type { ServiceFacts } from '../facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../facts/dockerfileFacts.ts';
import type { Facts } from '../facts/facts.ts';
import { imageFacts, stageNamed } from '../facts/image.ts';
import { neededStages } from '../facts/rebuild.ts';
import { isKnown } from '../facts/values.ts';
import { parseDockerfile } from '../parse/dockerfile/dockerfile.ts';
import { isDockerName } from '../text/dockerNames.ts';
import { hostNeeds, otherSettings, startOf } from './serviceStart.ts';
import type { BuildPlan, ProofPlan, SidePlan, StartPlan, Subject } from './subjects.ts';
import { codeFileOf, takesPath, usualPlaces } from './trialPlaces.ts';

export interface PlanOptions {
  /** Build arguments and target that the user gave. */
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly target?: string;
  readonly network?: string;
  /** Paths that the fixes change. */
  readonly changed: readonly string[];
}

interface NamedSide {
  readonly kind: Subject['kind'];
  readonly name: string;
  readonly side: SidePlan | string;
  /** Files that decide over it. */
  readonly paths: readonly string[];
  readonly dockerfile?: DockerfileFacts;
  /** Of compose. */
  readonly service?: string;
  /** Text of the stages that it needs, for one that nobody builds here: only a change in them is to be looked at. */
  readonly scope?: string;
}

/**
 * What has to be proven. `before`, `after`: facts of both sides; what differs between them is a subject, and so is a changed file
 * that nothing built here stands on.
 */
export function planProof(before: Facts, after: Facts, options: PlanOptions): ProofPlan {
  const old = sidesOf(before, options);
  const subjects: Subject[] = [];
  const planted = new Set<string>();
  const changed = new Set(options.changed);
  const unused = new Set(options.changed);
  const sides = sidesOf(after, options);
  // What says how something is built or started is no content, also where it is copied.
  const told = new Set([...old.values(), ...sides.values()].flatMap(({ paths }) => paths));
  const content = options.changed.filter((path) => !told.has(path) && !isDockerName(path));
  for (const [key, { kind, name, side, paths }] of old) {
    for (const path of paths) unused.delete(path);
    if (sides.has(key) || typeof side === 'string') continue;
    subjects.push({ kind, name, before: side, reachedBy: paths.filter((path) => changed.has(path)) });
  }
  for (const [key, now] of sides) {
    for (const path of now.paths) unused.delete(path);
    const was = old.get(key);
    const isCannot = typeof was?.side === 'string' || typeof now.side === 'string';
    const taken = isCannot ? [] : content.filter((path) => takesPath(now.side as SidePlan, path));
    for (const path of taken) unused.delete(path);
    if (was && !isCannot && taken.length === 0 && sameSide(was.side, now.side)) continue;
    if (was?.scope !== undefined && was.scope === now.scope && taken.length === 0) continue;
    const { kind, name } = now;
    const reachedBy = [...now.paths.filter((path) => changed.has(path)), ...taken];
    const cannot = [was?.side, now.side].find((side) => typeof side === 'string');
    if (typeof cannot === 'string') {
      if (reachedBy.length > 0) subjects.push({ kind, name, cannot, reachedBy });
      continue;
    }
    const side = now.side as SidePlan;
    const codeFile = now.dockerfile && was?.dockerfile && codeFileOf(was.dockerfile, now.dockerfile, side, after);
    subjects.push({
      kind,
      name,
      ...(now.service === undefined ? {} : { service: now.service }),
      ...(was ? { before: was.side as SidePlan } : {}),
      after: side,
      reachedBy,
      ...(codeFile === undefined ? {} : { codeFile }),
    });
    for (const place of usualPlaces(side, now.dockerfile, after)) planted.add(place);
  }
  for (const path of unused)
    subjects.push({
      ...{ kind: 'image', name: path, reachedBy: [path] },
      cannot: 'Which image or service stands on it is not known.',
    });
  return { subjects: oncePerStart(subjects), planted: [...planted].sort() };
}

/** The instructions of a Dockerfile that say what starts, and what a service says instead. */
const programOf = ({ syntax }: DockerfileFacts, start?: StartPlan): string =>
  JSON.stringify([
    syntax.instructions.flatMap(({ keyword, logical }) => (/^(?:CMD|ENTRYPOINT)$/.test(keyword) ? [logical.text] : [])),
    start?.entrypoint,
    start?.command,
  ]);

const comparable = (side: SidePlan | string): string =>
  JSON.stringify(side, (_, value: unknown) => (value instanceof Map ? [...value] : value));

const sameSide = (one: SidePlan | string, other: SidePlan | string): boolean => comparable(one) === comparable(other);

/** Services that several combinations of files start in the same way are one. */
function oncePerStart(subjects: readonly Subject[]): Subject[] {
  const seen = new Set<string>();
  return subjects.filter(({ kind, name, before, after, cannot }) => {
    const own = kind === 'service' && cannot === undefined ? name.replace(/ \([^)]*\)$/, '') : name;
    const key = JSON.stringify([kind, own, cannot, before && comparable(before), after && comparable(after)]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Images and services of one side, by a key that is the same on both. */
function sidesOf(facts: Facts, options: PlanOptions): Map<string, NamedSide> {
  const sides = new Map<string, NamedSide>();
  const loader = composeLoader(facts.snapshot);
  for (const dockerfile of facts.dockerfiles) {
    const plans: (BuildPlan | string)[] =
      dockerfile.services.length > 0
        ? dockerfile.services.map((service) => serviceBuild(service, dockerfile, facts, options))
        : [plainBuild(dockerfile, facts, options)];
    for (const build of plans) {
      const target = typeof build === 'string' || build.target === undefined ? '' : ` (target ${build.target})`;
      const name = `${dockerfile.path}${target}`;
      const args = typeof build === 'string' ? [] : [...build.args, build.context];
      const side = typeof build === 'string' ? build : { build, program: programOf(dockerfile) };
      sides.set(JSON.stringify(['image', name, args]), {
        kind: 'image',
        name,
        side,
        paths: pathsOf(dockerfile),
        dockerfile,
      });
    }
    // Who names a target wants to see that one.
    const others = options.target === undefined ? otherStages(dockerfile, plans) : [];
    for (const other of others) sides.set(JSON.stringify(['stage', other.name]), other);
  }
  for (const service of facts.compose.services) {
    const dockerfile = dockerfileOf(service, facts);
    if (!dockerfile) continue;
    const key = JSON.stringify(['service', service.files, service.name]);
    const name = `${service.name} (${service.files.join(' + ')})`;
    const side = serviceSide(service, dockerfile, { facts, loader, options });
    const paths = [...pathsOf(dockerfile), ...filesOfService(service)];
    sides.set(key, { kind: 'service', name, service: service.name, side, paths, dockerfile });
  }
  return sides;
}

/** The stages at the end of a line that none of these builds needs: builders leave them out. */
function otherStages(dockerfile: DockerfileFacts, plans: readonly (BuildPlan | string)[]): NamedSide[] {
  const [first] = plans.filter((plan) => typeof plan !== 'string');
  if (!first) return [];
  const { stages } = dockerfile.image;
  const built = new Set<number>();
  for (const plan of plans) {
    const target =
      typeof plan === 'string' || plan.target === undefined ? undefined : stageNamed(dockerfile.image, plan.target);
    for (const stage of neededStages(dockerfile, target)) built.add(stage);
  }
  const open = stages.filter(({ index }) => !built.has(index));
  const below = new Set(
    open.flatMap(({ index }) => [...neededStages(dockerfile, index)].filter((one) => one !== index)),
  );
  return open
    .filter(({ index }) => !below.has(index))
    .map((stage): NamedSide => {
      const target = stage.name ?? String(stage.index);
      const own = [...neededStages(dockerfile, stage.index)].sort((a, b) => a - b).map((one) => stages[one]!);
      const scope = own.map(({ from, instructions }) =>
        [from, ...instructions].map(({ logical }) => logical.text).join('\n'),
      );
      return {
        kind: 'image',
        name: `${dockerfile.path} (stage ${target})`,
        side: { build: { ...first, target }, program: programOf(dockerfile) },
        paths: pathsOf(dockerfile),
        dockerfile: dockerfile,
        scope: scope.join('\n\n'),
      };
    });
}

const pathsOf = ({ path, context }: DockerfileFacts): string[] => [
  path,
  `${path}.dockerignore`,
  context.ignorePath ?? '.dockerignore',
];

/** Its own files, and those that pieces of it came from by `extends`. */
const filesOfService = ({ files, origins, mounts, build }: ServiceFacts): string[] => [
  ...files,
  ...[...origins, ...mounts.map(({ origin }) => origin), ...(build ? [build.origin] : [])].map(({ path }) => path),
];

interface Planning {
  readonly facts: Facts;
  readonly loader: ReturnType<typeof composeLoader>;
  readonly options: PlanOptions;
}

function serviceSide(
  service: ServiceFacts,
  dockerfile: DockerfileFacts,
  { facts, loader, options }: Planning,
): SidePlan | string {
  const loaded = loader.load(service.files, service.folder).services.get(service.name);
  const needs = hostNeeds(loaded, options.network);
  if (needs.length > 0) return `It asks for ${needs.join(', ')}, which a proof never gives.`;
  const builder = service.build ? service : builderOf(service, facts);
  if (!builder) return 'The image that it starts is not built here.';
  const build = serviceBuild(builder, dockerfile, facts, options);
  if (typeof build === 'string') return build;
  const start = startOf(service);
  if (typeof start === 'string') return `It is not started: ${start}.`;
  return {
    ...{ build, start, program: programOf(dockerfile, start) },
    ...(loaded ? { settings: otherSettings(loaded) } : {}),
  };
}

/** The service that builds the image which this one names. */
function builderOf(service: ServiceFacts, facts: Facts): ServiceFacts | undefined {
  const { image } = service;
  if (image?.kind !== 'known') return undefined;
  return facts.compose.services.find(
    (other) => other.build && other.image?.kind === 'known' && other.image.value === image.value,
  );
}

function dockerfileOf(service: ServiceFacts, facts: Facts): DockerfileFacts | undefined {
  const place = (service.build ? service : builderOf(service, facts))?.build?.dockerfile;
  return place?.kind === 'inside' ? facts.dockerfiles.find(({ path }) => path === place.path) : undefined;
}

function plainBuild(dockerfile: DockerfileFacts, facts: Facts, options: PlanOptions): BuildPlan | string {
  const { folder, reason } = dockerfile.context;
  if (folder === undefined) return `Its build context is not known: ${reason}. Name it under \`contexts\`.`;
  return buildIn(dockerfile, facts, { context: folder, args: options.buildArgs, target: options.target });
}

function serviceBuild(
  service: ServiceFacts,
  dockerfile: DockerfileFacts,
  facts: Facts,
  options: PlanOptions,
): BuildPlan | string {
  const { build } = service;
  if (build?.context.kind !== 'inside') return 'Its build context is not a folder of the repository.';
  if (build.additionalContexts.length > 0) return 'It has additional build contexts.';
  const args = new Map<string, string>();
  for (const [name, piece] of build.args) if (piece.kind === 'known') args.set(name, piece.value);
  for (const [name, value] of options.buildArgs) args.set(name, value);
  if (build.target && build.target.kind === 'unknown') return `Its build target is not known (${build.target.cause}).`;
  const target = build.target?.value ?? options.target;
  return buildIn(dockerfile, facts, { context: build.context.path, args, target: target === '' ? undefined : target });
}

interface In {
  readonly context: string;
  readonly args: ReadonlyMap<string, string>;
  readonly target: string | undefined;
}

function buildIn(dockerfile: DockerfileFacts, { snapshot }: Facts, { context, args, target }: In): BuildPlan | string {
  const kind = snapshot.paths.get(dockerfile.path);
  if (kind !== 'file' && kind !== 'executable') return 'Its Dockerfile is not a plain file.';
  // The facts take an ARG for open; here it is known what is given.
  const image = imageFacts(parseDockerfile(dockerfile.text), { buildArgs: args });
  const stage = target === undefined ? image.stages.length - 1 : stageNamed(image, target);
  const base = stage === undefined ? undefined : image.stages[stage]?.base.ref;
  const own = `${dockerfile.path}.dockerignore`;
  const ignorePath = snapshot.paths.has(own) ? own : context === '' ? '.dockerignore' : `${context}/.dockerignore`;
  const ignoreText = snapshot.read(ignorePath);
  return {
    dockerfile: dockerfile.path,
    text: dockerfile.text,
    context,
    ...(ignoreText === undefined ? {} : { ignoreText }),
    ...(target === undefined ? {} : { target }),
    args,
    ...(base !== undefined && isKnown(base) && base !== 'scratch' ? { base } : {}),
  };
}
