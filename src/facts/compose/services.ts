// The services of every compose file of a repository, merged, interpolated and resolved as compose would.

import type { Snapshot } from '../../model.ts';
import { commandWords } from '../../parse/compose/commandWords.ts';
import { type NamedVolume, readNamedVolumes } from '../../parse/compose/compose.ts';
import { readService } from '../../parse/compose/composeService.ts';
import { flagOf } from '../../parse/compose/composeVolume.ts';
import type { BuildSyntax, CommandSyntax } from '../../parse/compose/serviceSyntax.ts';
import { childOf, type MapNode, type ScalarNode } from '../../parse/compose/yamlNodes.ts';
import { type Memo, newMemory, remember } from '../memo.ts';
import { fromCaller, originOf, pieceOf, unknownReason } from '../piece.ts';
import { type RepositoryPlace, resolvePlace } from '../repositoryPlace.ts';
import { type Combination, composeFiles } from './composeFiles.ts';
import { composeLoader, type LoadedProject } from './composeLoad.ts';
import { type Issue, type LoadedService, printablePath } from './composeSources.ts';
import { withDevcontainers } from './devcontainers.ts';
import { readEnvironment } from './serviceEnvironment.ts';
import type { BuildFacts, CommandFacts, ComposeValue, Origin, ServiceFacts } from './serviceFacts.ts';
import { mountsOfService, type VolumesInReach } from './serviceMounts.ts';

/** Services and what could not be read, of one snapshot. */
export interface ComposeFacts {
  readonly services: readonly ServiceFacts[];
  /** Paths of the compose files, also of those without services. */
  readonly files: readonly string[];
  readonly issues: readonly Issue[];
}

/**
 * Every service of every combination in which the repository's compose files are used (composeFiles.ts). The same service
 * may come several times, with other `files`. Never throws; what cannot be known says why.
 */
export function composeServices(snapshot: Snapshot): ServiceFacts[] {
  return [...readCompose(snapshot).services];
}

/** As `composeServices`, with the files and problems. With a memory, the services of files that stay the same are the same objects. */
export function readCompose(
  snapshot: Snapshot,
  memo: Memo = { memory: newMemory(), snapshot, changed: undefined },
): ComposeFacts {
  const loader = composeLoader(snapshot, memo.memory.texts);
  const found = composeFiles(snapshot, loader);
  const services: ServiceFacts[] = [];
  const issues: Issue[] = [...found.issues];
  const said = new Set<string>();
  for (const combination of found.combinations) {
    const project = remember(memo, `compose ${JSON.stringify(combination)}`, (seen) =>
      oneProject(seen, combination, memo),
    );
    for (const issue of project.issues) {
      const key = `${issue.path}\n${issue.offset}\n${issue.message}`;
      if (said.has(key)) continue;
      said.add(key);
      issues.push(issue);
    }
    services.push(...project.services);
  }
  return { services: withDevcontainers(services, snapshot), files: found.files, issues };
}

function oneProject(
  snapshot: Snapshot,
  combination: Combination,
  { memory }: Memo,
): Pick<ComposeFacts, 'services' | 'issues'> {
  const loader = composeLoader(snapshot, memory.texts);
  const project = loader.load(combination.files, combination.folder);
  const services = servicesOf(snapshot, project, combination, (path, name) =>
    placeOfService(loader.syntax(path)?.root, path, name),
  );
  return { services, issues: project.issues };
}

/** The services of one loaded project; `originOf` finds a service's own place in a file, or undefined. */
export function servicesOf(
  snapshot: Snapshot,
  project: LoadedProject,
  combination: Combination,
  originOf: (path: string, name: string) => Origin | undefined,
): ServiceFacts[] {
  const volumes = new Map<string, NamedVolume>();
  const node: MapNode = {
    kind: 'map',
    flow: false,
    entries: project.volumes,
    resets: new Set(),
    range: { start: 0, end: 0 },
  };
  const folders = new Map<string, string>();
  for (const volume of readNamedVolumes(node)) {
    volumes.set(volume.name, volume);
    folders.set(volume.name, project.volumes.get(volume.name)?.value.source?.folder ?? combination.folder);
  }
  const context: ComposeReading = { snapshot, project, folder: combination.folder, volumes, volumeFolders: folders };
  const found: ServiceFacts[] = [];
  for (const service of project.services.values()) {
    const origins = combination.files
      .map((path) => originOf(path, service.name))
      .filter((origin) => origin !== undefined);
    found.push(oneService(service, context, combination, origins));
  }
  return found;
}

interface ComposeReading extends VolumesInReach {
  readonly project: LoadedProject;
  readonly folder: string;
}

function placeOfService(root: MapNode | undefined, path: string, name: string): Origin | undefined {
  const services = root ? childOf(root, 'services') : undefined;
  const entry = services?.kind === 'map' ? services.entries.get(name) : undefined;
  if (!entry) return undefined;
  const shared = entry.value.shared ?? services?.shared;
  return { path, range: entry.keyRange, service: name, ...(shared ? { shared } : {}) };
}

function oneService(
  service: LoadedService,
  context: ComposeReading,
  combination: Combination,
  origins: readonly Origin[],
): ServiceFacts {
  const syntax = readService(service.name, service.nameRange, service.node);
  const { image, user, workingDir, containerName } = syntax;
  const command = syntax.command ? commandFacts(syntax.command) : undefined;
  const entrypoint = syntax.entrypoint ? commandFacts(syntax.entrypoint) : undefined;
  const environment = readEnvironment(syntax, context.snapshot, context.project.environment.lookup);
  return {
    name: service.name,
    files: combination.files,
    folder: combination.folder,
    use: combination.use,
    origins,
    ...(syntax.build ? { build: buildFacts(syntax.build, service.node, context) } : {}),
    ...(image ? { image: pieceOf(image) } : {}),
    ...(workingDir ? { workingDir: pieceOf(workingDir) } : {}),
    ...(containerName ? { containerName: pieceOf(containerName) } : {}),
    ...(user ? { user: pieceOf(user) } : {}),
    ...(command ? { command } : {}),
    ...(entrypoint ? { entrypoint } : {}),
    environment: environment.values,
    environmentOpen: environment.open,
    envFiles: environment.files,
    mounts: mountsOfService(syntax, context),
    volumesFrom: syntax.volumesFrom.map((scalar) => printablePath(scalar.text)),
    readOnly: flagOf(syntax.readOnly, { absent: false }),
    profiles: syntax.profiles.map(pieceOf),
    watch: syntax.watch.map((entry) => ({
      action: entry.action ? pieceOf(entry.action) : undefined,
      path: entry.path ? buildPlace(entry.path, context.snapshot) : { kind: 'unknown', cause: 'no path is given' },
      target: entry.target ? pieceOf(entry.target) : undefined,
      ignore: entry.ignore.map((scalar) => scalar.text),
    })),
    hooks: syntax.hooks.map((hook) => ({
      command: hook.command ? commandFacts(hook.command) : undefined,
      ...(hook.user ? { user: pieceOf(hook.user) } : {}),
      ...(hook.workingDir ? { workingDir: pieceOf(hook.workingDir) } : {}),
      environment: new Map(
        hook.environment.flatMap(({ key, value }) => (value ? [[key, pieceOf(value)] as const] : [])),
      ),
    })),
    devcontainers: [],
    gaps: [...context.project.gaps, ...service.gaps, ...syntax.odd.map((odd) => odd.message)],
  };
}

function buildPlace(scalar: ScalarNode, snapshot: Snapshot): RepositoryPlace {
  if (scalar.unknown !== undefined) return { kind: 'unknown', cause: scalar.unknown };
  return resolvePlace(snapshot, scalar.text, scalar.source?.folder);
}

function commandFacts(syntax: CommandSyntax): CommandFacts {
  const assumed = syntax.parts.some((part) => part.assumed === true);
  const contents = syntax.parts.map((part) => part.content);
  const first = syntax.parts[0];
  const origin = first ? { ...originOf(first), range: syntax.range } : { path: '', range: syntax.range };
  const common = { form: syntax.form, assumed, contents, origin };
  if (syntax.form === 'list') {
    return {
      ...common,
      words: syntax.parts.map((part) => (unknownReason(part) === undefined ? part.text : undefined)),
    };
  }
  const reason = first ? unknownReason(first) : 'there is no text';
  if (!first || reason !== undefined) return { ...common, words: undefined, reason: reason ?? '' };
  const words = commandWords(first.text);
  return words
    ? { ...common, words }
    : { ...common, words: undefined, reason: 'compose cannot split the text into words' };
}

const REMOTE = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@|service:)|:\/\//;

function buildFacts(build: BuildSyntax, service: MapNode, context: ComposeReading): BuildFacts {
  const { snapshot } = context;
  const text = build.context?.text ?? '.';
  const place: RepositoryPlace = !build.context
    ? { kind: 'inside', path: context.folder }
    : REMOTE.test(text)
      ? { kind: 'remote', text }
      : buildPlace(build.context, snapshot);
  const dockerfile = build.dockerfileInline ? undefined : dockerfilePlace(build.dockerfile, place, snapshot);
  const args = new Map<string, ComposeValue<string>>();
  const origin = build.context ?? build.dockerfile;
  const whole: Origin = origin
    ? { ...originOf(origin), range: build.range }
    : originOf(childOf(service, 'build') ?? service, build.range);
  const { lookup } = context.project.environment;
  for (const { key, range, value } of build.args)
    args.set(key, value ? pieceOf(value) : fromCaller(key, lookup, { ...whole, range }));
  return {
    context: place,
    dockerfile,
    ...(build.dockerfileInline ? { inline: pieceOf(build.dockerfileInline) } : {}),
    ...(build.target ? { target: pieceOf(build.target) } : {}),
    ...(build.network ? { network: pieceOf(build.network) } : {}),
    args,
    additionalContexts: build.additionalContexts.map((entry) => entry.key),
    assumed: build.context?.assumed === true || build.dockerfile?.assumed === true,
    origin: whole,
  };
}

/** Relative to the build context, out of which it may lead. */
function dockerfilePlace(
  dockerfile: ScalarNode | undefined,
  context: RepositoryPlace,
  snapshot: Snapshot,
): RepositoryPlace {
  if (dockerfile?.unknown !== undefined) return { kind: 'unknown', cause: dockerfile.unknown };
  const text = dockerfile?.text ?? 'Dockerfile';
  if (context.kind === 'unknown') return { kind: 'unknown', cause: 'the build context is unknown' };
  if (context.kind === 'remote') return { kind: 'remote', text };
  return resolvePlace(snapshot, text, context.kind === 'inside' ? context.path : undefined);
}
