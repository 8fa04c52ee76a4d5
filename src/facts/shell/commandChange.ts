// Holds every command of a Dockerfile, before and after a fix, against what the fix declares: it may change that and nothing else.

import type { Declaration } from '../../model.ts';
import type { DockerfileSyntax, Instruction } from '../../parse/dockerfile/syntax.ts';
import { lineMark } from '../../text/lines.ts';
import { createCommand } from '../createCommand.ts';
import { activationsIn, commandText, onlyCommand } from './shellActivations.ts';
import { type Difference, type MayDiffer, scriptDifference } from './shellCommands.ts';
import { isErrexit, isShell, takesText } from './shellNames.ts';
import { shellText } from './steps.ts';

/** Instructions whose text a shell runs, or may run. */
const SHELL = /^(RUN|CMD|ENTRYPOINT|HEALTHCHECK|ONBUILD)$/;

/** A Dockerfile as it is written. */
interface WrittenDockerfile {
  readonly text: string;
  readonly syntax: DockerfileSyntax;
}

interface ChangeSides {
  readonly before: ChangeSide;
  readonly after: ChangeSide;
  readonly declares: Declaration;
}

interface ChangeSide {
  /** Of the file before. */
  readonly path: string;
  readonly text: string;
  /** Some shell of the file ends at the first command that fails. */
  readonly errexit: boolean;
  readonly instructions: readonly Instruction[];
}

/** An instruction by all that it says: two of the same key are the same. */
export function instructionKey(i: Instruction, text: string): string {
  const heredocs = [...i.heredocs, ...(i.trigger?.heredocs ?? [])];
  return [
    i.logical.text,
    ...heredocs.map((heredoc) => `${heredoc.name}\n${text.slice(heredoc.body.start, heredoc.body.end)}`),
  ].join('\0');
}

/** The commands that change in a way that the fix does not declare, in one sentence; or undefined. */
export function commandChange(
  was: WrittenDockerfile & { readonly path: string },
  now: WrittenDockerfile,
  declares: Declaration,
): string | undefined {
  const moved = new Set(declares.reorders?.moved ?? []);
  // what a fix moves besides copies is named; the order of all else is looked at by itself
  const own = (i: Instruction): boolean =>
    declares.reorders === undefined || (SHELL.test(i.keyword) && !moved.has(i.logical.text));
  const errexit = was.syntax.instructions.some((i) => i.json?.some((word) => isErrexit(word.value)));
  const side = ({ text, syntax }: WrittenDockerfile): ChangeSide => ({
    path: was.path,
    text,
    errexit,
    instructions: syntax.instructions.filter(own),
  });
  const sides: ChangeSides = { before: side(was), after: side(now), declares };
  const gone: string[] = [];
  for (const gap of gapsBetween(sides.before, sides.after)) {
    const found = gapDifference(gap, sides);
    if ('why' in found) return found.why;
    gone.push(...found.gone);
  }
  const allowed = (declares.commandsGone ?? []).map(commandText);
  for (const text of gone) {
    const at = allowed.indexOf(text);
    if (at < 0) return `\`${text}\` is gone, which the fix does not declare`;
    allowed.splice(at, 1);
  }
  return undefined;
}

/** What stands between two instructions that stay, on both sides. */
interface Gap {
  readonly old: readonly Instruction[];
  readonly now: readonly Instruction[];
}

/** Aligns both lists by their longest common subsequence; a file of more than some hundred instructions is left alone. */
function gapsBetween(one: ChangeSide, other: ChangeSide): Gap[] {
  const old = one.instructions.map((i) => instructionKey(i, one.text));
  const now = other.instructions.map((i) => instructionKey(i, other.text));
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const n = old.length - head - tail;
  const at = now.length - head - tail;
  const width = at + 1;
  const best = new Uint32Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i--) {
    for (let j = at - 1; j >= 0; j--) {
      best[i * width + j] =
        old[head + i] === now[head + j]
          ? best[(i + 1) * width + j + 1]! + 1
          : Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
    }
  }
  const gaps: Gap[] = [];
  let open: { old: Instruction[]; now: Instruction[] } = { old: [], now: [] };
  for (let i = 0, j = 0; i < n || j < at; ) {
    if (i < n && j < at && old[head + i] === now[head + j]) {
      gaps.push(open);
      open = { old: [], now: [] };
      i++;
      j++;
    } else if (j >= at || (i < n && best[(i + 1) * width + j]! >= best[i * width + j + 1]!))
      open.old.push(one.instructions[head + i++]!);
    else open.now.push(other.instructions[head + j++]!);
  }
  return [...gaps, open];
}

/** Is it all that makes an environment that the fix declares? */
const creates = (i: Instruction, { creates: paths = [] }: Declaration): boolean =>
  paths.some((path) => i.logical.text.replace(/^run /, 'RUN ') === `RUN ${createCommand(path)}`);

function gapDifference(gap: Gap, sides: ChangeSides): Difference {
  const { before, declares } = sides;
  const old = gap.old.filter((i) => SHELL.test(i.keyword));
  const now = gap.now.filter((i) => SHELL.test(i.keyword) && !creates(i, declares));
  const gone: string[] = [];
  let j = 0;
  for (const one of old) {
    const other = now[j];
    const found = other === undefined ? undefined : instructionDifference(one, other, sides);
    if (found !== undefined && 'gone' in found) {
      gone.push(...found.gone);
      j++;
      continue;
    }
    const activations = one.keyword === 'RUN' ? activationsIn(shellTextOf(one, before) ?? '') : undefined;
    if (activations === undefined)
      return { why: `line ${lineMark(before.path, one.start)}: ${found?.why ?? `this ${one.keyword} is gone`}` };
    gone.push(...activations);
  }
  for (const more of now.slice(j)) {
    if (!declares.reorders || !before.instructions.some((i) => standsFor(i, more, sides)))
      return { why: `a ${more.keyword} is new: ${more.logical.text.slice(0, 70)}` };
  }
  return { gone };
}

/** The text that a shell runs: shell form, or the word behind -c of a list. */
function shellTextOf(i: Instruction, side: ChangeSide): string | undefined {
  if (i.json === undefined) return shellText(i, side.text).script.text;
  const words = i.json.map((word) => word.value);
  return isShell(words[0] ?? '') && takesText(words[1] ?? '') ? words[2] : undefined;
}

/** A second half of what `old` did in one command: that command alone, by one of the texts that may stand for it. */
function standsFor(old: Instruction, now: Instruction, sides: ChangeSides): boolean {
  if (now.keyword !== 'RUN' || old.keyword !== 'RUN' || now.json !== undefined) return false;
  if (!('why' in instructionDifference(old, now, sides))) return true;
  const text = shellText(now, sides.after.text).script.text.replace(/\s+/g, ' ').trim();
  const texts = Object.values(sides.declares.reorders?.commands ?? {}).flat();
  return flagsOf(now) === flagsOf(old) && texts.some((one) => one.replace(/\s+/g, ' ') === text.replace(/["'\\]/g, ''));
}

const flagsOf = (i: Instruction): string => JSON.stringify(i.flags.map((flag) => [flag.name, flag.value]));

type Words = NonNullable<Instruction['json']>;

/** Two lists of as many words. */
function wordsDifference(old: Words, now: Words, may: MayDiffer): Difference {
  const gone: string[] = [];
  for (const [n, word] of old.entries()) {
    const found = scriptDifference(word.value, now[n]!.value, may);
    if ('why' in found) return found;
    gone.push(...found.gone);
  }
  return { gone };
}

function instructionDifference(old: Instruction, now: Instruction, sides: ChangeSides): Difference {
  const { before, after, declares } = sides;
  const changed = { why: `${old.keyword} becomes ${now.logical.text.slice(0, 70)}` };
  if (old.keyword !== now.keyword || flagsOf(old) !== flagsOf(now) || old.healthcheck !== now.healthcheck)
    return changed;
  if (old.trigger !== undefined && now.trigger !== undefined)
    return instructionDifference(old.trigger, now.trigger, sides);
  const may: MayDiffer = { replaced: declares.reorders?.commands ?? {}, errexit: before.errexit };
  if (now.json !== undefined) {
    const text = shellTextOf(old, before);
    const only = text === undefined || old.keyword !== 'CMD' ? undefined : onlyCommand(text);
    const same =
      only !== undefined && JSON.stringify(only.words) === JSON.stringify(now.json.map((word) => word.value));
    if (same && declares.toList) return { gone: only.gone };
    return old.json?.length === now.json.length ? wordsDifference(old.json, now.json, may) : changed;
  }
  if (old.json !== undefined) return changed;
  const [was, is] = [shellText(old, before.text), shellText(now, after.text)];
  if (was.interpreter !== is.interpreter) return changed;
  return scriptDifference(was.script.text, is.script.text, may);
}
