// command: sh -c ". /opt/venv/bin/activate && python app.py"  ->  command: python app.py, where ENV has /opt/venv on PATH

import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import type { ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { type Stage, stageNamed } from '../../src/facts/image.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding, Fix } from '../../src/model.ts';
import { ACTIVATION_IN_COMPOSE, ACTIVATION_WITHOUT_SHELL } from './activationDiagnoses.ts';
import { isOnPathAt } from './activationEnv.ts';
import { activationBlocker, type ComposeActivation, composeActivations } from './activations.ts';
import { composeCommandPlan } from './composeCommandPlan.ts';
import { composeSideEffect } from './sideEffects.ts';

/** Of each activation in a command or entrypoint of compose: the command without it, or why it stays. */
export function composeCommandFindings(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  const said = new Set<string>();
  return composeActivations(dockerfile).flatMap((one) => {
    const { path, service, key, event } = one;
    const { origin } = service[key]!;
    const place = [origin.path, origin.range.start, path, service.name].join('\0');
    if (said.has(place)) return [];
    said.add(place);
    const name = readable(path);
    const fails = event.effect === 'fails';
    const does = fails ? `cannot activate ${name}: ${event.why}` : `activates ${name}`;
    const fix = fixOf(one, facts);
    return [
      {
        path: origin.path,
        offset: origin.range.start,
        diagnosis: ACTIVATION_IN_COMPOSE,
        ...(fails ? { level: 'broken' as const } : {}),
        message: `The ${key} of service ${service.name} ${does}.`,
        ...(isBlocker(fix)
          ? { reason: reasonToKeep(one, fix) }
          : { reason: `ENV in ${dockerfile.path} has ${name} on PATH already.`, fix }),
      },
    ];
  });
}

function fixOf(one: ComposeActivation, facts: Facts): Fix | Blocker {
  const blocker = missingEnv(one) ?? activationBlocker(one.event, [one.event]) ?? composeSideEffect(one, facts);
  if (blocker !== undefined) return blocker;
  const plan = composeCommandPlan(one, facts);
  if (isBlocker(plan)) return plan;
  const { origin } = one.service[one.key]!;
  const names = [...new Set(plan.services)];
  return {
    title: `Take the activation of ${readable(one.path)} out of the ${one.key} of ${names.length === 1 ? `service ${names[0]}` : `services ${names.join(', ')}`}`,
    safety: 'safe',
    edits: [plan.edit],
    declares: {
      commandsGone: plan.gone,
      ...(plan.toList ? { toList: true } : {}),
      starts: names.map((service) => ({ path: origin.path, service })),
    },
    ...(plan.toList ? { notes: ['The command needs no shell any more, so the program receives signals itself.'] } : {}),
  };
}

/** Why ENV does not have the environment on PATH when the command starts. */
function missingEnv({ dockerfile, path, service, event }: ComposeActivation): Blocker | undefined {
  const name = readable(path);
  const no = (words: string): Blocker => ({ code: 'variable', words });
  if (service.environment.has('PATH')) return no('ENV would not reach it: the service sets PATH itself');
  const [open] = service.environmentOpen;
  if (open !== undefined)
    return no(`whether the service sets PATH itself, which ENV would not reach, is not known: ${open}`);
  if (event.pathReset !== undefined) return no(`ENV would not reach it: ${event.pathReset.words} resets PATH`);
  if (!dockerfile.trace.stages[event.stage]!.files.environments.has(path))
    return no(
      `nothing in ${dockerfile.path} makes ${name}: it is the host's or the base's, and ENV would name it in containers without it, too`,
    );
  if (!isOnPathAt(dockerfile, event))
    return no(`ENV in ${dockerfile.path} does not name it; with ENV VIRTUAL_ENV and PATH there the activation can go`);
  return undefined;
}

/** What stands in the way of the edit, and not of a person. */
const OF_THE_EDIT: ReadonlySet<Blocker['code']> = new Set(['cut', 'text', 'shared entry', 'branch']);

const reasonToKeep = ({ dockerfile, path, event }: ComposeActivation, { code, words }: Blocker): string =>
  OF_THE_EDIT.has(code) && isOnPathAt(dockerfile, event)
    ? `Left alone, because ${words}. ENV in ${dockerfile.path} has ${readable(path)} on PATH already: the activation can go.`
    : `Left alone: ${words}.`;

/** `command: source P/bin/activate && python app.py`: compose gives it to no shell. */
export function withoutShell(dockerfile: DockerfileFacts): Finding[] {
  const said = new Set<number>();
  return dockerfile.services.flatMap(({ name, command, entrypoint, build, gaps }): Finding[] => {
    const [first, file] = command?.words ?? [];
    if (command === undefined || entrypoint !== undefined || gaps.length > 0) return [];
    if ((first !== '.' && first !== 'source') || !/(^|\/)activate$/.test(file ?? '')) return [];
    const stage = stageOfService(build, dockerfile);
    if (stage === undefined || stage.final.entrypoint !== undefined || stage.base.entrypoint !== 'none') return [];
    if (said.has(command.origin.range.start)) return [];
    said.add(command.origin.range.start);
    return [
      {
        path: command.origin.path,
        offset: command.origin.range.start,
        diagnosis: ACTIVATION_WITHOUT_SHELL,
        message: `The command of service ${name} does not start: compose gives it to no shell, and there is no program \`${first}\`.`,
        reason: `Write the program itself, with ENV for the environment in ${dockerfile.path}; or put the text behind \`bash -c\`, in quotes.`,
      },
    ];
  });
}

function stageOfService(build: ServiceFacts['build'], { image }: DockerfileFacts): Stage | undefined {
  const target = build?.target;
  if (target === undefined) return image.stages.at(-1);
  const index = target.kind === 'known' ? stageNamed(image, target.value) : undefined;
  return index === undefined ? undefined : image.stages[index];
}
