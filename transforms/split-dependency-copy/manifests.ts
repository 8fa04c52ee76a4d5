// The COPY lines that bring just what the installs read, one for each target folder.

import type { Blocker } from '../../src/facts/blocker.ts';
import { ARCHIVE } from '../../src/facts/copies/copy.ts';
import {
  type AnyCopy,
  areAlike,
  type ContextCopy,
  providedAt,
  type TakenSource,
} from '../../src/facts/copies/repositoryCopies.ts';
import { copiesBefore, type RunBeforeCode, touchedBy } from './checks.ts';
import type { InstructionAt } from './splitPlace.ts';

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

/** Paths that a RUN reads, with the copy that brings each; those that stay where they are are left out. */
export function broughtBy({ installs, looks, moved, at }: RunBeforeCode): BroughtManifest[] {
  const copies = copiesBefore(at);
  const found = new Map<string, BroughtManifest>();
  const read = [
    ...installs.flatMap(({ reads }) => [
      ...[...reads.files, ...reads.optional].map((imagePath) => ({ imagePath, isFolder: false })),
      ...reads.folders.map((imagePath) => ({ imagePath, isFolder: true })),
    ]),
    ...looks.map((imagePath) => ({ imagePath, isFolder: false })),
  ];
  for (const { imagePath, isFolder } of read) {
    const one = providedAt(imagePath, copies, at.place);
    if (one === undefined) continue;
    const copy = moved.find((m) => m.instruction === one.copy.instruction);
    if (copy === undefined || isThereAlready({ imagePath, path: one.path, copy }, copies, at)) continue;
    found.set(`${copy.instruction.index} ${one.path}`, { copy, source: one.source, path: one.path, isFolder });
  }
  return [...found.values()];
}

/** A file of the image, and what brings it there. */
interface LaidFile {
  readonly imagePath: string;
  readonly copy: ContextCopy;
  /** Relative to the context. */
  readonly path: string;
}

/** An earlier copy, which stays, has laid the same file there, and nothing has changed it since. */
function isThereAlready(
  { imagePath, copy, path }: LaidFile,
  copies: readonly AnyCopy[],
  { stage, place }: InstructionAt,
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
  return touchedBy(one.copy, { stage, n: stage.instructions.indexOf(copy.instruction), place }) === undefined;
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

/** The COPY lines that take the place of `copy`, or why they cannot be written. */
export function manifestCopies(
  copy: ContextCopy,
  brought: readonly BroughtManifest[],
): readonly ManifestCopy[] | Blocker {
  const groups = new Map<string, { source: string; rank: number }[]>();
  const lines: ManifestCopy[] = [];
  for (const { source, path, isFolder } of brought) {
    const rest = source.path === '' ? path : path.slice(source.path.length + 1);
    const written = source.kind === 'file' ? source.written : prefixOf(source.written) + rest;
    if (rest === '' && source.kind === 'folder') return { code: 'reads code', words: 'it reads the whole folder' };
    if (!PLAIN.test(written.replace(/\$\w+|\$\{\w+\}/g, '')))
      return { code: 'text', words: `${written} cannot be written as a plain word` };
    if (copy.instruction.keyword === 'ADD' && ARCHIVE.test(path))
      return { code: 'text', words: `ADD would unpack ${path}` };
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
