// COPY and ADD in the trace: environments that come along, and files that are laid over one.

import type { Range } from '../../model.ts';
import { lineMark } from '../../text/lines.ts';
import { type Copy, copyOf, lastPart, type Taken, takenAt } from '../copies/copy.ts';
import type { Stage } from '../image.ts';
import { envKey, SYSTEM_PYTHON } from '../pythonInterpreter.ts';
import { absolute, isKnown, isWithin } from '../values.ts';
import { writeDocuments } from './copiedFiles.ts';
import type { Files } from './imageFiles.ts';
import type { TraceInput } from './input.ts';
import { noteCopy } from './openCopies.ts';
import { systemReach } from './systemPlaces.ts';
import type { Tracer } from './tracer.ts';
import type { Whole } from './whole.ts';

/** What instruction `n` of the stage, a COPY or ADD, does to the image's files. */
export function copyStep(n: number, stage: Stage, tracer: Tracer, whole: Whole): void {
  const { input } = whole;
  const i = stage.instructions[n]!;
  if (i.words.length === 0) return;
  const copy = copyOf(stage, n, { syntax: input.syntax, stages: input.image.stages });
  tracer.files.copies.push(copy);
  writeDocuments(copy, stage.before[n]!, tracer, whole);
  noteCopy(copy, tracer, whole);
  const at = {
    instruction: i.index,
    stage: stage.index,
    when: 'build' as const,
    range: { start: i.start, end: i.end },
    conditional: false,
  };
  if (typeof copy.from === 'number') {
    const owner = i.flags.find((flag) => flag.name === 'chown')?.value?.split(':')[0] ?? '';
    copyEnvironments(copy, { at, source: whole.stages[copy.from]!.files, owner }, tracer);
    return;
  }
  if (copy.from === 'image') return;
  // what the context brings may lie over an environment
  for (const environment of tracer.files.environments.values()) {
    const source = coverSource(environment.path, copy, input);
    if (source === undefined) continue;
    tracer.files.covered.set(
      envKey(environment.path),
      `line ${lineMark(input.path, i.start)} copies the build context over ${environment.path}`,
    );
    tracer.events.push({ ...at, kind: 'overwrite', path: environment.path, source });
  }
}

/** The path of the context that a copy would lay over the folder `path`, unless the ignore file keeps it out. */
function coverSource(path: string, copy: Copy, input: TraceInput): string | undefined {
  if (!isKnown(path)) return undefined;
  const found = takenAt(copy, path).find(
    (one) => mayBeFolder(one, copy, input) && (one.path === '' || !input.ignored(one.path)),
  );
  return found?.path;
}

/** May the path be a folder, with what is in it? */
function mayBeFolder({ source, as }: Taken, copy: Copy, input: TraceInput): boolean {
  const { path, kind } = source;
  // what fits a pattern is laid down itself if it is a file
  if (kind === 'pattern') return as === 'file' && !/[^/]\.[A-Za-z][\w*?[\]]*$/.test(path);
  if (as === 'file' || isSingleFile(path, input)) return false;
  return path === '' || !/\.[A-Za-z0-9]+$/.test(path) || lastPart(path) === lastPart(copy.destination);
}

/** Files that have no extension, for a context of which nothing is known. */
const NO_EXTENSION =
  /(^|\/)(LICEN[CS]E|COPYING|NOTICE|README|CHANGE(S|LOG)|AUTHORS|VERSION|Makefile|Procfile|Pipfile|Dockerfile|Containerfile|Jenkinsfile|justfile|gunicorn\.conf|entrypoint|manage)$/i;

/** A file holds no environment: the repository says what it is. */
function isSingleFile(source: string, input: TraceInput): boolean {
  if (source === '') return false;
  const stands = input.standsAt?.(source);
  return stands === 'file' || (stands === undefined && NO_EXTENSION.test(source));
}

/** A copy from another stage: where its events stand, what that stage holds, and whose the files become. */
interface StageCopy {
  readonly at: {
    readonly instruction: number;
    readonly stage: number;
    readonly when: 'build';
    readonly range: Range;
    readonly conditional: boolean;
  };
  readonly source: Files;
  readonly owner: string;
}

function copyEnvironments(copy: Copy, { at, source, owner }: StageCopy, tracer: Tracer): void {
  const folder = copy.destination;
  for (const { value: word } of copy.sources) {
    const path = absolute(word, '/');
    for (const environment of source.environments.values()) {
      if (isWithin(environment.path, path)) {
        const target =
          environment.path === path
            ? folder
            : `${folder === '/' ? '' : folder}${path === '/' ? environment.path : environment.path.slice(path.length)}`;
        const { mixed: _, ...rest } = environment;
        tracer.files.environments.set(target, {
          ...rest,
          path: target,
          copied: true,
          instruction: at.instruction,
          owner,
        });
        tracer.allEnvironments.add(target);
        tracer.files.covered.delete(envKey(target));
        tracer.files.installs.set(envKey(target), new Set(source.installs.get(envKey(environment.path))));
        tracer.events.push({ ...at, kind: 'copy', path: target, from: copy.from as number });
      } else if (isWithin(path, environment.path)) {
        // a part of an environment (its bin, its site-packages)
        tracer.events.push({ ...at, kind: 'copy', path: folder, from: copy.from as number, partOf: environment.path });
      }
    }
    // packages of the other stage's system Python
    if (
      systemReach(path) !== 'no' ||
      /^\/usr(\/local)?\/(lib|bin)|\.local(\/|$)|site-packages|dist-packages/.test(path)
    ) {
      const sees = new Set(source.installs.get('system'));
      const key = `COPY --from ${copy.from} ${word}`;
      tracer.events.push({
        kind: 'run',
        key,
        words: [key],
        what: 'program',
        interpreter: SYSTEM_PYTHON,
        path: [],
        virtualEnv: undefined,
        virtualEnvDangling: false,
        user: '',
        sees,
        needsNoPackages: false,
        isCopy: true,
        ...at,
      });
      const own = tracer.files.installs.get('system') ?? new Set<string>();
      for (const id of sees) own.add(id);
      tracer.files.installs.set('system', own);
    }
  }
}
