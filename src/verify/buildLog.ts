// Reads what a build prints (BuildKit's plain progress, or Podman's): which steps ran, which came from the cache, what Python processes said.

import { unforeseen } from '../io/owner.ts';
import type { BuildProcessSeen } from '../report/proof.ts';
import { commandName } from './processes.ts';

/** What stands before each line that the probe writes on standard error during a build. */
export const BUILD_MARK = `pyvenv-fix-probe-${unforeseen()}: `;

/** A step of the build: an instruction that makes a layer (FROM and BuildKit's own vertices do not count). */
export interface StepSeen {
  /** The instruction as written, less what the instrumentation put in. */
  readonly name: string;
  readonly cached: boolean;
  readonly processes: readonly BuildProcessSeen[];
}

export interface BuildLog {
  readonly steps: readonly StepSeen[];
  /** Last lines that are not ours, for a build that failed. */
  readonly tail: readonly string[];
}

const TAIL = 25;
const MOST_PROCESSES = 200;
/** `#7 [build 2/5] RUN ...`; the numbers of a stage, which FROM has too. */
const HEADER = /^#(\d+) \[(?:[^\]]*? )?\d+\/\d+\] ([A-Z]+ .*)$/;
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
}

/** Takes the log line by line (latin1). `clean` takes the instrumentation out of a step's name. */
export function readBuildLog(clean: (step: string) => string): { line(text: string): void; done(): BuildLog } {
  const steps = new Map<string, Open>();
  const tail: string[] = [];
  let podman: Open | undefined;
  return {
    line: (raw) => {
      const text = raw.length > 8192 ? raw.slice(0, 8192) : raw;
      const header = HEADER.exec(text);
      if (header) {
        const [, id = '', name = ''] = header;
        if (!name.startsWith('FROM ') && !steps.has(id)) {
          steps.set(id, { name: clean(name), cached: false, processes: [] });
        }
      }
      const begun = PODMAN_STEP.exec(text)?.[1];
      if (begun !== undefined) {
        podman = { name: clean(begun), cached: false, processes: [] };
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
      if (text.length > 0) tail.push(clean(text.replace(COLORS, '')));
      if (tail.length > TAIL) tail.shift();
    },
    done: () => ({ steps: [...steps.values()], tail }),
  };
}

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
