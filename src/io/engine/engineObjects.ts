// The images, containers and volumes of a run: how they are named and labelled, and how those that are ours are removed.

import { readJson } from '../../text/json.ts';
import { type Engine, runEngine } from './engine.ts';
import { isLeft, randomOf } from './sessionFolders.ts';

/** On every image, container and volume of ours; its value names the run. Others may inherit it: it never stands alone for ours. */
export const LABEL = 'pyvenv-fix.verify';

/** The name of an image of a run. */
export const imageName = (run: string, number: number): string => `pyvenv-fix-verify/${randomOf(run)}:${number}`;

/** The name of a container or a volume of a run. */
export const objectName = (run: string, number: number): string => `pyvenv-fix-verify-${randomOf(run)}-${number}`;

const CONFIG = '(index .Config.Labels "pyvenv-fix.verify")';

/** How the objects of one kind are listed, told apart (a line of JSON each: label, when made, names), and removed. */
const OBJECTS = {
  container: {
    list: ['ps', '-a', '--no-trunc', '--quiet'],
    inspect: ['container', 'inspect', '--format', `[{{json ${CONFIG}}},{{json .Created}},{{json .Name}}]`],
    remove: ['rm', '-f', '-v'],
  },
  volume: {
    list: ['volume', 'ls', '--quiet'],
    inspect: [
      'volume',
      'inspect',
      '--format',
      `[{{json (index .Labels "${LABEL}")}},{{json .CreatedAt}},{{json .Name}}]`,
    ],
    remove: ['volume', 'rm', '-f'],
  },
  image: {
    list: ['images', '-a', '--no-trunc', '--quiet'],
    inspect: ['image', 'inspect', '--format', `[{{json ${CONFIG}}},{{json .Created}},{{json .RepoTags}}]`],
    remove: ['rmi', '-f'],
  },
} as const;

const KINDS = ['container', 'volume', 'image'] as const;

/** An object that carries both the label and a name of one run. */
export interface EngineObject {
  readonly run: string;
  /** Milliseconds. */
  readonly created?: number;
  /** By which it is removed: where someone else has named it too, it stays theirs. */
  readonly names: readonly string[];
}

/** Reads what an engine tells of one object; undefined where it is not a run's. */
function madeOf(line: string): EngineObject | undefined {
  const value = readJson(line);
  if (!Array.isArray(value)) return undefined;
  const [run, created, named] = value as unknown[];
  const random = typeof run === 'string' ? randomOf(run) : undefined;
  if (typeof run !== 'string' || random === undefined) return undefined;
  const names = (Array.isArray(named) ? named : [named]).filter((name): name is string => {
    if (typeof name !== 'string') return false;
    const own = name.replace(/^(?:\/|localhost\/|docker\.io\/)/, '');
    return own.startsWith(`pyvenv-fix-verify/${random}:`) || own.startsWith(`pyvenv-fix-verify-${random}-`);
  });
  if (names.length === 0) return undefined;
  const plain = names.map((name) => name.replace(/^\//, ''));
  return { run, names: plain, ...(typeof created === 'string' ? createdAt(created) : {}) };
}

interface ListedObjects {
  readonly made: readonly EngineObject[];
  /** The engine did not answer. */
  readonly silent: boolean;
}

async function listObjects(engine: Engine, kind: (typeof KINDS)[number], more: ObjectFilter): Promise<ListedObjects> {
  const { run, signal } = more;
  const seconds = 30;
  const given = signal ? { signal, seconds } : { seconds };
  const filter = ['--filter', `label=${LABEL}${run === undefined ? '' : `=${run}`}`];
  const listed = await runEngine(engine, { ...given, args: [...OBJECTS[kind].list, ...filter] });
  const ids = [...new Set(listed.out.split('\n').filter((line) => line !== ''))];
  if (listed.code !== 0) return { made: [], silent: true };
  if (ids.length === 0) return { made: [], silent: false };
  const told = await runEngine(engine, { ...given, args: [...OBJECTS[kind].inspect, ...ids] });
  const made = told.out.split('\n').flatMap((line) => madeOf(line) ?? []);
  return { made, silent: told.timedOut };
}

interface ObjectFilter {
  readonly run?: string;
  readonly signal?: AbortSignal;
}

/** `2026-01-31T10:00:00.123Z`, `...+02:00`, and Go's `2026-01-31 10:00:00.123 +0200 CEST`. */
function createdAt(text: string): { created?: number } {
  const [, day, time, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?/.exec(text) ?? [];
  const created = Date.parse(`${day}T${time}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(created) ? {} : { created };
}

/** Removes what runs left that have ended. */
export async function reapObjects(engine: Engine, signal: AbortSignal): Promise<void> {
  for (const kind of KINDS) {
    const { made } = await listObjects(engine, kind, { signal });
    const names = made.filter(({ run, created }) => isLeft(run, created)).flatMap((one) => one.names);
    if (names.length > 0) await runEngine(engine, { args: [...OBJECTS[kind].remove, ...names], seconds: 120, signal });
  }
}

/**
 * Removes what a run made, and returns what is left. A command that was cut short may finish in the engine a little later: looks
 * again until there is nothing; an engine that does not answer is not waited for again.
 */
export async function removeObjects(engine: Engine, run: string): Promise<string[]> {
  for (let round = 0; ; round++) {
    const left: string[] = [];
    for (const kind of KINDS) {
      const { made, silent } = await listObjects(engine, kind, { run });
      if (silent) return [...left, `what carries the label ${LABEL}=${run} (the engine does not answer)`];
      const names = made.flatMap((one) => one.names);
      if (names.length === 0) continue;
      left.push(...names);
      const removed = await runEngine(engine, { args: [...OBJECTS[kind].remove, ...names], seconds: 120 });
      if (removed.timedOut) return left;
    }
    if (left.length === 0 || round > 4) return left;
  }
}
