// What stands between the copies of the code and an install: each instruction is known to change places with them, or stops the search.

import type { Blocker } from '../../src/facts/blocker.ts';
import { isCopy } from '../../src/facts/copies/copy.ts';
import {
  type AnyCopy,
  type ContextCopy,
  contextPathsAt,
  inRepository,
  isContextCopy,
  isRepositoryFile,
  providedAt,
  readCopy,
  takesCode,
} from '../../src/facts/copies/repositoryCopies.ts';
import { runMounts } from '../../src/facts/copies/stepMounts.ts';
import { filesIn, isFolder } from '../../src/facts/folders.ts';
import type { Stage } from '../../src/facts/image.ts';
import type { InstallReads } from '../../src/facts/installers/installer.ts';
import type { ImageFiles } from '../../src/facts/installers/reading.ts';
import { isKnownScript } from '../../src/facts/knownScripts.ts';
import { isShell } from '../../src/facts/shell/shellNames.ts';
import { download, fetchedFrom } from '../../src/facts/trace/brought.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineMark } from '../../src/text/lines.ts';
import { runSteps } from './commands.ts';
import { eventOf } from './eventOf.ts';
import { type DependencyInstall, isDependencies, isIdleTool, makesEnvironment, readInstall } from './install.ts';
import { whyOpenArgument } from './openArguments.ts';
import type { InstructionAt, SplitPlace } from './splitPlace.ts';
import { nameOfStep, type Step } from './step.ts';
import { touchesFolder, whyNotTolerated } from './tolerated.ts';

/** Reads a COPY or ADD once; `isCode`: it brings code, and everything of it is known. */
export function projectCopyAt({ stage, n, place }: InstructionAt): {
  readonly copy: AnyCopy;
  readonly isCode: boolean;
} {
  const { index } = stage.instructions[n]!;
  const known = place.known.get(index);
  if (known !== undefined) return known;
  const copy = readCopy(stage, n, place);
  const read = { copy, isCode: isContextCopy(copy) && !copy.isPattern && takesCode(copy, place) };
  place.known.set(index, read);
  return read;
}

/** A RUN that stays behind the code; `step` and `reads`: of the install that is held there, if there is one. */
export interface HeldRun {
  readonly blocker: Blocker;
  /** The command that needs the code. */
  readonly by?: Step;
  readonly step?: Step;
  readonly reads?: InstallReads;
}

/** A RUN that can stand before the code. */
export interface RunBeforeCode {
  readonly at: InstructionAt;
  /** The copies that would come after it, in their order. */
  readonly moved: readonly ContextCopy[];
  readonly installs: readonly DependencyInstall[];
  /** Commands that make an environment. */
  readonly creates: readonly Step[];
  readonly steps: readonly Step[];
  /** Image paths that `uv venv` looks at. */
  readonly looks: readonly string[];
}

/** All copies before an instruction of the stage, those of the stages it is FROM first. */
export function copiesBefore({ stage, n: end, place }: InstructionAt): AnyCopy[] {
  const own = stage.instructions.flatMap((i, n) =>
    n < end && isCopy(i) ? [projectCopyAt({ stage, n, place }).copy] : [],
  );
  const parent = place.dockerfile.image.stages[stage.parent ?? -1];
  return parent === undefined ? own : [...copiesBefore(endOfStep(parent, place)), ...own];
}

const endOfStep = (stage: Stage, place: SplitPlace): InstructionAt => ({ stage, n: stage.instructions.length, place });

/** The files of the image as a command behind `copies` finds them. */
export function imageFiles(copies: readonly AnyCopy[], place: SplitPlace): ImageFiles {
  const known = new Map<string, string | undefined>();
  return {
    resolve: (imagePath) => {
      if (!known.has(imagePath)) {
        const found = providedAt(imagePath, copies, place);
        known.set(imagePath, found === undefined ? undefined : inRepository(place.context, found.path));
      }
      return known.get(imagePath);
    },
    has: (path) => isRepositoryFile(place.snapshot, path),
    hasFolder: (path) => isFolder(path, place.snapshot),
    read: (path) => place.snapshot.read(path),
    names: (path) => filesIn(path, place.snapshot),
  };
}

/** The folders (or single files) of the image that a copy writes. */
export const regionOf = (copy: ContextCopy): string => copy.destination;

/** Does another COPY or ADD keep clear of the copies that are to come later? */
export function whyNotPassed(copy: AnyCopy, moved: readonly ContextCopy[], place: SplitPlace): string | undefined {
  const regions = moved.map(regionOf);
  if (!isContextCopy(copy)) return touchesFolder(copy.destination, regions) ? 'copies into the same folder' : undefined;
  for (const source of copy.sources) {
    if (source.kind === 'folder') {
      if (touchesFolder(copy.destination, regions)) return 'copies into the same folder';
      continue;
    }
    const name = source.path.slice(source.path.lastIndexOf('/') + 1);
    const target = copy.asFile ? copy.destination : absolute(name, copy.destination);
    for (const one of moved) {
      if (!isWithin(target, regionOf(one))) continue;
      const winner = contextPathsAt(one, target).find(({ path }) =>
        isRepositoryFile(place.snapshot, inRepository(place.context, path)),
      );
      // The same file at the same place may be laid there twice.
      if (winner?.path !== source.path || one.instruction.flags.length + copy.instruction.flags.length > 0)
        return 'copies into the same folder';
    }
  }
  return undefined;
}

function whyMount({ stage, n, place }: InstructionAt, regions: readonly string[]): string | undefined {
  const { escape: escapeChar } = place.dockerfile.syntax;
  for (const { type, given, target } of runMounts(stage.instructions[n]!, stage.before[n]!, stage, escapeChar)) {
    if (type === 'bind' && !given.has('from')) return 'mounts a part of the build context';
    if (target !== undefined && (!isKnown(target) || regions.some((region) => isWithin(target, region))))
      return 'mounts something where the code is copied';
  }
  return undefined;
}

/** Reads a RUN: what it installs, or why it stays behind the code. `moved`: the copies that would come after it. */
export function checkRun(at: InstructionAt, moved: readonly ContextCopy[]): RunBeforeCode | HeldRun {
  const { stage, n, place } = at;
  const regions = moved.map(regionOf);
  const { steps, problem } = runSteps(stage, n, place.dockerfile.text);
  const mount = whyMount(at, regions);
  const copies = copiesBefore(at);
  const image = imageFiles(copies, place);
  const installs: DependencyInstall[] = [];
  const creates: Step[] = [];
  const looks: string[] = [];
  const named = `the RUN at line ${lineMark(place.dockerfile.path, stage.instructions[n]!.start)}`;
  let held: HeldRun | undefined =
    problem === undefined ? undefined : { blocker: { code: 'unknown', words: `${named} is not followed: ${problem}` } };
  if (mount !== undefined) held ??= { blocker: { code: 'mount', words: `${named} ${mount}` } };
  for (const [index, step] of steps.entries()) {
    const one = readInstall(step, image, eventOf(step, at));
    if (one !== undefined) {
      const { reads } = one.kind === 'install' ? one.install : one;
      const open = whyOpenArgument(step, index, at);
      if (open !== undefined)
        held ??= { blocker: { code: 'variable', words: `${nameOfStep(step)}: ${open}` }, step, reads };
      else if (one.kind === 'refused')
        held ??= { blocker: { ...one.blocker, words: `${nameOfStep(step)} ${one.blocker.words}` }, step, reads };
      else {
        if (step.redirects.some((r) => touchesFolder(r, regions)))
          held ??= {
            blocker: { code: 'same folder', words: `${nameOfStep(step)} writes a file where the code is copied` },
          };
        installs.push(one.install);
      }
      continue;
    }
    const making = makesEnvironment(step);
    if (making !== undefined) {
      creates.push(step);
      if (making.looks.length > 0 && !isKnown(step.cwd))
        held ??= { blocker: { code: 'unknown', words: `${nameOfStep(step)} runs in a folder that is not known` } };
      else if (making.looks.length > 0) looks.push(...foldersLookedAt(step.cwd, making.looks));
      continue;
    }
    if (isFetchedInstaller(step, steps.slice(0, index), at) && !step.redirects.some((r) => touchesFolder(r, regions)))
      continue;
    if (isIdleTool(step) && !step.redirects.some((r) => touchesFolder(r, regions))) continue;
    const why =
      /^(\.|source)$/.test(step.words[0]?.value ?? '') && !isKnownActivation(step, place)
        ? 'may need the code'
        : whyNotTolerated(step, regions);
    if (why !== undefined) held ??= { blocker: { code: 'reads code', words: `${nameOfStep(step)} ${why}` }, by: step };
  }
  if (held === undefined) return { at, moved, installs, creates, steps, looks };
  // The install is what a person wants to hear of, wherever in its RUN the obstacle stands.
  const install = installs.find(isDependencies);
  return { ...held, ...(held.step === undefined && install ? { step: install.step, reads: install.reads } : {}) };
}

/** The first instruction between a copy, of this stage or one that it is FROM, and the instruction `at` that may change what the copy brought. */
export function touchedBy(copy: ContextCopy, { stage, n: end, place }: InstructionAt): Instruction | undefined {
  const from = stage.instructions.indexOf(copy.instruction);
  const lower = (parent: Stage): Instruction | undefined => touchedBy(copy, endOfStep(parent, place));
  const inherited = from >= 0 ? undefined : lower(place.dockerfile.image.stages[stage.parent!]!);
  return (
    inherited ??
    stage.instructions
      .slice(0, end)
      .find((i, n) => n > from && i.keyword === 'RUN' && 'blocker' in checkRun({ stage, n, place }, [copy]))
  );
}

const isKnownActivation = (step: Step, place: SplitPlace): boolean =>
  place.dockerfile.trace.allEnvironments.has(
    absolute(step.words[1]?.value ?? '', step.cwd).replace(/\/bin\/activate$/, ''),
  );

/** Files of these names in the folder and above. */
function foldersLookedAt(cwd: string, names: readonly string[]): string[] {
  const found: string[] = [];
  for (let folder = cwd; ; folder = folder.slice(0, Math.max(1, folder.lastIndexOf('/')))) {
    for (const name of names) found.push(absolute(name, folder));
    if (folder === '/') return found;
  }
}

/** `sh F`, `python F` or F itself, where F was fetched from the address of a known installer: before, or in this RUN. */
function isFetchedInstaller(step: Step, before: readonly Step[], { stage, n, place }: InstructionAt): boolean {
  const words = step.words.map((w) => w.value);
  const name = (words[0] ?? '').replace(/^.*\//, '');
  const isRunner = isShell(name) || /^python[\d.]*$/.test(name);
  const file = isRunner ? words.slice(1).find((w) => !w.startsWith('-')) : words[0];
  if (file === undefined || (!file.includes('/') && !isRunner)) return false;
  const path = absolute(file, step.cwd);
  const own = before.findLast((s) => {
    const got = fetchedBy(s);
    return got !== undefined && absolute(got.file, s.cwd) === path;
  });
  const files = place.dockerfile.trace.stages[stage.index]?.before[n];
  const url = (own && fetchedBy(own)?.url) ?? (files && fetchedFrom(path, files));
  return url !== undefined && isKnownScript(url);
}

function fetchedBy(step: Step): ReturnType<typeof download> {
  const [name = '', ...args] = step.words.map((w) => w.value);
  return name === 'curl' || name === 'wget' ? download(name, args, step.cwd) : undefined;
}
