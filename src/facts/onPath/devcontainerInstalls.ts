// What a dev container installs by pip once it stands, as a user who cannot write to the environment that ENV would give it.

import { readJsonc } from '../../text/jsonc.ts';
import type { Blocker } from '../blocker.ts';
import { isDevcontainer } from '../compose/devcontainers.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { folderAbove, joinInRepository } from '../repositoryPlace.ts';
import { isRootUser, sameUser } from '../shell/shellState.ts';
import { pathsFitting } from '../sourcePaths.ts';
import { isKnown } from '../values.ts';
import type { OnPath } from './imageReaders.ts';

const HOOK = /^(onCreate|updateContent|postCreate|postStart|postAttach)Command$/;
const INSTALLS = /\bpip[\d.]*\b[^&|;]*\binstall\b/;
/** Images whose metadata let this user in where the file names none. */
const DEFAULT_USER = /(^|\/)devcontainers\//;

/** A user's own folder takes what pip cannot write to the system's Python, and nothing takes what it cannot write to an environment. */
export function devcontainerBlocker({ dockerfile, path, facts }: OnPath): Blocker | undefined {
  for (const file of pathsFitting(facts.snapshot, isDevcontainer)) {
    const fields = readJsonc(facts.snapshot.read(file) ?? '');
    if (typeof fields !== 'object' || fields === null || !starts(file, fields, dockerfile)) continue;
    const hook = Object.entries(fields).find(([name, value]) => HOOK.test(name) && INSTALLS.test(hookText(value)));
    const user = hook === undefined ? undefined : devcontainerUser(fields, dockerfile);
    if (user === undefined || isRootUser(user) || mayWrite(user, path, dockerfile)) continue;
    const words = `${hook![0]} of ${file} installs as ${user}, who cannot write to ${path}`;
    return { code: 'user', words };
  }
  return undefined;
}

/** Is the container built from this Dockerfile, by itself or as a compose service? */
function starts(file: string, fields: object, dockerfile: DockerfileFacts): boolean {
  const { build, dockerFile } = fields as { build?: { dockerfile?: unknown }; dockerFile?: unknown };
  const named = build?.dockerfile ?? dockerFile;
  if (typeof named === 'string') return joinInRepository(folderAbove(file), named) === dockerfile.path;
  return dockerfile.services.some((service) => service.devcontainers.some((one) => one.path === file));
}

/** A command as one text: a list is words, a map is commands. */
function hookText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(hookText).join(' ');
  return Object.values(value ?? {})
    .map(hookText)
    .join(' ; ');
}

function devcontainerUser(fields: object, { image }: DockerfileFacts): string | undefined {
  const { remoteUser, containerUser } = fields as { remoteUser?: unknown; containerUser?: unknown };
  const named = remoteUser ?? containerUser;
  if (typeof named === 'string') return named;
  const last = image.stages.at(-1)!;
  return DEFAULT_USER.test(last.base.ref) ? 'vscode' : isKnown(last.final.user) ? last.final.user : undefined;
}

/** It made the environment, or some step gives it away or opens it. */
function mayWrite(user: string, path: string, { trace }: DockerfileFacts): boolean {
  return trace.stages.some(({ files, commands }) => {
    const environment = files.environments.get(path);
    if (environment !== undefined && sameUser(environment.owner, user)) return true;
    return commands.some(
      ({ words }) =>
        /(^|\/)(chown|chmod|chgrp|setfacl)$/.test(words[0] ?? '') &&
        words.some((word) => path.startsWith(word.replace(/\/+$/, '')) && word.startsWith('/')),
    );
  });
}
