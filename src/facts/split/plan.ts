// Plans the split of one stage: which copies of the code come after which installs, what is copied before them, or why nothing is done.
import type { Instruction } from '../../parse/dockerfile.ts';
import { expandWord } from '../../parse/expand.ts';
import type { DockerfileFacts, Facts } from '../facts.ts';
import { type ImageState, lookupIn, type Stage } from '../image.ts';
import { absolute, isWithin } from '../values.ts';
import { type Barrier, checkRun, copiesBefore, copyAt, regionOf, type RunBeforeCode, type SplitPlace, whyNotPassed } from './checks.ts';
import { nameOfStep, runSteps, type Step } from './commands.ts';
import { type ContextCopy, inRepository, isContextCopy, providedAt } from './copies.ts';
import { ALREADY_SPLIT, type DependencyInstall, isDependencies } from './install.ts';
import { dynamicProject, uvLockAge, whyUnseen } from './locks.ts';
import { broughtBy, type ManifestCopy, manifestCopies } from './manifests.ts';
import { eventOf, type Kept, keptFor } from './writes.ts';

export interface MovedCopy {
  readonly copy: ContextCopy;
  /** What stands in its place. */
  readonly manifests: readonly ManifestCopy[];
  /** Absolute, where the words at the new place would mean another folder. */
  readonly destination?: string;
}

export interface SecondInstall {
  readonly install: DependencyInstall;
  /** The command as the trace names it. */
  readonly key: string;
  /** The RUN is this one command. */
  readonly isWhole: boolean;
}

export interface SplitPlan {
  readonly kind: 'plan';
  readonly stage: Stage;
  readonly moved: readonly MovedCopy[];
  /** The RUN that the moved copies follow. */
  readonly last: Instruction;
  readonly installs: readonly DependencyInstall[];
  readonly second?: SecondInstall;
  readonly kept: readonly Kept[];
  /** Steps (COPY, ADD, RUN) that a change of the code runs again. */
  readonly steps: { readonly before: number; readonly after: number };
}

export interface SplitRefusal {
  readonly kind: 'refusal';
  readonly copy: Instruction;
  readonly install: Step;
  readonly why: string;
}

/** Far more than real files have: hostile ones cost no time. */
const MAX_INSTRUCTIONS = 400;
const MAX_STARTS = 8;

/** What can be said of every stage of a Dockerfile; at most one plan, of the first stage that has one. */
export function splitsOf(d: DockerfileFacts, facts: Facts): (SplitPlan | SplitRefusal)[] {
  if (d.syntax.instructions.length > MAX_INSTRUCTIONS) return [];
  const { folder, ignorePath = '', ignoreFile, reason } = d.context;
  if (folder === undefined)
    return unplaced(d, `the build context is not known (${reason.replace(', so the build context is not known', '')}); name it under \`contexts\` in the configuration`);
  const isUnread = ignoreFile === undefined && facts.snapshot.paths.has(ignorePath);
  if (isUnread || (ignoreFile?.problems.length ?? 0) > 0) return unplaced(d, `${ignorePath} cannot be read exactly, so what the context holds is not known`);
  const place: SplitPlace = { syntax: d.syntax, context: d.context, snapshot: facts.snapshot, d, dockerfiles: facts.dockerfiles, known: new Map() };
  const found: (SplitPlan | SplitRefusal)[] = [];
  for (const stage of d.image.stages) {
    let starts = 0;
    const said = new Set<Step['text']>();
    for (const [n, i] of stage.instructions.entries()) {
      if (i.keyword !== 'COPY' && i.keyword !== 'ADD') continue;
      if (!copyAt(stage, n, place).isCode) continue;
      if (++starts > MAX_STARTS) break;
      const split = planFrom(stage, n, place);
      if (split?.kind === 'plan') return [...found, split];
      if (split === undefined || said.has(split.install.text)) continue;
      said.add(split.install.text);
      found.push(split);
    }
  }
  return found;
}

const INSTALLS = /\b(pip[\d.]* install [^&;|]*-r|poetry install|uv sync|pipenv (install|sync)|pdm (install|sync))\b/;

/** Without a context and its ignore file nothing is known but the order itself. */
function unplaced(d: DockerfileFacts, why: string): SplitRefusal[] {
  return d.image.stages.flatMap((stage) => {
    const copy = stage.instructions.findIndex((i) => /^(COPY|ADD)$/.test(i.keyword) && !i.flags.some((f) => f.name === 'from') && /^\.\/?$/.test(i.words[0]?.value ?? ''));
    const first = stage.instructions.findIndex((i) => i.keyword === 'RUN' && INSTALLS.test(i.logical.text));
    if (copy < 0 || first < copy) return [];
    const install = runSteps(stage, first, d.text).steps.find((s) => INSTALLS.test(s.text));
    return install === undefined ? [] : [{ kind: 'refusal', copy: stage.instructions[copy]!, install, why }];
  });
}

interface Candidate {
  readonly n: number;
  readonly run: RunBeforeCode;
  /** How many copies stood before it. */
  readonly count: number;
  readonly kept: readonly Kept[];
}

/** Instructions that change nothing for a copy, wherever it stands. */
const PASSED = /^(ENV|ARG|LABEL|USER|WORKDIR|SHELL|EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK|STOPSIGNAL|MAINTAINER)$/;

function planFrom(stage: Stage, start: number, place: SplitPlace): SplitPlan | SplitRefusal | undefined {
  const moved: { copy: ContextCopy; n: number }[] = [];
  const candidates: Candidate[] = [];
  let barrier: (Barrier & { readonly n: number }) | undefined;
  for (let n = start; n < stage.instructions.length && barrier === undefined; n++) {
    const i = stage.instructions[n]!;
    const copies = moved.map((m) => m.copy);
    if (i.keyword === 'COPY' || i.keyword === 'ADD') {
      const { copy, isCode } = copyAt(stage, n, place);
      if (isContextCopy(copy) && isCode) moved.push({ copy, n });
      else {
        const why = whyNotPassed(copy, copies, place);
        if (why !== undefined) barrier = { why: `${titleOf(i)} ${why}`, n };
      }
    } else if (i.keyword === 'RUN') {
      const run = checkRun(stage, n, copies, place);
      if ('why' in run) barrier = { ...run, n };
      else if (run.installs.length + run.creates.length > 0) {
        const kept = keptFor(run, stage, n, copies, place);
        const why = typeof kept === 'string' ? kept : whyNotEarlier(run, stage, n, moved, place);
        if (typeof kept === 'string' || why !== undefined) barrier = { why: why!, n, };
        else candidates.push({ n, run, count: moved.length, kept });
        // Behind the first of two installs comes the code, then the second.
        if (run.installs.some((x) => x.leaving.length > 0)) break;
      }
    } else if (!PASSED.test(i.keyword)) barrier = { why: `${titleOf(i)} is not followed`, n };
  }
  // A few files stay near the install that they were copied for; whole folders come as late as they can.
  const isFew = moved.every((m) => m.copy.sources.every((s) => s.kind === 'file'));
  const last = candidates.findLast((c) => c.run.installs.some(isDependencies) && (!isFew || readsOf(c, stage, moved, place)));
  if (last === undefined) return refusalOf(stage, barrier, moved, place);
  const plan = planUpTo(stage, last, candidates.filter((c) => c.n <= last.n), moved.slice(0, last.count), place);
  if (typeof plan !== 'string') return plan;
  return { kind: 'refusal', copy: moved[0]!.copy.instruction, install: last.run.installs[0]!.step, why: plan };
}

/** Does an install read something that the moved copies bring? */
const readsOf = (c: Candidate, stage: Stage, moved: readonly { readonly copy: ContextCopy }[], place: SplitPlace): boolean =>
  broughtBy(c.run.installs, c.run.looks, copiesBefore(stage, c.n, place), moved.map((m) => m.copy), place).length > 0;

const titleOf = (i: Instruction): string => `\`${i.logical.text.replace(/[\t ]+/g, ' ').slice(0, 60)}\``;

/** Why the installs of a RUN must not come before the code although its commands may. */
function whyNotEarlier(run: RunBeforeCode, stage: Stage, n: number, moved: readonly { readonly copy: ContextCopy; readonly n: number }[], place: SplitPlace): string | undefined {
  const copies = copiesBefore(stage, n, place);
  const { snapshot, context } = place;
  for (const install of run.installs) {
    const { reads, step, leaving } = install;
    const name = nameOfStep(step);
    const files = [...reads.files, ...reads.optional].flatMap((path) => {
      const one = providedAt(path, copies, place);
      return one === undefined || one === 'elsewhere' ? [] : [inRepository(context, one.path)];
    });
    const unseen = whyUnseen(install, files, context, snapshot);
    if (unseen !== undefined) return `${name}: ${unseen}`;
    if (reads.tool === 'pip' && files.some((f) => /^[ \t]*(-e|--editable)/m.test(snapshot.read(f) ?? ''))) return `${name} checks out an editable requirement below the working folder`;
    if (reads.tool === 'pip' && step.words.some((w) => /^(-e|--editable)/.test(w.value))) return `${name} checks out an editable requirement below the working folder`;
    if (reads.tool === 'uv-sync') {
      const dynamic = dynamicProject(files, snapshot);
      const isFrozen = step.words.some((w) => w.value === '--frozen') || /^(1|true|yes|on)$/i.test(step.variables.get('UV_FROZEN') ?? '');
      if (dynamic !== undefined && !isFrozen) return `${name}: the requirements of ${dynamic} are computed by its build`;
      const isLocked = step.words.some((w) => w.value === '--locked') || /^(1|true|yes|on)$/i.test(step.variables.get('UV_LOCKED') ?? '');
      const age = isFrozen || isLocked ? 'fresh' : uvLockAge(files, snapshot);
      if (leaving.length === 0 && age === 'stale') return `${name} brings a stale uv.lock up to date in the image, and the code would be copied over it; run \`uv lock\` first`;
      if (leaving.includes('--no-install-local') && /uv[:=]+=?0\.[0-8]\b/.test(place.d.text)) return `${name} needs --no-install-local, which this uv does not have`;
    }
    if (leaving.length > 0) {
      const why = whyNotTwice(run, install, stage, n, moved[0]!.n, place);
      if (why !== undefined) return why;
    }
  }
  return undefined;
}

const CHANGES_SHELL = /^(cd|export|set|unset|\.|source|pushd|popd|umask|eval|alias|deactivate|hash)$/;

function whyNotTwice(run: RunBeforeCode, install: DependencyInstall, stage: Stage, n: number, start: number, place: SplitPlace): string | undefined {
  const { step, reads } = install;
  const name = nameOfStep(step);
  const instruction = stage.instructions[n]!;
  const event = eventOf(step, instruction.index, place);
  if (event === undefined) return `${name} is not followed`;
  const chain = new Set<number>([stage.index]);
  for (let at = stage.parent; at !== undefined; at = place.d.image.stages[at]!.parent) chain.add(at);
  const first = stage.instructions[start]!.index;
  const tool = reads.tool === 'uv-sync' ? /^(\S*\/)?uv .*\bsync\b/ : new RegExp(`(^|[ /])${reads.tool} .*\\b(install|sync)\\b`);
  const target = event.install?.target;
  for (const e of place.d.trace.events) {
    if (e.kind !== 'run' || e.when !== 'build' || !chain.has(e.stage) || e.instruction >= first) continue;
    if (tool.test(e.words.join(' '))) return ALREADY_SPLIT;
    if (target?.startsWith('env:') && e.install?.target === target) return ALREADY_SPLIT;
  }
  const standing = target?.startsWith('env:') ? place.d.trace.stages[stage.index]!.before[start]?.environments.get(target.slice(4)) : undefined;
  if (standing?.copied) return ALREADY_SPLIT;
  if (!step.top || step.input !== undefined) return `${name} would have to run twice, and stands inside another command`;
  if (instruction.heredocs.length > 0 || instruction.json !== undefined) return `${name} would have to run twice, and its RUN is not a plain one`;
  const at = run.steps.indexOf(step);
  const hinders = run.steps.find((s, k) => {
    const word = (s.words[0]?.value ?? '').replace(/^.*\//, '');
    if (s === step) return false;
    if (CHANGES_SHELL.test(word) && !(word === 'set' && /^-[eux]+$/.test(s.words[1]?.value ?? ''))) return true;
    if (k < at) return false;
    const second = s.words.slice(1).map((w) => w.value);
    if (/^(apt-get|apt|apk|yum|dnf|microdnf|tdnf|zypper|aptitude)$/.test(word)) return second.some((v) => /^(remove|purge|autoremove|del|erase)$/.test(v));
    return run.installs.some((x) => x.step === s) || second.includes('uninstall');
  });
  if (hinders !== undefined) return `${name} would have to run twice, and ${nameOfStep(hinders)} in the same RUN stands in the way`;
  if (run.steps.length > 1 && [...step.variables].some(([key, value]) => stage.before[n]!.buildEnv.get(key) !== value && !step.text.includes(`${key}=`))) return `${name} would have to run twice, and needs variables of its RUN`;
  return undefined;
}

function refusalOf(stage: Stage, barrier: (Barrier & { readonly n: number }) | undefined, moved: readonly { readonly copy: ContextCopy }[], place: SplitPlace): SplitRefusal | undefined {
  if (barrier === undefined || barrier.why.endsWith(ALREADY_SPLIT)) return undefined;
  const copies = moved.map((m) => m.copy);
  for (let n = barrier.n; n < stage.instructions.length; n++) {
    if (stage.instructions[n]!.keyword !== 'RUN') continue;
    const run = checkRun(stage, n, copies, place);
    const own = 'why' in run ? run : run.installs.find(isDependencies);
    const { step, reads } = own ?? {};
    if (step === undefined || reads === undefined) continue;
    const before = copiesBefore(stage, n, place);
    const providers = reads.files.flatMap((path) => {
      const one = providedAt(path, before, place);
      return one === undefined || one === 'elsewhere' || !copies.some((c) => c.instruction === one.copy.instruction) ? [] : [one.copy.instruction];
    });
    // Only what names its requirements in a file of the code can be split by hand; `pip install .` is meant as it stands.
    if (providers[0] === undefined) return undefined;
    return { kind: 'refusal', copy: providers[0], install: step, why: barrier.why };
  }
  return undefined;
}

function planUpTo(stage: Stage, last: Candidate, candidates: readonly Candidate[], moved: readonly { readonly copy: ContextCopy; readonly n: number }[], place: SplitPlace): SplitPlan | string {
  const copies = moved.map((m) => m.copy);
  const installs = candidates.flatMap((c) => c.run.installs);
  const brought = candidates.flatMap((c) => broughtBy(c.run.installs, c.run.looks, copiesBefore(stage, c.n, place), copies, place));
  const done: MovedCopy[] = [];
  for (const { copy, n } of moved) {
    const own = new Map(brought.filter((b) => b.copy.instruction === copy.instruction).map((b) => [b.path, b]));
    const manifests = manifestCopies(copy, [...own.values()]);
    if (typeof manifests === 'string') return manifests;
    const destination = destinationAt(copy, stage, last.n, place);
    if (typeof destination !== 'string' && destination !== undefined) return destination.why;
    const owner = whyOwner(copy, manifests.length > 0, stage, { from: n, to: last.n }, candidates);
    if (owner !== undefined) return owner;
    done.push({ copy, manifests, ...(destination === undefined ? {} : { destination }) });
  }
  const twice = last.run.installs.find((x) => x.leaving.length > 0);
  const kept = new Map(candidates.flatMap((c) => c.kept).map((k) => [k.line, k]));
  const before = stage.instructions.slice(moved[0]!.n).filter((i) => /^(RUN|COPY|ADD)$/.test(i.keyword)).length;
  const earlier = stage.instructions.slice(moved[0]!.n, last.n + 1).filter((i) => /^(RUN|COPY|ADD)$/.test(i.keyword)).length - moved.length;
  const instruction = stage.instructions[last.n]!;
  return {
    kind: 'plan',
    stage,
    moved: done,
    last: instruction,
    installs,
    kept: [...kept.values()],
    steps: { before, after: before - earlier + (twice ? 1 : 0) },
    ...(twice ? { second: { install: twice, key: eventOf(twice.step, instruction.index, place)!.key, isWhole: last.run.steps.length === 1 } } : {}),
  };
}

/** The absolute destination where the written one means another folder behind instruction `n`; undefined where it does not. */
function destinationAt(copy: ContextCopy, stage: Stage, n: number, { syntax }: SplitPlace): string | { readonly why: string } | undefined {
  const { instruction } = copy;
  const state: ImageState = stage.before[n + 1] ?? stage.final;
  const was = stage.before[stage.instructions.indexOf(instruction)]!;
  const same = (word: string): boolean => expandWord(word, lookupIn(state, stage.base), syntax.escape).value === expandWord(word, lookupIn(was, stage.base), syntax.escape).value;
  for (const word of [...copy.sources.map((s) => s.written), ...instruction.flags.map((f) => f.value ?? '')]) {
    if (!same(word)) return { why: `a variable of ${titleOf(instruction)} changes before the install` };
  }
  const { value } = expandWord(copy.writtenDestination, lookupIn(state, stage.base), syntax.escape);
  if (absolute(value, state.cwd) === copy.destination) return undefined;
  return copy.destination === '/' || copy.asFile || !/\/$/.test(copy.writtenDestination) ? copy.destination : `${copy.destination}/`;
}

/** Why a folder would get another owner or mode, were it made by something else than the copy. */
function whyOwner(copy: ContextCopy, hasManifests: boolean, stage: Stage, { from, to }: { readonly from: number; readonly to: number }, candidates: readonly Candidate[]): string | undefined {
  const isSet = copy.instruction.flags.some((f) => f.name === 'chown' || f.name === 'chmod');
  const region = regionOf(copy);
  for (let n = from + 1; n <= to; n++) {
    const i = stage.instructions[n]!;
    const isRoot = /^(|0|root)(:|$)/.test(stage.before[n]!.user);
    if (i.keyword === 'WORKDIR' && (isSet || !isRoot)) {
      const path = (stage.before[n + 1] ?? stage.final).cwd;
      if (isWithin(path, region) && (path !== region || !hasManifests)) return `${titleOf(i)} would make the folder that the code is copied to, with another owner`;
    }
    const writes = candidates.find((c) => c.n === n)?.kept.length ?? 0;
    if (writes > 0 && !isRoot && !hasManifests) return 'the environment would be made before the folder that it stands in';
  }
  return undefined;
}
