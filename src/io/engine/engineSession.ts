// One run with an engine: labels all that it makes, removes it at the end, and what a killed run left before it begins.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownToken } from '../files/owner.ts';
import { type Engine, type EngineCall, type Ran, runEngine } from './engine.ts';
import { reapObjects, removeObjects } from './engineObjects.ts';
import { storeOf } from './freeSpace.ts';
import { CHILDREN, FOLDER, OWNER, reapFolders } from './sessionFolders.ts';

/** The folder of one piece of work. */
export interface Desk {
  /** An absolute path in it where nothing stands yet; `name` is a part of it. */
  place(name: string): string;
  /** Removes the folder. */
  clear(): void;
}

export interface EngineSession {
  readonly engine: Engine;
  /** `pid.start.namespace.boot.random`: plain characters. */
  readonly run: string;
  /** Absolute; removed at the end. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Absolute folder of the engine's own data, where this machine has it. */
  readonly store: string | undefined;
  /** Ids of containers that nobody needs any more. */
  readonly waste: string[];
  /** Makes a folder for one piece of work. */
  desk(): Desk;
  /** Runs a command of the engine until the run, or the call itself, is aborted. */
  call(call: Omit<EngineCall, 'ledger'>): Promise<Ran>;
  /** Removes all that this run made; returns what could not be removed. */
  close(): Promise<string[]>;
}

/** Removes what dead runs left, and begins one. */
export async function openSession(engine: Engine, signal: AbortSignal): Promise<EngineSession> {
  await reapFolders();
  await reapObjects(engine, signal);
  const store = await storeOf(engine, signal);
  const run = `${ownToken()}.${randomBytes(6).toString('hex')}`;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), FOLDER)));
  const ledger = join(folder, CHILDREN);
  writeFileSync(ledger, '');
  writeFileSync(join(folder, OWNER), `${run}\n`);
  return {
    engine,
    run,
    folder,
    signal,
    store,
    waste: [],
    desk: () => {
      const own = mkdtempSync(join(folder, 'desk-'));
      let number = 0;
      return {
        place: (name) => join(own, `${name}-${number++}`),
        clear: () => rmSync(own, { recursive: true, force: true, maxRetries: 3 }),
      };
    },
    call: (call) => {
      return runEngine(engine, {
        ...call,
        signal: call.signal ? AbortSignal.any([signal, call.signal]) : signal,
        ledger,
      });
    },
    close: async () => {
      const left = await removeObjects(engine, run);
      try {
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      } catch {
        left.push(folder);
      }
      return left;
    },
  };
}
