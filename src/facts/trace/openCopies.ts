// COPY, ADD and mounts that may put packages where the system's Python looks, and mounts that take them from there.

import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { ARCHIVE, type Copy, type CopySource, isPattern, lastPart, stageBefore } from '../copies/copy.ts';
import { runMounts } from '../copies/stepMounts.ts';
import type { ImageState, Stage } from '../image.ts';
import { absolute, isWithin } from '../values.ts';
import { addRead } from './readers.ts';
import { mayBring, placesBelow, systemReach } from './systemPlaces.ts';
import type { Tracer } from './tracer.ts';
import type { Whole } from './whole.ts';
import { openSystem } from './writers.ts';

const FILE = /\.(?!\d+$)[A-Za-z0-9]+$/;

/** What a COPY or ADD may lay into the system's Python enters the files. */
export function noteCopy(copy: Copy, tracer: Tracer, whole: Whole): void {
  if (!opens(copy, tracer, whole)) return;
  const i = copy.instruction;
  const from = i.flags.find((flag) => flag.name === 'from')?.value;
  const words = [i.keyword, ...(from === undefined ? [] : [`--from=${from}`]), ...i.words.map((word) => word.value)];
  openSystem(tracer, words.join(' '));
}

function opens(copy: Copy, tracer: Tracer, whole: Whole): boolean {
  const { from, destination } = copy;
  const reach = systemReach(destination);
  if (reach === 'no' || [...tracer.allEnvironments].some((entry) => isWithin(destination, entry))) return false;
  if (from === 'context') return reach === 'within' || copy.sources.some((one) => bringsPackages(one, copy, whole));
  return copy.sources.some(({ value }) => {
    const path = absolute(value, '/');
    // the same place of a stage whose own is known: its installs come along
    const same = path === destination || (/\/\.local$/.test(path) && /\/\.local$/.test(destination));
    if (same && typeof from === 'number') return !whole.input.image.stages[from]!.base.complete;
    const base = lastPart(path);
    if (isPattern(base)) return mayBring(destination, base);
    return reach === 'within' || !FILE.test(base);
  });
}

/** A source of the build context that holds packages, or folders of them, for a folder above theirs. */
function bringsPackages(source: CopySource, { instruction, destination }: Copy, { input }: Whole): boolean {
  const { kind, value, path } = source;
  if (kind === 'unknown') return true;
  if (kind === 'address') return !FILE.test(value) || /\.git(#|$)/.test(value);
  if (instruction.keyword === 'ADD' && ARCHIVE.test(path)) return true;
  const clean = path.replace(/(^|\/)[^/]*[*?[\\].*$/, '');
  return placesBelow(destination).some((below) => {
    const own = [clean, below].filter(Boolean).join('/');
    return input.holds(own) && !input.ignored(own);
  });
}

/** A RUN, and what it starts from. */
interface MountingStep {
  readonly instruction: Instruction;
  readonly state: ImageState;
  readonly stage: Stage;
}

/** Mounts of a RUN: `before` it runs what they lay there, behind it who took the packages. */
export function noteMounts(step: MountingStep, tracer: Tracer, whole: Whole, at: 'before' | 'behind'): void {
  const { instruction: i, state, stage } = step;
  const { syntax, image } = whole.input;
  for (const { type, given, written, target = state.cwd } of runMounts(i, state, stage, syntax.escape)) {
    if (type === 'secret' || type === 'ssh') continue;
    const text = `RUN --mount=${written}`;
    const lies = systemReach(target) !== 'no' && ![...tracer.allEnvironments].some((entry) => isWithin(target, entry));
    if (lies && at === 'before') openSystem(tracer, text);
    // what an install leaves in such a mount is seen by this step alone
    if (lies && at === 'behind') addRead(tracer, text, i, tracer.files.installs.get('system'));
    const from = given.get('from');
    if (from === undefined || at === 'before') continue;
    const other = stageBefore(from, stage, image.stages) ?? -1;
    const source = absolute(given.get('source') ?? '/', '/');
    if (systemReach(source) !== 'no') addRead(tracer, text, i, whole.stages[other]?.files.installs.get('system'));
  }
}
