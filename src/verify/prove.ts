// Proves the fixes of one repository: builds and starts every image and service that they reach, before and after, and judges.

import { factsOf } from '../facts/facts.ts';
import { newMemory } from '../facts/memo.ts';
import { removeImages } from '../io/engine/containers.ts';
import type { Engine } from '../io/engine/engine.ts';
import { type EngineSession, openSession } from '../io/engine/engineSession.ts';
import {
  type Export,
  exportCommit,
  exportContent,
  exportFolder,
  overwrite,
  plant,
  writeProbe,
} from '../io/engine/exportTree.ts';
import type { GitPlace } from '../io/worktree/git.ts';
import type { FixResult, PathKind, Settings, Snapshot } from '../model.ts';
import { type HostProof, type Proof, type SubjectProof, worstOf } from '../report/proof.ts';
import { basePackages } from './bases.ts';
import type { Bench, BuildSettings } from './bench.ts';
import { assumptionProofs, verdictOn } from './borneOut.ts';
import { type Declared, declaredOf } from './declared.ts';
import { failedOver, hostNames, hostProof } from './host.ts';
import { judge } from './judge.ts';
import { type BuildLimit, type SideLooked, toldOf, withFilesSeenAlike } from './looked.ts';
import { maskedSide, maskOf } from './masking.ts';
import { PLANTED } from './probe.ts';
import { PROBE_MODULE } from './probeModule.ts';
import { type PlanOptions, planProof } from './proofPlan.ts';
import { relocatedWords } from './relocated.ts';
import { limitWords, seeSide } from './sides.ts';
import type { ProofPlan, SidePlan, Subject } from './subjects.ts';

export type ProofSource =
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
  readonly source: ProofSource;
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
  /** Kept between proofs that may share RUN steps and images: what was seen of them, and the text that separates these proofs from all others. */
  readonly shared?: { readonly nonce: string } & Pick<Bench, 'ran' | 'looks'>;
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
    looks: request.shared?.looks ?? new Map(),
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
    if (result.changed.length === 0) return { ...about, subjects: [], assumptions: [], verdict: 'same' };
    const memory = newMemory();
    const old = factsOf(before.snapshot, settings, memory);
    const { changed } = result;
    const plan = planProof(old, factsOf(result.after, settings, memory), { ...request.plan, changed });
    const pairOf = async (lead: string, old?: Export): Promise<ExportPair> => ({
      before: old ?? (await write(`${lead}before`)),
      after: overwrite(await write(`${lead}after`), result.after, result.changed),
    });
    const host = async () => {
      const pair = await pairOf('host-');
      for (const place of plan.planted) for (const of of [pair.before, pair.after]) plant(of, place, PLANTED);
      return pair;
    };
    writeProbe(bench.probe, PROBE_MODULE);
    const sides = { plain: await pairOf('', before), host };
    const subjects = await proveAll(bench, { plan, sides, declared: declaredOf(result) });
    // Changes that nothing built or started shows are not proven.
    const seen = subjects.length === 0 ? 'cannot tell' : worstOf(subjects.map((one) => one.verdict));
    const assumptions = assumptionProofs(result.applied, plan.subjects, subjects);
    return { ...about, subjects, assumptions, verdict: worstOf([seen, ...assumptions.map(verdictOn)]) };
  } finally {
    await removeImages(session, bench.names);
    desk.clear();
  }
}

interface ExportPair {
  readonly before: Export;
  readonly after: Export;
}

interface Sides {
  readonly plain: ExportPair;
  /** The same with a developer's environments planted. */
  readonly host: () => Promise<ExportPair>;
}

interface All {
  readonly plan: ProofPlan;
  readonly sides: Sides;
  readonly declared: Declared;
}

async function proveAll(bench: Bench, { plan, sides, declared }: All): Promise<SubjectProof[]> {
  let host: Promise<ExportPair> | undefined;
  const proofs: SubjectProof[] = [];
  for (const subject of plan.subjects) {
    if (bench.session.signal.aborted) break;
    const one = openSubject(bench, subject, declared);
    const { proof, isDark } = await one.prove(sides.plain);
    const names = bench.settings.host === 'absent' ? [] : hostNames(subject, plan.planted);
    const unbuilt = [proof.before, proof.after].filter((side) => side?.built === false);
    const isOpen = unbuilt.length < 2 || unbuilt.flatMap((side) => (side ? failedOver(names)(side) : [])).length > 0;
    if (names.length === 0 || !proof.before || !isOpen || bench.session.signal.aborted) {
      proofs.push(proof);
      continue;
    }
    host ??= sides.host();
    const other = await one.proveHost(await host, names, proof);
    const verdicts = [
      ...((isDark && other?.verdict === 'better') || (unbuilt.length === 2 && other) ? [] : [proof.verdict]),
      ...(other ? [other.verdict] : []),
    ];
    proofs.push(other ? { ...proof, host: other, verdict: worstOf(verdicts) } : proof);
  }
  return proofs;
}

/** `isDark`: as of `Judgement`. */
interface Plain {
  readonly proof: SubjectProof;
  readonly isDark?: true;
}

/** The two proofs of one subject: of the tree as it is, and of one with a developer's environment in it. */
function openSubject(bench: Bench, subject: Subject, declared: Declared) {
  const { kind, name, service, codeFile, before, after } = subject;
  const cannot = (reason: string): Plain => ({ proof: { kind, name, verdict: 'cannot tell', reasons: [reason] } });
  const mask = maskOf([before, after].filter((side) => side !== undefined));
  const see = async (
    plan: SidePlan,
    of: Export,
    { side, code }: { side: string; code?: string },
  ): Promise<SideLooked> =>
    maskedSide(
      await seeSide(bench, { plan, of, name: `${name}, ${side}`, ...(code === undefined ? {} : { codeFile: code }) }),
      mask,
    );
  const optionsFor = async (was: SidePlan, now: SidePlan) => ({
    base: await basePackages(bench, now.build.base),
    declared,
    sameProgram: relocatedWords(was.program, declared) === relocatedWords(now.program, declared),
    ...(kind === 'service' ? { plans: { service: service ?? name, before: was, after: now } } : {}),
  });
  let plainAfter: SideLooked | undefined;
  return {
    prove: async (pair: ExportPair): Promise<Plain> => {
      if (subject.cannot !== undefined) return cannot(subject.cannot);
      if (!before) return cannot('It is not there before, so there is nothing to compare it with.');
      if (!after) return cannot('It is there before, and after the fixes it is not.');
      const code = codeFile === undefined ? {} : { code: codeFile };
      const was = await see(before, pair.before, { side: 'before', ...code });
      const now = await see(after, pair.after, { side: 'after', ...code });
      plainAfter = now;
      const common = { kind, name, before: toldOf(was), after: toldOf(now) };
      const untold = (reason: string): Plain => ({ proof: { ...common, verdict: 'cannot tell', reasons: [reason] } });
      const hits = (limit: BuildLimit): boolean => [was, now].some((one) => one.limit === limit);
      if (hits('disk')) return untold(`Not built: ${limitWords('disk', bench.settings)}.`);
      if (hits('time')) return untold(`It is not known whether it builds: ${limitWords('time', bench.settings)}.`);
      if (bench.session.signal.aborted) return untold('It was interrupted.');
      const [old, later] = await withFilesSeenAlike(was, now);
      const { verdict, reasons, isDark } = judge(old, later, await optionsFor(before, after));
      return { proof: { ...common, verdict, reasons: reasons.map(mask) }, ...(isDark ? { isDark } : {}) };
    },
    proveHost: async (
      pair: ExportPair,
      names: readonly string[],
      plain: SubjectProof,
    ): Promise<HostProof | undefined> => {
      if (!before || !after) return undefined;
      const was = await see(before, pair.before, { side: "before, with a developer's environment" });
      const now = await see(after, pair.after, { side: "after, with a developer's environment" });
      if (bench.session.signal.aborted) return undefined;
      const needs =
        plain.before && plain.after && !plain.before.built && !plain.after.built
          ? { needs: { before: plain.before, after: plain.after } }
          : {};
      const options = {
        ...{ options: await optionsFor(before, after), plain: plain.reasons },
        ...(plainAfter?.built ? { later: plainAfter } : {}),
        ...needs,
      };
      const proof = hostProof(names, { before: was, after: now }, options);
      return proof && { ...proof, reasons: proof.reasons.map(mask) };
    },
  };
}
