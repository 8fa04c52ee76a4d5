// Where the judged files come from: kept cases, fixtures, a corpus folder. Files are read as latin1 and sent by path.
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DockerfileRequest } from './judge.ts';

export interface Source {
  readonly name: string;
  readonly request: DockerfileRequest;
  /** One character per byte. */
  readonly text: string;
}

const DOCKERFILE = /^(dockerfile|containerfile)([._-].*)?$|\.(dockerfile|containerfile)$/i;
const COMPOSE = /(^|[._-])compose([._-].*)?\.ya?ml$|\.ya?ml$/i;
const LIMIT = 1_000_000;

/** Paths of all files below `folder` whose name matches, sorted; none where the folder is absent. */
export function filesBelow(folder: string, wanted: (name: string) => boolean): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch {
    return [];
  }
  return entries
    .filter((e) => e.isFile() && wanted(e.name))
    .map((e) => join(e.parentPath, e.name))
    .sort();
}

export const isDockerfileName = (name: string): boolean => DOCKERFILE.test(name) && !name.toLowerCase().endsWith('.dockerignore');
export const isComposeName = (name: string): boolean => COMPOSE.test(name);
export const isIgnoreName = (name: string): boolean => name.toLowerCase().endsWith('.dockerignore') || name.toLowerCase().endsWith('.containerignore');

export function sourcesBelow(folder: string): Source[] {
  return filesBelow(folder, isDockerfileName)
    .filter((path) => statSync(path).size <= LIMIT)
    .map((path) => ({ name: relative(folder, path), request: { path }, text: readFileSync(path, 'latin1') }));
}
