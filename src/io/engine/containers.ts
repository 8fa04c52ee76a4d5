// Builds images, starts containers and reads their files for a proof; what they may have is a closed list.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLine } from './engine.ts';
import { imageName, LABEL, objectName } from './engineObjects.ts';
import type { EngineSession } from './engineSession.ts';
import { watchSpace } from './freeSpace.ts';

export interface ImageBuild {
  /** Absolute folder that does not exist yet, inside the session's: for the Dockerfile. */
  readonly place: string;
  /** The Dockerfile's text and the ignore file's, latin1. */
  readonly text: string;
  readonly ignoreText?: string;
  /** Absolute folder, inside the session's. */
  readonly context: string;
  readonly extraContexts: Readonly<Record<string, string>>;
  readonly args: ReadonlyMap<string, string>;
  readonly target?: string;
  readonly network?: string;
  readonly platform?: string;
  readonly seconds: number;
  /** How much of the disk the build may take; it is ended where it takes more. */
  readonly bytes: number;
  readonly onLine: (line: string) => void;
}

export interface BuiltImage {
  /** Undefined where it did not build. */
  readonly image: string | undefined;
  readonly timedOut: boolean;
  /** It was ended because it took too much of the disk. */
  readonly overDisk: boolean;
  /** Why the engine's command did not run at all, or was ended. */
  readonly problem?: string;
  readonly seconds: number;
}

/** What one start may write, and the memory that it may have. */
const START_BYTES = 2e9;
const START_MEMORY = '4g';

let counter = 0;

/** Builds one image. The Dockerfile stands in a folder of its own, with the ignore file that counts beside it. */
export async function buildImage(session: EngineSession, build: ImageBuild): Promise<BuiltImage> {
  const { engine, run } = session;
  mkdirSync(build.place);
  const dockerfile = join(build.place, 'Dockerfile');
  writeFileSync(dockerfile, build.text, 'latin1');
  const image = imageName(run, counter++);
  const args = ['build', '-f', dockerfile, '-t', image, '--label', `${LABEL}=${run}`];
  if (build.ignoreText !== undefined) {
    writeFileSync(`${dockerfile}.dockerignore`, build.ignoreText, 'latin1');
    if (engine.kind === 'podman') args.push('--ignorefile', `${dockerfile}.dockerignore`);
  }
  if (engine.kind === 'docker') args.push('--progress=plain');
  else args.push('--layers', '--format', 'docker');
  for (const [name, place] of Object.entries(build.extraContexts)) args.push('--build-context', `${name}=${place}`);
  for (const [name, value] of build.args) args.push('--build-arg', `${name}=${Buffer.from(value, 'latin1')}`);
  if (build.target !== undefined) args.push('--target', build.target);
  if (build.network !== undefined) args.push(`--network=${build.network}`);
  if (build.platform !== undefined) args.push(`--platform=${build.platform}`);
  const { onLine, seconds } = build;
  const tidies = engine.kind === 'podman';
  const space = watchSpace(session.store, build.bytes);
  const ran = await session.call({ args: [...args, build.context], seconds, onLine, tidies, signal: space.signal });
  space.close();
  return {
    image: ran.code === 0 ? image : undefined,
    timedOut: ran.timedOut,
    overDisk: ran.code !== 0 && space.signal.aborted,
    ...(ran.code === undefined ? { problem: ran.err || 'the build was ended' } : {}),
    seconds: ran.seconds,
  };
}

/** What the engine tells of an image; strings are latin1. */
export interface EngineImage {
  readonly id: string;
  readonly bytes: number;
  /** `Config` as the engine has it. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Undefined where the engine does not tell. */
export async function inspectImage(session: EngineSession, image: string): Promise<EngineImage | undefined> {
  const { code, out } = await session.call({
    args: ['image', 'inspect', '--format', '{{json .}}', image],
    seconds: 60,
  });
  if (code !== 0) return undefined;
  try {
    const { Id, Size, Config, HealthCheck } = JSON.parse(out) as Readonly<Record<string, unknown>>;
    // Podman has the check beside the rest.
    const config = { ...(HealthCheck ? { Healthcheck: HealthCheck } : {}), ...(Config as object | null) };
    return { id: String(Id), bytes: Number(Size) || 0, config };
  } catch {
    return undefined;
  }
}

export type Mount =
  | { readonly kind: 'volume'; readonly name?: string; readonly target: string; readonly noCopy: boolean }
  | { readonly kind: 'tmpfs'; readonly target: string };

/** All that a container is given: nothing of the host, no right beyond the engine's usual ones. */
export interface ContainerPlan {
  readonly image: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDir?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly mounts: readonly Mount[];
  /** Default: none at all. */
  readonly network?: string;
  readonly platform?: string;
}

/** Creates a container; returns its id, or what the engine says. */
export async function createContainer(
  session: EngineSession,
  plan: ContainerPlan,
): Promise<{ readonly id: string } | { readonly problem: string }> {
  const { image, environment, workingDir, user, entrypoint, command, mounts, network, platform } = plan;
  const name = objectName(session.run, counter++);
  const args = ['create', '--name', name, '--label', `${LABEL}=${session.run}`, '--network', network ?? 'none'];
  // What it prints is read while it runs, and kept nowhere.
  args.push('--pids-limit', '2048', '--memory', START_MEMORY, '--log-driver', 'none');
  if (platform !== undefined) args.push('--platform', platform);
  for (const [key, value] of environment) args.push('-e', Buffer.from(`${key}=${value}`, 'latin1').toString());
  if (workingDir !== undefined) args.push('-w', workingDir);
  if (user !== undefined) args.push('-u', user);
  for (const mount of mounts) {
    if (mount.kind === 'tmpfs') args.push('--tmpfs', mount.target);
    else
      args.push(
        '-v',
        `${mount.name === undefined ? '' : `${mount.name}:`}${mount.target}${mount.name !== undefined && mount.noCopy ? ':nocopy' : ''}`,
      );
  }
  const [first, ...more] = entrypoint ?? [];
  if (entrypoint) args.push('--entrypoint', first ?? '');
  // An entrypoint of the service's own drops the image's CMD, as compose does.
  const words = entrypoint ? [...more, ...(command ?? [])] : (command ?? []);
  const ran = await session.call({ args: [...args, image, ...words], seconds: 120 });
  const id = lastLine(ran.out).trim();
  return ran.code === 0 && /^[0-9a-f]{12,}$/.test(id) ? { id } : { problem: lastLine(ran.err) };
}

/** Makes a labelled volume and returns its name. */
export async function createVolume(session: EngineSession): Promise<string | undefined> {
  const name = objectName(session.run, counter++);
  const ran = await session.call({
    args: ['volume', 'create', '--label', `${LABEL}=${session.run}`, name],
    seconds: 60,
  });
  return ran.code === 0 ? name : undefined;
}

/** Copies a file, or with a trailing `/.` what a folder holds, into a container that need not run. */
export async function copyInto(session: EngineSession, source: string, id: string, target: string): Promise<boolean> {
  const ran = await session.call({ args: ['cp', source, `${id}:${target}`], seconds: 300 });
  return ran.code === 0;
}

export interface Started {
  readonly code: number | undefined;
  readonly timedOut: boolean;
  /** Last lines of what it said, latin1. */
  readonly said: readonly string[];
  readonly seconds: number;
}

/** Starts a container and waits for its end; kills it when its time is over. */
export async function startContainer(session: EngineSession, id: string, seconds: number): Promise<Started> {
  const said: string[] = [];
  const onLine = (line: string) => {
    if (line.trim() !== '') said.push(line.slice(0, 2000));
    if (said.length > 12) said.shift();
  };
  const space = watchSpace(session.store, START_BYTES);
  const ran = await session.call({ args: ['start', '-a', id], seconds, onLine, signal: space.signal });
  space.close();
  if (ran.timedOut || space.signal.aborted) await session.call({ args: ['kill', id], seconds: 60 });
  return { code: ran.code, timedOut: ran.timedOut, said, seconds: ran.seconds };
}

/** The container's whole file system (mounts left out) as a tar stream. */
export async function readFiles(
  session: EngineSession,
  id: string,
  onOut: (bytes: Uint8Array) => void,
): Promise<boolean> {
  return (await session.call({ args: ['export', id], seconds: 600, onOut })).code === 0;
}

/** One folder of it, mounts included, as a tar stream. */
export async function readFolder(
  session: EngineSession,
  id: string,
  { path, onOut }: { readonly path: string; readonly onOut: (bytes: Uint8Array) => void },
): Promise<boolean> {
  return (await session.call({ args: ['cp', `${id}:${path}`, '-'], seconds: 120, onOut })).code === 0;
}

/** So many ended containers wait for one call that removes them all. */
const MOST_WASTE = 8;

/** Removes volumes by name. */
export async function removeVolumes(session: EngineSession, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await removeWaste(session);
  await session.call({ args: ['volume', 'rm', '-f', ...names], seconds: 120 });
}

/** Removes a container that has ended, with its anonymous volumes: soon, and before any volume or image that it holds. */
export async function removeContainer(session: EngineSession, id: string): Promise<void> {
  session.waste.push(id);
  if (session.waste.length >= MOST_WASTE) await removeWaste(session);
}

async function removeWaste({ waste, call }: EngineSession): Promise<void> {
  const ids = waste.splice(0);
  if (ids.length > 0) await call({ args: ['rm', '-f', '-v', ...ids], seconds: 120 });
}

/** Removes images by name; one that is in use stays until the session ends. */
export async function removeImages(session: EngineSession, images: readonly string[]): Promise<void> {
  await removeWaste(session);
  if (images.length > 0) await session.call({ args: ['rmi', '-f', ...images], seconds: 120 });
}
