// What an activation does besides PATH and VIRTUAL_ENV, and whether somebody relies on it: ENV would not give them that.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import type { ImageState } from '../../src/facts/image.ts';
import { type ReadText, scriptsOf } from '../../src/facts/onPath/variableReaders.ts';
import { knownValue } from '../../src/facts/piece.ts';
import type { ActivateEvent } from '../../src/facts/trace/events.ts';
import { type ComposeActivation, instructionOf, type Task } from './activations.ts';

/** Names that only an activate script sets or makes. */
const OF_ACTIVATION = /\bVIRTUAL_ENV_PROMPT\b|\b_OLD_VIRTUAL_\w+|\$\{?PS1\b|\bpydoc\b/;
const VIRTUAL_ENV = /\bVIRTUAL_ENV\b(?!\s*=)/;

/** The instruction less its activations, and the scripts of the repository that it runs. */
function textsAround(event: ActivateEvent, { dockerfile, facts, cut }: Task): ReadText[] {
  const { start, end, keyword } = instructionOf(dockerfile, event.instruction);
  let text = dockerfile.text.slice(start, end);
  const own = cut.filter((o) => o.instruction === event.instruction).sort((a, b) => b.range.start - a.range.start);
  for (const { place, range } of own) {
    const at = place?.command ?? range;
    if (at.start > start && at.end < end) text = text.slice(0, at.start - start) + text.slice(at.end - start);
  }
  return [{ text, where: `the ${keyword}` }, ...scriptsOf(dockerfile, event.instruction, facts)];
}

const stateAt = (event: ActivateEvent, dockerfile: DockerfileFacts): ImageState => {
  const stage = dockerfile.image.stages[event.stage]!;
  const n = stage.instructions.findIndex((i) => i.index === event.instruction);
  return event.when === 'runtime' || n < 0 ? stage.final : stage.before[n]!;
};

/** The command that directly follows, as far as no operator ends it. */
const nextCommand = (event: ActivateEvent): string =>
  /^(?:[^&|;\n]|&(?!&)|\|(?!\|))*/.exec(event.place?.rest ?? '')![0];

/** Why one of the activations is more than ENV to those around it, or undefined. */
export function sideEffectBlocker(task: Task): Blocker | undefined {
  for (const event of task.cut) {
    const words = sideEffectWords(event, task);
    if (words !== undefined) return { code: 'side effect', at: event, words };
  }
  return undefined;
}

const UNSETS_HOME = 'an activation unsets PYTHONHOME, which is set here';

/** What of an activation one of the texts uses, a clause. */
function usedOfActivation(texts: readonly ReadText[]): string | undefined {
  for (const { text, where } of texts) {
    const word = OF_ACTIVATION.exec(text)?.[0];
    if (word === undefined || (word === 'pydoc' && where.endsWith('.py'))) continue;
    if (word === 'pydoc') return `${where} calls \`pydoc\`, which an activation may make its own`;
    return `${where} uses \`${word.replace(/^\$\{?/, '')}\`, which only an activation sets`;
  }
  return undefined;
}

/** Why the activation in a compose command is more than ENV to what stands beside it, or undefined. */
export function composeSideEffect(
  { dockerfile, service, event }: ComposeActivation,
  facts: Facts,
): Blocker | undefined {
  const no = (words: string): Blocker => ({ code: 'side effect', at: event, words });
  const home = service.environment.has('PYTHONHOME')
    ? (knownValue(service.environment.get('PYTHONHOME')) ?? 'unknown')
    : stateAt(event, dockerfile).env.get('PYTHONHOME');
  if (home !== undefined && home !== '') return no(UNSETS_HOME);
  const own = (['command', 'entrypoint'] as const).map((key) => ({
    text: service[key]?.words?.join('\n') ?? '',
    where: `the ${key}`,
  }));
  if (own.some(({ text }) => /\bdeactivate\b/.test(text)))
    return no('`deactivate` stands in it, which an activation defines');
  if (own.some(({ text }) => /\$(\?|\{\?\}|_(?!\w)|\{_\})|PIPESTATUS/.test(text)))
    return no('it asks how a command ended, which may be the activation');
  const scripts = dockerfile.trace.events.flatMap((o) =>
    o.kind === 'script' && o.when === 'runtime' ? [{ text: facts.snapshot.read(o.path) ?? '', where: o.path }] : [],
  );
  const used = usedOfActivation([...own, ...scripts]);
  return used === undefined ? undefined : no(used);
}

function sideEffectWords(event: ActivateEvent, task: Task): string | undefined {
  const { dockerfile } = task;
  const home = stateAt(event, dockerfile).buildEnv.get('PYTHONHOME');
  if (home !== undefined && home !== '') return UNSETS_HOME;
  const given = /^([A-Za-z_]\w*)\+?=/.exec(event.place?.text ?? '')?.[1];
  if (given !== undefined && given !== 'VIRTUAL_ENV_DISABLE_PROMPT')
    return `\`${given}\` is set in front of it, and a shell may keep that`;
  const next = nextCommand(event);
  if (/\$_(?!\w)|\$\{_\}/.test(next)) return 'the command behind it asks for `$_`';
  if (event.place?.operatorAfter !== '&&' && /\$\?|\$\{\?\}|PIPESTATUS/.test(next))
    return 'the command behind it asks how it ended';
  const texts = textsAround(event, task);
  const used = usedOfActivation(texts);
  if (used !== undefined) return used;
  const own = texts[0]!.text;
  const leaves = new Set(
    dockerfile.trace.events.flatMap((o) =>
      o.kind === 'deactivate' && o.instruction === event.instruction ? [o.range.start] : [],
    ),
  );
  if ((own.match(/\bdeactivate\b/g)?.length ?? 0) > leaves.size)
    return '`deactivate`, which an activation defines, stands in it where it is not followed';
  if (event.when === 'build' && setsPathBack(own)) return 'PATH is set back to what it was without it';
  return undefined;
}

/** `PATH=$OLD`: a value that somebody kept, which ENV would have changed before. */
function setsPathBack(text: string): boolean {
  for (const [, value = ''] of text.matchAll(/(?:^|[\s;&|({"'])PATH=("[^"]*"|[^\s;&|]*)/g))
    if (value.includes('$') && !/\$\{?PATH\b/.test(value)) return true;
  return false;
}

/** Paths of stages whose commands ask for $VIRTUAL_ENV beside a cut activation: ENV must set it there. */
export function asksForVirtualEnv(task: Task): Set<number> {
  const asks = (event: ActivateEvent): boolean => textsAround(event, task).some(({ text }) => VIRTUAL_ENV.test(text));
  return new Set(task.cut.filter(asks).map((e) => e.stage));
}
