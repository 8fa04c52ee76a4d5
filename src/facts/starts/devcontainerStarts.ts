// The container of a devcontainer.json, and what its lifecycle commands run in it.
import type { Snapshot } from '../../model.ts';
import { readJsonc } from '../../text/jsonc.ts';
import { LIFECYCLE_HOOKS, lifecycleCommands } from '../compose/devcontainers.ts';
import { flagValues, readCommandFlags } from '../flags.ts';
import { ROOT } from '../hostCommands/hostWords.ts';
import { folderAbove, joinInRepository } from '../repositoryPlace.ts';
import { unknown } from '../values.ts';
import { environmentOf } from './commandStarts.ts';
import { RUN_FLAGS } from './engineFlags.ts';
import { longMount, type MountPlace, startMounts } from './startMounts.ts';
import type { ContainerStart, StartMount } from './startShapes.ts';

type DevcontainerFields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is DevcontainerFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Variables of the format replaced; the workspace is the repository. */
function replacedText(text: string, workspace: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name === 'localWorkspaceFolder') return ROOT;
    if (name === 'containerWorkspaceFolder') return workspace;
    return unknown(name);
  });
}

/** The starts that a devcontainer.json asks for: none where it cannot be read. */
export function devcontainerStarts(path: string, snapshot: Snapshot): ContainerStart[] {
  const text = snapshot.read(path) ?? '';
  const fields = readJsonc(text);
  if (!isFields(fields)) return [];
  const offsetOf = (name: string): number => Math.max(0, text.indexOf(`"${name}"`));
  const own = folderAbove(path);
  const ofCompose = fields.dockerComposeFile;
  const workspace = workspaceOf(fields);
  const read = (value: unknown): string | undefined =>
    typeof value === 'string' ? replacedText(value, workspace) : undefined;
  const place: MountPlace = { snapshot, folder: '' };
  const given = (Array.isArray(fields.runArgs) ? fields.runArgs : []).map((one) => read(one) ?? unknown('runArgs'));
  const flags = readCommandFlags(given, RUN_FLAGS);
  const user = read(fields.containerUser) ?? flagValues(flags, '--user', '-u').at(-1);
  const image = read(fields.image);
  const service = read(fields.service);
  const environment = new Map([
    ...environmentOf(flagValues(flags, '--env', '-e')),
    ...variablesOf(fields.containerEnv, read),
  ]);
  const files = (Array.isArray(ofCompose) ? ofCompose : [ofCompose]).flatMap((one) =>
    typeof one === 'string' ? (joinInRepository(own, one) ?? []) : [],
  );
  const common = {
    path,
    kind: 'machine',
    folder: '',
    ...(service === undefined ? {} : { service }),
    ...(ofCompose === undefined ? {} : { composeFiles: files }),
    ...(image === undefined ? {} : { image }),
  } as const;
  const create: ContainerStart = {
    ...common,
    form: 'create',
    offset: offsetOf(['image', 'build', 'dockerFile', 'dockerComposeFile'].find((name) => name in fields) ?? ''),
    said: 'the devcontainer',
    mounts: [
      ...(ofCompose === undefined ? [workspaceMount(fields, workspace, place)] : []),
      ...listedMounts(fields.mounts, read, place),
      ...startMounts(flags, place),
    ].flatMap((mount) => mount ?? []),
    isOpen: flags.unknown.length > 0,
    ...(user === undefined ? {} : { user }),
    environment,
    // it is kept running, whatever the image's own command is
    command: fields.overrideCommand === false || ofCompose !== undefined ? [] : ['/bin/sh', '-c', 'sleep infinity'],
    workingDir: workspace,
  };
  const remote = read(fields.remoteUser) ?? user;
  const hooks = LIFECYCLE_HOOKS.flatMap((name) =>
    lifecycleCommands(fields[name], { path, range: { start: 0, end: 0 } }).map(
      ({ words }): ContainerStart => ({
        ...common,
        form: 'hook',
        offset: offsetOf(name),
        said: name,
        mounts: create.mounts,
        isOpen: create.isOpen,
        ...(remote === undefined ? {} : { user: remote }),
        environment: new Map([...environment, ...variablesOf(fields.remoteEnv, read)]),
        command: words?.map((word) => word ?? unknown(name)),
        workingDir: workspace,
      }),
    ),
  );
  return [create, ...hooks];
}

/** Where the workspace is in the container. */
function workspaceOf({ workspaceFolder, dockerComposeFile }: DevcontainerFields): string {
  const named = `/workspaces/${unknown('localWorkspaceFolderBasename')}`;
  if (typeof workspaceFolder === 'string') return replacedText(workspaceFolder, named);
  return dockerComposeFile === undefined ? named : '/';
}

/** The repository is mounted, unless the file says otherwise. */
function workspaceMount(fields: DevcontainerFields, workspace: string, place: MountPlace): StartMount | undefined {
  const { workspaceMount: written } = fields;
  if (typeof written === 'string')
    return written === '' ? undefined : longMount(replacedText(written, workspace), place);
  const target = `/workspaces/${unknown('localWorkspaceFolderBasename')}`;
  return { ...longMount(`type=bind,source=${ROOT},target=/`, place), target };
}

function listedMounts(value: unknown, read: (value: unknown) => string | undefined, place: MountPlace): StartMount[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    if (typeof one === 'string') return [longMount(read(one)!, place)];
    if (!isFields(one)) return [];
    const fields = Object.entries(one).map(([name, field]) => `${name}=${read(field) ?? String(field)}`);
    return [longMount(fields.join(','), place)];
  });
}

function variablesOf(value: unknown, read: (value: unknown) => string | undefined): ReadonlyMap<string, string> {
  if (!isFields(value)) return new Map();
  return new Map(Object.entries(value).map(([name, one]) => [name, read(one) ?? unknown(name)]));
}
