// The calls of `uv sync` in a Dockerfile: which are frozen, which lock each of them finds, and how old that is.

import { runMounts } from '../../src/facts/copies/stepMounts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { hasFlag, type ReadFlags, readCommandFlags } from '../../src/facts/flags.ts';
import type { Stage } from '../../src/facts/image.ts';
import { isYes } from '../../src/facts/installers/callState.ts';
import { UV_SYNC } from '../../src/facts/installers/uv/flags.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { absolute, isKnown, isWithin, readable } from '../../src/facts/values.ts';
import type { Snapshot } from '../../src/model.ts';
import { parseUvLock } from '../../src/parse/manifests/lockFiles.ts';
import { joinImage } from '../../src/parse/manifests/paths.ts';
import { parsePyproject } from '../../src/parse/manifests/pyproject.ts';
import { isUvLockStale } from '../../src/parse/manifests/uvLockAge.ts';

/** One `uv sync` of the build. */
export interface SyncCall {
  readonly command: Command;
  readonly stage: Stage;
  /** Position of its instruction in the stage. */
  readonly at: number;
  readonly flags: ReadFlags;
}

/** Why `--frozen` cannot be added; `silent`: nothing is to be said. */
export type SyncState = 'fresh' | 'silent' | { readonly why: string };

/** With these, the lock is meant to change, or to be checked by another rule. */
const MEANT = [
  ...['--frozen', '--locked', '--check', '--no-frozen', '--no-locked', '--dry-run', '--script'],
  ...['-U', '--upgrade', '-P', '--upgrade-package', '--upgrade-group'],
];
/** They say what of the lock is installed, and how: the lock stays what it is. */
const PLAIN = new Set(
  `--no-dev --dev --only-dev --no-install-project --no-install-workspace --no-install-local --no-install-package --no-editable
  --all-extras --extra --no-extra --group --no-group --only-group --no-default-groups --all-groups --all-packages --package --compile-bytecode
  --compile --no-compile-bytecode -n --no-cache --no-cache-dir --cache-dir -q --quiet -v --verbose --no-progress --link-mode -p --python --active
  --inexact --exact --no-python-downloads --managed-python --no-managed-python --reinstall --color --native-tls --system-certs --offline`.split(
    /\s+/,
  ),
);
const RESOLVES =
  /^UV_(RESOLUTION|PRERELEASE|EXCLUDE_NEWER|NO_SOURCES|FORK_STRATEGY|PROJECT|CONFIG_FILE|WORKING_DIR\w*)$/;

/** The calls that the file itself writes, in its order. */
export const syncCalls = (dockerfile: DockerfileFacts): SyncCall[] =>
  dockerfile.image.stages.flatMap((stage) =>
    dockerfile.trace.stages[stage.index]!.commands.flatMap((command): SyncCall[] => {
      const at = stage.instructions.findIndex(({ index }) => index === command.instruction);
      if (command.when !== 'build' || command.file !== undefined || at < 0) return [];
      const [program = '', first, ...rest] = command.words;
      if (!/(^|\/)uv$/.test(program) || first !== 'sync') return [];
      return [{ command, stage, at, flags: readCommandFlags(rest, UV_SYNC) }];
    }),
  );

/** Does it install by the lock alone, or hold against it? */
export const isFrozen = ({ command, flags }: Pick<SyncCall, 'command' | 'flags'>): boolean =>
  hasFlag(flags, '--frozen', '--locked', '--check') ||
  isYes(command.variables.get('UV_FROZEN')) ||
  isYes(command.variables.get('UV_LOCKED'));

/** What adding `--frozen` would mean. */
export function syncState(call: SyncCall, dockerfile: DockerfileFacts, snapshot: Snapshot): SyncState {
  const { command, flags } = call;
  const { variables } = command;
  if (hasFlag(flags, ...MEANT) || [...variables.keys()].some((name) => /^UV_(FROZEN|LOCKED)$/.test(name)))
    return 'silent';
  if (command.conditional) return 'silent';
  const lockPath = joinImage(command.cwd, 'uv.lock');
  const lock = fileFor(call, lockPath, dockerfile, snapshot);
  if (lock === undefined) return whyNoLock(call, dockerfile, snapshot);
  const other = flags.flags.find(({ name }) => !PLAIN.has(name))?.name ?? flags.unknown[0];
  if (other !== undefined) return { why: `what \`${other}\` changes is not followed` };
  const variable = [...variables.keys()].find((name) => RESOLVES.test(name));
  if (variable !== undefined) return { why: `${variable} is set` };
  const project = fileFor(call, joinImage(command.cwd, 'pyproject.toml'), dockerfile, snapshot);
  if (project === undefined) return 'silent';
  const changed = changesProject(call, dockerfile);
  if (changed !== undefined) return { why: `${changed} may change the project or its lock` };
  const read = parseUvLock(lock.text);
  const members = read.packages
    .filter(({ source, from }) => ['editable', 'virtual', 'folder'].includes(source) && from !== '.')
    .flatMap(({ from }) => {
      const path = joinImage(`/${folderOfFile(lock.path)}`, `${from}/pyproject.toml`).slice(1);
      const text = snapshot.read(path);
      return text === undefined ? [] : [parsePyproject(text)];
    });
  switch (isUvLockStale(read, parsePyproject(project.text), members)) {
    case 'fresh':
      return 'fresh';
    case 'stale':
      return { why: `${lock.path} does not record what ${project.path} asks for: run \`uv lock\` first` };
    default:
      return { why: `whether ${lock.path} records what ${project.path} asks for is not known` };
  }
}

const CHANGES = /pyproject\.toml|uv\.lock|\buv\s+(add|remove|lock|version|init)\b/;

/** A command before it that names the project's files or has uv write them. */
function changesProject({ command, stage }: SyncCall, dockerfile: DockerfileFacts): string | undefined {
  const before = chainOf(dockerfile.image, stage.index)
    .flatMap(({ index }) => dockerfile.trace.stages[index]!.commands)
    .find(
      ({ words, range, when }) =>
        when === 'build' && range.start < command.range.start && CHANGES.test(words.join(' ')),
    );
  return before && `\`${readable(before.words.join(' '))}\``;
}

const folderOfFile = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

interface RepositoryText {
  readonly path: string;
  readonly text: string;
}

/** The repository's file at a path of the image when the command runs: by a copy, or by a mount of the step. */
function fileFor(
  { stage, at }: SyncCall,
  path: string,
  dockerfile: DockerfileFacts,
  snapshot: Snapshot,
): RepositoryText | undefined {
  const mounted = runMounts(stage.instructions[at]!, stage.before[at]!, stage, dockerfile.syntax.escape)
    .filter(({ type, target }) => type === 'bind' && target !== undefined && isWithin(path, target))
    .at(-1);
  if (mounted === undefined) return dockerfile.trace.stages[stage.index]!.readBefore(at, path);
  const source = mounted.given.get('source') ?? '';
  const { folder, ignored } = dockerfile.context;
  if (mounted.given.has('from') || !isKnown(source) || folder === undefined) return undefined;
  const below = joinImage(absolute(source, '/'), `./${path.slice(mounted.target!.length)}`).slice(1);
  if (ignored(below)) return undefined;
  const own = folder === '' ? below : `${folder}/${below}`;
  const text = snapshot.read(own);
  return text === undefined ? undefined : { path: own, text };
}

/** The repository has a lock beside the project, and the image does not. */
function whyNoLock(call: SyncCall, dockerfile: DockerfileFacts, snapshot: Snapshot): SyncState {
  const project = fileFor(call, joinImage(call.command.cwd, 'pyproject.toml'), dockerfile, snapshot);
  if (project === undefined) return 'silent';
  const folder = folderOfFile(project.path);
  const path = folder === '' ? 'uv.lock' : `${folder}/uv.lock`;
  if (snapshot.read(path) === undefined) return 'silent';
  const { folder: context, ignored, ignorePath } = dockerfile.context;
  const own = context === undefined || context === '' ? path : path.slice(context.length + 1);
  return ignored(own)
    ? { why: `${ignorePath ?? 'the ignore file'} keeps ${path} out of the build: let it in, and copy it before` }
    : { why: `${path} is not copied before it: copy it beside pyproject.toml` };
}
