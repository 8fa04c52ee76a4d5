// What BuildKit's instruction parser refuses: flags that an instruction does not have, missing or superfluous arguments.
import { KEYWORDS } from './arguments.ts';
import { heredocOf } from './heredoc.ts';
import { mountSyntaxProblem } from './runMounts.ts';
import type { Flag, Instruction } from './syntax.ts';

/** text: needs a value, once; list: needs one, any number of times; switch: true, false or none, once. */
type FlagKind = 'text' | 'list' | 'switch';

const FLAGS: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  ADD: {
    chown: 'text',
    chmod: 'text',
    link: 'switch',
    'keep-git-dir': 'switch',
    checksum: 'text',
    unpack: 'switch',
    exclude: 'list',
  },
  COPY: { chown: 'text', from: 'text', chmod: 'text', link: 'switch', exclude: 'list', parents: 'switch' },
  FROM: { platform: 'text' },
  HEALTHCHECK: {
    interval: 'text',
    timeout: 'text',
    'start-period': 'text',
    'start-interval': 'text',
    retries: 'text',
  },
  RUN: { mount: 'list', network: 'text', security: 'text', device: 'list' },
};
/** Their flags are read and never looked at. */
const LAX = new Set(['ARG', 'STOPSIGNAL']);
/** Go's time.ParseDuration; \xC2\xB5 and \xCE\xBC are the two micro signs. */
const DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\xC2\xB5s|\xCE\xBCs|ms|s|m|h))+)$/;

function flagsProblem(keyword: string, flags: readonly Flag[]): string | undefined {
  const known = FLAGS[keyword] ?? {};
  const seen = new Set<string>();
  for (const { name, value } of flags) {
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    const shown = `--${name.slice(0, 40)}`;
    if (kind === undefined) return `unknown flag ${shown} of ${keyword}`;
    if (seen.has(name) && kind !== 'list') return `flag ${shown} is given twice`;
    seen.add(name);
    if (kind !== 'switch' && value === undefined) return `flag ${shown} needs a value`;
    if (kind === 'switch' && value !== undefined && !/^(true|false)$/i.test(value))
      return `flag ${shown} is true or false`;
  }
  return undefined;
}

function runFlagsProblem(flags: readonly Flag[]): string | undefined {
  for (const { name, value = '' } of flags) {
    if (name === 'network' && !/^(default|none|host)$/.test(value)) return `invalid network mode ${value.slice(0, 40)}`;
    if (name === 'security' && !/^(insecure|sandbox)$/.test(value)) return `invalid security ${value.slice(0, 40)}`;
    const problem = name === 'mount' ? mountSyntaxProblem(value) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Milliseconds of a duration that DURATION takes. */
function milliseconds(text: string): number {
  const unit: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };
  const parts = [...text.matchAll(/([\d.]+)([^\d.]+)/g)];
  const sum = parts.reduce(
    (all, [, amount, unitName]) => all + Number(amount) * (unit[unitName!.replace(/^[^a-z]+s$/, 'us')] ?? 0),
    0,
  );
  return text.startsWith('-') ? -sum : sum;
}

function healthcheckProblem(instruction: Omit<Instruction, 'index'>): string | undefined {
  const empty =
    instruction.json === undefined ? instruction.argsAt >= instruction.argsTo : instruction.json.length === 0;
  if (instruction.healthcheck === 'NONE') return empty ? undefined : 'HEALTHCHECK NONE takes no arguments';
  const problem = flagsProblem(instruction.keyword, instruction.flags);
  if (problem !== undefined) return problem;
  if (instruction.healthcheck !== 'CMD') return 'unknown type of HEALTHCHECK';
  if (empty) return 'HEALTHCHECK CMD without a command';
  for (const { name, value = '' } of instruction.flags) {
    if (value === '') continue;
    if (name === 'retries') {
      if (!/^\+?\d{1,9}$/.test(value)) return 'HEALTHCHECK --retries is no number';
    } else if (value.length > 100 || !DURATION.test(value)) return `HEALTHCHECK --${name} is no duration`;
    else if (milliseconds(value) !== 0 && milliseconds(value) < 1) return `HEALTHCHECK --${name} is less than 1ms`;
  }
  return undefined;
}

function copyProblem({ keyword, words }: Omit<Instruction, 'index'>): string | undefined {
  const found = heredocOf(words.at(-1)!.value);
  return found === undefined || 'problem' in found
    ? undefined
    : `${keyword} cannot have a here-document as its destination`;
}

function argumentsProblem(instruction: Omit<Instruction, 'index'>): string | undefined {
  const { keyword, words, pairs } = instruction;
  switch (keyword) {
    case 'FROM':
      if (words.length !== 1 && !(words.length === 3 && words[1]!.value.toLowerCase() === 'as'))
        return 'FROM requires either one or three arguments';
      if (words.length === 3 && !/^[a-z][a-z0-9-_.]*$/.test(words[2]!.value.toLowerCase()))
        return 'invalid name for a build stage';
      return undefined;
    case 'COPY':
    case 'ADD':
      return words.length < 2 ? `${keyword} requires at least two arguments` : copyProblem(instruction);
    case 'ENV':
    case 'LABEL':
    case 'ARG':
      if (pairs.length === 0) return `${keyword} requires at least one argument`;
      return pairs.some((pair) => pair.name === '') ? `${keyword} names can not be blank` : undefined;
    case 'VOLUME':
      if (words.length === 0) return 'VOLUME requires an argument';
      return words.some((word) => /^[ \t\n\v\f\r]*$/.test(word.value))
        ? 'VOLUME can not be an empty string'
        : undefined;
    case 'EXPOSE':
    case 'WORKDIR':
    case 'USER':
    case 'MAINTAINER':
    case 'STOPSIGNAL':
      return words.length === 0 ? `${keyword} requires an argument` : undefined;
    case 'SHELL':
      return instruction.json === undefined || instruction.json.length === 0
        ? 'SHELL requires the arguments to be in JSON form'
        : undefined;
    case 'RUN':
      if (instruction.json === undefined ? instruction.argsAt >= instruction.argsTo : instruction.json.length === 0)
        return 'RUN without a command';
      return runFlagsProblem(instruction.flags);
    case 'HEALTHCHECK':
      return healthcheckProblem(instruction);
    case 'ONBUILD':
      if (instruction.trigger === undefined) return undefined;
      if (/^(ONBUILD|FROM|MAINTAINER)$/.test(instruction.trigger.keyword))
        return `${instruction.trigger.keyword} isn't allowed as an ONBUILD trigger`;
      return instructionProblem(instruction.trigger, 1);
    default:
      return undefined;
  }
}

/**
 * Why BuildKit's instruction parser would refuse this one, or undefined; of ONBUILD also what it says when the child is built.
 * @param stages how many FROM stand before it
 */
export function instructionProblem(instruction: Omit<Instruction, 'index'>, stages: number): string | undefined {
  const { keyword } = instruction;
  if (stages === 0 && keyword !== 'FROM' && keyword !== 'ARG' && KEYWORDS.has(keyword))
    return `${keyword} before the first FROM`;
  const own = argumentsProblem(instruction);
  if (own !== undefined || LAX.has(keyword) || keyword === 'HEALTHCHECK' || !KEYWORDS.has(keyword)) return own;
  return flagsProblem(keyword, instruction.flags);
}
