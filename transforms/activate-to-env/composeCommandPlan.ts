// The edit that takes an activation out of a compose command, proven for every service that starts with it.

import { asPlainWords, type WrittenCommand, withoutActivation, writtenCommand } from '../../src/edit/composeCommand.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { startsWithoutShell } from '../../src/facts/commandForm.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import { commandReach, type ReachedCommand } from '../../src/facts/compose/commandReach.ts';
import { bindingBlocker } from '../../src/facts/compose/serviceBinding.ts';
import { serviceCommandChange } from '../../src/facts/compose/serviceCommandChange.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { knownValue } from '../../src/facts/piece.ts';
import { onlyCommand } from '../../src/facts/shell/shellActivations.ts';
import { leftAlone } from '../../src/facts/skippedFiles.ts';
import type { Reread } from '../../src/facts/textReadings.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { TextEdit } from '../../src/model.ts';
import type { ComposeActivation } from './activations.ts';

/** One edit of a compose file. */
export interface ComposeCommandPlan {
  readonly edit: TextEdit;
  /** The activations that go, as their shell reads them. */
  readonly gone: readonly string[];
  /** The shell around them goes, too. */
  readonly toList: boolean;
  /** Names of the services that start otherwise. */
  readonly services: readonly string[];
}

/** The plain words where that is proven, else the command without its activation, else why it stays. */
export function composeCommandPlan(one: ComposeActivation, facts: Facts): ComposeCommandPlan | Blocker {
  const { service, key } = one;
  const { origin } = service[key]!;
  const text = facts.snapshot.read(origin.path);
  if (text === undefined) return { code: 'text', words: 'the file cannot be read' };
  const skipped = leftAlone(origin.path, text, { named: facts.settings.named });
  if (skipped !== undefined) return { code: 'text', words: `${origin.path} is ${skipped.message}` };
  if (origin.shared !== undefined)
    return { code: 'shared entry', words: 'it stands under an anchor, and other places would change with it' };
  const written = writtenCommand({ path: origin.path, text }, origin.service ?? service.name, key);
  if (typeof written === 'string') return { code: 'shared entry', words: written };
  const words = plainWords(one, facts);
  const plain = words && asPlainWords(written, words);
  const asPlain = plain && provenEdit(plain, one, facts);
  if (asPlain !== undefined && !isBlocker(asPlain)) return asPlain;
  return cutPlan(written, one, facts);
}

function cutPlan(written: WrittenCommand, one: ComposeActivation, facts: Facts): ComposeCommandPlan | Blocker {
  const cut = withoutActivation(written);
  if (cut === undefined) return { code: 'cut', words: 'it stands where it cannot be cut out alone' };
  return provenEdit(cut, one, facts);
}

/** The words of the program, where it starts the same without a shell and no entrypoint is given them. */
function plainWords({ dockerfile, service, key, path, event }: ComposeActivation, facts: Facts): string[] | undefined {
  const { words } = service[key]!;
  if (key === 'entrypoint' || service.entrypoint !== undefined || words?.length !== 3) return undefined;
  const only = onlyCommand(words[2] ?? '');
  if (only === undefined || only.gone.length !== 1) return undefined;
  // a word that compose would have to be told otherwise than the shell
  const plain = only.words.every((word) => /^[\x20-\x23\x25-\x7e]*$/.test(word)) ? [...only.words] : undefined;
  if (plain?.[0] === undefined || plain[0].startsWith('-')) return undefined;
  const stage = dockerfile.image.stages[event.stage]!;
  const onPath = knownValue(service.environment.get('PATH')) ?? stage.final.env.get('PATH');
  return startsWithoutShell(plain, { stage, path: onPath, environment: path }, dockerfile, facts) ? plain : undefined;
}

function provenEdit(edit: TextEdit, one: ComposeActivation, facts: Facts): ComposeCommandPlan | Blocker {
  const reached = commandReach([edit], facts);
  if (typeof reached === 'string') return { code: 'reach', words: reached };
  if (!reached.some(({ service }) => service === one.service))
    return { code: 'reach', words: 'compose would read the service as before' };
  const gone: string[] = [];
  let toList = false;
  for (const each of reached) {
    const change = serviceCommandChange(each.service, each.now);
    if ('why' in change) return { code: 'cut', words: `it cannot be cut out alone: ${change.why}` };
    gone.push(...change.gone.filter((text) => !gone.includes(text)));
    toList ||= change.toList;
    const blocker = reachedBlocker(each, one.path, facts);
    if (blocker !== undefined) return blocker;
  }
  return { edit, gone, toList, services: reached.map(({ service }) => service.name) };
}

/** Why a service might start otherwise than before. */
function reachedBlocker(each: ReachedCommand, path: string, facts: Facts): Blocker | undefined {
  const { service, now } = each;
  const dockerfile = facts.dockerfiles.find(({ services }) => services.includes(service));
  if (dockerfile === undefined || dockerfile.leftAlone !== undefined)
    return { code: 'reach', words: `which image service ${service.name} starts with it is not known` };
  const before = dockerfile.startedBy(service);
  const binding = bindingBlocker({ service, build: service.build!, own: before });
  if (binding !== undefined) return binding;
  if (service.environmentOpen.length > 0)
    return { code: 'variable', words: `service ${service.name} may set PATH: ${service.environmentOpen[0]}` };
  return traceBlocker(dockerfile, { name: service.name, path, before, after: dockerfile.startedBy(now) });
}

interface StartSides {
  readonly name: string;
  readonly path: string;
  readonly before: Reread;
  readonly after: Reread;
}

/** The commands that the service starts, with and without the activation: each finds the same, along the same PATH. */
function traceBlocker(dockerfile: DockerfileFacts, { name, path, before, after }: StartSides): Blocker | undefined {
  const bases = dockerfile.image.stages.map(({ base }) => base);
  const [blocker] = blockersBetween(before.trace, after.trace, { movesTo: [], bases });
  if (blocker !== undefined) return blocker;
  const [old, now] = [before, after].map(({ trace }) =>
    trace.events.filter((event): event is RunEvent => isRun(event) && event.service === name),
  );
  for (const [n, was] of old!.entries()) {
    const is = now![n]!;
    if (was.shadowed !== undefined)
      return { code: 'shadowed', words: `${was.shadowed}, and whose environment is there then is not known` };
    if (was.path.join(':') !== is.path.join(':'))
      return { code: 'variable', words: `${readable(path)} does not stand first on PATH without it` };
    const followsVariable = was.what === 'tool' || was.what === 'unknown' || was.install !== undefined;
    if (was.virtualEnv !== is.virtualEnv && followsVariable)
      return { code: 'variable', words: `\`${was.words[0]}\` follows VIRTUAL_ENV, which ENV does not set` };
  }
  return undefined;
}
