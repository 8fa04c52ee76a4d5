// `poetry install` -> `poetry install --compile`, where the version that has the flag is certain.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { FlagSince } from '../../src/facts/installers/compiling.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import type { TextEdit } from '../../src/model.ts';
import type { FlagInstall } from './uncompiledInstalls.ts';

export interface CompileFlags {
  /** The flags, by the name of the installer. */
  readonly byTool: ReadonlyMap<string, string>;
  readonly edits: readonly TextEdit[];
  /** Keywords of the instructions that change. */
  readonly changed: readonly string[];
  /** The key of each command -> what stands for it now. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

/** Adds its flag to each of these installs; undefined where one is written elsewhere, or the version is not certain. */
export function compileFlags(dockerfile: DockerfileFacts, installs: readonly FlagInstall[]): CompileFlags | undefined {
  const byTool = new Map<string, string>();
  const edits = new Map<number, TextEdit>();
  const changed = new Set<number>();
  const commands: Record<string, readonly string[]> = {};
  for (const install of installs) {
    const { event, installer, compiling } = install;
    const { flag } = compiling.flag;
    const origins = originsOf(install, dockerfile);
    const stages = chainOf(dockerfile.image, event.stage).map(({ index }) => index);
    if (!origins?.some((one) => stages.includes(one.stage) && one.instruction <= event.instruction)) return undefined;
    if (event.file !== undefined) return undefined;
    const { name } = installer;
    const written = new RegExp(
      `(?:^|[\\s;&|"'(])(?:[^\\s;&|"'(]*\\/)?${name}(?:\\s+-[\\w=-]+)*\\s+(?:install|sync)(?=[\\s;&|"')]|$)`,
      'g',
    );
    const found = [...dockerfile.text.slice(event.range.start, event.range.end).matchAll(written)];
    const [one] = found;
    if (one === undefined || found.length > 1) return undefined;
    const start = event.range.start + one.index + one[0].length;
    edits.set(start, { path: dockerfile.path, start, end: start, newText: ` ${flag}` });
    changed.add(event.instruction);
    byTool.set(name, flag);
    const key = new RegExp(`^(\\S*${name}(?: -\\S+)* (?:install|sync))(?= |$)`);
    commands[event.key] = [event.key.replace(key, `$1 ${flag}`)];
  }
  return { byTool, edits: [...edits.values()], changed: [...changed].map(() => 'RUN'), commands };
}

/** Where an installer comes into the image. */
interface InstallerOrigin {
  readonly stage: number;
  readonly instruction: number;
}

/** Where the file brings the installer, all of it in a version that has the flag; undefined where that is not certain. */
function originsOf({ installer, compiling }: FlagInstall, dockerfile: DockerfileFacts): InstallerOrigin[] | undefined {
  const { name } = installer;
  if (compiling.otherwise.test(dockerfile.text)) return undefined;
  const variable = `${name.toUpperCase()}_VERSION`;
  const word = new RegExp(`^${name}(?![\\w-])`, 'i');
  // a version, or a lowest one
  const pin = new RegExp(
    `^${name}(?:\\[[\\w,-]*\\])?(?:==|~=|>=)(\\d+(?:\\.\\d+)+)(?:\\.\\*)?(?:,(?:<|!=)[\\d.*]+)*$`,
    'i',
  );
  const written = new RegExp(`\\b${variable}=["']?([\\d.]+)|--version[= ]["']?([\\d.]+)`);
  const args = dockerfile.syntax.instructions.filter(({ keyword }) => keyword === 'ARG').flatMap(({ pairs }) => pairs);
  // who builds may give an argument another value
  const isCertain = (version: string | undefined): boolean =>
    version !== undefined &&
    hasFlagOf(version, compiling.flag) &&
    !args.some((arg) => new RegExp(name, 'i').test(arg.name) || arg.value?.replace(/["']/g, '') === version);
  const found: InstallerOrigin[] = [];
  for (const event of dockerfile.trace.events.filter(isRun)) {
    const { words, stage, instruction } = event;
    if (!/(^|\/)(pip[\d.]*|pipx|uv|python[\d.]*)$/.test(words[0] ?? '') || !words.includes('install')) continue;
    for (const one of words.filter((own) => word.test(own))) {
      if (!isCertain(pin.exec(one)?.[1])) return undefined;
      found.push({ stage, instruction });
    }
  }
  for (const stage of dockerfile.image.stages) {
    for (const [n, { keyword, index, logical }] of stage.instructions.entries()) {
      if (keyword !== 'RUN' || !compiling.script.test(logical.text)) continue;
      const [, before, behind] = written.exec(logical.text) ?? [];
      if (!isCertain(before ?? behind ?? stage.before[n]!.buildEnv.get(variable))) return undefined;
      found.push({ stage: stage.index, instruction: index });
    }
  }
  return found;
}

/** Has this version (of one to four numbers) the flag? */
function hasFlagOf(version: string, { since }: FlagSince): boolean {
  if (!/^\d+(\.\d+){1,3}$/.test(version)) return false;
  const own = version.split('.').map(Number);
  const at = since.findIndex((part, n) => (own[n] ?? 0) !== part);
  return at < 0 || (own[at] ?? 0) > since[at]!;
}
