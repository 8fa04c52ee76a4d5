// What the tests with a real engine share: the engine, base images for fixtures, and proofs of two folders.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settingsOf } from '../../src/config/resolve.ts';
import { overlaid } from '../../src/edit/overlay.ts';
import { type Engine, findEngine, runEngine } from '../../src/io/engine/engine.ts';
import { LABEL } from '../../src/io/engine/engineObjects.ts';
import { type EngineSession, openSession } from '../../src/io/engine/engineSession.ts';
import { listFolder } from '../../src/io/files/folderListing.ts';
import { lazySnapshot } from '../../src/io/worktree/worktree.ts';
import type { FixResult, Settings, Snapshot, TextEdit } from '../../src/model.ts';
import { parseDockerfile } from '../../src/parse/dockerfile/dockerfile.ts';
import type { Proof } from '../../src/report/proof.ts';
import type { BuildSettings } from '../../src/verify/bench.ts';
import { type ProofRequest, proveFixes } from '../../src/verify/prove.ts';
import { MENDED } from '../tried.ts';
import { quickBases } from './quickBases.ts';

/** Beside the checkout where the project's own machines have it: makes base images on an engine that reaches no registry. */
const LAB = fileURLToPath(new URL('../../../shared/lab/engine', import.meta.url));

export const engine: Engine | undefined = await findEngine(process.env).catch(() => undefined);
if (!engine) console.warn('Skipped: neither Docker nor Podman answers here, so nothing is built.');

/** An engine without its usual bridge reaches a package index through the host's network only. */
export const network: string | undefined = engine && (await lacksBridge(engine)) ? 'host' : undefined;

async function lacksBridge(of: Engine): Promise<boolean> {
  const { code, out } = await runEngine(of, { args: ['network', 'ls', '--format', '{{.Driver}}'], seconds: 60 });
  return code === 0 && !out.split('\n').includes('bridge');
}

const abort = new AbortController();
let opened: Promise<EngineSession> | undefined;

export function session(): Promise<EngineSession> {
  if (!engine) throw new Error('no engine');
  opened ??= openSession(engine, abort.signal);
  return opened;
}

/** Removes all that the tests made. */
export async function closeSession(): Promise<void> {
  if (opened) await (await opened).close();
  await quick?.close();
}

const bases: NonNullable<ProofRequest['bases']> = new Map();
const ran: NonNullable<ProofRequest['shared']>['ran'] = new Map();

export const buildSettings: BuildSettings = {
  ...(network === undefined ? {} : { network }),
  buildSeconds: 400,
  startSeconds: 6,
  bytes: 1e12,
  change: false,
};

export interface Trial {
  /** Absolute folder that is `before`. */
  readonly root: string;
  readonly settings?: Partial<Settings>;
  /** Builds once more with a change of the code. */
  readonly change: boolean;
  readonly fix: (before: Snapshot) => FixResult;
  /** Other limits than the usual ones. */
  readonly limits?: Partial<BuildSettings>;
  /** What was seen of images that several trials have in common; it takes much memory. */
  readonly looks?: NonNullable<ProofRequest['shared']>['looks'];
}

export async function prove({ root, settings, change, fix, limits, looks }: Trial): Promise<Proof> {
  const own = await session();
  return proveFixes({
    path: root,
    session: own,
    engine: own.engine,
    source: { kind: 'folder', root, paths: listFolder(root, '.pyvenv-fix-journal').paths },
    fix: async (before) => ({ result: fix(before), settings: { ...settingsOf({}), ...settings } }),
    plan: { buildArgs: new Map(), ...(network === undefined ? {} : { network }) },
    build: { ...buildSettings, images: standIns, change, ...limits },
    signal: abort.signal,
    say: () => {},
    bases,
    shared: { nonce: own.run, ran, looks: looks ?? new Map() },
  });
}

/** What a fixture's `after` makes of its `before`; `applied`: the fixes that the tool says do so. */
export function fixtureResult(before: Snapshot, afterRoot: string, applied: FixResult['applied']): FixResult {
  const paths = listFolder(afterRoot, '.pyvenv-fix-journal').paths;
  const own = lazySnapshot(afterRoot, paths);
  const after: Snapshot = {
    paths: new Map([...before.paths, ...paths]),
    read: (path) => (paths.has(path) ? own.read(path) : before.read(path)),
  };
  const changed = [...paths.keys()].filter((path) => before.read(path) !== own.read(path));
  return { applied, findings: [], withdrawn: [], concerned: [], before, after, changed };
}

/** What plain edits make of it, with no guard in between. */
export function editResult(before: Snapshot, edits: readonly TextEdit[]): FixResult {
  const after = overlaid(before, edits);
  const changed = [...new Set(edits.map(({ path }) => path))];
  const fix = { title: 'Do it wrong', safety: 'safe' as const, edits, declares: {} };
  const applied = [{ ...MENDED, transform: 'wrong', fix, at: { path: edits[0]?.path ?? '', offset: 0 } }];
  return { applied, findings: [], withdrawn: [], concerned: [], before, after, changed };
}

const images = new Map<string, Promise<boolean>>();
const quick = engine && quickBases(engine);
/** By reference, what is built on instead. */
const standIns = new Map<string, string>();

/** Whether every image that these Dockerfiles stand on can be had; the first that cannot, by name. */
export async function missingBase(dockerfiles: readonly string[]): Promise<string | undefined> {
  for (const reference of new Set(dockerfiles.flatMap(references))) {
    let known = images.get(reference);
    if (!known) {
      known = canHave(reference);
      images.set(reference, known);
    }
    if (!(await known)) return reference;
  }
  return undefined;
}

function references(text: string): string[] {
  const { instructions } = parseDockerfile(text);
  const stages = new Set<string>();
  const found: string[] = [];
  const args = new Map<string, string>();
  for (const { keyword, words, flags, pairs } of instructions) {
    if (keyword === 'ARG') for (const { name, value } of pairs) if (value !== undefined) args.set(name, value);
    for (const { name, value = '' } of flags) {
      if (name === 'from') found.push(value);
      if (name === 'mount') found.push(/(?:^|,)from=([^,]*)/.exec(value)?.[1] ?? '');
    }
    if (keyword !== 'FROM') continue;
    found.push((words[0]?.value ?? '').replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => args.get(name) ?? ''));
    if (words[2]) stages.add(words[2].value.toLowerCase());
  }
  return found.filter((one) => one !== '' && one !== 'scratch' && !/^\d+$/.test(one) && !stages.has(one.toLowerCase()));
}

async function canHave(reference: string): Promise<boolean> {
  if (!engine || !quick || !/^[\w][\w.:/@-]*$/.test(reference)) return false;
  const stands = async () => {
    const args = ['image', 'inspect', '--format', '{{.Id}}', reference];
    const { code, out } = await runEngine(engine, { args, seconds: 60 });
    if (code === 0) standIns.set(reference, await quick.of(reference, out.trim()));
    return code === 0;
  };
  if (await stands()) return true;
  // The look-alikes of the lab stand for glibc Pythons and Debian only.
  if (/^registry\.example\.|alpine|ubuntu|:.*\{/.test(reference)) return false;
  if (/^(?:docker\.io\/)?(?:library\/)?(?:python|debian):|\/uv:/.test(reference) && existsSync(LAB)) {
    await new Promise<void>((done) => execFile(LAB, ['image', reference], () => done()));
    return stands();
  }
  await runEngine(engine, { args: ['pull', '-q', reference], seconds: 120 });
  return stands();
}

/** All labelled things of a process that the engine still has. */
export async function leftBy(pid: number): Promise<string[]> {
  if (!engine) return [];
  const left: string[] = [];
  for (const args of [
    ['ps', '-a', '--format', `{{.ID}} {{.Label "${LABEL}"}}`],
    ['volume', 'ls', '--format', `{{.Name}} {{.Label "${LABEL}"}}`],
  ]) {
    const { out } = await runEngine(engine, { args: [...args, '--filter', `label=${LABEL}`], seconds: 60 });
    left.push(...out.split('\n').filter((line) => line.includes(` ${pid}.`)));
  }
  const { out } = await runEngine(engine, { args: ['images', '-a', '-q', '--filter', `label=${LABEL}`], seconds: 60 });
  for (const id of new Set(out.split('\n').filter((line) => line !== ''))) {
    const format = `{{index .Config.Labels "${LABEL}"}}`;
    const told = await runEngine(engine, { args: ['image', 'inspect', '--format', format, id], seconds: 60 });
    if (told.out.startsWith(`${pid}.`)) left.push(`image ${id}`);
  }
  return left;
}
