// Who may write into a volume at an environment: Docker fills it with the image's owners and modes.

import type { Blocker } from '../../src/facts/blocker.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRootUser, sameUser, userName } from '../../src/facts/shell/shellState.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isKnown } from '../../src/facts/values.ts';
import { mayLieIn, mayTouch } from './touches.ts';
import { type BoundService, runsOf, stagesBelow, startedCommands } from './venvUse.ts';

/** Somebody who gets into the container, and what is said of them. */
interface User {
  readonly user: string;
  readonly who: string;
}

/**
 * Why somebody who gets into the container (its process, `docker exec`, a devcontainer) could not install into a volume that
 * was filled from the image; before, the folder of the host took what they wrote.
 */
export function userBlocker(bound: BoundService, environment: Environment): Blocker | undefined {
  const { service, own, stage } = bound;
  const { base, final } = own.image.stages[stage]!;
  if (service.user !== undefined && (service.user.kind === 'unknown' || service.user.assumed))
    return { code: 'owner', words: 'its user hangs on a variable' };
  const process = service.user?.kind === 'known' ? service.user.value : final.user;
  const users: User[] = [{ user: process, who: `service ${service.name} runs` }];
  for (const hook of service.hooks) {
    if (hook.user === undefined) continue;
    if (hook.user.kind === 'unknown' || hook.user.assumed)
      return { code: 'owner', words: 'the user of a hook of it hangs on a variable' };
    users.push({ user: hook.user.value, who: `a hook of service ${service.name} runs` });
  }
  for (const { path, open, user, features } of service.devcontainers) {
    if (open !== undefined) return { code: 'owner', words: `${path} says who works in its container, and ${open}` };
    if (user !== undefined) users.push({ user, who: `${path} works` });
    else if (features) return { code: 'owner', words: `${path} adds features, which may bring a user of their own` };
    else if (!base.complete || hasMetadata(bound))
      return { code: 'owner', words: `${path} takes the user that the image names, which is not known` };
  }
  for (const e of runsOf(bound)) {
    if (![e.interpreter, e.install?.target].some((one) => envPathOf(one) === environment.path)) continue;
    users.push({ user: e.user, who: `\`${e.words.slice(0, 2).filter(isKnown).join(' ')}\` runs` });
  }
  // only a COPY has the flag
  const made = own.syntax.instructions[environment.instruction];
  if (made?.flags.some((f) => f.name === 'chmod') && !users.every(({ user }) => isRootUser(user)))
    return { code: 'owner', words: `who may write to ${environment.path} is not known (COPY --chmod)` };
  const numbers = numbersOf(bound);
  const isSure = users.every(({ user }) => isRootUser(user)) || !isOwnerUnsure(bound, environment);
  const known = isSure ? environment : { ...environment, owner: '*' };
  for (const { user, who } of users) {
    const blocker = writeBlocker({ user, who }, known, numbers);
    if (blocker === undefined) continue;
    const changes = startedCommands(bound).some(
      (c) => /^(.*\/)?(chown|chmod|chgrp|setfacl)$/.test(c.words[0]!) && touchesAny(c, environment.path),
    );
    if (changes && isKnown(user))
      return {
        code: 'owner',
        words: `${who} as ${userName(user)}, and the start changes who may write to ${environment.path}`,
      };
    return openedBlocker(bound, environment) ?? blocker;
  }
  const plain = users.find(({ user }) => !isRootUser(user));
  if (plain === undefined) return undefined;
  return modeBlocker(bound, environment) ?? numberBlocker(bound, environment, process);
}

const touchesAny = ({ words, cwd }: Command, path: string): boolean =>
  words.slice(1).some((w) => !w.startsWith('-') && mayTouch(w, cwd, path));

/** Modes that leave its owner all rights. */
const KEEPS =
  /^[0-7]?7[0-7]{2}$|^([ugoa]*\+[rwxXst]+|[go]+[-=+][rwxXstugo]*)(,([ugoa]*\+[rwxXst]+|[go]+[-=+][rwxXstugo]*))*$/;

/** A mode of the image may keep the owner from writing. */
const modeBlocker = (bound: BoundService, environment: Environment): Blocker | undefined =>
  chmodBlocker(bound, environment, (mode) => !KEEPS.test(mode));

/** A mode of the image may let others write. */
const openedBlocker = (bound: BoundService, environment: Environment): Blocker | undefined =>
  chmodBlocker(bound, environment, (mode) => /[goa+=][rwxXstugo]*[wugo]|[2367]$|[2367].$/.test(mode));

function chmodBlocker(
  { own, ...bound }: BoundService,
  { path, stage }: Environment,
  matters: (mode: string) => boolean,
): Blocker | undefined {
  for (const at of new Set([...stagesBelow({ own, ...bound }), stage])) {
    for (const { words, cwd, when } of own.trace.stages[at]?.commands ?? []) {
      if (when !== 'build' || !/^(.*\/)?chmod$/.test(words[0]!)) continue;
      const [mode = '', ...operands] = words.slice(1).filter((w) => !/^-[A-Zcfv]|^--/.test(w));
      const isDeep = words.some((w) => /^-[a-zA-Z]*R|^--recursive$/.test(w));
      if (matters(mode) && operands.some((o) => (isDeep ? mayTouch : mayLieIn)(o, cwd, path)))
        return {
          code: 'owner',
          words: `who may write to ${path} is not known (\`chmod${isKnown(mode) ? ` ${mode}` : ''}\` in the Dockerfile)`,
        };
    }
  }
  return undefined;
}

/** The user may have another number in the container than where the environment was made, so that it is somebody else's. */
function numberBlocker(bound: BoundService, { path }: Environment, process: string): Blocker | undefined {
  const isRenumbering = ({ words }: Command): boolean => {
    const name = words[0]!.slice(words[0]!.lastIndexOf('/') + 1);
    return name === 'fixuid' || (name === 'usermod' && words.some((w) => /^-[a-zA-Z]*u|^--uid/.test(w)));
  };
  const isAnew = ({ words }: Command): boolean =>
    /^(.*\/)?(useradd|adduser)$/.test(words[0]!) || (/^(.*\/)?sed$/.test(words[0]!) && words.includes('/etc/passwd'));
  const built = stagesBelow(bound).flatMap((at) =>
    bound.own.trace.stages[at]!.commands.filter((c) => c.when === 'build'),
  );
  if (built.some(isRenumbering) || startedCommands(bound).some((c) => isRenumbering(c) || isAnew(c)))
    return {
      code: 'owner',
      words: `the number of its user is changed (usermod), so that whose ${path} is then is not known`,
    };
  const { path: file, user } =
    bound.service.devcontainers.find((d) => !d.keepsNumber && !isRootUser(d.user ?? process)) ?? {};
  return file === undefined
    ? undefined
    : {
        code: 'owner',
        words: `${file} works as ${userName(user ?? process)}, whom it gives the number of the host's user on Linux (updateRemoteUserUID), and ${path} would not be theirs then`,
      };
}

function writeBlocker(
  { user, who }: User,
  { path, owner, mixed }: Environment,
  numbers: ReadonlyMap<string, string>,
): Blocker | undefined {
  if (isRootUser(user)) return undefined;
  const as = isKnown(user) ? `as ${userName(user)}` : 'as a user that is not known';
  if (mixed) return { code: 'owner', words: `${who} ${as}, and ${path} has files of several users in the image` };
  const number = (name: string): string => numbers.get(userName(name)) ?? userName(name);
  if (owner !== '*' && (sameUser(owner, user) || number(owner) === number(user))) return undefined;
  if (owner === '*' || !isKnown(owner))
    return { code: 'owner', words: `${who} ${as}, and whose ${path} is in the image is not known` };
  return {
    code: 'foreign owner',
    words: `${who} ${as}, who could not install into a volume at ${path}: in the image it belongs to ${userName(owner)} (\`COPY --chown\` or \`chown -R\` in the Dockerfile would give it away)`,
  };
}

/** Numbers of the users that the image makes, by name. */
function numbersOf(bound: BoundService): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>();
  for (const stage of stagesBelow(bound)) {
    for (const { words, when } of bound.own.trace.stages[stage]!.commands) {
      if (when !== 'build' || !/^(.*\/)?(useradd|adduser)$/.test(words[0]!)) continue;
      let number: string | undefined;
      let name: string | undefined;
      for (let n = 1; n < words.length; n++) {
        const word = words[n]!;
        const glued = /^--uid=(\d+)$/.exec(word)?.[1];
        if (glued !== undefined) number = glued;
        else if (/^(-[a-zA-Z]*u|--uid)$/.test(word)) number = words[++n];
        else if (
          /^(-[a-zA-Z]*[gGdscbkKpehf]|--(gid|groups|home|home-dir|base-dir|shell|gecos|comment|ingroup|password|skel))$/.test(
            word,
          )
        )
          n++;
        else if (!word.startsWith('-')) name ??= word;
      }
      if (name !== undefined && number !== undefined && /^\d+$/.test(number)) numbers.set(name, number);
    }
  }
  return numbers;
}

/** The image carries settings for devcontainers. */
function hasMetadata(bound: BoundService): boolean {
  return stagesBelow(bound).some((at) =>
    bound.own.image.stages[at]!.instructions.some(
      (i) => i.keyword === 'LABEL' && i.logical.text.includes('devcontainer.metadata'),
    ),
  );
}

/** Something that is not followed may have given the environment to somebody: a pattern, `find`, an unknown program. */
function isOwnerUnsure({ own, ...bound }: BoundService, { path, owner }: Environment): boolean {
  return stagesBelow({ own, ...bound }).some((at) => {
    const { commands } = own.trace.stages[at]!;
    const isUnknown = own.trace.events.some(
      (e) =>
        e.kind === 'run' && e.stage === at && e.when === 'build' && e.what === 'unknown' && !sameUser(e.user, owner),
    );
    return (
      isUnknown ||
      commands.some(({ words, cwd, when }) => {
        if (when !== 'build') return false;
        const name = words[0]!.slice(words[0]!.lastIndexOf('/') + 1);
        if (name === 'find' || name === 'xargs') return words.some((w) => /(^|\/)(chown|chmod)$/.test(w));
        if (name === 'setfacl') return true;
        const operands = words.slice(1).filter((w) => !w.startsWith('-'));
        return (
          (name === 'chown' || name === 'chmod') &&
          operands.slice(1).some((o) => (/[*?[{]/.test(o) || !isKnown(o)) && mayTouch(o, cwd, path))
        );
      })
    );
  });
}
