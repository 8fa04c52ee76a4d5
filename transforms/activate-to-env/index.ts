// RUN . /opt/venv/bin/activate && pip install x  ->  ENV VIRTUAL_ENV=/opt/venv, ENV PATH="$VIRTUAL_ENV/bin:$PATH", RUN pip install x

import { trustOf } from '../../src/edit/trust.ts';
import type { Blocker } from '../../src/facts/blocker.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { toolBlocker } from '../../src/facts/onPath/toolEnvironment.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { type ActivateEvent, isRun } from '../../src/facts/trace/events.ts';
import { isKnown, readable } from '../../src/facts/values.ts';
import type { Finding, Transform } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineMark } from '../../src/text/lines.ts';
import {
  ACTIVATION_DIAGNOSES,
  ACTIVATION_ENDS,
  ACTIVATION_IN_EXEC_FORM,
  ACTIVATION_IN_STARTUP_FILE,
  ACTIVATION_UNREAD,
  UV_PROJECT_ELSEWHERE,
} from './activationDiagnoses.ts';
import { type NoPlan, planFor } from './activationPlan.ts';
import { type Activations, activationBlocker, activationsOf, resetBlocker } from './activations.ts';
import { composeCommandFindings, withoutShell } from './composeCommands.ts';
import { hookActivations } from './hookActivations.ts';
import { hookFindings } from './hookFindings.ts';
import { isOfOneRun } from './ownRun.ts';

export const activateToEnv: Transform<Facts> = {
  id: 'activate-to-env',
  title: 'Replace activations of a virtual environment by ENV',
  why: `Each RUN is a shell of its own: an activation ends with the line it stands in, so the next RUN, the CMD and \`docker exec\` use the
system Python again. \`ENV VIRTUAL_ENV\` and \`ENV PATH\` hold for every later line and for the container, and mean the same as an activation.`,
  references: [
    'https://docs.docker.com/reference/dockerfile/#env',
    'https://docs.python.org/3/library/venv.html#how-venvs-work',
  ],
  tier: 'S',
  diagnoses: ACTIVATION_DIAGNOSES,
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) => (dockerfile.leftAlone ? [] : activationFindings(dockerfile, facts))),
};

function activationFindings(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  const hooked = new Set(hookActivations(dockerfile).map(({ command }) => command.range.start));
  const groups = activationsOf(dockerfile).filter(({ all }) => !all.every(({ range }) => hooked.has(range.start)));
  return [
    ...groups.flatMap((group) => oneEnvironment(dockerfile, group, facts)),
    ...brokenExecForms(dockerfile),
    ...startupFiles(dockerfile),
    ...unreadTexts(dockerfile),
    ...composeCommandFindings(dockerfile, facts),
    ...withoutShell(dockerfile),
    ...projectEnvironments(dockerfile),
    ...hookFindings(dockerfile),
  ];
}

/** An activation that a person has suppressed stays; the others of its environment go, or are reported, without it. */
function oneEnvironment(dockerfile: DockerfileFacts, group: Activations, facts: Facts): Finding[] {
  const offsetOf = (event: ActivateEvent): number => dockerfile.syntax.instructions[event.instruction]!.start;
  const held = group.all.filter((e) => facts.held?.(dockerfile.path, offsetOf(e)));
  const open = group.all.filter((e) => !held.includes(e));
  const found = openActivations(dockerfile, group, open.length === 0 ? held : open, facts);
  if (found.length === 0) return [];
  const suppressed = [...new Set(held.map(offsetOf))].map((offset) => ({
    diagnosis: ACTIVATION_ENDS,
    path: dockerfile.path,
    offset,
    message: what(group),
    reason: 'It is suppressed.',
  }));
  return open.length === 0 ? suppressed : [...found, ...suppressed];
}

function openActivations(
  dockerfile: DockerfileFacts,
  group: Activations,
  open: readonly ActivateEvent[],
  facts: Facts,
): Finding[] {
  const { path, all } = group;
  const first = open[0]!;
  const level = levelFor(all);
  const at = (index: number) => ({
    diagnosis: ACTIVATION_ENDS,
    ...level,
    path: dockerfile.path,
    offset: dockerfile.syntax.instructions[index]!.start,
  });
  if (isOfOneRun(dockerfile, group)) return [];
  const message = what(group);
  const tool = toolBlocker(dockerfile, group);
  if (tool !== undefined) return [{ ...at(first.instruction), message, reason: `Left alone, because ${tool.words}.` }];
  const blocked = blockedAmong(all);
  if (blocked !== undefined) {
    const { event, blocker } = blocked;
    const anchor = open.includes(event) ? event : first;
    const line = anchor === event ? '' : ` (line ${lineMark(dockerfile.path, at(event.instruction).offset)})`;
    const reason = `Left alone, because ${readable(blocker.words)}${line}.`;
    return [{ ...at(anchor.instruction), message, reason }];
  }
  const resets = open.flatMap((e) => resetBlocker(e) ?? []);
  if (resets.length === open.length)
    return [{ ...at(first.instruction), message, reason: `Left alone, because ${resets[0]!.words}.` }];
  const plan = planFor({ dockerfile, group, cut: open, facts });
  if (plan === undefined) return [];
  const anchor = at((open.find((e) => resetBlocker(e) === undefined) ?? first).instruction);
  if ('blocker' in plan) return [{ ...anchor, message, reason: blockedReason(dockerfile, path, plan) }];
  const { assumption } = plan;
  const notes: string[] = [];
  if (all.some((e) => e.effect === 'fails'))
    notes.push('dash has no `source`: where that was followed by && the image did not build; it was read as meant.');
  if (open.length < all.length) notes.push('An activation that a comment suppresses stays as it is.');
  if (resets[0] !== undefined) notes.push(`An activation stays, because ${resets[0].words}.`);
  if (plan.ignores !== undefined)
    notes.push(
      `\`${plan.ignores}\` goes into ${dockerfile.context.ignorePath}: a later COPY would lay the host's environment over the image's.`,
    );
  if (plan.toExec) notes.push('The CMD needs no shell any more, so the program receives signals itself.');
  const title = plan.setsEnv
    ? `Put ${path} on PATH with ENV instead of activating it`
    : `Remove the activation of ${path}, which changes nothing`;
  return [
    {
      ...anchor,
      message,
      reason:
        assumption === undefined
          ? 'ENV holds for every later line and for the container.'
          : `Left to you. The fix ${assumption.slice(3)}`,
      fix: {
        title,
        ...trustOf(assumption, notes),
        edits: plan.edits,
        declares: plan.declares,
      },
    },
  ];
}

/** What is wrong, by what the activations do today. */
function what({ path, all }: Activations): string {
  const name = readable(path);
  const dead = all.filter(
    (e) => e.effect === 'nothing' || e.effect === 'fails' || (e.effect === 'works' && e.last && e.when === 'build'),
  );
  if (dead.length === all.length) return `The activation of ${name} does nothing: it ends with its own RUN.`;
  return `The activation of ${name} holds for its own line only.`;
}

/** One that fails for certain ends the build, or the start. */
const levelFor = (all: readonly ActivateEvent[]): Pick<Finding, 'level'> =>
  all.some((e) => e.effect === 'fails' && !e.conditional) ? { level: 'broken' } : {};

/** The first that nothing can be said of. */
function blockedAmong(
  all: readonly ActivateEvent[],
): { readonly event: ActivateEvent; readonly blocker: Blocker } | undefined {
  for (const event of all) {
    const blocker = activationBlocker(event, all);
    if (blocker !== undefined) return { event, blocker };
  }
  return undefined;
}

function blockedReason(dockerfile: DockerfileFacts, path: string, { blocker, isCompared }: NoPlan): string {
  const words = readable(blocker.words);
  if (!isCompared) return `Left alone, because ${words}.`;
  return `Left alone: with ENV for ${readable(path)}, ${words}${whereOf(dockerfile, blocker.at)}.`;
}

/** Where a command is written: in the Dockerfile, in a script that it runs, or in a compose file. */
function whereOf(dockerfile: DockerfileFacts, event: Blocker['at']): string {
  if (event === undefined) return '';
  if (event.service !== undefined) return ` (service ${event.service})`;
  const line = lineMark(dockerfile.path, dockerfile.syntax.instructions[event.instruction]!.start);
  return event.file === undefined ? ` (line ${line})` : ` (in ${event.file}, run at line ${line})`;
}

/** What no shell reads in an exec form. */
function unreadBy(words: NonNullable<Instruction['json']>): string {
  const first = words[0]!.value;
  const operator = words.find((w) => w.value === '&&' || w.value === ';')?.value;
  const isProgram = first !== 'source' && first !== '.';
  if (isProgram) return `\`${operator}\` is a word like any other, which \`${first}\` is given`;
  return `there is no program \`${first}\`${operator === undefined ? '' : `, and \`${operator}\` is a word like any other`}`;
}

/** Is the CMD or ENTRYPOINT what some image starts by itself? Others override it, or a shell ENTRYPOINT drops it. */
const isStarted = (dockerfile: DockerfileFacts, instruction: Instruction): boolean =>
  dockerfile.targets.some((n) => {
    const { cmd, entrypoint } = dockerfile.image.stages[n]!.final;
    if (instruction.keyword === 'ENTRYPOINT') return entrypoint?.index === instruction.index;
    return cmd?.index === instruction.index && entrypoint === undefined;
  });

/** CMD ["source", "venv/bin/activate", "&&", ...]: there is no such program, and && is a word like any other. */
function brokenExecForms(dockerfile: DockerfileFacts): Finding[] {
  return dockerfile.syntax.instructions.flatMap((i) => {
    if (!i.json) return [];
    if (i.keyword !== 'RUN' && !isStarted(dockerfile, i)) return [];
    const first = i.json[0]?.value;
    const shellWord = i.json.find((w) => w.value === '&&' || w.value === ';');
    if (first !== 'source' && first !== '.' && !(shellWord && i.json.some((w) => w.value.endsWith('/bin/activate'))))
      return [];
    return [
      {
        path: dockerfile.path,
        offset: i.start,
        diagnosis: ACTIVATION_IN_EXEC_FORM,
        message: `This ${i.keyword} ${/^(source|\.)$/.test(first ?? '') ? `cannot ${i.keyword === 'RUN' ? 'run' : 'start'}` : 'activates nothing'}: in the exec form ${unreadBy(i.json)}.`,
        reason: 'Put the environment on PATH with ENV and name the program itself in the list.',
      },
    ];
  });
}

/** An activation in .bashrc is of no use once ENV stands; it is not always a no-op, so it stays. */
function startupFiles(dockerfile: DockerfileFacts): Finding[] {
  const seen = new Set<string>();
  return dockerfile.trace.events.flatMap((e) => {
    if (e.kind !== 'activateScript' || seen.has(`${e.instruction} ${e.path}`)) return [];
    seen.add(`${e.instruction} ${e.path}`);
    if (dockerfile.image.stages[e.stage]!.final.env.get('VIRTUAL_ENV') !== e.path) return [];
    return [
      {
        path: dockerfile.path,
        offset: dockerfile.syntax.instructions[e.instruction]!.start,
        diagnosis: ACTIVATION_IN_STARTUP_FILE,
        message: `A start-up file of the shell activates ${readable(e.path)}, which ENV does already.`,
        reason: 'Left alone: only interactive or login shells read it, and there it may still be wanted.',
      },
    ];
  });
}

/** Shell text that cannot be followed and speaks of an activation. */
function unreadTexts(dockerfile: DockerfileFacts): Finding[] {
  const seen = new Set<number>();
  return dockerfile.trace.events.filter(isRun).flatMap((e) => {
    if (e.opaque !== 'text' || !e.key.includes('/activate') || seen.has(e.instruction)) return [];
    seen.add(e.instruction);
    return [
      {
        path: dockerfile.path,
        offset: dockerfile.syntax.instructions[e.instruction]!.start,
        diagnosis: ACTIVATION_UNREAD,
        message: 'An activation stands in text that cannot be followed.',
        reason: `Left alone: ${e.words.join(' ').replace(/^\(|\)$/g, '')}.`,
      },
    ];
  });
}

/** uv's project commands follow UV_PROJECT_ENVIRONMENT and .venv, not the activated environment. */
function projectEnvironments(dockerfile: DockerfileFacts): Finding[] {
  const one = dockerfile.trace.events
    .filter(isRun)
    .find(
      (e) =>
        e.what === 'tool' &&
        e.install !== undefined &&
        e.virtualEnv !== undefined &&
        e.key.startsWith('uv ') &&
        !e.key.startsWith('uv pip') &&
        !e.words.includes('--active') &&
        e.install.target.kind === 'environment' &&
        isKnown(e.install.target.path) &&
        e.install.target.path !== e.virtualEnv,
    );
  if (one === undefined || one.file !== undefined) return [];
  return [
    {
      path: dockerfile.path,
      offset: dockerfile.syntax.instructions[one.instruction]!.start,
      diagnosis: UV_PROJECT_ELSEWHERE,
      message: `\`${one.words.slice(0, 2).join(' ')}\` does not use the active environment ${one.virtualEnv} but ${envPathOf(one.install!.target)}.`,
      reason: `Set UV_PROJECT_ENVIRONMENT=${one.virtualEnv}, or let the environment be the project's .venv.`,
    },
  ];
}
