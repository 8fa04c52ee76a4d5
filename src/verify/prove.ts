// Proves the fixes of one repository: builds and starts every image and service that they reach, before and after, and judges.

import { factsOf } from '../facts/facts.ts';
import { removeImages } from '../io/containers.ts';
import type { Engine } from '../io/engine.ts';
import { type EngineSession, openSession } from '../io/engineSession.ts';
import {
  type Export,
  exportCommit,
  exportContent,
  exportFolder,
  overwrite,
  plant,
  writeProbe,
} from '../io/exportTree.ts';
import type { GitPlace } from '../io/git.ts';
import type { FixResult, PathKind, Settings, Snapshot } from '../model.ts';
import { type Proof, type SideSeen, type SubjectProof, worstOf } from '../report/proof.ts';
import { basePackages } from './bases.ts';
import { judge } from './compare.ts';
import { maskedSide, maskOf } from './masking.ts';
import { type PlanOptions, planProof } from './plan.ts';
import { PLANTED, PROBE_MODULE } from './probe.ts';
import { type Bench, type BuildSettings, OVER_LIMIT, seeSide, TOOK_TOO_LONG } from './sides.ts';
import type { Plan, SidePlan, Subject } from './subjects.ts';

export type Source =
  | { readonly kind: 'commit'; readonly place: GitPlace; readonly commit: string }
  /** Absolute root of a folder outside git, and its files. */
  | { readonly kind: 'folder'; readonly root: string; readonly paths: ReadonlyMap<string, PathKind> }
  /** A whole tree without a work tree. `content`: bytes of a file, or a link's target, as latin1. */
  | {
      readonly kind: 'content';
      readonly paths: ReadonlyMap<string, PathKind>;
      readonly content: (path: string) => Promise<string | undefined> | string | undefined;
      /** The commit that it is. */
      readonly commit?: string;
    };

export interface ProofRequest {
  /** As the user named it, latin1. */
  readonly path: string;
  readonly source: Source;
  readonly engine: Engine;
  /** Fixes the tree that is `before`. */
  readonly fix: (before: Snapshot) => Promise<{ readonly result: FixResult; readonly settings: Settings }>;
  readonly plan: Omit<PlanOptions, 'changed'>;
  readonly build: BuildSettings;
  /** Ends everything; what was made is removed all the same. */
  readonly signal: AbortSignal;
  /** Progress, one line of text each (latin1). */
  readonly say: (text: string) => void;
  /** Serves several proofs, and is closed by whoever opened it; without it the proof has one of its own. */
  readonly session?: EngineSession;
  /** Kept between proofs of one process: what base images bring. */
  readonly bases?: Map<string, Promise<ReadonlySet<string>>>;
  /** Kept between proofs that may share RUN steps: their processes, and the text that separates these proofs from all others. */
  readonly shared?: { readonly nonce: string; readonly ran: Bench['ran'] };
}

/** Runs the whole proof. Throws what the system or the engine throws; nothing made is left behind then either. */
export async function proveFixes(request: ProofRequest): Promise<Proof> {
  if (request.session) return proveWith(request.session, request);
  const session = await openSession(request.engine, request.signal);
  try {
    return await proveWith(session, request);
  } finally {
    const left = await session.close();
    for (const one of left) request.say(`could not be removed: ${one}`);
  }
}

export interface ResultProof
  extends Pick<ProofRequest, 'path' | 'engine' | 'build' | 'signal' | 'say' | 'session' | 'bases'> {
  readonly result: FixResult;
  /** With which `result` was made. */
  readonly settings: Settings;
  readonly plan?: ProofRequest['plan'];
  /** The commit that is `before`. */
  readonly commit?: string;
  /**
   * Bytes of every file and targets of links, latin1: builds need the whole tree, also what no transform looks at. Default:
   * what `result.before` reads.
   */
  readonly content?: (path: string) => Promise<string | undefined> | string | undefined;
}

/** Proves fixes that were made in memory, where no work tree stands: the same proof from two snapshots. Throws as `proveFixes`. */
export async function proveResult(request: ResultProof): Promise<Proof> {
  const { result, settings, commit, content, plan, ...more } = request;
  const { before } = result;
  return proveFixes({
    ...more,
    plan: plan ?? { buildArgs: new Map() },
    source: {
      kind: 'content',
      paths: before.paths,
      content: content ?? ((path) => before.read(path)),
      ...(commit === undefined ? {} : { commit }),
    },
    fix: async () => ({ result, settings }),
  });
}

async function proveWith(session: EngineSession, request: ProofRequest): Promise<Proof> {
  const { engine, source } = request;
  const desk = session.desk();
  const write = (name: string): Promise<Export> | Export => {
    const folder = desk.place(name);
    if (source.kind === 'commit') return exportCommit(source.place, source.commit, folder);
    if (source.kind === 'content') return exportContent(source.paths, source.content, folder);
    return exportFolder(source.root, source.paths, folder);
  };
  const bench: Bench = {
    session,
    desk,
    settings: request.build,
    probe: desk.place('probe'),
    nonce: request.shared?.nonce ?? session.run,
    ran: request.shared?.ran ?? new Map(),
    images: new Map(),
    names: [],
    bases: request.bases ?? new Map(),
    used: 0,
    say: request.say,
  };
  try {
    const before = await write('before');
    const { result, settings } = await request.fix(before.snapshot);
    const about = {
      path: request.path,
      engine: `${engine.kind} ${engine.version}`,
      ...(source.kind !== 'folder' && source.commit !== undefined ? { base: source.commit } : {}),
      fixes: result.applied.map(({ fix }) => fix.title),
    };
    if (result.changed.length === 0) return { ...about, subjects: [], verdict: 'same' };
    const memory = new Map<string, unknown>();
    const old = factsOf(before.snapshot, settings, memory);
    const { changed } = result;
    const plan = planProof(old, factsOf(result.after, settings, memory), { ...request.plan, changed });
    const sides = {
      before,
      after: overwrite(await write('after'), result.after, result.changed),
      bare: async () => ({
        before: await write('bare-before'),
        after: overwrite(await write('bare-after'), result.after, result.changed),
      }),
    };
    for (const place of plan.planted) for (const of of [sides.before, sides.after]) plant(of, place, PLANTED);
    writeProbe(bench.probe, PROBE_MODULE);
    const subjects = await proveAll(bench, plan, sides);
    // Changes that nothing built or started shows are not proven.
    const verdict = subjects.length === 0 ? 'cannot tell' : worstOf(subjects.map((one) => one.verdict));
    return { ...about, subjects, verdict };
  } finally {
    await removeImages(session, bench.names);
    desk.clear();
  }
}

interface Sides {
  readonly before: Export;
  readonly after: Export;
  readonly bare: () => Promise<{ readonly before: Export; readonly after: Export }>;
}

async function proveAll(bench: Bench, { subjects }: Plan, sides: Sides): Promise<SubjectProof[]> {
  let bare: ReturnType<Sides['bare']> | undefined;
  const proofs: SubjectProof[] = [];
  for (const subject of subjects) {
    if (bench.session.signal.aborted) break;
    const proof = await proveOne(bench, subject, { ...sides, planted: true });
    const unbuilt = proof.before?.built === false;
    if ((!unbuilt && !isCovered(subject, proof)) || bench.session.signal.aborted) proofs.push(proof);
    else {
      // A host's environment can break the build, or lie over the image's own; that should hide neither a loss nor a gain.
      bare ??= sides.bare();
      const other = await proveOne(bench, subject, { ...(await bare), planted: false });
      proofs.push(unbuilt ? ofTwo(proof, other) : other.verdict === 'worse' ? other : proof);
    }
  }
  return proofs;
}

/** Does a planted environment lie where the image has one of its own? */
function isCovered({ kind, own = [] }: Subject, { before, after, verdict }: SubjectProof): boolean {
  const leaks = [...(before?.leaks ?? []), ...(after?.leaks ?? [])];
  return kind === 'image' && verdict !== 'worse' && leaks.some((path) => own.includes(path));
}

/** The one that counts of a proof whose before side does not build with a planted environment, and the one without. */
function ofTwo(planted: SubjectProof, bare: SubjectProof): SubjectProof {
  const one = bare.before?.built === true;
  const other = bare.after?.built === true;
  if (planted.verdict !== 'better') return one || other ? bare : planted;
  // The build itself is won; all the more must nothing be lost that stood before. Where both are won, the log is the plain one's.
  const decides = bare.verdict === 'worse' || !other || !one;
  return decides ? bare : planted;
}

interface Pair {
  readonly before: Export;
  readonly after: Export;
  readonly planted: boolean;
}

async function proveOne(bench: Bench, subject: Subject, { before, after, planted }: Pair): Promise<SubjectProof> {
  const { kind, name, codeFile } = subject;
  const cannot = (reason: string): SubjectProof => ({ kind, name, planted, verdict: 'cannot tell', reasons: [reason] });
  if (subject.cannot !== undefined) return cannot(subject.cannot);
  if (!subject.before) return cannot('It is not there before, so there is nothing to compare it with.');
  if (!subject.after) return cannot('It is there before, and after the fixes it is not.');
  const code = codeFile === undefined ? {} : { codeFile };
  const mask = maskOf([subject.before, subject.after]);
  const see = async (plan: SidePlan, of: Export, side: string): Promise<SideSeen> =>
    maskedSide(await seeSide(bench, { plan, of, name: `${name}, ${side}`, ...code }), mask);
  const was = await see(subject.before, before, 'before');
  const now = await see(subject.after, after, 'after');
  const common = { kind, name, planted, before: was, after: now };
  if ([was, now].some(({ log }) => log.includes(OVER_LIMIT))) {
    return { ...common, verdict: 'cannot tell', reasons: [`Not built: ${OVER_LIMIT}.`] };
  }
  const late = [was, now].flatMap(({ log }) => log.filter((line) => line.startsWith(TOOK_TOO_LONG)));
  if (late[0] !== undefined)
    return { ...common, verdict: 'cannot tell', reasons: [`It is not known whether it builds: ${late[0]}.`] };
  if (bench.session.signal.aborted) return { ...common, verdict: 'cannot tell', reasons: ['It was interrupted.'] };
  const brought = await basePackages(bench, subject.after.build.base);
  const sameProgram = subject.before.program === subject.after.program;
  return { ...common, ...judge(was, now, brought, sameProgram) };
}
