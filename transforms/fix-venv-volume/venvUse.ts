// How one compose service starts its image, and what it does with an environment at a path: uses, fills or makes it.

import type { BuildFacts, ComposeValue, MountFacts, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { INSTALLERS, installerNamed } from '../../src/facts/installers/index.ts';
import type { Installer, ProjectVariables } from '../../src/facts/installers/installer.ts';
import { knownValue } from '../../src/facts/piece.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import type { Reread } from '../../src/facts/textReadings.ts';
import { isRun, type RunEvent, type TraceEvent } from '../../src/facts/trace/events.ts';
import type { Environment, Files } from '../../src/facts/trace/imageFiles.ts';
import { absolute, isKnown, isWithin, splitOutsideTokens } from '../../src/facts/values.ts';
import type { Snapshot } from '../../src/model.ts';
import { type Beside, besideOf } from './beside.ts';
import { buildOfImage, buildsByImage, concernedServices, filesOf, stageOfBuild } from './serviceBuilds.ts';

/** A service with the Dockerfile and stage that it runs, traced as it starts them. */
export interface BoundService {
  readonly service: ServiceFacts;
  readonly dockerfile: DockerfileFacts;
  readonly stage: number;
  readonly own: Reread;
  /** Files of the image at the end of the stage. */
  readonly files: Files;
  /** What the service's process does, in order. */
  readonly events: readonly TraceEvent[];
  readonly build: BuildFacts;
  readonly beside: Beside;
  readonly snapshot: Snapshot;
}

/**
 * The services whose image is built from a Dockerfile that can be read: their own `build`, or that of the service of the
 * same files whose image they name.
 */
export function boundServices(facts: Facts): BoundService[] {
  const bound: Omit<BoundService, 'beside'>[] = [];
  const tagged = buildsByImage(facts.compose.services);
  for (const service of concernedServices(facts)) {
    const build = service.build ?? buildOfImage(service, tagged);
    if (build?.dockerfile?.kind !== 'inside') continue;
    const dockerfile = facts.dockerfileAt(build.dockerfile.path);
    if (dockerfile === undefined || dockerfile.leftAlone !== undefined) continue;
    const stage = stageOfBuild(build, dockerfile);
    if (stage === undefined) continue;
    const isInCache = dockerfile.trace.stages[stage]!.files.installs.has('elsewhere:poetry cache');
    if (
      !isInCache &&
      service.watch.length === 0 &&
      !service.mounts.some((mount) => mayConcern(mount, dockerfile.trace.allEnvironments))
    )
      continue;
    const own = dockerfile.startedBy(service.build === undefined ? { ...service, build } : service);
    const events = own.trace.events.filter((e) => e.service === service.name && e.when === 'runtime');
    bound.push({
      service,
      dockerfile,
      stage,
      own,
      files: own.trace.stages[stage]!.files,
      events,
      build,
      snapshot: facts.snapshot,
    });
  }
  const installing = new Map<ServiceFacts, 'last' | 'first'>();
  for (const { service, events } of bound) {
    const runs = events.filter(isRun);
    const last = runs.at(-1);
    if (last?.install !== undefined && !last.words.includes('run')) installing.set(service, 'last');
    else if (runs.some((e) => e.install !== undefined)) installing.set(service, 'first');
  }
  const beside = besideOf(facts.compose.services, installing);
  return bound.map((one) => ({ ...one, beside: beside.get(filesOf(one.service))! }));
}

/** Does the mount lie over one of the environments, or where people have one? */
function mayConcern(mount: MountFacts, environments: ReadonlySet<string>): boolean {
  return (
    looksLikeEnvironment(knownValue(mount.target) ?? '') ||
    [...environments].some((e) => !isKnown(e) || liesOver(mount, e))
  );
}

const liesOver = ({ target }: MountFacts, path: string): boolean =>
  target.kind === 'known' && isWithin(path, target.value);

/** Is this what people call an environment's folder? */
export const looksLikeEnvironment = (path: string): boolean => /(^|\/)\.?(venv|virtualenv)$/.test(path);

export const runsOf = (bound: BoundService): RunEvent[] => bound.events.filter(isRun);

/** What the service's process and its hooks run, Python or not. */
export const startedCommands = ({ own, stage, service }: BoundService): Command[] =>
  own.trace.stages[stage]!.commands.filter((c) => c.when === 'runtime' && c.service === service.name);

/** The stage and those it is FROM. */
export function stagesBelow({ own, stage }: BoundService): number[] {
  const chain: number[] = [];
  for (let at: number | undefined = stage; at !== undefined; at = own.image.stages[at]?.parent) chain.push(at);
  return chain;
}

/** Text of a file of the repository that a bind mount of the service puts at a path. */
export const mountedText = (at: string, bound: Pick<BoundService, 'service' | 'snapshot'>): string | undefined =>
  mountedFile(at, bound)?.text;

/** That file. */
export function mountedFile(
  at: string,
  { service, snapshot }: Pick<BoundService, 'service' | 'snapshot'>,
): { readonly path: string; readonly text: string } | undefined {
  for (const mount of service.mounts) {
    const { source, target } = mount;
    if (source.kind !== 'bind' || source.place.kind !== 'inside' || !liesOver(mount, at)) continue;
    const rest = at.slice(knownValue(target)!.replace(/\/$/, '').length + 1);
    const path = [source.place.path, rest].filter(Boolean).join('/');
    const text = snapshot.read(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Does PATH or VIRTUAL_ENV of the service name the environment? */
export function isOnServicePath({ service, own, stage }: BoundService, path: string): boolean {
  const { env } = own.image.stages[stage]!.final;
  const setTo = (name: string): string | undefined =>
    service.environment.has(name) ? knownValue(service.environment.get(name)) : env.get(name);
  const entries = splitOutsideTokens(setTo('PATH') ?? '', ':').map((e) => e.replace(/\/+$/, ''));
  return entries.includes(`${path}/bin`) || setTo('VIRTUAL_ENV') === path;
}

/** A program by a path that nobody can follow: which Python it runs is its own affair. */
const isForeign = (event: RunEvent, path: string): boolean =>
  event.what === 'unknown' && event.words[0]?.includes('/') === true && !isWithin(event.words[0], path);

/** `uv run` in an environment of its own. */
const OWN_PLACE = /^(--isolated|--no-project|--script)$/;

/** Is it started in the environment, by its process or a hook? */
export const startsIn = (bound: BoundService, { path, kind }: Environment): boolean =>
  runsOf(bound).some(
    (e) =>
      (envPathOf(e.interpreter) === path || envPathOf(e.install?.target) === path) &&
      !isForeign(e, path) &&
      !(
        e.what === 'tool' &&
        (e.words.some((w) => OWN_PLACE.test(w)) || namesOtherProject(bound) || isOwnScript(e, bound))
      ),
  ) && !isMovedByFile(bound, kind, path);

/** The `run` of a script that names its own dependencies: it runs in an environment made for it. */
function isOwnScript({ words }: RunEvent, bound: BoundService): boolean {
  if (installerNamed(words[0] ?? '')?.run?.scripts !== 'given to Python') return false;
  const script = words.find((word) => word.endsWith('.py'));
  if (script === undefined) return false;
  return /^# \/\/\/ script\s*$/m.test(mountedText(absolute(script, serviceFolder(bound)), bound) ?? '');
}

/** Does the `.env` beside the manifest, which the installer loads over the variables of the container, move its environment? */
function isMovedByFile(bound: BoundService, kind: Environment['kind'], path: string): boolean {
  const { loadsDotenv, variables } = installerOfKind(kind) ?? {};
  if (loadsDotenv === undefined || variables?.inProject === undefined) return false;
  const setting = new RegExp(`^\\s*(?:export\\s+)?${variables.inProject}\\s*=\\s*["']?([^"'\\s]*)`);
  const lines = mountedText(`${path.slice(0, path.lastIndexOf('/'))}/.env`, bound)?.split('\n') ?? [];
  return lines.some((line) => {
    const [, value] = setting.exec(line) ?? [];
    return value !== undefined && !YES.test(value);
  });
}

/** The installer that made an environment of this kind. */
const installerOfKind = (kind: Environment['kind']): Installer | undefined =>
  kind === 'venv' || kind === 'virtualenv' ? undefined : INSTALLERS[kind];

const YES = /^(1|true|yes|on|y)$/i;
const VARIABLES = Object.values(INSTALLERS).map(({ variables }) => variables);
const named = (pick: (variables: ProjectVariables) => string | undefined): string[] =>
  VARIABLES.flatMap((one) => pick(one) ?? []);
/** By which the installers look for another project than the one of the working folder. */
const OTHER_PROJECT = VARIABLES.flatMap(({ project }) => project);
const IN_PROJECT = named(({ inProject }) => inProject);
const CREATE = named(({ create }) => create);
const AT_PATH = ['VIRTUAL_ENV', ...named(({ environment }) => environment)];
/** That say where the tools of a project have its environment. */
const MOVERS = [
  ...OTHER_PROJECT,
  ...IN_PROJECT,
  ...CREATE,
  ...AT_PATH,
  ...VARIABLES.flatMap(({ others }) => others),
  'CONDA_PREFIX',
];

/** Where the service starts. */
export function serviceFolder({ service, own, stage }: BoundService): string {
  return service.workingDir?.kind === 'known' ? service.workingDir.value : own.image.stages[stage]!.final.cwd;
}

/** Do variables of the service send its tools to another project, or out of the project's folder? */
function namesOtherProject({ service }: BoundService): boolean {
  const isOff = (piece: ComposeValue<string> | undefined): boolean =>
    piece !== undefined && !(piece.kind === 'known' && YES.test(piece.value));
  return (
    OTHER_PROJECT.some((name) => service.environment.has(name)) ||
    IN_PROJECT.some((name) => isOff(service.environment.get(name)))
  );
}

/**
 * Does the service run in the environment of its image? Its commands do; or PATH names it and no other Python is known to
 * run; or the container idles, and all that the image installs is in this environment, which a project tool made. Not where
 * the variables that it starts with send the tools elsewhere.
 */
export function usesEnvironment(bound: BoundService, environment: Environment): boolean {
  if (startsIn(bound, environment)) return true;
  const runs = runsOf(bound);
  const elsewhere = runs.some((e) => e.what !== 'unknown' && !e.needsNoPackages);
  if (elsewhere || isMoved(bound, environment) || isMovedByFile(bound, environment.kind, environment.path))
    return false;
  if (isOnServicePath(bound, environment.path)) return true;
  const isProjects = installerOfKind(environment.kind)?.run !== undefined;
  const isOnly =
    bound.files.environments.size === 1 &&
    [...(bound.files.installs.get('system') ?? [])].every((id) => id.startsWith('tool:'));
  return (
    isProjects &&
    isOnly &&
    runs.length === 0 &&
    !bound.service.environment.has('PATH') &&
    worksBeside(bound, environment)
  );
}

/** The working folder is the project's, or below it, so that the project's tool finds this environment. */
function worksBeside(bound: BoundService, { path }: Environment): boolean {
  const { service } = bound;
  const cwd = serviceFolder(bound);
  const project = path.slice(0, path.lastIndexOf('/')) || '/';
  return (
    service.workingDir?.kind !== 'unknown' &&
    (!path.endsWith('/.venv') || (isKnown(cwd) && isWithin(absolute(cwd, '/'), project)))
  );
}

/** Do variables of the container send the tools to another environment than the one the image has? */
function isMoved({ service, own, stage }: BoundService, { path, kind }: Environment): boolean {
  const project = path.slice(0, path.lastIndexOf('/')) || '/';
  const { environment: names } = installerOfKind(kind)?.variables ?? {};
  const ofImage = names === undefined ? undefined : own.image.stages[stage]!.final.env.get(names);
  if (ofImage && !service.environment.has(names!) && absolute(ofImage, project) !== path) return true;
  const pieces = [service.environment, ...service.devcontainers.map((d) => d.environment)].flatMap((map) => [...map]);
  return pieces.some(([name, piece]) => {
    if (!MOVERS.includes(name)) return false;
    const value = knownValue(piece);
    if (value === '') return false;
    if (value === undefined) return true;
    if (AT_PATH.includes(name)) return absolute(value, project) !== path;
    if (IN_PROJECT.includes(name)) return !YES.test(value);
    return !CREATE.includes(name) || !YES.test(value);
  });
}

/** Commands of the start that install into the environment (`uv run` and `uv sync` do, too). */
export const fillsAtStart = (bound: BoundService, path: string): RunEvent[] =>
  runsOf(bound).filter((e) => envPathOf(e.install?.target) === path);

/** Does the start make the environment itself (`python -m venv`, `uv venv`)? */
export const makesAtStart = (bound: BoundService, path: string): boolean =>
  bound.events.some((e) => e.kind === 'create' && e.path === path);

/** Is every command of the start one that we can follow, but for programs of the environment itself? */
export function isStartKnown(bound: BoundService, path: string): boolean {
  return runsOf(bound).every((e) => e.what !== 'unknown' || e.words[0]?.startsWith(`${path}/bin/`) === true);
}

/** Does the start name a program inside the environment by its path, so that it cannot run without it? */
export function namesProgram(bound: BoundService, path: string): boolean {
  return runsOf(bound).some(
    (e) =>
      !e.conditional &&
      (e.words[0]?.startsWith(`${path}/bin/`) ||
        (e.interpreter.kind === 'elsewhere' && e.interpreter.place.startsWith(`${path}/bin/`))),
  );
}
