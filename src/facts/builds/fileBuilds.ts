// The builds that one file asks for, where each of them leads in the repository, and what of the file belongs to none of them.
import type { Snapshot } from '../../model.ts';
import { readJsonc } from '../../text/jsonc.ts';
import { isDevcontainer } from '../compose/devcontainers.ts';
import { isFolder } from '../folders.ts';
import type { HostCommand } from '../hostCommands/hostShell.ts';
import { type HostFile, hostFile } from '../hostCommands/hostTexts.ts';
import { hostPlace } from '../hostCommands/hostWords.ts';
import { folderAbove } from '../repositoryPlace.ts';
import { sourceListing } from '../sourcePaths.ts';
import { unknown } from '../values.ts';
import { isBakeFile, readBakeBuilds } from './bakeBuilds.ts';
import type { Build } from './build.ts';
import { buildOfCommand, type WrittenBuild } from './shellBuilds.ts';
import { type ActionBuild, readActionBuilds } from './workflowBuilds.ts';

/** A Dockerfile that a build may be of, with the context it then has. */
export interface BuildPlace {
  /** A file of the repository. */
  readonly dockerfile: string;
  /** A folder of the repository; undefined where it is not known. */
  readonly context: string | undefined;
}

/** A build with all that it may be, one for each folder in which it may run. */
export interface PlacedBuild {
  readonly written: ActionBuild;
  readonly places: readonly BuildPlace[];
}

export interface FileBuilds {
  readonly path: string;
  readonly by: Exclude<Build['by'], 'compose'>;
  readonly builds: readonly PlacedBuild[];
  /** By Dockerfile: the contexts that its builds may have here. */
  readonly contexts: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is none of its builds: a Dockerfile that is named here is named for a reason that we do not see. */
  readonly rest: string;
}

const known = new WeakMap<HostFile, FileBuilds>();
const knownBakes = new WeakMap<Snapshot['paths'], Map<string, { readonly text: string; readonly read: FileBuilds }>>();

/** The builds of the file at `path`; undefined where it is of no kind that is read, or says nothing of containers. */
export function fileBuilds(path: string, snapshot: Snapshot): FileBuilds | undefined {
  if (isBakeFile(path) || isDevcontainer(path)) return settingsFile(path, snapshot);
  const file = hostFile(path, snapshot);
  if (file === undefined) return undefined;
  const read = known.get(file) ?? readFile(file, snapshot);
  known.set(file, read);
  return read;
}

function settingsFile(path: string, snapshot: Snapshot): FileBuilds {
  const text = snapshot.read(path) ?? '';
  const own = knownBakes.get(sourceListing(snapshot)) ?? new Map<string, { text: string; read: FileBuilds }>();
  knownBakes.set(sourceListing(snapshot), own);
  const before = own.get(path);
  if (before?.text === text) return before.read;
  const isBake = isBakeFile(path);
  const builds = isBake
    ? readBakeBuilds(path, text, [...new Set([folderAbove(path), ''])])
    : devcontainerBuilds(text, folderAbove(path));
  const placed = (builds ?? []).map((written) => ({ written, places: placesOf(written, snapshot) }));
  const read: FileBuilds = {
    path,
    by: isBake ? 'bake' : 'devcontainer',
    builds: placed,
    contexts: contextsOf(placed),
    rest: builds === undefined ? text : '',
  };
  own.set(path, { text, read });
  return read;
}

/** Source: the reference of devcontainer.json: both paths are relative to the file itself. */
function devcontainerBuilds(text: string, own: string): WrittenBuild[] | undefined {
  const fields = readJsonc(text) as Readonly<Record<string, unknown>> | null | undefined;
  if (typeof fields !== 'object' || fields === null) return undefined;
  const build = fields.build as typeof fields;
  const file = build?.dockerfile ?? fields.dockerFile;
  if (typeof file !== 'string') return [];
  const context = build?.context ?? fields.context ?? '.';
  const target = build?.target;
  const args = typeof build?.args === 'object' ? Object.entries(build.args ?? {}) : [];
  const read = (value: unknown): string =>
    typeof value === 'string'
      ? value.replace(/\$\{([^}]*)\}/g, (_, name: string) => unknown(name))
      : unknown('a value');
  return [
    {
      file: read(file),
      context: read(context),
      folders: [own],
      offset: Math.max(0, text.search(/"build"|"dockerFile"/)),
      ...(typeof target === 'string' ? { target: read(target) } : {}),
      args: new Map(args.map(([name, value]) => [name, read(value)])),
      tags: [],
      namedContexts: [],
    },
  ];
}

function readFile(file: HostFile, snapshot: Snapshot): FileBuilds {
  const taken = new Set<HostCommand>();
  const builds: ActionBuild[] = [];
  for (const command of file.commands) {
    const build = buildOfCommand(command, command.offset);
    if (build === undefined) continue;
    builds.push(build);
    taken.add(command);
  }
  const actions = file.workflow && readActionBuilds(file.workflow);
  if (actions !== undefined) builds.push(...actions.builds);
  const more = actions === undefined ? [] : [...actions.rest, ...(actions.isOpen ? file.workflow!.variables : [])];
  const placed = builds.map((written) => ({ written, places: placesOf(written, snapshot) }));
  return {
    path: file.path,
    by: file.kind,
    builds: placed,
    contexts: contextsOf(placed),
    rest: file.kind === 'docs' ? '' : [file.rest(taken), ...more].join('\n'),
  };
}

const isStandingFile = (path: string, { paths }: Snapshot): boolean =>
  /^(file|executable)$/.test(paths.get(path) ?? '');

function placesOf(written: WrittenBuild, snapshot: Snapshot): BuildPlace[] {
  const found: BuildPlace[] = [];
  for (const folder of written.folders) {
    const context = hostPlace(written.context, folder);
    if (context !== undefined && !isFolder(context, snapshot)) continue;
    const beside = context === '' || context === undefined ? '' : `${context}/`;
    const names =
      written.file !== undefined
        ? [hostPlace(written.file, folder)]
        : context === undefined
          ? []
          : [`${beside}Containerfile`, `${beside}Dockerfile`];
    const dockerfile = names.find((name) => name !== undefined && isStandingFile(name, snapshot));
    if (dockerfile !== undefined && !found.some((one) => one.dockerfile === dockerfile && one.context === context))
      found.push({ dockerfile, context });
  }
  return found;
}

function contextsOf(builds: readonly PlacedBuild[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { dockerfile, context } of builds.flatMap(({ places }) => places))
    if (context !== undefined) found.set(dockerfile, (found.get(dockerfile) ?? new Set()).add(context));
  return found;
}
