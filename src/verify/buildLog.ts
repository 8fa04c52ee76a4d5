// Reads what a build prints (BuildKit's plain progress, or Podman's): which steps ran, which came from the cache, what Python processes said.

import { unforeseenName } from '../io/unforeseenName.ts';
import type { BuildProcessSeen } from '../report/proof.ts';
import { PROBE_CONTEXT } from './probe.ts';
import { commandName } from './processes.ts';

/** What stands before each line that the probe writes on standard error during a build. */
export const BUILD_MARK = `pyvenv-fix-probe-${unforeseenName()}: `;

/** A step of the build: an instruction that makes a layer (FROM and BuildKit's own vertices do not count). */
export interface StepSeen {
  /** The instruction as written, less what the instrumentation put in. */
  readonly name: string;
  readonly cached: boolean;
  readonly processes: readonly BuildProcessSeen[];
}

export interface BuildLog {
  readonly steps: readonly StepSeen[];
  /** For a build that failed: the step, what it said last, and the engine's error; where that is not known, the last lines. */
  readonly tail: readonly string[];
}

/** How what is ours is told from what is the repository's. */
export interface LogOf {
  /** Of the Dockerfile, in the repository. */
  readonly path: string;
  /** Takes what is ours out of a line. */
  readonly clean: (line: string) => string;
  /** The line of the repository's Dockerfile that the built one has as this. */
  readonly lineOf: (line: number) => number;
}

/** Lines that a step said last. */
const TAIL = 40;
const MOST_PROCESSES = 200;
/** `#7 [build 2/5] RUN ...`; the numbers of a stage, which FROM has too. */
const HEADER = /^#(\d+) \[(?:[^\]]*? )?\d+\/\d+\] ([A-Z]+ .*)$/;
const TIMED = /^\d+\.\d+ /;
const PLAIN = /^#(\d+) (?:\d+\.\d+ )?(.*)$/;
/** Podman does one step after another and prints what it says as it is; only what BuildKit would count as a step. */
const PODMAN_STEP = /^(?:\[\d+\/\d+\] )?STEP \d+\/\d+: (.*)$/;
const PODMAN_COUNTED = /^(?:RUN|COPY|ADD|WORKDIR) /i;
const COLORS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const PODMAN_CACHED = /^--> Using cache [0-9a-f]{12,}$/;

interface Open {
  name: string;
  cached: boolean;
  processes: BuildProcessSeen[];
  said: string[];
}

/** Takes the log line by line (latin1). */
export function readBuildLog({ path, clean, lineOf }: LogOf): { line(text: string): void; done(): BuildLog } {
  const steps = new Map<string, Open>();
  const tail: string[] = [];
  let podman: Open | undefined;
  let failed: Open | undefined;
  /** The engine's last words, and where in the Dockerfile it sees their cause. */
  let error: string[] = [];
  /** What it repeats of the step, for the last lines may be nowhere else; undefined where it does not. */
  let repeated: string[] | undefined;
  let place: number | undefined;
  const open = (name: string): Open => ({ name: clean(name), cached: false, processes: [], said: [] });
  const keep = (lines: string[], text: string) => {
    lines.push(text);
    if (lines.length > TAIL) lines.shift();
  };
  return {
    line: (raw) => {
      const text = raw.length > 8192 ? raw.slice(0, 8192) : raw;
      const header = HEADER.exec(text);
      if (header) {
        const [, id = '', name = ''] = header;
        if (!name.startsWith('FROM ') && !steps.has(id)) steps.set(id, open(name));
      }
      const begun = PODMAN_STEP.exec(text)?.[1];
      if (begun !== undefined) {
        podman = open(begun);
        if (PODMAN_COUNTED.test(begun)) steps.set(`podman ${steps.size}`, podman);
      }
      if (podman && PODMAN_CACHED.test(text)) podman.cached = true;
      const [, id = '', plain] = PLAIN.exec(text) ?? [];
      const step = podman ?? steps.get(id);
      const said = podman ? text : (plain ?? '');
      if (said === 'CACHED' && step) step.cached = true;
      const mark = said.indexOf(BUILD_MARK);
      if (mark >= 0) {
        const seen = step && buildProcess(said.slice(mark + BUILD_MARK.length), step.name);
        if (seen && step.processes.length < MOST_PROCESSES) step.processes.push(seen);
        return;
      }
      const shown = clean(text.replace(COLORS, ''));
      if (!podman && step && !header) {
        if (said.startsWith('ERROR: ')) failed = step;
        else keep(step.said, clean(said.replace(COLORS, '')));
      }
      if (text.startsWith(' > [')) repeated = [];
      else if (error.length === 0 && repeated && place === undefined && TIMED.test(text))
        repeated.push(shown.replace(TIMED, ''));
      const at = /^[^ #][^:]*:(\d+)$/.exec(text)?.[1];
      if (at !== undefined) place = lineOf(Number(at));
      if (/^(?:ERROR|Error): /.test(shown)) error = [shown];
      else if (error.length > 0 && shown !== '') keep(error, shown);
      if (shown !== '' && !isOurs(text)) keep(tail, shown);
    },
    done: () => ({
      steps: [...steps.values()].map(({ name, cached, processes }) => ({ name, cached, processes })),
      tail: told(),
    }),
  };

  function told(): string[] {
    const lines = error.map((line) =>
      line.replaceAll(/\b(on line) (\d+)/g, (_, on: string, number: string) => `${on} ${lineOf(Number(number))}`),
    );
    const where = place === undefined ? path : `${path}:${place}`;
    if (failed) return [`${where}: ${failed.name}`, ...joined(failed.said, repeated ?? []), ...lines];
    return place !== undefined && lines.length > 0 ? [`${where}:`, ...lines] : tail.slice(-TAIL);
  }
}

/** What both say, where the second begins within the first. */
function joined(said: readonly string[], repeated: readonly string[]): string[] {
  for (let count = Math.min(said.length, repeated.length); count > 0; count--) {
    if (said.slice(-count).join('\n') === repeated.slice(0, count).join('\n'))
      return [...said, ...repeated.slice(count)];
  }
  return [...said, ...repeated];
}

/** Steps, contexts and names that only this build has. */
const isOurs = (line: string): boolean =>
  line.includes(PROBE_CONTEXT) || line.includes('PYVENV_FIX_RUN') || line.includes('pyvenv-fix-verify/');

function buildProcess(text: string, step: string): BuildProcessSeen | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { argv, prefix, environment } = value as { argv?: unknown; prefix?: unknown; environment?: unknown };
    if (!Array.isArray(argv) || typeof prefix !== 'string') return undefined;
    return { step, command: commandName(argv.map(String)), prefix, inEnvironment: environment === true };
  } catch {
    return undefined;
  }
}
