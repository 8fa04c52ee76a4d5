// The COPY lines that bring just what the installs read, one for each target folder.

import { ARCHIVE } from '../../src/facts/copies/copy.ts';
import {
  type AnyCopy,
  areAlike,
  type ContextCopy,
  providedAt,
  type TakenSource,
} from '../../src/facts/copies/repositoryCopies.ts';
import type { Stage } from '../../src/facts/image.ts';
import { touchedBy } from './checks.ts';
import type { DependencyInstall } from './install.ts';
import type { SplitPlace } from './splitPlace.ts';

/** One COPY: sources and destination as they are written (JSON decoded). */
export interface ManifestCopy {
  readonly sources: readonly string[];
  readonly destination: string;
}

/** What a moved copy brought to the installs. */
export interface BroughtManifest {
  readonly copy: ContextCopy;
  readonly source: TakenSource;
  /** Relative to the context. */
  readonly path: string;
  /** A folder of archives that is looked through. */
  readonly isFolder: boolean;
}

/** Paths that are read, with the copy that brings each; those that stay where they are are left out. */
export function broughtBy(
  installs: readonly DependencyInstall[],
  looks: readonly string[],
  copies: readonly AnyCopy[],
  moved: readonly ContextCopy[],
  stage: Stage,
  place: SplitPlace,
): BroughtManifest[] {
  const found = new Map<string, BroughtManifest>();
  const add = (imagePath: string, isFolder: boolean): void => {
    const one = providedAt(imagePath, copies, place);
    if (one === undefined) return;
    const copy = moved.find((m) => m.instruction === one.copy.instruction);
    if (copy === undefined || isThereAlready(imagePath, copy, one.path, copies, stage, place)) return;
    found.set(`${copy.instruction.index} ${one.path}`, {
      copy,
      source: one.source,
      path: one.path,
      isFolder,
    });
  };
  for (const { reads } of installs) {
    for (const path of [...reads.files, ...reads.optional]) add(path, false);
    for (const path of reads.folders) add(path, true);
  }
  for (const path of looks) add(path, false);
  return [...found.values()];
}

/** An earlier copy, which stays, has laid the same file there, and nothing has changed it since. */
function isThereAlready(
  imagePath: string,
  copy: ContextCopy,
  path: string,
  copies: readonly AnyCopy[],
  stage: Stage,
  place: SplitPlace,
): boolean {
  const earlier = copies
    .slice(
      0,
      copies.findIndex((c) => c.instruction === copy.instruction),
    )
    .filter((c) => !place.known.get(c.instruction.index)?.isCode);
  const one = providedAt(imagePath, earlier, place);
  if (one?.path !== path) return false;
  if (one.copy.instruction.flags.length > 0 && !areAlike(one.copy, copy)) return false;
  return touchedBy(one.copy, stage, stage.instructions.indexOf(copy.instruction), place) === undefined;
}

/** What a plain word of COPY can hold without quotes, variables or patterns. */
const PLAIN = /^[\w.@%+=:,/~\x80-\xff-]+$/;
const RANK = [/(^|\/)(pyproject\.toml|Pipfile)$/, /\.lock$/];
const rankOf = (path: string): number => (RANK.findIndex((r) => r.test(path)) + RANK.length + 1) % (RANK.length + 1);

const prefixOf = (written: string): string => (/^(\.?\/?)$/.test(written) ? '' : `${written.replace(/\/+$/, '')}/`);

function destinationOf(copy: ContextCopy, folder: string, count: number): string {
  const { writtenDestination: own } = copy;
  if (folder === '') {
    if (own === '.' && count > 1) return './';
    return own === '.' || own.endsWith('/') ? own : `${own}/`;
  }
  return `${own.replace(/\/+$/, '')}/${folder}/`;
}

/** The COPY lines that take the place of `copy`; a text says why they cannot be written. */
export function manifestCopies(
  copy: ContextCopy,
  brought: readonly BroughtManifest[],
): readonly ManifestCopy[] | string {
  const groups = new Map<string, { source: string; rank: number }[]>();
  const lines: ManifestCopy[] = [];
  for (const { source, path, isFolder } of brought) {
    const rest = source.path === '' ? path : path.slice(source.path.length + 1);
    const written = source.kind === 'file' ? source.written : prefixOf(source.written) + rest;
    if (rest === '' && source.kind === 'folder') return 'it reads the whole folder';
    if (!PLAIN.test(written.replace(/\$\w+|\$\{\w+\}/g, ''))) return `${written} cannot be written as a plain word`;
    if (copy.instruction.keyword === 'ADD' && ARCHIVE.test(path)) return `ADD would unpack ${path}`;
    if (isFolder) {
      lines.push({ sources: [written], destination: destinationOf(copy, rest, 1) });
      continue;
    }
    const slash = rest.lastIndexOf('/');
    const folder = slash < 0 ? '' : rest.slice(0, slash);
    groups.set(folder, [...(groups.get(folder) ?? []), { source: written, rank: rankOf(path) }]);
  }
  const depth = (folder: string): number => (folder === '' ? 0 : folder.split('/').length);
  const ordered = [...groups].sort(([a], [b]) => depth(a) - depth(b) || (a < b ? -1 : 1));
  const files = ordered.map(([folder, list]) => ({
    sources: list.sort((a, b) => a.rank - b.rank).map((f) => f.source),
    destination: destinationOf(copy, folder, list.length),
  }));
  return [...files, ...lines];
}
