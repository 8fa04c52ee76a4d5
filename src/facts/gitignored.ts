// What git leaves out of a repository: it may lie there although the snapshot has none, and everybody may have one of their own.
import type { Snapshot } from '../model.ts';
import { matchesGlobName } from './globs.ts';

const LONGEST = 200_000;

/** Does a .gitignore on the way to `path` (of the repository) name it? Then it may lie there although the snapshot has none. */
export function isGitignored(path: string, snapshot: Snapshot): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  let ignored = false;
  const folders: string[] = [''];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  for (const folder of folders) {
    const text = snapshot.read(folder === '' ? '.gitignore' : `${folder}/.gitignore`);
    if (text === undefined) continue;
    // Of a text that nobody writes it is not looked up what it names.
    if (text.length > LONGEST) return true;
    const rest = folder === '' ? path : path.slice(folder.length + 1);
    for (const line of text.split(/\r?\n/)) {
      const pattern = line.trimEnd();
      const negated = pattern.startsWith('!');
      const own = pattern.replace(/^!/, '').replace(/^\*\*\//, '');
      const hits =
        own.startsWith('/') || own.includes('/') ? own.replace(/^\//, '') === rest : matchesGlobName(own, name);
      if (hits) ignored = !negated;
    }
  }
  return ignored;
}
