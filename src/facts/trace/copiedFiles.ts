// The text of a file of the image: as a step wrote it, or as a copy or a mount brought it.

import { expandWord } from '../../parse/dockerfile/expand.ts';
import { readMount } from '../../parse/dockerfile/runMounts.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { type ImageState, lookupIn, type Stage } from '../image.ts';
import { absolute, isKnown, isWithin, unknown } from '../values.ts';
import { candidates, type Whole } from './copySources.ts';
import type { CopiedFiles, Files, FileText } from './state.ts';
import type { Tracer } from './tracer.ts';
import { write, writtenAt } from './written.ts';

const folderOf = (copy: CopiedFiles): string => (copy.destination === '/' ? '/' : copy.destination.replace(/\/$/, ''));

/** What stands at `path`; undefined: nothing that is known to have been put there. */
export function fileOf(path: string, files: Files, whole: Whole): FileText | undefined {
  const own = writtenAt(path, files.written);
  const since = own?.copies ?? 0;
  for (let n = files.copies.length - 1; n >= since; n--) {
    const found = broughtBy(files.copies[n]!, path, whole);
    if (found !== undefined) return found;
  }
  return own;
}

function broughtBy(copy: CopiedFiles, path: string, whole: Whole): FileText | undefined {
  const folder = folderOf(copy);
  if (!isKnown(folder)) return undefined;
  for (const word of copy.sources) {
    const name = word.slice(word.replace(/\/+$/, '').lastIndexOf('/') + 1);
    const target = copy.destination.endsWith('/') ? absolute(name, folder) : folder;
    if (copy.from !== undefined) {
      const source = absolute(word, '/');
      if (!isWithin(path, folder)) continue;
      const inner = [
        ...(path === target ? [source] : []),
        ...(path === folder
          ? []
          : [`${source === '/' ? '' : source}/${path.slice(folder === '/' ? 1 : folder.length + 1)}`]),
      ];
      for (const one of inner) {
        const hit = copy.from === 'image' ? undefined : fileOf(one, whole.stages[copy.from]!.files, whole);
        if (hit !== undefined) return hit;
      }
      if (copy.from === 'image' && path === target) return { why: `${path} comes from another image` };
      continue;
    }
    if (/^(https?|git|ssh|ftp):|^git@/.test(word)) {
      const url = word.replace(/[?#].*$/, '');
      if (path === target || path === absolute(url.slice(url.lastIndexOf('/') + 1), folder))
        return { why: `${path} is fetched from ${word}`, url: word };
      continue;
    }
    const source = word
      .replace(/^\/+/, '')
      .replace(/^(\.\/)+/, '')
      .replace(/\/+$/, '')
      .replace(/^\.$/, '');
    if (!isKnown(source)) continue;
    for (const candidate of candidates(path, folder, source, copy)) {
      if (candidate === '' || whole.input.ignored(candidate)) continue;
      const hit = whole.input.readContext(candidate);
      if (hit) return { text: hit.text };
    }
    // named, but not to be read: git may not know it, or the context is not known
    if (path === target && whole.input.standsAt?.(source) !== 'folder')
      return { why: `${source} of the build context cannot be read` };
  }
  return undefined;
}

/** Single files that the mounts of a RUN bring: secrets, and binds of a file. */
export function mountedFiles(
  i: Instruction,
  state: ImageState,
  stage: Stage,
  whole: Whole,
): ReadonlyMap<string, FileText> {
  const found = new Map<string, FileText>();
  const lookup = lookupIn(state, stage.base);
  for (const flag of i.flags) {
    if (flag.name !== 'mount' || flag.value === undefined) continue;
    const { type, given } = readMount(flag.value, (word) => expandWord(word, lookup, whole.input.syntax.escape));
    const id = given.get('id') ?? given.get('source') ?? 'default';
    const target = given.get('target') ?? (type === 'secret' ? `/run/secrets/${id}` : undefined);
    if (target === undefined || (type !== 'secret' && type !== 'bind')) continue;
    const path = absolute(target, state.cwd);
    const source = (given.get('source') ?? '').replace(/^(\.?\/)+/, '');
    const text =
      type === 'bind' && !given.has('from') && isKnown(source) && !whole.input.ignored(source)
        ? whole.input.readContext(source)?.text
        : undefined;
    if (text !== undefined) found.set(path, { text });
    else if (type === 'secret') found.set(path, { why: `${path} is a secret of the build` });
    else if (/\.(conf|ini|cfg|toml|condarc)$/.test(path)) found.set(path, { why: `${path} is mounted for that step` });
  }
  return found;
}

/** Writes down the here-documents of a COPY or ADD. `to`: its destination, expanded. */
export function writeDocuments(i: Instruction, to: string, state: ImageState, t: Tracer, whole: Whole): void {
  const folder = absolute(to, state.cwd);
  for (const h of i.heredocs) {
    const path = to.endsWith('/') || to === '.' ? absolute(h.name, folder) : folder;
    const body = whole.input.text.slice(h.body.start, h.body.end);
    const own = h.chomp ? body.replace(/^\t+/gm, '') : body;
    const text = h.expand
      ? own.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (all, name: string) => state.buildEnv.get(name) ?? unknown(all))
      : own;
    write(path, { text }, t);
  }
}
