// Our states of a Dockerfile's steps and images held against those that BuildKit would start and write.
import { posix } from 'node:path';
import { type Base, unknownBase } from '../../src/facts/baseImages/base.ts';
import { type ImageFacts, imageFacts, type ImageState } from '../../src/facts/image.ts';
import { causes, isKnown } from '../../src/facts/values.ts';
import { type Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { parseDockerfile } from '../../src/parse/dockerfile/dockerfile.ts';
import type { Judgement } from './compareInstructions.ts';
import { goText } from './goText.ts';
import type { DockerfileAnswer, DockerfileRequest, JudgedImage, JudgedStage, JudgedStep } from './judge.ts';

/** What the judge takes every base image to have when it is told nothing. */
const BASE_ENV = ['PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'];
/** What BuildKit gives images made FROM scratch. */
const SCRATCH = new Map([['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']]);
/** Set by `RUN --mount=type=ssh`, in that step only. */
const SSH = 'SSH_AUTH_SOCK';
/** Known to BuildKit and deliberately unknown to us: the platform, and an ARG that nobody gave a value. */
const OPEN_BY_DESIGN = /^ARG /;

/** A difference, an unknown of ours, or neither. */
interface Found {
  difference?: string;
  unknown?: string;
}

function splitEnv(list: readonly string[]): Map<string, string> {
  return new Map(list.map((e) => [e.slice(0, e.indexOf('=')), e.slice(e.indexOf('=') + 1)]));
}

function compareValue(found: Found, what: string, ours: string | undefined, theirs: string | undefined): void {
  if (ours !== undefined && !isKnown(ours)) {
    const cause = causes(ours).find((c) => !OPEN_BY_DESIGN.test(c));
    if (cause !== undefined) found.unknown ??= `${what}: unknown for us (${cause})`;
    return;
  }
  const mine = ours === undefined ? undefined : goText(ours);
  if (mine !== theirs) found.difference ??= `${what}: ours ${JSON.stringify(mine)}, BuildKit's ${JSON.stringify(theirs)}`;
}

/** BuildKit keeps an absolute WORKDIR as it is spelt (`/a//b/`); ours is clean. The folder is the same. */
const clean = (path: string): string => (isKnown(path) ? posix.resolve('/', path) : path);

function compareEnv(found: Found, where: string, ours: ReadonlyMap<string, string>, theirs: readonly string[]): void {
  const judged = splitEnv(theirs);
  for (const [name, value] of ours) compareValue(found, `${where}: ${name}`, value, judged.get(goText(name)));
  const names = new Set([...ours.keys()].map(goText));
  for (const [name, value] of judged) if (name !== SSH && !names.has(name) && isKnown([...ours.keys()].join())) found.difference ??= `${where}: ${name} is not set for us, BuildKit has ${JSON.stringify(value)}`;
}

/** The argument vector of a RUN without here-documents. */
function argv(i: Instruction, state: ImageState): string[] {
  return i.json ? i.json.map((w) => w.value) : [...state.shell, i.logical.text.slice(i.argsAt, i.argsTo)];
}

function compareStep(found: Found, i: Instruction, state: ImageState, step: JudgedStep): void {
  const where = `RUN at line ${step.line}`;
  compareValue(found, `${where}: cwd`, clean(state.cwd), clean(step.cwd));
  compareValue(found, `${where}: user`, state.user, step.user);
  compareEnv(found, where, state.buildEnv, step.env);
  if (i.heredocs.length > 0) return;
  const ours = JSON.stringify(argv(i, state).map(goText));
  if (ours !== JSON.stringify(step.args)) found.difference ??= `${where}: argv: ours ${ours}, BuildKit's ${JSON.stringify(step.args)}`;
}

/** Cmd or Entrypoint as the image has it. */
function imageCommand(i: Instruction | undefined, shell: readonly string[]): string[] | undefined {
  if (i === undefined) return undefined;
  if (i.json) return i.json.map((w) => goText(w.value));
  return [...shell, i.logical.text.slice(i.argsAt, i.argsTo)].map(goText);
}

function compareImage(found: Found, where: string, facts: ImageFacts, stage: number, image: JudgedImage): void {
  const { final } = facts.stages[stage]!;
  compareValue(found, `${where}: WorkingDir`, clean(final.cwd), clean(image.WorkingDir || '/'));
  compareValue(found, `${where}: User`, final.user, image.User ?? '');
  compareEnv(found, where, final.env, image.Env ?? []);
  const commands: [string, Instruction | undefined, readonly string[] | null | undefined][] = [
    ['Cmd', final.cmd, image.Cmd],
    ['Entrypoint', final.entrypoint, image.Entrypoint],
  ];
  for (const [what, i, theirs] of commands) {
    // the shell is the one at the instruction, not the last one
    const ours = imageCommand(i, i ? shellAt(facts, i) : []);
    const a = JSON.stringify(ours?.length ? ours : []);
    if (a !== JSON.stringify(theirs ?? [])) found.difference ??= `${where}: ${what}: ours ${a}, BuildKit's ${JSON.stringify(theirs ?? [])}`;
  }
}

function shellAt(facts: ImageFacts, i: Instruction): readonly string[] {
  const stage = facts.stages.findLast((s) => s.from.index < i.index)!;
  return stage.before[stage.instructions.findIndex((x) => x.index === i.index)]!.shell;
}

function compareStage(found: Found, facts: ImageFacts, index: number, judged: JudgedStage): void {
  const stage = facts.stages[index]!;
  const runs = stage.instructions.map((i, n) => ({ i, state: stage.before[n]! })).filter(({ i }) => i.keyword === 'RUN');
  const steps = judged.steps ?? [];
  const byLine = new Map(runs.map((r) => [r.i.line, r]));
  for (const step of steps) {
    const run = byLine.get(step.line);
    if (run) compareStep(found, run.i, run.state, step);
    else found.difference ??= `stage ${index}: a step at line ${step.line} that we do not have`;
  }
  if (judged.image) compareImage(found, `image of stage ${index}`, facts, index, judged.image);
}

/**
 * Only files that BuildKit parses and we would edit; undefined for others (compareInstructions judges those).
 * @param text the file, one character per byte
 */
export function compareStates(text: string, request: DockerfileRequest, answer: DockerfileAnswer): Judgement | undefined {
  const syntax = parseDockerfile(text);
  if (answer.error !== undefined || answer.stagesError !== undefined || syntax.problems.length > 0) return undefined;
  const env = splitEnv(request.baseEnv ?? BASE_ENV);
  const base = (ref: string): Base => ({
    ...unknownBase(ref), env: ref === 'scratch' ? SCRATCH : env, complete: true, sh: 'dash', user: '', cwd: '/',
  });
  const facts = imageFacts(syntax, { buildArgs: new Map(Object.entries(request.args ?? {})), base });
  const stages = answer.stages ?? [];
  if (stages.length !== facts.stages.length) return { verdict: 'disagreed', detail: `stages: ours ${facts.stages.length}, BuildKit's ${stages.length}` };
  const found: Found = {};
  for (const [index, judged] of stages.entries()) {
    // FROM stage-$TARGETOS: which stage or image that is, is open for us
    if (judged.error === undefined && isKnown(facts.stages[index]!.base.ref)) compareStage(found, facts, index, judged);
  }
  // a FROM that rests on a value which nobody gave is open for us, and an error for BuildKit
  const failed = stages.find((s, n) => s.error !== undefined && isKnown(facts.stages[n]!.base.ref))?.error;
  const problem = facts.problems[0]?.message;
  // a file with a problem is not edited, whatever else we make of it
  if (problem === undefined && found.difference !== undefined) return { verdict: 'disagreed', detail: found.difference };
  if (failed !== undefined) return problem === undefined ? { verdict: 'onlyWeAccept', detail: failed } : { verdict: 'bothRefuse' };
  if (problem !== undefined) return { verdict: 'refused', detail: problem };
  return found.unknown === undefined ? { verdict: 'agreed' } : { verdict: 'refused', detail: found.unknown };
}
