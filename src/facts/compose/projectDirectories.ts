// Lines of scripts, Makefiles and workflows that give compose another project folder: `docker compose --project-directory X -f F up`.
import type { Snapshot } from '../../model.ts';
import { wordSet } from '../../text/wordSet.ts';
import { flagValues } from '../flags.ts';
import { hostFile, hostPaths } from '../hostCommands/hostTexts.ts';
import { hostPlace } from '../hostCommands/hostWords.ts';
import { composeWordsFrom, splitAt } from '../starts/composeWords.ts';
import { COMPOSE_FLAGS } from '../starts/engineFlags.ts';
import { isTestData } from '../testData.ts';

const FLAG = '--project-directory';
/** What reads build contexts and mounts. */
const STARTS = wordSet('up run build create watch config');

/**
 * For the first `-f` file of such lines: the folder in which its relative paths start. A file that another line names without the
 * flag, or with another folder, has none: it is read as by itself.
 */
export function projectDirectories(snapshot: Snapshot): ReadonlyMap<string, string> {
  const paths = (['script', 'workflow'] as const).flatMap((kind) => hostPaths(snapshot, kind));
  const own = paths.filter((path) => !isTestData(path));
  if (!own.some((path) => snapshot.read(path)?.includes(FLAG))) return new Map();
  const folders = new Map<string, Set<string>>();
  for (const path of own) {
    if (snapshot.read(path)?.includes('compose') !== true) continue;
    for (const { words, folders: startedIn } of hostFile(path, snapshot)?.commands ?? []) {
      const at = composeWordsFrom(words);
      const globals = at === undefined ? undefined : splitAt(words, at, COMPOSE_FLAGS);
      const [file] = globals === undefined ? [] : flagValues(globals.read, '--file', '-f');
      if (globals === undefined || file === undefined || !STARTS.has(globals.word)) continue;
      const given = flagValues(globals.read, FLAG).at(-1);
      for (const folder of startedIn) {
        const named = hostPlace(file, folder);
        if (named === undefined) continue;
        const place = given === undefined ? '-' : hostPlace(given, folder);
        folders.set(named, (folders.get(named) ?? new Set()).add(place ?? '-'));
      }
    }
  }
  const found = new Map<string, string>();
  for (const [file, [folder, ...others]] of folders)
    if (folder !== undefined && folder !== '-' && others.length === 0) found.set(file, folder);
  return found;
}
