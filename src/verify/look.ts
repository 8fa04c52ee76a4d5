// Looks into an image: what is installed, and the files that stand there.

import { createContainer, readFiles, removeContainer } from '../io/engine/containers.ts';
import type { EngineSession } from '../io/engine/engineSession.ts';
import type { Export } from '../io/engine/exportTree.ts';
import { textOf } from '../text/latin1.ts';
import type { Bench, Start } from './bench.ts';
import { type StartRequest, seeStart } from './containerStart.ts';
import { type Inventory, isPackageList, readInventory } from './inventory.ts';
import type { StartLooked } from './looked.ts';
import { type TarEntry, tarReader } from './tar.ts';

/** As `seeStart`, once for all that cannot differ. */
export function look(bench: Bench, request: StartRequest & { readonly id: string }): Promise<Start | undefined> {
  const { id, of, start, program } = request;
  const mounts = start?.mounts.some(({ kind }) => kind === 'repository') ? of.folder : '';
  const plan = start && { ...start, environment: [...start.environment] };
  const key = [id, mounts, program, JSON.stringify(plan ?? null)].join('\0');
  let looking = bench.looks.get(key);
  if (!looking) {
    looking = seeStart(bench, request);
    bench.looks.set(key, looking);
  }
  return looking;
}

/** Without the list of the files. */
export function withoutInventory(start: Start | undefined): StartLooked | undefined {
  if (!start) return undefined;
  const { inventory: _, ...seen } = start;
  return seen;
}

/** What is installed where: told by a Python of the image, or, where none can be started, from its files; undefined where neither can be had. */
export async function lookInto(
  bench: Bench,
  at: { readonly image: string; readonly id: string; readonly env: ReadonlyMap<string, string>; readonly of: Export },
): Promise<{ readonly inventory: Inventory | undefined; readonly exec?: StartLooked }> {
  const seen = await look(bench, { ...at, program: 'inventory' });
  const exec = withoutInventory(seen);
  const inventory =
    seen?.inventory ??
    (await look(bench, { ...at, program: 'inventory by python3' }))?.inventory ??
    (await inventoryOf(bench.session, at.image));
  return exec ? { inventory, exec } : { inventory };
}

/** As the engine lists the files of an image. */
export async function inventoryOf(session: EngineSession, image: string): Promise<Inventory | undefined> {
  const made = await createContainer(session, { image, environment: new Map(), mounts: [], command: ['true'] });
  if (!('id' in made)) return undefined;
  const inventory = readInventory();
  const entry = (one: TarEntry) => inventory.entry({ ...one, path: textOf(one.path).text });
  const read = tarReader({ wants: isPackageList, entry });
  const whole = await readFiles(session, made.id, read);
  await removeContainer(session, made.id);
  return whole ? inventory.done() : undefined;
}
