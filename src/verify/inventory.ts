// What is installed where in an image, from the list of its files.

import type { EnvironmentSeen } from '../report/proof.ts';
import { PLANTED_MARK, PLANTED_MODULE } from './probe.ts';
import { normalName } from './processes.ts';
import type { TarEntry } from './tar.ts';

export interface Inventory {
  /** The system's first (path ''), then by path. */
  readonly environments: readonly EnvironmentSeen[];
  /** Absolute paths of planted environments. */
  readonly leaks: readonly string[];
}

/** `.../site-packages/NAME-VERSION.dist-info`, a folder or (egg-info, egg-link) a file. */
const DISTRIBUTION = /^(.*)\/(?:site|dist)-packages\/([^/]+)\.(?:dist-info|egg-info|egg-link)$/;

/** The same from the list of paths that the probe wrote (JSON); undefined where it is none. */
export function inventoryOfList(text: string): Inventory | undefined {
  let paths: unknown;
  try {
    paths = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(paths)) return undefined;
  const inventory = readInventory();
  for (const path of paths) inventory.entry({ path: String(path).replace(/^\/+/, ''), kind: 'file', size: 0 });
  return inventory.done();
}

/** Takes the entries of an image's file system in any order. */
export function readInventory(): { entry(entry: TarEntry): void; done(): Inventory } {
  const roots = new Set<string>();
  const planted = new Set<string>();
  const found: { readonly folder: string; readonly name: string }[] = [];
  return {
    entry: ({ path, kind }) => {
      const slash = path.lastIndexOf('/');
      const name = path.slice(slash + 1);
      const folder = path.slice(0, Math.max(0, slash));
      if (name === 'pyvenv.cfg' && kind === 'file') roots.add(folder);
      if (name === PLANTED_MARK && kind === 'file') planted.add(folder);
      if (name === PLANTED_MODULE) planted.add(folder.replace(/\/?lib\/python[^/]*\/site-packages$/, ''));
      const [, at, distribution] = DISTRIBUTION.exec(path) ?? [];
      if (at !== undefined && distribution !== undefined) {
        found.push({ folder: at, name: normalName(distribution.replace(/-\d.*$/, '').replace(/-py\d[\d.]*$/, '')) });
      }
    },
    done: () => {
      const packages = new Map<string, Set<string>>([['', new Set()]]);
      for (const root of roots) if (!planted.has(root)) packages.set(root, new Set());
      for (const { folder, name } of found) {
        const root = rootOf(folder, roots);
        if (!planted.has(root)) packages.get(root)?.add(name);
      }
      const environments = [...packages]
        .map(([path, names]) => ({ path: path === '' ? '' : `/${path}`, packages: [...names].sort() }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      return { environments, leaks: [...planted].map((path) => `/${path}`).sort() };
    },
  };
}

/** The environment that a folder lies in; '' for the system. */
function rootOf(folder: string, roots: ReadonlySet<string>): string {
  for (let at = folder; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) if (roots.has(at)) return at;
  return '';
}
