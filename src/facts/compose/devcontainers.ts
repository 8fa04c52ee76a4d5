// devcontainer.json files that start compose services: whom they let in, and what they run there.

import type { Snapshot } from '../../model.ts';
import { readJsonc } from '../../text/jsonc.ts';
import { folderAbove, joinInRepository } from '../repositoryPlace.ts';
import { pathsFitting } from '../sourcePaths.ts';
import type { CommandFacts, ComposeValue, DevcontainerFacts, HookFacts, Origin, ServiceFacts } from './serviceFacts.ts';

const DEVCONTAINER = /(^|\/)(\.devcontainer\/([^/]+\/)?devcontainer\.json|\.devcontainer\.json)$/;
/** Is it the path of a devcontainer.json? */
export const isDevcontainer = (path: string): boolean => DEVCONTAINER.test(path);

/** Commands that run in the container, in order; initializeCommand runs on the host. */
export const LIFECYCLE_HOOKS = [
  'onCreateCommand',
  'updateContentCommand',
  'postCreateCommand',
  'postStartCommand',
  'postAttachCommand',
] as const;

type Fields = Readonly<Record<string, unknown>>;

interface FoundDevcontainer {
  readonly facts: DevcontainerFacts;
  /** undefined: it may be any. */
  readonly files: readonly string[] | undefined;
  readonly service: string | undefined;
}

/** The services, each with the devcontainer.json files that name it. */
export function withDevcontainers(services: readonly ServiceFacts[], snapshot: Snapshot): ServiceFacts[] {
  const found: FoundDevcontainer[] = [];
  for (const path of pathsFitting(snapshot, isDevcontainer)) {
    const kind = snapshot.paths.get(path);
    if (kind !== 'file' && kind !== 'executable') continue;
    const one = readDevcontainer(path, snapshot);
    if (one !== undefined) found.push(one);
  }
  if (found.length === 0) return [...services];
  return services.map((service) => {
    const own = found.filter(
      ({ files, service: name }) =>
        (name === undefined || name === service.name) &&
        (files === undefined || files.some((path) => service.files.includes(path))),
    );
    return own.length === 0 ? service : { ...service, devcontainers: own.map(({ facts }) => facts) };
  });
}

function readDevcontainer(path: string, snapshot: Snapshot): FoundDevcontainer | undefined {
  const text = snapshot.read(path);
  const value = text === undefined ? undefined : readJsonc(text);
  const none = {
    path,
    keepsNumber: false,
    features: false,
    hooks: [],
    environment: new Map<string, ComposeValue<string>>(),
  };
  if (typeof value !== 'object' || value === null)
    return { facts: { ...none, open: 'it cannot be read' }, files: undefined, service: undefined };
  const fields = value as Fields;
  const named = fields.dockerComposeFile;
  if (named === undefined) return undefined;
  const texts = (Array.isArray(named) ? named : [named]).map((name) => devcontainerText(name));
  const files = texts.map((name) => (name === undefined ? undefined : joinInRepository(folderAbove(path), name)));
  const known = files.filter((file) => file !== undefined);
  const service = devcontainerText(fields.service);
  const written = fields.remoteUser ?? fields.containerUser;
  const user = devcontainerText(written);
  const origin: Origin = { path, range: { start: 0, end: 0 } };
  const environment = new Map([
    ...remoteEnvironment(fields.containerEnv, origin),
    ...remoteEnvironment(fields.remoteEnv, origin),
  ]);
  const workingDir = devcontainerText(fields.workspaceFolder);
  const hook = (command: CommandFacts): HookFacts => ({
    command,
    environment,
    ...(user === undefined ? {} : { user: jsonPiece(user, origin) }),
    ...(workingDir === undefined ? {} : { workingDir: jsonPiece(workingDir, origin) }),
  });
  const open = written !== undefined && user === undefined ? 'its remoteUser hangs on a variable' : undefined;
  return {
    facts: {
      path,
      open,
      ...(user === undefined ? {} : { user }),
      keepsNumber: fields.updateRemoteUserUID === false,
      features: typeof fields.features === 'object' && Object.keys(fields.features ?? {}).length > 0,
      hooks: LIFECYCLE_HOOKS.flatMap((name) => lifecycleCommands(fields[name], origin)).map(hook),
      environment,
    },
    files: known.length < files.length ? undefined : known,
    service,
  };
}

/** A text without variables. */
const devcontainerText = (value: unknown): string | undefined =>
  typeof value === 'string' && !value.includes('${') ? value : undefined;

const jsonPiece = (value: string, origin: Origin): ComposeValue<string> => ({
  kind: 'known',
  value,
  assumed: false,
  origin,
});

function remoteEnvironment(value: unknown, origin: Origin): ReadonlyMap<string, ComposeValue<string>> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).map(([name, one]) => {
      const text = devcontainerText(one);
      return [
        name,
        text === undefined ? { kind: 'unknown', cause: 'a variable is part of it', origin } : jsonPiece(text, origin),
      ];
    }),
  );
}

/** A text for a shell, a list of words, or a map of such that run side by side. */
export function lifecycleCommands(value: unknown, origin: Origin): CommandFacts[] {
  const common = { assumed: false, contents: [], origin } as const;
  if (typeof value === 'string') return [{ ...common, form: 'list', words: ['/bin/sh', '-c', value] }];
  if (Array.isArray(value)) return [{ ...common, form: 'list', words: value.map((word) => devcontainerText(word)) }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one) =>
    typeof one === 'object' && !Array.isArray(one) ? [] : lifecycleCommands(one, origin),
  );
}
