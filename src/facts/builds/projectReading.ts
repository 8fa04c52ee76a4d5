// Whether the installers of an image find their project, if the image is built in a certain folder: else it is not built there.
import type { Snapshot } from '../../model.ts';
import type { DockerfileSyntax } from '../../parse/dockerfile/syntax.ts';
import { takenAt } from '../copies/copy.ts';
import { existsAt } from '../folders.ts';
import { installerOf, installReads } from '../installers/index.ts';
import type { Trace } from '../trace/input.ts';
import { writtenAt } from '../trace/written.ts';
import { isKnown } from '../values.ts';

/** Words that lead an installer to another project, or to another file. */
const ELSEWHERE = /^(--project|--directory|--manifest|--chdir|-C|-P|--script|--package-manager)(=|$)/;

type StageFiles = Trace['stages'][number]['files'];

/** An image as a build in a certain folder has it. */
interface ReadImage {
  readonly trace: Pick<Trace, 'stages'>;
  readonly syntax: DockerfileSyntax;
}

/**
 * Does an installer call of the build want a project file that a copy of the folder `context` would bring, and that does not stand
 * there? `trace`: as the image is built in that folder.
 */
export function lacksProject({ trace, syntax }: ReadImage, context: string, snapshot: Snapshot): boolean {
  // a mount may bring the file from elsewhere
  const mounting = new Set(
    syntax.instructions
      .filter((i) =>
        i.flags.some((flag) => flag.name === 'mount' && !/type=(cache|secret|ssh|tmpfs)/.test(flag.value ?? '')),
      )
      .map((i) => i.index),
  );
  return trace.stages.some(({ commands, files }) =>
    commands.some((command) => {
      const { words, cwd } = command;
      if (mounting.has(command.instruction)) return false;
      if (command.when !== 'build' || command.conditional || command.file !== undefined) return false;
      if (!isKnown(cwd) || !words.every(isKnown) || words.some((word) => ELSEWHERE.test(word))) return false;
      const found = installerOf(words);
      if (found === undefined) return false;
      const place: ProjectPlace = { files, context, snapshot };
      const image = {
        resolve: (path: string) => (standingAt(path, place) === 'stands' ? path : undefined),
        has: () => true,
        hasFolder: () => false,
        read: () => undefined,
      };
      const reads = installReads({ argv: words, cwd }, image);
      if (reads === undefined) return false;
      if (!reads.ofProject) return reads.files.some((path) => standingAt(path, place) === 'lacks');
      const { project } = found.installer;
      if (project === undefined) return false;
      const locks = words.some((word) => project.asksLock?.test(word)) ? project.locks : [];
      return [project.manifest, ...locks].some((name) => lacksUpwards(cwd, name, place));
    }),
  );
}

interface ProjectPlace {
  readonly files: StageFiles;
  readonly context: string;
  readonly snapshot: Snapshot;
}

/** Installers look in the folders above too. */
function lacksUpwards(cwd: string, name: string, place: ProjectPlace): boolean {
  let isLacking = false;
  for (let at = cwd; ; at = at.slice(0, Math.max(1, at.lastIndexOf('/')))) {
    const found = standingAt(`${at === '/' ? '' : at}/${name}`, place);
    if (found === 'stands' || found === 'open') return false;
    isLacking ||= found === 'lacks';
    if (at === '/') return isLacking;
  }
}

/** 'lacks': a copy of the context would bring it, were it there; 'none': nothing brings it; 'open': nobody knows. */
function standingAt(path: string, { files, context, snapshot }: ProjectPlace): 'stands' | 'lacks' | 'none' | 'open' {
  if (writtenAt(path, files.written) !== undefined) return 'open';
  let found: 'lacks' | 'none' = 'none';
  for (const copy of files.copies) {
    if (!isKnown(copy.destination) || copy.sources.some(({ kind }) => kind === 'unknown' || kind === 'address'))
      return 'open';
    const taken = takenAt(copy, path).filter((one) => one.as === 'file' || one.path !== one.source.path);
    if (copy.from !== 'context') {
      if (taken.length > 0) return 'open';
      continue;
    }
    for (const one of taken) {
      if (one.source.kind !== 'path' || one.path === '') return 'open';
      if (existsAt([context, one.path].filter(Boolean).join('/'), snapshot)) return 'stands';
      found = 'lacks';
    }
  }
  return found;
}
