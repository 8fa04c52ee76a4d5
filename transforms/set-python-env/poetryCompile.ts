// `poetry install` -> `poetry install --compile`, where the version that has it is certain.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { TextEdit } from '../../src/model.ts';

export interface PoetryCompile {
  readonly edits: readonly TextEdit[];
  /** Keywords of the instructions that change. */
  readonly changed: readonly string[];
  /** The key of each command -> what stands for it now. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

/** Since Poetry 1.4 (change log). */
const COMPILES_SINCE = [1, 4] as const;
const POETRY_INSTALL = /(?:^|[\s;&|"'(])(?:[^\s;&|"'(]*\/)?poetry(?:\s+-[\w=-]+)*\s+(?:install|sync)(?=[\s;&|"')]|$)/g;

/** Adds the option to these installs; undefined where one of them is written elsewhere, or the version is not certain. */
export function poetryCompile(dockerfile: DockerfileFacts, installs: readonly RunEvent[]): PoetryCompile | undefined {
  const origins = originsOf(dockerfile);
  if (origins === undefined) return undefined;
  const at = new Map<number, number>();
  const commands: Record<string, readonly string[]> = {};
  for (const e of installs) {
    const stages = chainOf(dockerfile.image, e.stage).map((s) => s.index);
    if (!origins.some((o) => stages.includes(o.stage) && o.instruction <= e.instruction)) return undefined;
    if (e.file !== undefined) return undefined;
    const found = [...dockerfile.text.slice(e.range.start, e.range.end).matchAll(POETRY_INSTALL)];
    const [one] = found;
    if (one === undefined || found.length > 1) return undefined;
    at.set(e.range.start + one.index + one[0].length, e.instruction);
    commands[e.key] = [e.key.replace(/^(\S*poetry(?: -\S+)* (?:install|sync))(?= |$)/, '$1 --compile')];
  }
  const edits = [...at.keys()].map((start) => ({ path: dockerfile.path, start, end: start, newText: ' --compile' }));
  return { edits, changed: [...new Set(at.values())].map(() => 'RUN'), commands };
}

interface PoetryInstall {
  readonly stage: number;
  readonly instruction: number;
}

const OTHERWISE =
  /(?<![.\w])python3-poetry\b|get-poetry\.py|\bpoetry\s+self\b|\b(asdf|mise|conda|mamba|brew|apk)\b[^&|;\n]*poetry\b/;

/** A version, or a lowest one. */
const POETRY_PIN = /^poetry(?:\[[\w,-]*\])?(?:==|~=|>=)(\d+(?:\.\d+)+)(?:\.\*)?(?:,(?:<|!=)[\d.*]+)*$/i;

/** Where the file installs Poetry, all of it in a version that has the option; undefined where that is not certain. */
function originsOf(dockerfile: DockerfileFacts): PoetryInstall[] | undefined {
  if (OTHERWISE.test(dockerfile.text)) return undefined;
  const args = dockerfile.syntax.instructions.filter((i) => i.keyword === 'ARG').flatMap((i) => i.pairs);
  // who builds may give an argument another value
  const isCertain = (version: string | undefined): boolean =>
    version !== undefined &&
    canCompile(version) &&
    !args.some((a) => /poetry/i.test(a.name) || a.value?.replace(/["']/g, '') === version);
  const found: PoetryInstall[] = [];
  for (const e of dockerfile.trace.events.filter(isRun)) {
    if (!/(^|\/)(pip[\d.]*|pipx|uv|python[\d.]*)$/.test(e.words[0] ?? '') || !e.words.includes('install')) continue;
    for (const word of e.words.filter((w) => /^poetry(?![\w-])/i.test(w))) {
      if (!isCertain(POETRY_PIN.exec(word)?.[1])) return undefined;
      found.push({ stage: e.stage, instruction: e.instruction });
    }
  }
  for (const stage of dockerfile.image.stages) {
    for (const [n, i] of stage.instructions.entries()) {
      const { text } = i.logical;
      if (i.keyword !== 'RUN' || !/install[.-](python-)?poetry\b/.test(text)) continue;
      const written = /\bPOETRY_VERSION=["']?([\d.]+)|--version[= ]["']?([\d.]+)/.exec(text);
      const version = written?.[1] ?? written?.[2] ?? stage.before[n]!.buildEnv.get('POETRY_VERSION');
      if (!isCertain(version)) return undefined;
      found.push({ stage: stage.index, instruction: i.index });
    }
  }
  return found;
}

function canCompile(version: string): boolean {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)(?:\.\d+){0,2}$/.exec(version) ?? []).map(Number);
  return major > COMPILES_SINCE[0] || (major === COMPILES_SINCE[0] && minor >= COMPILES_SINCE[1]);
}
