// What BuildKit refuses when it turns an instruction into a build step: words that cannot be expanded, values it does not take.

import { type Expanded, expandWord, lexText, type VariableLookup } from '../parse/dockerfile/expand.ts';
import { heredocOf } from '../parse/dockerfile/heredoc.ts';
import { readMount } from '../parse/dockerfile/runMounts.ts';
import type { Instruction } from '../parse/dockerfile/syntax.ts';
import { isImageReference } from './reference.ts';
import { absolute, isKnown } from './values.ts';

export interface StepPlace {
  readonly lookup: VariableLookup;
  readonly escape: string;
  /** Working folder before the step, symbolic. */
  readonly cwd: string;
  /** Index of the step's stage. */
  readonly stage: number;
  /** Name -> index of the last stage of that name, and how many stages there are. */
  readonly stageNames: ReadonlyMap<string, number>;
  readonly stageCount: number;
}

const SIGNALS = new Set(
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(
    ' ',
  ),
);
const MODE = /^[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*$/;

/** Why BuildKit would refuse this step, or undefined. ENV, ARG, USER and WORKDIR are expanded where the state is computed. */
export function stepProblem(i: Instruction, place: StepPlace): string | undefined {
  const expand = (word: string): Expanded => expandWord(word, place.lookup, place.escape);
  switch (i.keyword) {
    case 'LABEL':
      return firstProblem(i.pairs.flatMap((pair) => [expand(pair.name), expand(pair.value ?? '')]));
    case 'COPY':
    case 'ADD':
      return copyStepProblem(i, place, expand);
    case 'EXPOSE':
      return exposeProblem(i, place);
    case 'VOLUME': {
      const volumes = i.words.map((word) => expand(trimDockerBlanks(word.value)));
      return (
        firstProblem(volumes) ??
        (volumes.some((value) => value.value === '') ? 'VOLUME can not be an empty string' : undefined)
      );
    }
    case 'STOPSIGNAL': {
      const { value, problem } = expand(i.words[0]?.value ?? '');
      return problem ?? (isKnown(value) && !isSignal(value) ? `invalid signal ${value.slice(0, 40)}` : undefined);
    }
    case 'RUN':
      return mountsProblem(i, place, expand);
    default:
      return undefined;
  }
}

const firstProblem = (all: readonly Expanded[]): string | undefined =>
  all.find((expanded) => expanded.problem !== undefined)?.problem;
const trimDockerBlanks = (text: string): string =>
  text.replace(/^[ \t\n\v\f\r]+/, '').replace(/(?<![ \t\n\v\f\r])[ \t\n\v\f\r]+$/, '');

function isSignal(text: string): boolean {
  if (/^[-+]?\d{1,18}$/.test(text)) return Number(text) !== 0;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const [, base, n] = /^RT(MIN|MAX)(?:[-+](\d{1,2}))?$/.exec(name) ?? [];
  if (base !== undefined) return n === undefined || (/^[1-9]/.test(n) && Number(n) <= (base === 'MIN' ? 15 : 14));
  return SIGNALS.has(name);
}

function isHeredoc(word: string): boolean {
  const found = heredocOf(word);
  return found !== undefined && !('problem' in found);
}

function copyStepProblem(i: Instruction, place: StepPlace, expand: (word: string) => Expanded): string | undefined {
  const flag = (name: string): string | undefined => i.flags.find((flag) => flag.name === name)?.value;
  const from = flag('from');
  const refused = from === undefined || from === '' ? undefined : fromProblem(from, place);
  if (refused !== undefined) return refused;
  const chmod = expand(flag('chmod') ?? '');
  const files = i.words.filter((word) => !isHeredoc(word.value)).map((word) => expand(word.value));
  const problem = firstProblem([expand(flag('chown') ?? ''), chmod, expand(flag('checksum') ?? ''), ...files]);
  if (problem !== undefined) return problem;
  const { value } = chmod;
  if (value !== '' && isKnown(value) && !(/^0*[0-7]{1,4}$/.test(value) || MODE.test(value)))
    return `invalid mode ${value.slice(0, 40)}`;
  const url =
    i.keyword === 'COPY' ? files.slice(0, -1).find((expanded) => /^https?:\/\//.test(expanded.value)) : undefined;
  return url === undefined ? undefined : 'the source of a COPY cannot be a URL';
}

/** COPY --from: a stage by name or number that stands before, or an image. */
function fromProblem(from: string, place: StepPlace): string | undefined {
  const { value, problem } = lexText(from, { escape: place.escape, lookup: () => undefined });
  if (problem !== undefined) return problem;
  if (value !== from) return '--from does not take variables';
  if (/^[-+]?\d{1,18}$/.test(from)) {
    const index = Number(from);
    if (index < 0 || index >= place.stageCount) return `there is no stage ${index}`;
    return index >= place.stage ? `stage ${index} does not stand before this one` : undefined;
  }
  return sourceProblem(from, place);
}

function sourceProblem(from: string, place: StepPlace): string | undefined {
  const stage = place.stageNames.get(from.toLowerCase());
  if (stage !== undefined) return stage >= place.stage ? `the stage ${from} does not stand before this one` : undefined;
  return from === 'scratch' || isImageReference(from) ? undefined : `${from.slice(0, 80)} is no image reference`;
}

function mountsProblem(i: Instruction, place: StepPlace, expand: (word: string) => Expanded): string | undefined {
  for (const { name, value } of i.flags) {
    if (name !== 'mount' || value === undefined) continue;
    const mount = readMount(value, expand);
    if (mount.problem !== undefined) return mount.problem;
    const from = mount.given.get('from') ?? '';
    const refused = from === '' || !isKnown(from) ? undefined : sourceProblem(from, place);
    if (refused !== undefined) return refused;
    const isFolder = mount.type === 'bind' || mount.type === 'cache' || mount.type === 'tmpfs';
    if (isFolder && absolute(mount.given.get('target') ?? '', place.cwd) === '/')
      return 'a mount cannot have / as its target';
  }
  return undefined;
}

function exposeProblem(i: Instruction, { escape: escapeChar, lookup }: StepPlace): string | undefined {
  for (const word of i.words) {
    const { words, problem } = lexText(word.value, { escape: escapeChar, lookup });
    if (problem !== undefined) return problem;
    const wrong = words.find((word) => isKnown(word.value) && !isPort(word.value));
    if (wrong !== undefined) return `invalid port ${wrong.value.slice(0, 40)}`;
  }
  return undefined;
}

/** First and last port of a range. */
function portRange(text: string): readonly [number, number] | undefined {
  const [, first, second = first] = /^(\+?\d{1,9})(?:-(\+?\d{1,9}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const [start, end] = [Number(first), Number(second)];
  return start <= end && end <= 65_535 ? [start, end] : undefined;
}

/** `[[ip:]host:]container[/protocol]`. */
function isPort(text: string): boolean {
  const parts = text.split(':');
  const container = parts.pop()!;
  const host = parts.pop() ?? '';
  const ip = parts.join(':');
  const slash = container.indexOf('/');
  const protocol = slash < 0 ? '' : container.slice(slash + 1);
  const range = portRange(slash < 0 ? container : container.slice(0, slash));
  if (range === undefined || !/^(tcp|udp|sctp)?$/i.test(protocol)) return false;
  if (ip !== '' && !/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/.test(ip)) return false;
  if (host === '') return true;
  const outer = portRange(host);
  return outer !== undefined && (outer[1] - outer[0] === range[1] - range[0] || range[0] === range[1]);
}
