// Copies what the installer reads, installs, and copies the code last:  COPY . . / RUN pip install -r r.txt  ->  COPY r.txt . / RUN ... / COPY . .

import { insertLinesAfter, replaceRange } from '../../src/edit/textEdits.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { ignoreEdits } from '../../src/facts/ignoreFile/ignoreEdit.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Finding, Fix, Transform } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { type InstallBeforeCode, installsBeforeCode } from './beforeCode.ts';
import { cutSplitOf, throughCut } from './cutSplit.ts';
import { isDependencies } from './install.ts';
import { secondRun, splitText } from './layout.ts';
import { type SplitPlan, splitsOf } from './plan.ts';
import type { SplitRefusal } from './refusal.ts';
import { CODE_BEFORE_INSTALL, INSTALLER_BEFORE_CODE } from './splitDiagnoses.ts';
import { nameOfStep, titleOfInstruction } from './step.ts';

export const splitDependencyCopy: Transform<Facts> = {
  id: 'split-dependency-copy',
  title: 'Copy what the installer reads, install, then copy the code',
  tier: 'S',
  diagnoses: [CODE_BEFORE_INSTALL, INSTALLER_BEFORE_CODE],
  why: `A build step is taken from the cache while the steps before it are unchanged. Where the whole folder is copied before
the dependencies are installed, every change of any file installs all of them again. Copied in two steps (first the files that the
installer reads, after the installation the rest), a change of the code re-runs only what needs the code.
The order is changed only where it is known exactly what the installer reads, that nothing in between needs the code, and
that the code, copied later, does not lie over what was installed. Poetry, uv and pdm install the dependencies first and the project itself once the code is there.`,
  references: [
    'https://docs.docker.com/build/cache/optimize/#order-your-layers',
    'https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers',
    'https://python-poetry.org/docs/cli/#install',
  ],
  run: (facts) => askedOf(facts).flatMap((dockerfile) => (dockerfile.leftAlone ? [] : findingsOf(dockerfile, facts))),
};

function findingsOf(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  const splits = splitsOf(dockerfile, facts);
  // Where an order changes, the rest is read again when it has.
  const early = splits.some(({ kind }) => kind === 'plan') ? [] : installsBeforeCode(dockerfile, facts);
  return [
    ...early.map((one) => tooEarly(one, dockerfile)),
    ...splits.map((split) =>
      split.kind === 'plan'
        ? fixable(split, dockerfile, facts)
        : (cutBeforeCode(split, dockerfile, facts) ?? refused(split, dockerfile)),
    ),
  ];
}

/** The split where the RUN is cut before the command that needs the code. */
function cutBeforeCode(refusal: SplitRefusal, dockerfile: DockerfileFacts, facts: Facts): Finding | undefined {
  const split = cutSplitOf(refusal, dockerfile, facts);
  if (split === undefined) return undefined;
  const { fix, ...finding } = fixable(split.plan, split.dockerfile, facts);
  const edits = throughCut(fix!.edits, dockerfile.path, split.cut);
  if (edits === undefined) return undefined;
  const name = nameOfStep(refusal.install);
  const needs = nameOfStep(refusal.heldBy!.step);
  const gain = `A code change no longer runs ${name}, but only what follows it`;
  return {
    ...finding,
    reason: `After the fix: ${gain.charAt(0).toLowerCase()}${gain.slice(1)}.`,
    fix: {
      ...fix!,
      edits,
      gain: `${gain}.`,
      notes: [...(fix!.notes ?? []), `Its RUN is cut before ${needs}, which needs the code.`],
      declares: { ...fix!.declares, cutsRun: split.declared },
    },
  };
}

/** Of an install that comes before the code which it needs. */
function tooEarly(one: InstallBeforeCode, dockerfile: DockerfileFacts): Finding {
  const { path } = dockerfile;
  const { run, code, why } = one;
  const name = nameOfStep(one.install.step);
  const where = code === undefined ? 'not there' : `not there before line ${lineMark(path, code.start)}`;
  const flags = one.install.leaving.join(' ');
  const fix = why === undefined ? fixOfTooEarly(one, dockerfile) : undefined;
  return {
    diagnosis: INSTALLER_BEFORE_CODE,
    ...(one.isCertain ? {} : { level: 'fragile' as const }),
    path,
    offset: run.start,
    message: `${name} (line ${lineMark(path, run.start)}) is to install ${whatIsMissing(one.missing)} too, which ${one.missing.length > 1 ? 'are' : 'is'} ${where}: ${followsOf(one)}.`,
    reason:
      why === undefined
        ? `Write ${flags} there${one.second === undefined ? '' : ', and the same command without it behind the COPY of the code'}.`
        : `Left alone: ${why}. Write ${flags} there, and the same command without it behind the COPY of the code.`,
    ...(fix === undefined ? {} : { fix }),
  };
}

const whatIsMissing = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(' and ');

const followsOf = ({ isCertain, install }: InstallBeforeCode): string => {
  if (isCertain) return 'the image does not build';
  return (
    INSTALLERS[install.reads.tool].halves?.look?.follows ??
    'the build stops there, or a package is installed that has nothing in it'
  );
};

function fixOfTooEarly({ install, run, code, second, key }: InstallBeforeCode, { path, text }: DockerfileFacts): Fix {
  const flags = install.leaving.join(' ');
  const at = install.step.end;
  const edits = [replaceRange(path, { start: at, end: at }, ` ${flags}`)];
  if (second !== undefined && code !== undefined)
    edits.push(insertLinesAfter({ path, text, offset: code.end, lines: secondRun(run, text, second) }));
  const name = nameOfStep(install.step);
  return {
    title:
      second === undefined
        ? `Leave out of ${name} what is not there yet`
        : `Install the project once its code is there (${name})`,
    safety: 'safe',
    edits,
    notes:
      second === undefined
        ? []
        : [`${name} runs twice: first with ${flags} for the dependencies, then as it was, for the project.`],
    declares: {
      instructions: {
        added: second === undefined ? [] : ['RUN'],
        removed: [],
        changed: second?.isWhole === true ? [] : ['RUN'],
      },
      reorders: { commands: { [key]: second === undefined ? [`${key} ${flags}`] : [`${key} ${flags}`, key] } },
    },
  };
}

const onOneLine = (text: string): string => text.replace(/[ \t\r\n]+/g, ' ');

function refused({ copy, install, blocker, byHand }: SplitRefusal, dockerfile: DockerfileFacts): Finding {
  return {
    diagnosis: CODE_BEFORE_INSTALL,
    path: dockerfile.path,
    offset: copy.start,
    message: `Every change of the code runs ${nameOfStep(install)} again: \`${onOneLine(copy.logical.text)}\` comes before it.`,
    reason: `Left as it is: ${blocker.words}. By hand: ${byHand ?? 'copy what the installer reads, install, then copy the rest'}.`,
  };
}

function fixable(plan: SplitPlan, dockerfile: DockerfileFacts, facts: Facts): Finding {
  const { moved, installs, second, kept } = plan;
  const first = moved[0]!.copy.instruction;
  const main = installs.find((x) => x.reads.files.length > 0) ?? installs.find(isDependencies) ?? installs[0]!;
  const name = nameOfStep(main.step);
  const text = splitText(dockerfile.path, dockerfile.text, plan);
  const ignores = ignoreEdits(dockerfile.context, facts.snapshot, kept);
  const gain = gainWords(plan, dockerfile);
  const fix: Fix = {
    title:
      text.lines.length > 0
        ? `Install the dependencies before the code is copied (${name})`
        : `Copy the code after ${name}`,
    safety: 'safe',
    edits: [...text.edits, ...ignores],
    gain: `${gain}.`,
    notes: notesOf(plan, dockerfile),
    declares: {
      instructions: { added: text.added, removed: text.removed, changed: text.changed },
      reorders: {
        commands: second ? { [second.key]: [`${second.key} ${second.install.leaving.join(' ')}`, second.key] } : {},
        stages: [plan.stage.index],
        ...(plan.followers.length > 0 ? { moved: plan.followers.map((f) => f.instruction.logical.text) } : {}),
      },
      ...(kept.length > 0 ? { ignores: kept.map((k) => k.name) } : {}),
    },
  };
  return {
    diagnosis: CODE_BEFORE_INSTALL,
    path: dockerfile.path,
    offset: first.start,
    message: `Every change of the code runs ${name} again: \`${onOneLine(first.logical.text)}\` comes before it.`,
    reason: `After the fix: ${gain.charAt(0).toLowerCase()}${gain.slice(1)}.`,
    fix,
  };
}

function gainWords({ steps, stage }: SplitPlan, dockerfile: DockerfileFacts): string {
  const count = (n: number): string => `${n} step${n === 1 ? '' : 's'}`;
  const where = dockerfile.image.stages.length > 1 ? ` of stage ${stage.name ?? stage.index}` : '';
  const again = `A code change re-runs ${count(steps.after)}${where}`;
  // As many as before are only those of an install that runs twice.
  return steps.after < steps.before
    ? `${again} instead of ${steps.before}`
    : `${again}, the last of which installs the project only`;
}

function notesOf({ second, kept, moved, followers }: SplitPlan, dockerfile: DockerfileFacts): string[] {
  const notes: string[] = [];
  if (second)
    notes.push(
      `${nameOfStep(second.install.step)} runs twice: first with ${second.install.leaving.join(' ')} for the dependencies, then as it was, for the project.`,
    );
  if (kept.length > 0)
    notes.push(
      `${kept.map((k) => k.line).join(', ')} in ${dockerfile.context.ignorePath} keeps a host's files from being copied over what was installed.`,
    );
  for (const { instruction } of followers)
    notes.push(`${titleOfInstruction(instruction)} changes the code alone, and goes with it.`);
  if (moved.length > 1) notes.push(`${moved.length} copies of code come after the installation.`);
  return notes;
}
