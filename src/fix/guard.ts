// The guard: after each fix, in production, what changed is computed again and held against what the fix declares.

import { checkEdits } from '../edit/textEdits.ts';
import { type Blocker, type BlockerCode, isBlocker } from '../facts/blocker.ts';
import { blockersBetween } from '../facts/compare/compare.ts';
import { cutDockerfile } from '../facts/compare/cutRun.ts';
import {
  movedEnvironment,
  movedPath,
  movedTrace,
  oldFolderBlocker,
  respelledTrace,
} from '../facts/compare/movedFolder.ts';
import { respelled } from '../facts/compare/venvSpelling.ts';
import { serviceCommandChange } from '../facts/compose/serviceCommandChange.ts';
import type { ServiceFacts } from '../facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../facts/dockerfileFacts.ts';
import { differing, type Facts } from '../facts/facts.ts';
import { commandChange, instructionKey } from '../facts/shell/commandChange.ts';
import { commandText } from '../facts/shell/shellActivations.ts';
import type { Declaration, Fix } from '../model.ts';
import { parseDockerfile } from '../parse/dockerfile/dockerfile.ts';
import type { Instruction } from '../parse/dockerfile/syntax.ts';
import { type EditStep, throughEdits } from '../text/lines.ts';
import { contextLoss, ignoreChange } from './ignoreChange.ts';

/** Why a fix must not stand, or undefined; lines are those without it. `before` and `after` are the facts without and with its edits. */
export function guardFix(fix: Fix, before: Facts, after: Facts): Blocker | undefined {
  const [wrong] = checkEdits(before.snapshot, fix.edits);
  if (wrong !== undefined) return { code: 'edits', words: wrong };
  if (fix.declares.assumes !== undefined && fix.safety !== 'unsafe')
    return { code: 'undeclared', words: 'it rests on an assumption, and says that it is safe' };
  if ((fix.assumption === undefined) === (fix.safety === 'unsafe'))
    return { code: 'undeclared', words: 'an unsafe fix names what it assumes, and a safe one assumes nothing' };
  const paths = new Set(fix.edits.map((edit) => edit.path));
  for (const path of paths) {
    const blocker = untouchedBytes(fix, path, before.snapshot.read(path) ?? '', after.snapshot.read(path) ?? '');
    if (blocker !== undefined) return blocker;
  }
  const blocker = dockerfilesChange(fix, before, after);
  if (blocker !== undefined) return blocker;
  for (const path of paths) {
    if (!/dockerignore$/.test(path)) continue;
    const ignored = blockedBy('ignored files', ignoreChange(path, fix.declares.ignores ?? [], before, after));
    if (ignored !== undefined) return ignored;
  }
  return composeChange(fix.declares, before, after);
}

const blockedBy = (code: BlockerCode, words: string | undefined): Blocker | undefined =>
  words === undefined ? undefined : { code, words };

function dockerfilesChange(fix: Fix, before: Facts, after: Facts): Blocker | undefined {
  const step = { edits: fix.edits, before: before.snapshot };
  for (const { was, now } of differing(before, after)) {
    if (was === undefined) return { code: 'undeclared', words: `${now.path} is a Dockerfile that was none before` };
    // what is declared is declared of the files that the fix edits
    const { mounts } = fix.declares;
    const declares =
      was.text !== now.text
        ? fix.declares
        : { ...(mounts === undefined ? {} : { mounts }), ...(isBuiltHere(was) ? inherited(fix.declares) : {}) };
    const blocker =
      dockerfileChange(was, now, declares, step) ??
      blockedBy('ignored files', contextLoss(was, now, fix.declares.ignores ?? [], before.snapshot));
    if (blocker !== undefined) return { ...blocker, words: `${now.path}: ${blocker.words}` };
  }
  return after.dockerfiles.length === before.dockerfiles.length
    ? undefined
    : { code: 'undeclared', words: 'a Dockerfile is gone' };
}

const isBuiltHere = ({ image }: DockerfileFacts): boolean =>
  image.stages.some(({ base }) => base.knownBy === 'repository');

/** What reaches an image by the one that it is built upon. */
const inherited = ({ env, movesTo }: Declaration): Declaration => ({
  ...(env === undefined ? {} : { env }),
  ...(movesTo === undefined ? {} : { movesTo }),
});

/** Bytes outside the edits: the pieces between them must stand in the new text as they were. */
function untouchedBytes(fix: Fix, path: string, old: string, now: string): Blocker | undefined {
  const blocker: Blocker = { code: 'edits', words: `${path}: bytes outside the edits changed` };
  let from = 0;
  let at = 0;
  for (const edit of fix.edits.filter((each) => each.path === path).sort((a, b) => a.start - b.start)) {
    const piece = old.slice(from, edit.start);
    if (now.slice(at, at + piece.length) !== piece) return blocker;
    at += piece.length + edit.newText.length;
    from = edit.end;
  }
  return now.slice(at) === old.slice(from) ? undefined : blocker;
}

function dockerfileChange(
  was: DockerfileFacts,
  now: DockerfileFacts,
  declares: Declaration,
  step: EditStep,
): Blocker | undefined {
  const problem = now.leftAlone;
  if (problem !== undefined && was.leftAlone === undefined)
    return { code: 'text', words: `it no longer reads exactly: ${problem.message}` };
  if (declares.cutsRun !== undefined) {
    const cut = cutDockerfile(was, declares.cutsRun);
    const { cutsRun: _, ...rest } = declares;
    return isBlocker(cut) ? cut : dockerfileChange(cut.dockerfile, now, rest, step);
  }
  // mounts alone: composeChange holds the services to them; starts that were alike and no longer are shift the events
  if (was.text === now.text && Object.keys(declares).join() === 'mounts') return undefined;
  const listed =
    instructionChange(was, now, declares) ??
    blockedBy('commands', commandChange(respelledFile(was, declares), respelledFile(now, declares), declares));
  if (listed !== undefined) return listed;
  if (was.image.stages.length !== now.image.stages.length)
    return { code: 'undeclared', words: 'the number of stages changes' };
  const { movesFolder } = declares;
  for (const [n, stage] of was.image.stages.entries()) {
    const moved = movesFolder?.stage === n ? movesFolder : undefined;
    const own = moved === undefined ? stage.final : { ...stage.final, cwd: movedPath(stage.final.cwd, moved) };
    const other = now.image.stages[n]!;
    for (const name of new Set([...stage.final.env.keys(), ...other.final.env.keys()])) {
      if (stage.final.env.get(name) !== other.final.env.get(name) && !declares.env?.includes(name))
        return { code: 'undeclared', words: `ENV ${name} changes` };
    }
    for (const key of ['cwd', 'user'] as const)
      if (own[key] !== other.final[key]) return { code: 'undeclared', words: `${key} of the image changes` };
    if (stage.final.shell.join('\0') !== other.final.shell.join('\0'))
      return { code: 'undeclared', words: 'the SHELL of the image changes' };
  }
  const left = movesFolder === undefined ? undefined : oldFolderBlocker(now, now, movesFolder);
  if (left !== undefined) return { ...left, words: throughEdits(left.words, step) };
  const { relocatesEnvironment } = declares;
  const inFolder = movesFolder === undefined ? was.trace : movedTrace(was.trace, movesFolder);
  const [old, come] =
    relocatesEnvironment === undefined
      ? [inFolder, now.trace]
      : [movedEnvironment(inFolder, relocatesEnvironment), respelledTrace(now.trace, relocatesEnvironment)];
  const [blocker] = blockersBetween(old, come, {
    movesTo: declares.movesTo ?? [],
    movesEnvironment: declares.movesEnvironment,
    creates: declares.creates ?? [],
    copiesLess: declares.copiesLess ?? false,
    bases: was.image.stages.map((stage) => stage.base),
    assumed: declares.assumes ?? [],
    ...(declares.reorders ? { reordered: declares.reorders } : {}),
  });
  return blocker && { ...blocker, words: throughEdits(blocker.words, step) };
}

/** Commands that name a relocated environment are held against those that name its new place. */
function respelledFile(
  { path, text, syntax }: DockerfileFacts,
  { relocatesEnvironment }: Declaration,
): Pick<DockerfileFacts, 'path' | 'text' | 'syntax'> {
  if (relocatesEnvironment === undefined) return { path, text, syntax };
  const said = respelled(text, relocatesEnvironment);
  return { path, text: said, syntax: parseDockerfile(said) };
}

/** Instructions that have no equal on the other side must be as many of each keyword as declared. */
function instructionChange(was: DockerfileFacts, is: DockerfileFacts, declares: Declaration): Blocker | undefined {
  const old = was.syntax.instructions;
  const now = is.syntax.instructions;
  const oldKeys = old.map((instruction) => instructionKey(instruction, was.text));
  const nowKeys = now.map((instruction) => instructionKey(instruction, is.text));
  const gone = new Map<string, Instruction[]>();
  for (const [n, each] of old.entries()) gone.set(oldKeys[n]!, [...(gone.get(oldKeys[n]!) ?? []), each]);
  const come: Instruction[] = [];
  for (const [n, instruction] of now.entries()) {
    const list = gone.get(nowKeys[n]!);
    if (list && list.length > 0) list.pop();
    else come.push(instruction);
  }
  const lost = [...gone.values()]
    .flat()
    .map((instruction) => instruction.keyword)
    .sort();
  const { added = [], removed = [], changed = [] } = declares.instructions ?? {};
  const want = { lost: [...removed, ...changed].sort(), come: [...added, ...changed].sort() };
  const found = come.map((instruction) => instruction.keyword).sort();
  if (lost.join() !== want.lost.join())
    return {
      code: 'undeclared',
      words: `instructions that go or change: ${lost.join(', ') || 'none'}, declared: ${want.lost.join(', ') || 'none'}`,
    };
  if (found.join() !== want.come.join())
    return {
      code: 'undeclared',
      words: `instructions that come or change: ${found.join(', ') || 'none'}, declared: ${want.come.join(', ') || 'none'}`,
    };
  // what stays, stays in its order (but for a COPY that the fix moves)
  if (declares.reorders) return undefined;
  return inOrder(oldKeys, nowKeys, old.length - lost.length)
    ? undefined
    : { code: 'undeclared', words: 'the order of the instructions changes' };
}

/** Do `kept` of the entries stand in the same order in both lists? Equal entries may stand for one another. */
function inOrder(old: readonly string[], now: readonly string[], kept: number): boolean {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const oldMiddle = old.slice(head, old.length - tail);
  const nowMiddle = now.slice(head, now.length - tail);
  // the longest common subsequence, row by row; a file of more than some hundred instructions is left alone
  let row = new Array<number>(nowMiddle.length + 1).fill(0);
  for (const entry of oldMiddle) {
    const next = [0];
    for (let n = 0; n < nowMiddle.length; n++)
      next.push(entry === nowMiddle[n] ? row[n]! + 1 : Math.max(row[n + 1]!, next[n]!));
    row = next;
  }
  return head + tail + row[nowMiddle.length]! >= kept;
}

/** Where it stands. */
const PLACES_OF_TEXT: readonly string[] = ['origin', 'origins', 'contents'];

/** Every service but the declared ones is read as before; of those, only mounts, or activations in their commands, change. */
function composeChange(declares: Declaration, before: Facts, after: Facts): Blocker | undefined {
  if (before.compose === after.compose) return undefined;
  const [newIssue] = after.compose.issues.slice(before.compose.issues.length);
  if (newIssue) return { code: 'compose', words: `${newIssue.path}: ${newIssue.message}` };
  const { services: old } = before.compose;
  const { services: now } = after.compose;
  if (old.length !== now.length) return { code: 'compose', words: 'the number of compose services changes' };
  const plain = (value: unknown, left: ReadonlySet<string>): string =>
    JSON.stringify(value, (key, part: unknown) => (left.has(key) ? undefined : part instanceof Map ? [...part] : part));
  const isEdited = (path: string): boolean => before.snapshot.read(path) !== after.snapshot.read(path);
  const relocating = new Set(before.dockerfiles.flatMap(({ path, services }) => (isEdited(path) ? services : [])));
  for (const [n, service] of old.entries()) {
    const isNamed = (list: Declaration['mounts']): boolean =>
      list?.some(
        (one) =>
          one.service === service.name &&
          (service.files.includes(one.path) || service.origins.some((origin) => origin.path === one.path)),
      ) ?? false;
    const startsOtherwise = isNamed(declares.starts);
    const left = new Set([
      ...PLACES_OF_TEXT,
      ...(isNamed(declares.mounts) ? ['mounts'] : []),
      ...(startsOtherwise ? ['command', 'entrypoint'] : []),
    ]);
    const blocker = startsOtherwise ? startChange(service, now[n]!, declares) : undefined;
    if (blocker !== undefined) return blocker;
    const relocatesEnvironment = relocating.has(service) ? declares.relocatesEnvironment : undefined;
    const said = (value: unknown, without: ReadonlySet<string>): string =>
      relocatesEnvironment === undefined
        ? plain(value, without)
        : respelled(plain(value, without), relocatesEnvironment);
    if (
      said(service, left) !== said(now[n], left) ||
      // an environment that moves takes no mount along
      (relocatesEnvironment !== undefined &&
        plain(service.mounts, new Set(PLACES_OF_TEXT)) !== plain(now[n]!.mounts, new Set(PLACES_OF_TEXT)))
    ) {
      const words = `compose reads service ${service.name} of ${service.files.join(', ')} otherwise than before`;
      return { code: 'compose', words };
    }
  }
  return undefined;
}

/** Activations that are declared go from the words that start it, and nothing else. */
function startChange(was: ServiceFacts, now: ServiceFacts, declares: Declaration): Blocker | undefined {
  const found = serviceCommandChange(was, now);
  if ('why' in found) return { code: 'compose', words: found.why };
  const allowed = new Set((declares.commandsGone ?? []).map(commandText));
  const other = found.gone.find((text) => !allowed.has(text));
  if (other !== undefined)
    return { code: 'undeclared', words: `service ${was.name}: \`${other}\` is gone, which the fix does not declare` };
  if (found.toList && !declares.toList)
    return {
      code: 'undeclared',
      words: `service ${was.name} starts without its shell, which the fix does not declare`,
    };
  return undefined;
}
