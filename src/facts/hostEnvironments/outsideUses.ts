// Commands that are given to containers of an image from outside: `docker run IMAGE .venv/bin/python`, a deployment's `command`.

import { keyOfRest } from '../../edit/overlay.ts';
import type { Snapshot } from '../../model.ts';
import { mayNameDockerfiles } from '../builds/namedContexts.ts';
import { MAKES_TEXT } from '../installers/index.ts';
import { pathsFitting } from '../sourcePaths.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';
import { pathWords } from './pathWords.ts';
import type { HostUse, Sought } from './sought.ts';

const DEPLOYS =
  /(^|\/)(fly[^/]*\.toml|render\.ya?ml|heroku\.yml|app\.(ya?ml|json)|railway\.(json|toml)|captain-definition|[^/]*\.nomad)$/i;
const MANIFEST = /^[ \t]*(apiVersion|kind)[ \t]*:/m;
const STARTS = /\b(docker|docker-compose|podman|podman-compose|nerdctl|kubectl)\s(?:[^\n]|\\\n){0,300}?\b(run|exec)\s/g;
/** Settings of deployments in general: an absolute path of the image in one of them is meant. */
const SETTINGS = /\.(ya?ml|json|toml|tf|hcl|nomad)$/i;
const MAKES_ONE = new RegExp(String.raw`-m\s*venv\b|\bvirtualenv\s|\b(${MAKES_TEXT})\b`);
const LARGEST = 200_000;

interface Outside {
  readonly path: string;
  readonly text: string;
  /** What of it speaks of containers: all, its absolute paths, or only what stands behind `docker run`. */
  readonly speaks: 'all' | 'absolute' | 'commands';
}

const isSettingsFile = (path: string): boolean => SETTINGS.test(path) && !/(^|\/)\.(vscode|idea)\//.test(path);
const maySpeak = (path: string): boolean => isSettingsFile(path) || DEPLOYS.test(path) || mayNameDockerfiles(path);

const known = new WeakMap<object, readonly Outside[]>();

function outsideFiles(snapshot: Snapshot): readonly Outside[] {
  const all = known.get(keyOfRest(snapshot)) ?? readOutside(snapshot);
  known.set(keyOfRest(snapshot), all);
  return all;
}

function readOutside(snapshot: Snapshot): Outside[] {
  const found: Outside[] = [];
  for (const path of pathsFitting(snapshot, maySpeak)) {
    const isSettings = isSettingsFile(path);
    const text = snapshot.read(path) ?? '';
    if (text.length > LARGEST || !text.includes('/bin/')) continue;
    if (DEPLOYS.test(path) || (/\.ya?ml$/i.test(path) && MANIFEST.test(text)))
      found.push({ path, text, speaks: 'all' });
    else {
      if (text.search(STARTS) >= 0) found.push({ path, text, speaks: 'commands' });
      if (isSettings) found.push({ path, text, speaks: 'absolute' });
    }
  }
  return found;
}

/** The first of them that names a program of the environment. `isHosts`: the word means what came from the host. */
export function useOutside(
  dockerfile: ReadDockerfile,
  { name }: Sought,
  snapshot: Snapshot,
  isHosts: (word: string) => boolean,
): HostUse | undefined {
  for (const { path, text, speaks } of outsideFiles(snapshot)) {
    if (path === dockerfile.path) continue;
    const ranges =
      speaks === 'commands'
        ? [...text.matchAll(STARTS)].map((match) => ({
            start: match.index,
            end: endOfLine(text, match.index + match[0].length),
          }))
        : [{ start: 0, end: text.length }];
    for (const { start, end } of ranges) {
      if (MAKES_ONE.test(text.slice(start, end))) continue;
      const found = pathWords(text.slice(start, end), name).find(
        ({ word }) => word.includes(`${name}/bin/`) && (speaks !== 'absolute' || word.startsWith('/')) && isHosts(word),
      );
      if (found !== undefined) return { path, offset: start + found.at, word: found.word };
    }
  }
  return undefined;
}

/** Where the command ends that goes on at this offset: an operator outside of quotes, or a line that nothing continues. */
function endOfLine(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') at++;
    else if (character === '\n') return at;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (/[;&|]/.test(character)) return at;
  }
  return text.length;
}
