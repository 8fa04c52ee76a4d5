// Commands that are given to containers of an image from outside: `docker run IMAGE .venv/bin/python`, a deployment's `command`.
import type { Snapshot } from '../../model.ts';
import { mayNameDockerfiles } from '../builds/namedContexts.ts';
import type { HostUse, Sought } from './hostUses.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';
import { pathWords } from './pathWords.ts';

const DEPLOYS =
  /(^|\/)(fly[^/]*\.toml|render\.ya?ml|heroku\.yml|app\.(ya?ml|json)|railway\.(json|toml)|captain-definition|[^/]*\.nomad)$/i;
const MANIFEST = /^[ \t]*(apiVersion|kind)[ \t]*:/m;
const STARTS = /\b(docker|docker-compose|podman|podman-compose|nerdctl|kubectl)\s(?:[^\n]|\\\n){0,300}?\b(run|exec)\s/g;
const LARGEST = 200_000;

interface Outside {
  readonly path: string;
  readonly text: string;
  /** All of it speaks of containers; else only what stands behind `docker run`. */
  readonly whole: boolean;
}

const known = new WeakMap<Snapshot, readonly Outside[]>();

function outsideFiles(snapshot: Snapshot): readonly Outside[] {
  const read = known.get(snapshot);
  if (read !== undefined) return read;
  const found: Outside[] = [];
  for (const [path, kind] of snapshot.paths) {
    const isYaml = /\.ya?ml$/i.test(path);
    if ((kind !== 'file' && kind !== 'executable') || !(isYaml || DEPLOYS.test(path) || mayNameDockerfiles(path)))
      continue;
    const text = snapshot.read(path) ?? '';
    if (text.length > LARGEST || !text.includes('/bin/')) continue;
    const whole = DEPLOYS.test(path) || (isYaml && MANIFEST.test(text));
    if (whole || text.search(STARTS) >= 0) found.push({ path, text, whole });
  }
  known.set(snapshot, found);
  return found;
}

/** The first of them that names a program of the environment. `isHosts`: the word means what came from the host. */
export function useOutside(
  d: ReadDockerfile,
  { name }: Sought,
  snapshot: Snapshot,
  isHosts: (word: string) => boolean,
): HostUse | undefined {
  for (const { path, text, whole } of outsideFiles(snapshot)) {
    if (path === d.path || !text.includes(`${name}/bin/`)) continue;
    const ranges = whole
      ? [{ start: 0, end: text.length }]
      : [...text.matchAll(STARTS)].map((m) => ({ start: m.index, end: endOf(text, m.index + m[0].length) }));
    for (const { start, end } of ranges) {
      const found = pathWords(text.slice(start, end), name).find(
        ({ word }) => word.includes(`${name}/bin/`) && isHosts(word),
      );
      if (found !== undefined) return { path, offset: start + found.at, word: found.word };
    }
  }
  return undefined;
}

/** The end of the command line at this offset, with the lines that continue it. */
function endOf(text: string, from: number): number {
  let at = text.indexOf('\n', from);
  while (at > 0 && text[at - 1] === '\\') at = text.indexOf('\n', at + 1);
  return at < 0 ? text.length : at;
}
