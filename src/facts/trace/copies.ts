// COPY and ADD: environments that come along, files laid over one, which file of the repository stands at a path of the image.

import { expandWord } from '../../parse/dockerfile/expand.ts';

import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { lineMark } from '../../text/lines.ts';
import { type ImageState, lookupIn, type Stage } from '../image.ts';
import { absolute, isKnown, isWithin, unknown } from '../values.ts';
import { writeDocuments } from './copiedFiles.ts';
import { candidates, type Whole } from './copySources.ts';
import type { TraceInput } from './input.ts';
import { noteCopy } from './openCopies.ts';
import { envInterpreter } from './resolve.ts';
import type { CopiedFiles, Files } from './state.ts';
import { reachOf } from './systemPlaces.ts';
import type { Tracer } from './tracer.ts';

export function copyStep(i: Instruction, state: ImageState, stage: Stage, t: Tracer, whole: Whole): void {
  const { input } = whole;
  const lookup = lookupIn(state, stage.base);
  const expand = (word: string): string => {
    const { value, problem } = expandWord(word, lookup, input.syntax.escape);
    return problem === undefined ? value : unknown(word);
  };
  const words = i.words
    .filter((w) => !i.heredocs.some((h) => w.at >= h.at && w.to <= h.to))
    .map((w) => expand(w.value));
  const to = words.pop();
  if (to === undefined) return;
  const fromFlag = i.flags.find((f) => f.name === 'from')?.value;
  const from = fromFlag === undefined ? undefined : stageOf(expand(fromFlag), stage, input.image.stages);
  const folder = absolute(to, state.cwd);
  const destination = to.endsWith('/') || to === '.' || to.endsWith('/.') ? `${folder === '/' ? '' : folder}/` : folder;
  const copy: CopiedFiles = { instruction: i.index, from, sources: words, destination };
  t.files.copies.push(copy);
  writeDocuments(i, to, state, t, whole);
  noteCopy(i, copy, t, whole);
  const at = {
    instruction: i.index,
    stage: stage.index,
    when: 'build' as const,
    range: { start: i.start, end: i.end },
    conditional: false,
  };
  if (typeof from === 'number') {
    const owner = i.flags.find((f) => f.name === 'chown')?.value?.split(':')[0] ?? '';
    copyEnvironments(copy, whole.stages[from]!.files, owner, t, at);
    return;
  }
  if (from === 'image') return;
  // what the context brings may lie over an environment
  for (const e of t.files.environments.values()) {
    const source = coverSource(e.path, words, folder, to, input);
    if (source === undefined) continue;
    t.files.covered.set(
      envInterpreter(e.path),
      `line ${lineMark(input.path, i.start)} copies the build context over ${e.path}`,
    );
    t.events.push({ ...at, kind: 'overwrite', path: e.path, why: source });
  }
}

/** The path of the context that a copy would lay over `path`, unless the ignore file keeps it out. */
function coverSource(
  path: string,
  sources: readonly string[],
  folder: string,
  to: string,
  input: TraceInput,
): string | undefined {
  if (!isKnown(folder) || !isKnown(path)) return undefined;
  for (const source of sources) {
    const clean = source
      .replace(/^\/+/, '')
      .replace(/^(\.\/)+/, '')
      .replace(/\/+$/, '');
    if (!isWithin(path, folder)) continue;
    const rest = folder === '/' ? path.slice(1) : path.slice(folder.length + 1);
    if (isSingleFile(clean, input)) continue;
    const isFolder = clean === '' || clean === '.' || !/\.[A-Za-z0-9]+$/.test(clean) || to === source;
    const isGlob = /[*?[]/.test(clean);
    if (!isFolder && !isGlob) continue;
    // files (`t_*.py`), or the content of folders, which has no such path of its own
    if (isGlob && (/[^/]\.[A-Za-z][\w*?[\]]*$/.test(clean) || rest.includes('/'))) continue;
    const inContext = clean === '' || clean === '.' || isGlob ? rest : rest === '' ? clean : `${clean}/${rest}`;
    if (inContext === '' || !input.ignored(inContext)) return inContext;
  }
  return undefined;
}

/** Files that have no extension, for a context of which nothing is known. */
const NO_EXTENSION =
  /(^|\/)(LICEN[CS]E|COPYING|NOTICE|README|CHANGE(S|LOG)|AUTHORS|VERSION|Makefile|Procfile|Pipfile|Dockerfile|Containerfile|Jenkinsfile|justfile|gunicorn\.conf|entrypoint|manage)$/i;

/** A file holds no environment: the repository says what it is. */
function isSingleFile(source: string, input: TraceInput): boolean {
  if (source === '' || source === '.') return false;
  const stands = input.standsAt?.(source);
  return stands === 'file' || (stands === undefined && NO_EXTENSION.test(source));
}

function stageOf(value: string, stage: Stage, stages: readonly Stage[]): number | 'image' {
  const named = stages.findLast((s) => s.index < stage.index && s.name === value.toLowerCase());
  if (named) return named.index;
  if (/^\d+$/.test(value) && Number(value) < stage.index) return Number(value);
  return 'image';
}

function copyEnvironments(
  copy: CopiedFiles,
  source: Files,
  owner: string,
  t: Tracer,
  at: {
    instruction: number;
    stage: number;
    when: 'build';
    range: { start: number; end: number };
    conditional: boolean;
  },
): void {
  for (const word of copy.sources) {
    const path = absolute(word, '/');
    const folder = copy.destination === '/' ? '/' : copy.destination.replace(/\/$/, '');
    for (const e of source.environments.values()) {
      if (isWithin(e.path, path)) {
        const target =
          e.path === path
            ? folder
            : `${folder === '/' ? '' : folder}${path === '/' ? e.path : e.path.slice(path.length)}`;
        const { mixed: _, ...rest } = e;
        t.files.environments.set(target, { ...rest, path: target, copied: true, instruction: at.instruction, owner });
        t.allEnvironments.add(target);
        t.files.covered.delete(envInterpreter(target));
        t.files.installs.set(envInterpreter(target), new Set(source.installs.get(envInterpreter(e.path))));
        t.events.push({ ...at, kind: 'copy', path: target, from: copy.from as number });
      } else if (isWithin(path, e.path)) {
        // a part of an environment (its bin, its site-packages)
        t.events.push({ ...at, kind: 'copy', path: folder, from: copy.from as number, why: `a part of ${e.path}` });
      }
    }
    // packages of the other stage's system Python
    if (reachOf(path) !== 'no' || /^\/usr(\/local)?\/(lib|bin)|\.local(\/|$)|site-packages|dist-packages/.test(path)) {
      const sees = new Set(source.installs.get('system'));
      const key = `COPY --from ${copy.from} ${word}`;
      t.events.push({
        kind: 'run',
        key,
        words: [key],
        what: 'program',
        interpreter: 'system',
        path: [],
        virtualEnv: undefined,
        virtualEnvDangling: false,
        user: '',
        sees,
        needsNoPackages: false,
        ...at,
      });
      const own = t.files.installs.get('system') ?? new Set<string>();
      for (const id of sees) own.add(id);
      t.files.installs.set('system', own);
    }
  }
}

/** The repository file that stands at a path of the image, by the copies that were made. */
export function readImage(path: string, files: Files, whole: Whole): { path: string; text: string } | undefined {
  for (let n = files.copies.length - 1; n >= 0; n--) {
    const copy = files.copies[n]!;
    const folder = copy.destination === '/' ? '/' : copy.destination.replace(/\/$/, '');
    if (!isKnown(folder)) continue;
    if (typeof copy.from === 'number') {
      for (const word of copy.sources) {
        const source = absolute(word, '/');
        if (!isWithin(path, folder)) continue;
        const inner =
          path === folder ? source : `${source === '/' ? '' : source}${path.slice(folder === '/' ? 0 : folder.length)}`;
        const hit = readImage(inner, whole.stages[copy.from]!.files, whole);
        if (hit) return hit;
      }
      continue;
    }
    if (copy.from !== undefined) continue;
    for (const word of copy.sources) {
      const source = word
        .replace(/^\/+/, '')
        .replace(/^(\.\/)+/, '')
        .replace(/\/+$/, '')
        .replace(/^\.$/, '');
      if (!isKnown(source)) continue;
      for (const candidate of candidates(path, folder, source, copy)) {
        if (candidate === '' || whole.input.ignored(candidate)) continue;
        const hit = whole.input.readContext(candidate);
        if (hit) return hit;
      }
    }
  }
  return undefined;
}
