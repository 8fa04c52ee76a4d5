// One installing command: what it reads, with which flags it leaves the project's own code out, and what it writes.

import type { Blocker } from '../../src/facts/blocker.ts';
import { areTools } from '../../src/facts/installers/distributions.ts';
import { INSTALLERS, installerOf, installReads } from '../../src/facts/installers/index.ts';
import type { InstallerName, InstallReads } from '../../src/facts/installers/installer.ts';
import { arePackages, firstOperand, wordsBehind } from '../../src/facts/installers/operands.ts';
import type { ImageFiles } from '../../src/facts/installers/reading.ts';
import { pythonWords } from '../../src/facts/pythonWords.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import { absolute, isKnown, readable } from '../../src/facts/values.ts';
import type { Step } from './step.ts';

/** An install that can stand before the code. */
export interface DependencyInstall {
  readonly step: Step;
  readonly reads: InstallReads;
  /** Flags that leave the code out; empty: it needs none. With them, the command comes once more after the code. */
  readonly leaving: readonly string[];
}

const SPLIT_FLAGS: ReadonlySet<string> = new Set(
  Object.values(INSTALLERS)
    .flatMap(({ halves }) => halves?.without.flat() ?? [])
    .map(({ flag }) => flag),
);

/** Of an install that an earlier one, or its own flags, show to be the second half of a split. */
export const ALREADY_SPLIT: Blocker = { code: 'already split', words: 'has been split already' };

/** The second half of a split, by its own flag. */
const ONLY_PROJECT = /^--only-(root|install-(project|workspace|local))$/;

export type Install =
  | { readonly kind: 'install'; readonly install: DependencyInstall }
  /** The words go on where the name of the command stands. */
  | { readonly kind: 'refused'; readonly blocker: Blocker; readonly reads: InstallReads };

/** Is it about more than the installers themselves (`pip install --upgrade pip`)? */
export const isDependencies = ({ reads }: DependencyInstall): boolean =>
  reads.files.length > 0 ||
  reads.folders.length > 0 ||
  !areTools(reads.packages.filter((name) => name !== 'setuptools').concat('pip'));

const argvOf = (step: Step): string[] => step.words.map((w) => w.value);

/** Variables of the step, and what files of pip's settings say in their place (PIP_CONSTRAINT for `constraint = ...`). */
function environmentOfInstall(step: Step, event: RunEvent | undefined): Record<string, string | undefined> {
  const settings = (event?.install?.fileSettings ?? []).map((one) => one.split(/=(.*)/s) as [string, string]);
  return Object.fromEntries([
    ...settings.map(([name, value]) => [`PIP_${name.toUpperCase().replaceAll('-', '_')}`, value] as const),
    ...[...step.variables].map(([name, value]) => [name, isKnown(value) ? value : undefined] as const),
  ]);
}

/** Settings of files by which an install writes or looks elsewhere. */
const ELSEWHERE = /^(target|prefix|root|src|log|report)=|^(extra-)?index-url=(?!https?:)/;

/**
 * Reads a command; undefined where it installs nothing that we know. `image`: the files as the command finds them; `event`:
 * what the trace says of it.
 */
export function readInstall(step: Step, image: ImageFiles, event: RunEvent | undefined): Install | undefined {
  const { cwd } = step;
  const command = { argv: argvOf(step), cwd, env: environmentOfInstall(step, event) };
  const reads = installReads(command, image);
  if (reads === undefined) return undefined;
  const refusing = (blocker: Blocker): Install => ({ kind: 'refused', blocker, reads });
  const setting = event?.install?.fileSettings?.find((one) => ELSEWHERE.test(one));
  if (event?.install?.unread !== undefined)
    return refusing({
      code: 'settings',
      words: `goes by settings that are not known (${readable(event.install.unread)})`,
    });
  if (setting !== undefined)
    return refusing({ code: 'settings', words: `goes by \`${readable(setting)}\` of its settings` });
  if (!isKnown(cwd)) return refusing({ code: 'unknown', words: 'runs in a folder that is not known' });
  if (!command.argv.every(isKnown)) return refusing({ code: 'unknown', words: 'has words that are not known' });
  if (reads.unknown.length > 0)
    return refusing({ code: 'unknown', words: `reads what is not exactly known: ${reads.unknown[0]}` });
  if (reads.needsProject === false) return { kind: 'install', install: { step, reads, leaving: [] } };
  let project = reads.needsProject;
  // Somebody has split this one already.
  if (command.argv.some((w) => SPLIT_FLAGS.has(w) || ONLY_PROJECT.test(w))) return refusing(ALREADY_SPLIT);
  if (!isPlainEnd(command.argv)) return refusing({ code: 'reads code', words: `needs the code: ${project}` });
  for (const flags of (reads.ofProject && INSTALLERS[reads.tool].halves?.without) || []) {
    const leaving = flags.map(({ flag }) => flag);
    const own = installReads({ ...command, argv: [...command.argv, ...leaving] }, image)!;
    if (own.needsProject === false) return { kind: 'install', install: { step, reads: own, leaving } };
    // What keeps it so when the project is left out says more.
    project = own.needsProject;
  }
  return refusing({ code: 'reads code', words: `needs the code: ${project}` });
}

/**
 * The install with flags that leave out the code which it needs, be it beside such flags that it has; undefined where it needs
 * none, or cannot do without.
 */
export function withoutCode(step: Step, image: ImageFiles, event: RunEvent | undefined): DependencyInstall | undefined {
  const one = readInstall(step, image, event);
  if (one?.kind === 'install') return one.install.leaving.length > 0 ? one.install : undefined;
  const argv = argvOf(step);
  if (
    one?.blocker !== ALREADY_SPLIT ||
    !one.reads.ofProject ||
    argv.some((w) => ONLY_PROJECT.test(w)) ||
    !isPlainEnd(argv)
  )
    return undefined;
  for (const flags of INSTALLERS[one.reads.tool].halves?.without ?? []) {
    const leaving = flags.map(({ flag }) => flag).filter((flag) => !argv.includes(flag));
    const command = { argv: [...argv, ...leaving], cwd: step.cwd, env: environmentOfInstall(step, event) };
    const reads = leaving.length === 0 ? undefined : installReads(command, image);
    if (reads?.needsProject === false) return { step, reads, leaving };
  }
  return undefined;
}

/** Can flags be put behind the last word, and does none of those there contradict them? */
const isPlainEnd = (argv: readonly string[]): boolean =>
  !argv.includes('--') && !argv.some((w) => /^--only-(root|install)|^--(package|script|dry-run|check)$/.test(w));

/** Places that its flags and variables name for writing, absolute, symbolic. */
export function namedPlaces(step: Step, tool: InstallerName): string[] {
  const { placeFlags, placeVariables } = INSTALLERS[tool];
  const found: string[] = [];
  const argv = argvOf(step);
  for (const [n, word] of argv.entries()) {
    const [flag, glued] = word.startsWith('--') ? (word.split(/=(.*)/s) as [string, string?]) : [word];
    if (placeFlags.has(flag)) found.push(glued ?? argv[n + 1] ?? '');
  }
  for (const name of placeVariables) if (step.variables.get(name)) found.push(step.variables.get(name)!);
  return found.map((path) => absolute(path, step.cwd));
}

/** A command that only makes an environment; the trace says where. */
export interface Making {
  /** Files by which it chooses its Python, there and above. */
  readonly looks: readonly string[];
}

/** `python -m venv X`, `virtualenv X`, `uv venv [X]`: makes an environment. */
export function makesEnvironment(step: Step): Making | undefined {
  const argv = argvOf(step);
  const name = (argv[0] ?? '').replace(/^.*\//, '');
  if (name === 'virtualenv') return { looks: [] };
  if (/^python[\d.]*$/.test(name) && /^(venv|virtualenv)$/.test(pythonWords(argv).module ?? '')) return { looks: [] };
  const { installer, words = [] } = installerOf(argv) ?? {};
  const looks = installer?.makes(words);
  return looks && { looks };
}

/** Commands of the installers that read nothing of a project and write only their own settings or caches. */
export function isIdleTool(step: Step): boolean {
  const argv = argvOf(step);
  const name = (argv[0] ?? '').replace(/^.*\//, '');
  const { installer, words = [] } = installerOf(argv) ?? {};
  if (installer !== undefined) return installer.isIdle(words);
  if (/^python[\d.]*$/.test(name)) return argv.length === 2 && /^(-V|--version)$/.test(argv[1]!);
  const command = firstOperand(argv.slice(1));
  return (
    name === 'pipx' && (command === 'ensurepath' || (command === 'install' && arePackages(wordsBehind(argv, command))))
  );
}
