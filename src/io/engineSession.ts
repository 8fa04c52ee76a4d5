// One run with an engine: labels all that it makes, removes it at the end, and what a killed run left before it begins.

import { randomBytes } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { type Engine, type EngineCall, type Ran, runEngine } from './engine.ts';
import { endSteps } from './engineSteps.ts';
import { ownToken, tokenOf } from './owner.ts';

/** On every image, container and volume of ours; its value names the run. */
export const LABEL = 'pyvenv-fix.verify';

const FOLDER = 'pyvenv-fix-verify-';
const OWNER = 'owner';
const CHILDREN = 'children';
/** Objects of runs on other machines (or before a restart) are left alone for that long. */
const FOREIGN_HOURS = 24;

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
  /** Makes a folder for one piece of work. */
  desk(): Desk;
  /** Runs a command of the engine until the run is aborted. */
  call(call: Omit<EngineCall, 'signal' | 'ledger'>): Promise<Ran>;
  /** Removes all that this run made; returns what could not be removed. */
  close(): Promise<string[]>;
}

/** Removes what dead runs left, and begins one. */
export async function openSession(engine: Engine, signal: AbortSignal): Promise<EngineSession> {
  await reapFolders();
  await reapObjects(engine);
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
    desk: () => {
      const own = mkdtempSync(join(folder, 'desk-'));
      let number = 0;
      return {
        place: (name) => join(own, `${name}-${number++}`),
        clear: () => rmSync(own, { recursive: true, force: true, maxRetries: 3 }),
      };
    },
    call: (call) => runEngine(engine, { ...call, signal, ledger }),
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

type Standing = 'lives' | 'ended' | 'elsewhere';

function standingOf(run: string): Standing {
  const token = run.split('.').slice(0, -1).join('.');
  const [pid = '', , namespace, boot] = token.split('.');
  const [, , ownNamespace, ownBoot] = ownToken().split('.');
  if (namespace === undefined || namespace !== ownNamespace || boot !== ownBoot) return 'elsewhere';
  return tokenOf(pid) === token ? 'lives' : 'ended';
}

/** Temporary folders of runs that have ended, and the engine's commands that still work for them. */
async function reapFolders(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(FOLDER)) continue;
    const folder = join(tmpdir(), name);
    try {
      const stat = lstatSync(folder);
      if (!stat.isDirectory() || (userId() !== undefined && stat.uid !== userId())) continue;
      const run = readFileSync(join(folder, OWNER), 'utf8').trim();
      const standing = standingOf(run);
      const old = Date.now() - stat.mtimeMs > FOREIGN_HOURS * 3_600_000;
      if (standing === 'lives' || (standing === 'elsewhere' && !old)) continue;
      for (const token of readFileSync(join(folder, CHILDREN), 'utf8').split('\n')) await endChild(token);
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Just made by another run, or gone by now.
    }
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
  const lives = () => /^[1-9]\d*$/.test(pid) && tokenOf(pid) === token;
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

/** How the objects of one kind are listed by id, told apart (id, run, when they were made), and removed. */
const OBJECTS = {
  container: {
    list: ['ps', '-a', '--no-trunc', '--quiet'],
    inspect: ['container', 'inspect', '--format', `{{.Id}} {{index .Config.Labels "${LABEL}"}} {{.Created}}`],
    remove: ['rm', '-f', '-v'],
  },
  volume: {
    list: ['volume', 'ls', '--quiet'],
    inspect: ['volume', 'inspect', '--format', `{{.Name}} {{index .Labels "${LABEL}"}} {{.CreatedAt}}`],
    remove: ['volume', 'rm', '-f'],
  },
  image: {
    list: ['images', '-a', '--no-trunc', '--quiet'],
    inspect: ['image', 'inspect', '--format', `{{.Id}} {{index .Config.Labels "${LABEL}"}} {{.Created}}`],
    remove: ['rmi', '-f'],
  },
} as const;

interface Made {
  readonly id: string;
  readonly run: string;
  readonly created?: number;
}

async function listObjects(engine: Engine, kind: keyof typeof OBJECTS, run?: string): Promise<Made[]> {
  const filter = ['--filter', `label=${LABEL}${run === undefined ? '' : `=${run}`}`];
  const { out } = await runEngine(engine, { args: [...OBJECTS[kind].list, ...filter], seconds: 60 });
  const ids = [...new Set(out.split('\n').filter((line) => line !== ''))];
  if (run !== undefined) return ids.map((id) => ({ id, run }));
  if (ids.length === 0) return [];
  const told = await runEngine(engine, { args: [...OBJECTS[kind].inspect, ...ids], seconds: 60 });
  return told.out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', label = '', ...created] = line.split(' ');
      return { id, run: label, ...createdAt(created.join(' ')) };
    });
}

/** `2026-01-31T10:00:00.123Z`, `...+02:00`, and Go's `2026-01-31 10:00:00.123 +0200 CEST`. */
function createdAt(text: string): { created?: number } {
  const [, day, time, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?/.exec(text) ?? [];
  const created = Date.parse(`${day}T${time}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(created) ? {} : { created };
}

async function reapObjects(engine: Engine): Promise<void> {
  for (const kind of ['container', 'volume', 'image'] as const) {
    const dead = (await listObjects(engine, kind)).filter(({ run, created }) => {
      const standing = standingOf(run);
      const old = created !== undefined && Date.now() - created > FOREIGN_HOURS * 3_600_000;
      return standing === 'ended' || (standing === 'elsewhere' && old);
    });
    const ids = dead.map(({ id }) => id);
    if (ids.length > 0) await runEngine(engine, { args: [...OBJECTS[kind].remove, ...ids], seconds: 120 });
  }
}

/** A command that was cut short may finish in the engine a little later: looks again until nothing is left. */
async function removeObjects(engine: Engine, run: string): Promise<string[]> {
  for (let round = 0; ; round++) {
    const left: string[] = [];
    for (const kind of ['container', 'volume', 'image'] as const) {
      const ids = (await listObjects(engine, kind, run)).map(({ id }) => id);
      if (ids.length === 0) continue;
      left.push(...ids);
      await runEngine(engine, { args: [...OBJECTS[kind].remove, ...ids], seconds: 120 });
    }
    if (left.length === 0 || round > 4) return left;
  }
}
