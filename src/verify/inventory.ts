// What is installed where in an image, from the list of its files.

import type { EnvironmentSeen } from '../report/proof.ts';
import { readJson } from '../text/json.ts';
import { recordOrEmpty } from '../text/unknownRecord.ts';
import type { FileSeen, LeadsSeen } from './looked.ts';
import { PLANTED_MARK, PLANTED_MODULE } from './probe.ts';
import { normalizedName } from './processes.ts';
import type { TarEntry } from './tar.ts';

export interface Inventory {
  /** The system's first (path ''), then by path. */
  readonly environments: readonly EnvironmentSeen[];
  /** Absolute paths of planted environments. */
  readonly leaks: readonly string[];
  /** By absolute path. */
  readonly files: ReadonlyMap<string, FileSeen>;
  /** Of the operating system, with versions. */
  readonly packages: ReadonlyMap<string, string>;
  /** As of `SideDetails`. */
  readonly by: 'python' | 'engine';
  /** As of `SideDetails`. */
  readonly missing?: ReadonlyMap<string, string>;
  /** As of `SideDetails`. */
  readonly leads?: LeadsSeen;
}

/** `.../site-packages/NAME-VERSION.dist-info`, a folder or (egg-info, egg-link) a file. */
const DISTRIBUTION = /^(.*)\/(?:site|dist)-packages\/([^/]+)\.(?:dist-info|egg-info|egg-link)$/;

/** Where Debian and Alpine write down what is installed. */
const PACKAGE_LISTS = ['/var/lib/dpkg/status', '/lib/apk/db/installed'] as const;

/** What the probe leaves out too: not the image's, or of no use when it runs. */
const UNLISTED = /^(?:proc|sys|dev|usr\/share\/(?:doc|man|info|lintian|bug)|var\/lib\/dpkg\/.*)(?:\/|$)/;

/** Whether the content of a file is needed for an inventory. */
export const isPackageList = (path: string): boolean => PACKAGE_LISTS.some((one) => one === `/${path}`);

/** The same from what the probe wrote (JSON); undefined where it is none. */
export function inventoryOfList(text: string): Inventory | undefined {
  const value = readJson(text);
  const { tree, told, missing, dead, moved } = recordOrEmpty(value);
  if (typeof tree !== 'object' || tree === null) return undefined;
  const inventory = readInventory();
  const lists = recordOrEmpty(told);
  for (const [folder, entries] of Object.entries(tree)) {
    const lead = folder === '/' ? '' : folder.slice(1);
    for (const one of Array.isArray(entries) ? (entries as unknown[]) : []) {
      if (!Array.isArray(one)) continue;
      const [name, mode, uid, gid, size, content] = one as unknown[];
      const path = lead === '' ? String(name) : `${lead}/${String(name)}`;
      const list = lists[`/${path}`];
      inventory.entry({
        path,
        kind: kindOfMode(Number(mode)),
        size: Number(size),
        mode: Number(mode),
        uid: Number(uid),
        gid: Number(gid),
        ...(typeof content === 'string' ? { content } : {}),
        ...(typeof list === 'string' ? { text: list } : {}),
      });
    }
  }
  const leads: LeadsSeen = { dead: textMap(dead), moved: textMap(moved) };
  const done: Inventory = { ...inventory.done(), by: 'python', leads };
  return typeof missing !== 'object' || missing === null ? done : { ...done, missing: textMap(missing) };
}

const textMap = (value: unknown): ReadonlyMap<string, string> =>
  new Map(Object.entries(recordOrEmpty(value)).map(([name, one]) => [name, String(one)]));

const KINDS: ReadonlyMap<number, TarEntry['kind']> = new Map([
  [0o10, 'file'],
  [0o4, 'folder'],
  [0o12, 'link'],
]);

const kindOfMode = (mode: number): TarEntry['kind'] => KINDS.get(mode >> 12) ?? 'other';

/** Takes the entries of an image's file system in any order. */
export function readInventory(): { entry(entry: TarEntry): void; done(): Inventory } {
  const roots = new Set<string>();
  const planted = new Set<string>();
  const found: { readonly folder: string; readonly name: string; readonly version: string }[] = [];
  const files = new Map<string, FileSeen>();
  const packages = new Map<string, string>();
  return {
    entry: ({ path, kind, mode, uid, gid, size, content, text }) => {
      const slash = path.lastIndexOf('/');
      const name = path.slice(slash + 1);
      const folder = path.slice(0, Math.max(0, slash));
      if (name === 'pyvenv.cfg' && kind === 'file') roots.add(folder);
      if (name === PLANTED_MARK && kind === 'file') planted.add(folder);
      if (name === PLANTED_MODULE) planted.add(folder.replace(/\/?lib\/python[^/]*\/site-packages$/, ''));
      const [, at, distribution] = DISTRIBUTION.exec(path) ?? [];
      if (at !== undefined && distribution !== undefined) {
        const [, own = distribution, version = ''] = /^(.*?)-(\d.*?)(?:-py\d[\d.]*)?$/.exec(distribution) ?? [];
        found.push({ folder: at, name: normalizedName(own.replace(/-py\d[\d.]*$/, '')), version });
      }
      if (path !== '' && !UNLISTED.test(path))
        files.set(`/${path}`, { mode, uid, gid, size, ...(content === undefined ? {} : { content }) });
      if (text !== undefined && isPackageList(path)) readPackages(text, packages);
    },
    done: () => {
      const installed = new Map<string, Map<string, string>>([['', new Map()]]);
      for (const root of roots) if (!planted.has(root)) installed.set(root, new Map());
      for (const { folder, name, version } of found) {
        const root = environmentRoot(folder, roots);
        if (!planted.has(root)) installed.get(root)?.set(name, version);
      }
      const environments = [...installed]
        .map(([path, names]) => ({
          path: path === '' ? '' : `/${path}`,
          packages: [...names.keys()].sort(),
          versions: Object.fromEntries([...names].sort(([a], [b]) => (a < b ? -1 : 1))),
        }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      return { environments, leaks: [...planted].map((path) => `/${path}`).sort(), files, packages, by: 'engine' };
    },
  };
}

/** dpkg's status (`Package:`, `Status:`, `Version:`) or apk's list (`P:`, `V:`). */
function readPackages(text: string, packages: Map<string, string>): void {
  for (const block of text.split('\n\n')) {
    const field = (name: RegExp): string | undefined => name.exec(block)?.[1];
    const name = field(/^(?:Package: |P:)(.*)$/m);
    const state = field(/^Status: (.*)$/m);
    if (name === undefined || (state !== undefined && !state.endsWith(' installed'))) continue;
    packages.set(name, field(/^(?:Version: |V:)(.*)$/m) ?? '');
  }
}

/** The environment that a folder lies in; '' for the system. */
function environmentRoot(folder: string, roots: ReadonlySet<string>): string {
  for (let at = folder; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) if (roots.has(at)) return at;
  return '';
}
