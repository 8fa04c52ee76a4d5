// COPY, ADD and mounts that may put packages where the system's Python looks, and mounts that take them from there.

import { expandWord } from '../../parse/dockerfile/expand.ts';
import { readMount } from '../../parse/dockerfile/runMounts.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { type ImageState, lookupIn, type Stage } from '../image.ts';
import { absolute, isKnown, isWithin } from '../values.ts';
import type { Whole } from './copySources.ts';
import { addRead } from './readers.ts';
import type { CopiedFiles } from './state.ts';
import { mayBring, placesBelow, reachOf } from './systemPlaces.ts';
import type { Tracer } from './tracer.ts';
import { openSystem } from './writers.ts';

const ARCHIVE = /\.(tar|tgz|tbz2?|txz|tzst)(\.[a-z0-9]+)?$/i;
const FILE = /\.(?!\d+$)[A-Za-z0-9]+$/;

/** What a COPY or ADD may lay into the system's Python enters the files. */
export function noteCopy(i: Instruction, copy: CopiedFiles, t: Tracer, whole: Whole): void {
  if (!opens(i, copy, t, whole)) return;
  const from = i.flags.find((f) => f.name === 'from')?.value;
  const words = [i.keyword, ...(from === undefined ? [] : [`--from=${from}`]), ...i.words.map((w) => w.value)];
  openSystem(t, words.join(' '));
}

function opens(i: Instruction, copy: CopiedFiles, t: Tracer, whole: Whole): boolean {
  const folder = copy.destination === '/' ? '/' : copy.destination.replace(/\/$/, '');
  const reach = reachOf(folder);
  if (reach === 'no' || [...t.allEnvironments].some((e) => isWithin(folder, e))) return false;
  if (copy.from === undefined)
    return reach === 'within' || copy.sources.some((source) => bringsPackages(i, source, folder, whole));
  return copy.sources.some((source) => {
    const path = absolute(source, '/');
    // the same place of a stage whose own is known: its installs come along
    const same = path === folder || (/\/\.local$/.test(path) && /\/\.local$/.test(folder));
    if (same && typeof copy.from === 'number') return !whole.input.image.stages[copy.from]!.base.complete;
    const base = path.slice(path.lastIndexOf('/') + 1);
    if (/[*?[]/.test(base)) return mayBring(folder, base);
    return reach === 'within' || !FILE.test(base);
  });
}

/** A source of the build context that holds packages, or folders of them, for a folder above theirs. */
function bringsPackages(i: Instruction, source: string, folder: string, { input }: Whole): boolean {
  if (!isKnown(source)) return true;
  if (/^(https?|git|ssh):|^git@|\.git(#|$)/.test(source)) return !FILE.test(source) || /\.git(#|$)/.test(source);
  if (i.keyword === 'ADD' && ARCHIVE.test(source)) return true;
  const clean = absolute(source, '/')
    .replace(/(\/[^/]*[*?[][^/]*)+$/, '')
    .slice(1);
  return placesBelow(folder).some((below) => {
    const path = [clean, below].filter(Boolean).join('/');
    return input.holds(path) && !input.ignored(path);
  });
}

/** Mounts of a RUN: `before` it runs what they lay there, behind it who took the packages. */
export function noteMounts(
  i: Instruction,
  state: ImageState,
  stage: Stage,
  t: Tracer,
  whole: Whole,
  at: 'before' | 'behind',
): void {
  const { syntax, image } = whole.input;
  const lookup = lookupIn(state, stage.base);
  for (const flag of i.flags) {
    if (flag.name !== 'mount' || flag.value === undefined) continue;
    const { type, given } = readMount(flag.value, (word) => expandWord(word, lookup, syntax.escape));
    if (type === 'secret' || type === 'ssh') continue;
    const text = `RUN --mount=${flag.value}`;
    const target = absolute(given.get('target') ?? '.', state.cwd);
    const lies = reachOf(target) !== 'no' && ![...t.allEnvironments].some((e) => isWithin(target, e));
    if (lies && at === 'before') openSystem(t, text);
    // what an install leaves in such a mount is seen by this step alone
    if (lies && at === 'behind') addRead(t, text, i, t.files.installs.get('system'));
    const from = given.get('from')?.toLowerCase();
    if (from === undefined || at === 'before') continue;
    const other = image.stages.findLast((s) => s.index < stage.index && s.name === from)?.index ?? Number(from);
    const source = absolute(given.get('source') ?? '/', '/');
    if (reachOf(source) !== 'no') addRead(t, text, i, whole.stages[other]?.files.installs.get('system'));
  }
}
