// The folder of one campaign: made where it is needed, never through a link, and for one process at a time.

import { existsSync, lstatSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { codeOf, randomName, removeFile, syncFolder, writeNew } from '../files/files.ts';
import { mayLive, ownToken } from '../files/owner.ts';

/** The folder that holds all campaigns started from one working directory. */
const HOME = '.pyvenv-fix';
const LOCK = /^lock-(.+)-[0-9a-f]{12}$/;
/** `mayLive` takes what was untouched for a minute as left behind where it cannot ask the system. */
const TOUCH_MILLISECONDS = 15_000;
const TRIES = 4;

/** Where a campaign's journal stands when the user names no other folder. */
export function defaultCampaignFolder(workingFolder: string, campaign: string): string {
  return join(workingFolder, HOME, campaign);
}

/**
 * Makes the absolute `folder`, and what says to git that nothing in it is to be committed. Refuses where a link stands in the way
 * or the system does not let us.
 */
export function makeCampaignFolder(folder: string): void {
  const home = dirname(folder);
  try {
    if (basename(home) === HOME) {
      makeOne(home);
      ignoreAll(home);
      makeOne(folder);
    } else if (makeOne(folder, { parents: true })) ignoreAll(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    refuse({
      what: `the journal's folder cannot be made (${code})`,
      where: bytesOf(folder),
      next: 'name another folder with --journal',
    });
  }
}

/** True when it was not there before. */
function makeOne(folder: string, { parents }: { parents?: true } = {}): boolean {
  if (isJournalFolder(folder)) return false;
  // Not `recursive`: where the system says that nothing can be made (/proc), node tries for ever.
  if (parents && !existsSync(dirname(folder)) && dirname(folder) !== folder) makeOne(dirname(folder), { parents });
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was quicker.
    if (codeOf(error) === 'EEXIST' && isJournalFolder(folder)) return false;
    throw error;
  }
  syncFolder(dirname(folder));
  return true;
}

/** False where nothing stands; refuses anything else than a folder. */
function isJournalFolder(folder: string): boolean {
  const stand = lstatSync(folder, { throwIfNoEntry: false });
  if (stand && !stand.isDirectory()) {
    refuse({
      what: stand.isSymbolicLink()
        ? 'a symbolic link stands where the journal belongs'
        : 'a file stands where the journal belongs',
      where: bytesOf(folder),
      next: 'remove it, or name another folder with --journal',
    });
  }
  return stand !== undefined;
}

function ignoreAll(folder: string): void {
  try {
    writeNew(join(folder, '.gitignore'), { text: '*\n' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** The right to write in a campaign's folder. */
export interface CampaignLock {
  release(): void;
}

/**
 * Takes the folder for this process. Locks of processes that are gone are cleared away. Refuses where one that lives (or, in
 * another container, may live) has it.
 */
export async function lockCampaign(folder: string): Promise<CampaignLock> {
  for (let attempt = 1; ; attempt++) {
    const name = `lock-${ownToken()}-${randomName()}`;
    const file = join(folder, name);
    // Everyone puts his own down before he looks: of two that come at once, at least one sees the other.
    takeDown(file, folder);
    const other = otherLiving(folder, name);
    if (other === undefined) return hold(file);
    removeFile(file);
    if (attempt >= TRIES) {
      const pid = /^[0-9]+/.exec(other)?.[0];
      refuse({
        what: `another process works on this campaign${pid === undefined ? '' : ` (process ${pid})`}`,
        where: bytesOf(folder),
        next: 'wait until it has ended, or name another campaign with --campaign',
      });
    }
    // Two that came at once part here; one that was just killed is gone a moment later.
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60 * attempt));
  }
}

function takeDown(file: string, folder: string): void {
  try {
    writeNew(file, { text: '' });
  } catch (error) {
    refuse({
      what: `nothing can be written into the journal's folder (${codeOf(error) ?? String(error)})`,
      where: bytesOf(folder),
      next: 'make room, or name another folder with --journal',
    });
  }
}

/** Token of another process that may live; locks of dead ones are removed on the way. */
function otherLiving(folder: string, own: string): string | undefined {
  let living: string | undefined;
  for (const name of readdirSync(folder)) {
    const token = name === own ? undefined : LOCK.exec(name)?.[1];
    if (token === undefined) continue;
    if (mayLive(token, join(folder, name))) living = token;
    else removeFile(join(folder, name));
  }
  return living;
}

function hold(file: string): CampaignLock {
  const touching = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // Taken away by a person; the run goes on.
    }
  }, TOUCH_MILLISECONDS);
  touching.unref();
  return {
    release() {
      clearInterval(touching);
      removeFile(file);
    },
  };
}
