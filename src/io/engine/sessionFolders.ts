// The temporary folders of runs with an engine: which run has which, and what a killed one left is removed.

import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { ownToken, processToken } from '../files/owner.ts';
import { endSteps } from './engineSteps.ts';

/** What the name of each begins with. */
export const FOLDER = 'pyvenv-fix-verify-';
/** Names the run, as its label does. */
export const OWNER = 'owner';
/** Identities of the engine's commands that the run has begun, a line each. */
export const CHILDREN = 'children';

/** What is of runs on other machines, from before a restart, or of nobody, is left alone for that long. */
const FOREIGN_MILLISECONDS = 24 * 3_600_000;

/** `pid.start.namespace.boot.random`; the first four are one word where the system does not tell them. */
const RUN = /^(?:[1-9][0-9]*\.[0-9]+\.[0-9]+\.[0-9a-f]{32}|unknown)\.([0-9a-f]{12})$/;

/** The random part of a run's name; undefined for any text that is none. */
export const randomOf = (run: string): string | undefined => RUN.exec(run)?.[1];

/** Whether what a run made at `since` (milliseconds, where it is known) is nobody's any more. `run` names a run. */
export function isLeft(run: string, since: number | undefined): boolean {
  const token = run.slice(0, run.lastIndexOf('.'));
  const [pid = '', , namespace, boot] = token.split('.');
  const [, , ownNamespace, ownBoot] = ownToken().split('.');
  if (namespace !== undefined && namespace === ownNamespace && boot === ownBoot) return processToken(pid) !== token;
  return since !== undefined && Date.now() - since > FOREIGN_MILLISECONDS;
}

/** Removes the folders of runs that have ended, and ends the engine's commands that still work for them. */
export async function reapFolders(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!/^pyvenv-fix-verify-[A-Za-z0-9]{6}$/.test(name)) continue;
    const folder = join(tmpdir(), name);
    try {
      const stat = lstatSync(folder);
      if (!stat.isDirectory() || (userId() !== undefined && stat.uid !== userId())) continue;
      const entries = readdirSync(folder);
      if (!entries.every((entry) => entry === OWNER || entry === CHILDREN || entry.startsWith('desk-'))) continue;
      const run = sessionText(join(folder, OWNER)).trim();
      const left =
        randomOf(run) === undefined ? Date.now() - stat.mtimeMs > FOREIGN_MILLISECONDS : isLeft(run, stat.mtimeMs);
      if (!left) continue;
      for (const token of sessionText(join(folder, CHILDREN)).split('\n')) await endChild(token);
      removeFolder(folder, entries);
    } catch {
      // Just made by another run, gone by now, or still written to: the next run looks again.
    }
  }
}

/** Whose it was goes last, so that a removal that is cut short can be gone on with. */
function removeFolder(folder: string, entries: readonly string[]): void {
  const how = { recursive: true, force: true, maxRetries: 5, retryDelay: 200 } as const;
  for (const entry of entries) if (entry !== OWNER) rmSync(join(folder, entry), how);
  rmSync(folder, how);
}

function sessionText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const userId = (): number | undefined => {
  try {
    return lstatSync('/proc/self').uid;
  } catch {
    return undefined;
  }
};

async function endChild(token: string): Promise<void> {
  const [pid = ''] = token.split('.');
  const lives = () => /^[1-9]\d*$/.test(pid) && processToken(pid) === token;
  let any = false;
  for (let round = 0; lives() && round < 40; round++) {
    any = endSteps(Number(pid)) || any;
    // Nothing of Docker's runs below its own command: that has nothing to tidy up.
    if (!any && round > 4) break;
    await new Promise((done) => setTimeout(done, 200));
  }
  if (!lives()) return;
  try {
    kill(-Number(pid), 'SIGKILL');
  } catch {
    // Gone by now.
  }
}
