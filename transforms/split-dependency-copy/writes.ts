// Where an install writes, and whether the code that is copied over it later would disturb that.

import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { contextPathsAt } from '../../src/facts/copies/repositoryCopies.ts';
import { ignoreEdits, whyNotIgnore } from '../../src/facts/ignoreFile/ignoreEdit.ts';
import { ignoreLine, literalPattern } from '../../src/facts/ignoreFile/ignoreLines.ts';
import { whyUsed } from '../../src/facts/ignoreFile/ignoreWanted.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import type { CreateEvent } from '../../src/facts/trace/events.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import { nameOf } from '../../src/parse/manifests/paths.ts';
import type { RunBeforeCode } from './checks.ts';
import { eventOf } from './eventOf.ts';
import { type DependencyInstall, namedPlaces } from './install.ts';
import { isKeptOut, standsInRepository } from './locks.ts';
import { bringsToHome } from './settings.ts';
import { nameOfStep, type Step } from './step.ts';

/** What an ignore file must keep out, so that the code can be copied over an environment. */
export interface Kept {
  /** `.venv`: what the guard allows to be left out. */
  readonly name: string;
  readonly line: string;
  /** The environments of the context that it is for. */
  readonly paths: readonly string[];
}

const SYSTEM = ['/usr/local/lib', '/usr/local/bin', '/usr/lib', '/usr/bin', '/opt/conda'];

/** A command that installs; without `install` it only makes an environment. */
interface Writer {
  readonly step: Step;
  readonly install?: DependencyInstall;
}

/** The commands of a RUN that install or make an environment. */
export const writersOf = ({ creates, installs }: RunBeforeCode): readonly Writer[] => [
  ...creates.map((step) => ({ step })),
  ...installs.map((install) => ({ step: install.step, install })),
];

/** Absolute places that a command of a RUN writes, or why they are not known. */
export function writtenPlaces({ step, install }: Writer, { at, moved }: RunBeforeCode): readonly string[] | Blocker {
  const { stage, n, place } = at;
  const { index } = stage.instructions[n]!;
  if (install === undefined) {
    const made = place.dockerfile.trace.events.filter(
      (e): e is CreateEvent => e.kind === 'create' && e.instruction === index && e.range.start === step.range.start,
    );
    return made.length > 0
      ? made.map((e) => e.path)
      : { code: 'unknown', words: `where ${nameOfStep(step)} makes its environment is not known` };
  }
  const { tool } = install.reads;
  const named = namedPlaces(step, tool);
  const { project, untold } = INSTALLERS[tool];
  const manifest = install.reads.files.find((path) => nameOf(path) === project?.manifest);
  const folder = manifest === undefined ? step.cwd : folderAbove(manifest);
  if (project?.written !== undefined) return project.written.map((name) => absolute(name, folder));
  const unknown: Blocker = { code: 'unknown', words: `where ${nameOfStep(step)} installs to is not known` };
  const event = eventOf(step, at);
  const target = event?.install?.target;
  if (target === undefined) {
    const more = untold(step.words.map(({ value }) => value));
    return more === undefined ? unknown : [...named, ...more];
  }
  const home = (): readonly string[] | Blocker =>
    bringsToHome(moved, at, step.variables.get('HOME'))
      ? { code: 'same folder', words: `${nameOfStep(step)} installs into a home folder, and the code is copied there` }
      : named;
  if (target.kind === 'environment') return [...named, target.path];
  if (target.kind === 'system') {
    const user = stage.before[n]!.user.split(':')[0]!;
    // Where it may not write, pip turns to the user's home.
    return /^(|0|root)$/.test(user) ? [...named, ...SYSTEM] : home();
  }
  if (target.kind === 'elsewhere') return home();
  // Of a base image that nobody knows only this is sure: its own Python is not where the code goes.
  return stage.base.complete ? unknown : home();
}

/** What the ignore file has to keep out for the code to come after a RUN, or why that cannot be. */
export function keptFor(run: RunBeforeCode): readonly Kept[] | Blocker {
  const { place } = run.at;
  const kept: Kept[] = [];
  for (const writer of writersOf(run)) {
    const { step, install } = writer;
    const places = writtenPlaces(writer, run);
    if (isBlocker(places)) return places;
    for (const path of places) {
      if (!isKnown(path)) return { code: 'unknown', words: `where ${nameOfStep(step)} writes is not known` };
      for (const copy of run.moved) {
        if (isWithin(copy.destination, path)) {
          if (SYSTEM.includes(path) && copy.destination !== path) continue;
          return {
            code: 'same folder',
            words: `${nameOfStep(step)} writes to ${path}, and the code is copied into it`,
          };
        }
        const isEnvironment =
          place.dockerfile.trace.allEnvironments.has(path) ||
          (install !== undefined && INSTALLERS[install.reads.tool].project?.written !== undefined);
        for (const { path: own } of contextPathsAt(copy, path)) {
          if (isKeptOut(own, place.context)) continue;
          // `COPY . /`: the repository has no such folder of the system.
          if (SYSTEM.includes(path) && !standsInRepository(own, place.context, place.snapshot)) continue;
          if (!isEnvironment)
            return {
              code: 'same folder',
              words: `${nameOfStep(step)} writes to ${path}, over which the code would be copied`,
            };
          const why = whyNotIgnore(own, place.context, place.snapshot, place.dockerfiles);
          if (why !== undefined)
            return {
              code: 'ignore file',
              words: `${nameOfStep(step)} writes to ${path}, over which the code would be copied: ${why}`,
            };
          const name = own.slice(own.lastIndexOf('/') + 1);
          if (name === '__pypackages__') continue;
          // of the name alone somebody may want another one
          const isUsed = own !== name && whyUsed(name, place.context, place.snapshot, place.dockerfiles) !== undefined;
          const lines = isUsed ? [literalPattern(own)] : ignoreLine(name, [own]);
          if (lines.some((line) => ignoreEdits(place.context, place.snapshot, [{ line, paths: [own] }]).length === 0))
            return {
              code: 'ignore file',
              words: `${nameOfStep(step)} writes to ${path}, over which the code would be copied, and no ignore line keeps ${own} out`,
            };
          for (const line of lines) if (!kept.some((k) => k.line === line)) kept.push({ name, line, paths: [own] });
        }
      }
    }
  }
  return kept;
}
