// devcontainer.json files that start compose services: whom they let in, and what they run there.

import type { Snapshot } from '../../model.ts';
import { readJsonc } from '../../text/jsonc.ts';
import { folderOf, joinInside } from '../place.ts';
import type { CommandFacts, DevcontainerFacts, HookFacts, Origin, Piece, ServiceFacts } from './serviceFacts.ts';

const NAME = /(^|\/)(\.devcontainer\/([^/]+\/)?devcontainer\.json|\.devcontainer\.json)$/;
/** Commands that run in the container, in order; initializeCommand runs on the host. */
const HOOKS = [
  'onCreateCommand',
  'updateContentCommand',
  'postCreateCommand',
  'postStartCommand',
  'postAttachCommand',
] as const;

type Fields = Readonly<Record<string, unknown>>;

interface Found {
  readonly facts: DevcontainerFacts;
  /** undefined: it may be any. */
  readonly files: readonly string[] | undefined;
  readonly service: string | undefined;
}

/** The services, each with the devcontainer.json files that name it. */
export function withDevcontainers(services: readonly ServiceFacts[], snapshot: Snapshot): ServiceFacts[] {
  const found: Found[] = [];
  for (const [path, kind] of snapshot.paths) {
    if (kind !== 'file' && kind !== 'executable') continue;
    if (!NAME.test(path)) continue;
    const one = readOne(path, snapshot);
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

function readOne(path: string, snapshot: Snapshot): Found | undefined {
  const text = snapshot.read(path);
  const value = text === undefined ? undefined : readJsonc(text);
  const none = { path, keepsNumber: false, features: false, hooks: [], environment: new Map<string, Piece<string>>() };
  if (typeof value !== 'object' || value === null)
    return { facts: { ...none, open: 'it cannot be read' }, files: undefined, service: undefined };
  const fields = value as Fields;
  const named = fields.dockerComposeFile;
  if (named === undefined) return undefined;
  const texts = (Array.isArray(named) ? named : [named]).map((name) => textOf(name));
  const files = texts.map((name) => (name === undefined ? undefined : joinInside(folderOf(path), name)));
  const known = files.filter((file) => file !== undefined);
  const service = textOf(fields.service);
  const written = fields.remoteUser ?? fields.containerUser;
  const user = textOf(written);
  const origin: Origin = { path, range: { start: 0, end: 0 } };
  const environment = new Map([
    ...environmentOf(fields.containerEnv, origin),
    ...environmentOf(fields.remoteEnv, origin),
  ]);
  const workingDir = textOf(fields.workspaceFolder);
  const hook = (command: CommandFacts): HookFacts => ({
    command,
    environment,
    ...(user === undefined ? {} : { user: pieceOf(user, origin) }),
    ...(workingDir === undefined ? {} : { workingDir: pieceOf(workingDir, origin) }),
  });
  const open = written !== undefined && user === undefined ? 'its remoteUser hangs on a variable' : undefined;
  return {
    facts: {
      path,
      open,
      ...(user === undefined ? {} : { user }),
      keepsNumber: fields.updateRemoteUserUID === false,
      features: typeof fields.features === 'object' && Object.keys(fields.features ?? {}).length > 0,
      hooks: HOOKS.flatMap((name) => commandsOf(fields[name], origin)).map(hook),
      environment,
    },
    files: known.length < files.length ? undefined : known,
    service,
  };
}

/** A text without variables. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && !value.includes('${') ? value : undefined;

const pieceOf = (value: string, origin: Origin): Piece<string> => ({ known: true, value, assumed: false, origin });

function environmentOf(value: unknown, origin: Origin): ReadonlyMap<string, Piece<string>> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).map(([name, one]) => {
      const text = textOf(one);
      return [
        name,
        text === undefined ? { known: false, reason: 'a variable is part of it', origin } : pieceOf(text, origin),
      ];
    }),
  );
}

/** A text for a shell, a list of words, or a map of such that run side by side. */
function commandsOf(value: unknown, origin: Origin): CommandFacts[] {
  const common = { assumed: false, contents: [], origin } as const;
  if (typeof value === 'string') return [{ ...common, form: 'list', words: ['/bin/sh', '-c', value] }];
  if (Array.isArray(value)) return [{ ...common, form: 'list', words: value.map((word) => textOf(word)) }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one) =>
    typeof one === 'object' && !Array.isArray(one) ? [] : commandsOf(one, origin),
  );
}
