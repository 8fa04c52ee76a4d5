// Installs of the project as a link to its source: which they are, and whether an image has that source.

import { flagValues, hasFlag, readCommandFlags } from '../../src/facts/flags.ts';
import { filesOfImage } from '../../src/facts/imageView.ts';
import { isYes } from '../../src/facts/installers/callState.ts';
import { UV_GLOBAL, UV_SYNC } from '../../src/facts/installers/uv/flags.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import { isUvPackage, parsePyproject } from '../../src/parse/manifests/pyproject.ts';
import type { AskedImage } from './copiedEnvironments.ts';
import { type BuildStep, commandAt, fileAtStep, stepAt } from './stepFiles.ts';

/** A command that installs a project as a link to its source. */
export interface EditableInstall {
  readonly event: RunEvent;
  readonly step: BuildStep;
  readonly tool: 'uv' | 'poetry' | 'pip';
  /** Where the source is. */
  readonly folder: string;
  /** What the project is imported by, as far as its name says. */
  readonly module: string;
  /** Path of that module's file, where its name says which. */
  readonly file: string | undefined;
}

/** The last install of the project into the environment, where it is a link. */
export function editableOf({ dockerfile, facts }: AskedImage, environment: Environment): EditableInstall | undefined {
  const { createdAt, stage } = environment;
  const installs = dockerfile.trace.events
    .filter(isRun)
    .filter(
      (event) =>
        event.stage === stage &&
        event.when === 'build' &&
        !event.conditional &&
        envPathOf(event.install?.target) === createdAt &&
        event.install?.project === true,
    );
  const event = installs.at(-1);
  const step = event === undefined ? undefined : stepAt(dockerfile, facts, event.instruction);
  const command = event === undefined ? undefined : commandAt(event, dockerfile);
  if (event === undefined || step === undefined || command === undefined || event.install?.unread !== undefined)
    return undefined;
  const found = linkedFolder(command, step);
  if (found === undefined || !isKnown(found.folder)) return undefined;
  const name = nameAt(found.folder, step);
  if (name === undefined) return undefined;
  const module = name.toLowerCase().replace(/[-.]+/g, '_');
  const { readImage } = dockerfile.trace.stages[stage]!;
  const file = ['src/', '']
    .flatMap((lead) => [`${lead}${module}/__init__.py`, `${lead}${module}.py`])
    .map((path) => absolute(path, found.folder))
    .find((path) => readImage(path) !== undefined);
  return { ...found, event, step, module, file };
}

function nameAt(folder: string, step: BuildStep): string | undefined {
  const { project, poetry } = parsePyproject(fileAtStep(absolute('pyproject.toml', folder), step) ?? '');
  return project?.name ?? poetry?.name;
}

/** Which tool links which folder by this command; undefined: none does, or it is not read. */
function linkedFolder(command: Command, step: BuildStep): Pick<EditableInstall, 'tool' | 'folder'> | undefined {
  const name = (command.words[0] ?? '').replace(/^.*\//, '');
  const words = command.words.slice(1);
  const { cwd } = command;
  const editable = words.findIndex((word) => /^(-e|--editable)$/.test(word));
  if (/^(pip|pip3|uv|python|python3)$/.test(name) && words.includes('install') && editable >= 0) {
    const path = (words[editable + 1] ?? '').replace(/\[.*\]$/, '');
    return /^[./]/.test(path) ? { tool: 'pip', folder: absolute(path, cwd) } : undefined;
  }
  if (name === 'poetry' && words[0] === 'install') {
    const { poetry, problems } = parsePyproject(fileAtStep(absolute('pyproject.toml', cwd), step) ?? '');
    const isRoot = poetry?.packageMode === true && poetry.name !== undefined && problems.length === 0;
    const others = words.some((word) => /^(--no-root|-C|--directory|-P|--project|--dry-run)/.test(word));
    return isRoot && !others ? { tool: 'poetry', folder: cwd } : undefined;
  }
  return name === 'uv' ? linkedByUv(command, step) : undefined;
}

function linkedByUv(
  { words: all, cwd, variables }: Command,
  step: BuildStep,
): Pick<EditableInstall, 'tool' | 'folder'> | undefined {
  const words = all.slice(1);
  const { firstWord } = readCommandFlags(words, UV_GLOBAL, 'first word');
  if (words[firstWord] !== 'sync') return undefined;
  const behind = readCommandFlags(words.slice(firstWord + 1), UV_SYNC);
  const before = readCommandFlags(words.slice(0, firstWord), UV_GLOBAL);
  const read = { flags: [...before.flags, ...behind.flags] };
  const leaves = ['no-editable', 'no-install-project', 'no-install-workspace', 'no-install-local'].some(
    (name) => hasFlag(read, `--${name}`) || isYes(variables.get(`UV_${name.toUpperCase().replaceAll('-', '_')}`)),
  );
  const isPart = hasFlag(read, '--package', '--all-packages', '--script', '--only-group', '--only-dev', '--dry-run');
  if (leaves || isPart || behind.unknown.length > 0) return undefined;
  const folder = absolute(flagValues(read, '--project', '--directory').at(-1) ?? '.', cwd);
  const pyproject = parsePyproject(fileAtStep(absolute('pyproject.toml', folder), step) ?? '');
  return pyproject.problems.length === 0 && pyproject.uv?.workspace === undefined && isUvPackage(pyproject)
    ? { tool: 'uv', folder }
    : undefined;
}

/** Has the image the source at the same path, or may it? */
export function mayHaveSource(view: AskedImage, { folder, file }: EditableInstall): boolean {
  const { dockerfile, target } = view;
  if (file !== undefined && dockerfile.trace.stages[target]!.readImage(file) !== undefined) return true;
  const steps = chainOf(dockerfile.image, target).flatMap(({ instructions }) => instructions);
  if (
    steps.some(
      ({ keyword, logical }) => keyword === 'RUN' && /\b(git|cp|mv|ln|tar|unzip|curl|wget)\s/.test(logical.text),
    )
  )
    return true;
  if (dockerfile.services.some(({ mounts }) => mounts.length > 0)) return true;
  return filesOfImage(view).copies.some(({ from, sources, destination }) => {
    if (!isKnown(destination) || sources.some(({ kind }) => kind === 'unknown' || kind === 'address')) return true;
    if (typeof from === 'number') {
      const { environments } = dockerfile.trace.stages[from]!.files;
      const isOwn = sources.every(({ path }) => [...environments.keys()].some((one) => isWithin(`/${path}`, one)));
      if (isOwn) return false;
    } else if (from === 'context' && file !== undefined) return false;
    return isWithin(destination, folder) || isWithin(folder, destination);
  });
}
