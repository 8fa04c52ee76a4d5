// Reads uv.lock, poetry.lock and pdm.lock: which packages they have, from where, and what they recorded of the project.

import type { Problem } from '../../model.ts';
import { bytesOf } from '../../text/latin1.ts';
import { normaliseName } from './requirement.ts';
import { parseToml, TOML_LIMIT, type TomlTable, tableAt, tablesAt, textAt, textsAt } from './toml.ts';

/** A locked package. */
export interface LockedPackage {
  /** PEP 503 normalised. */
  readonly name: string;
  /**
   * Where it is taken from; `folder`, `virtual` (a project that is never installed) and `file` are on disk. 'unknown' where it
   * cannot be read.
   */
  readonly source: 'registry' | 'git' | 'url' | 'editable' | 'virtual' | 'folder' | 'file' | 'unknown';
  /** Path (latin1, '.' is the lock's folder) or address; '' where there is none. */
  readonly from: string;
}

export interface Lock {
  readonly packages: readonly LockedPackage[];
  readonly problems: readonly Problem[];
}

export interface UvLock extends Lock {
  readonly version: number | undefined;
  readonly requiresPython: string | undefined;
  /** `manifest.members`, normalised; empty where the lock is of a single project. */
  readonly members: readonly string[];
  readonly manifest: TomlTable | undefined;
  /** Resolution options that were in force; undefined: none. */
  readonly options: TomlTable | undefined;
  /** `[package.metadata]` of the projects themselves (editable, virtual, folder), by normalised name; undefined: none recorded. */
  readonly metadata: ReadonlyMap<string, TomlTable | undefined>;
}

export interface PoetryLock extends Lock {
  readonly contentHash: string | undefined;
}

export interface PdmLock extends Lock {
  readonly contentHash: string | undefined;
  readonly groups: readonly string[];
}

/** Above this a uv.lock is read by its sections, in a tenth of the time; bytes. */
const WHOLE_LIMIT = 256 * 1024;
const SECTION = '\n[[package]]\n';
const UV_SOURCES = [
  ['registry', 'registry'],
  ['git', 'git'],
  ['url', 'url'],
  ['path', 'file'],
  ['directory', 'folder'],
  ['editable', 'editable'],
  ['virtual', 'virtual'],
] as const;

function readUvPackage(table: TomlTable): LockedPackage {
  const name = normaliseName(textAt(table, 'name') ?? '');
  for (const [key, source] of UV_SOURCES) {
    const from = textAt(table, 'source', key);
    if (from !== undefined) return { name, source, from: bytesOf(from) };
  }
  return { name, source: 'unknown', from: '' };
}

const isProject = (locked: LockedPackage): boolean => ['editable', 'virtual', 'folder'].includes(locked.source);

/** The name and source lines of a generated section; what else it has is only read for projects. */
function readUvSection(section: string): TomlTable | undefined {
  const name = /^name = "[^"\\\n]*"$/m.exec(section)?.[0];
  const source = /^source = \{[^\n]*\}$/m.exec(section)?.[0];
  if (name === undefined || source === undefined) return undefined;
  const { table } = parseToml(`${name}\n${source}\n`);
  if (table === undefined || !isProject(readUvPackage(table))) return table;
  return tablesAt(parseToml(`[[package]]\n${section}`).table, 'package')[0];
}

/** Reads a big lock section by section; undefined where it is not as uv writes it. */
function readSections(source: string): { readonly head: TomlTable; readonly packages: TomlTable[] } | undefined {
  if (source.includes('\r') || source.includes('"""') || source.includes("'''")) return undefined;
  const [first = '', ...sections] = source.split(SECTION);
  const head = parseToml(first).table;
  const packages = sections.map(readUvSection).filter((table) => table !== undefined);
  return head === undefined || packages.length < sections.length ? undefined : { head, packages };
}

/** Reads a uv.lock (latin1). Never throws. */
export function parseUvLock(source: string): UvLock {
  const isBig = source.length > WHOLE_LIMIT && source.length <= TOML_LIMIT;
  const sections = isBig ? readSections(source) : undefined;
  const whole = sections === undefined ? parseToml(source) : { table: sections.head, problems: [] };
  const tables = sections?.packages ?? tablesAt(whole.table, 'package');
  const packages = tables.map(readUvPackage);
  const metadata = new Map<string, TomlTable | undefined>();
  packages.forEach((locked, i) => {
    if (isProject(locked)) metadata.set(locked.name, tableAt(tables[i], 'metadata'));
  });
  const version = whole.table?.version;
  return {
    packages,
    problems: whole.problems,
    version: typeof version === 'number' ? version : undefined,
    requiresPython: textAt(whole.table, 'requires-python'),
    members: textsAt(whole.table, 'manifest', 'members').map(normaliseName),
    manifest: tableAt(whole.table, 'manifest'),
    options: tableAt(whole.table, 'options'),
    metadata,
  };
}

/** Reads a poetry.lock (latin1), of any version. Never throws. */
export function parsePoetryLock(source: string): PoetryLock {
  const { table, problems } = parseToml(source);
  const packages = tablesAt(table, 'package').map((one): LockedPackage => {
    const name = normaliseName(textAt(one, 'name') ?? '');
    const from = bytesOf(textAt(one, 'source', 'url') ?? '');
    const type = textAt(one, 'source', 'type');
    if (type === undefined || type === 'legacy') return { name, source: 'registry', from };
    if (type === 'directory') return { name, source: 'folder', from };
    return { name, source: type === 'file' || type === 'git' || type === 'url' ? type : 'unknown', from };
  });
  return { packages, problems, contentHash: textAt(table, 'metadata', 'content-hash') };
}

/** Reads a pdm.lock (latin1). Never throws. */
export function parsePdmLock(source: string): PdmLock {
  const { table, problems } = parseToml(source);
  const packages = tablesAt(table, 'package').map((one): LockedPackage => {
    const name = normaliseName(textAt(one, 'name') ?? '');
    const path = textAt(one, 'path');
    if (path !== undefined) return { name, source: one.editable === true ? 'editable' : 'folder', from: bytesOf(path) };
    const git = textAt(one, 'git');
    if (git !== undefined) return { name, source: 'git', from: bytesOf(git) };
    const url = textAt(one, 'url');
    return { name, source: url === undefined ? 'registry' : 'url', from: bytesOf(url ?? '') };
  });
  return {
    packages,
    problems,
    contentHash: textAt(table, 'metadata', 'content_hash'),
    groups: textsAt(table, 'metadata', 'groups'),
  };
}
