// Watches how much of the disk the engine has taken since a piece of work began, so that a limit holds while it runs.

import { statfsSync } from 'node:fs';
import { type Engine, runEngine } from './engine.ts';

const EVERY_MILLISECONDS = 1000;

/** The folder in which the engine keeps its data, where this machine has it; undefined for an engine elsewhere. */
export async function storeOf(engine: Engine, signal: AbortSignal): Promise<string | undefined> {
  const format = engine.kind === 'docker' ? '{{.DockerRootDir}}' : '{{.Store.GraphRoot}}';
  const { out } = await runEngine(engine, { args: ['info', '--format', format], seconds: 30, signal });
  const folder = Buffer.from(out.trim(), 'latin1').toString();
  return folder.startsWith('/') && freeBytes(folder) !== undefined ? folder : undefined;
}

export interface SpaceWatch {
  /** Aborted once more than the allowed bytes are gone. */
  readonly signal: AbortSignal;
  close(): void;
}

/** Watches until closed. `folder`: absolute; without it nothing is watched. `bytes`: how many may be taken from now on. */
export function watchSpace(folder: string | undefined, bytes: number): SpaceWatch {
  const over = new AbortController();
  const before = folder === undefined ? undefined : freeBytes(folder);
  if (folder === undefined || before === undefined) return { signal: over.signal, close: () => {} };
  const timer = setInterval(() => {
    const now = freeBytes(folder);
    if (now !== undefined && before - now > bytes) over.abort();
  }, EVERY_MILLISECONDS);
  return { signal: over.signal, close: () => clearInterval(timer) };
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
