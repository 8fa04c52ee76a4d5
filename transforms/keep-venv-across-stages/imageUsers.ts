// The users that steps of an image make, with their homes and numbers, and which folders are closed to them.

import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRootUser, userName } from '../../src/facts/shell/shellState.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import type { AskedImage } from './copiedEnvironments.ts';

/** A user as a step makes it. */
export interface ImageUser {
  readonly name: string;
  readonly number: string | undefined;
  /** Its home in /etc/passwd. */
  readonly home: string;
  /** Is that folder made with it? */
  readonly hasHome: boolean;
  /** Index of the instruction. */
  readonly instruction: number;
}

const VALUES =
  /^(-[a-zA-Z]*[gGdscbkKpehfuhr]|--(gid|uid|groups|home|home-dir|home_dir|base-dir|shell|gecos|comment|ingroup|password|skel|expiredate|inactive|key|root|conf|firstuid|lastuid))$/;

/** Commands of the build that stand before an instruction, in the stages that the image is made of. */
export function stepsBefore({ dockerfile, target }: AskedImage, instruction: number): Command[] {
  return chainOf(dockerfile.image, target).flatMap(({ index }) =>
    dockerfile.trace.stages[index]!.commands.filter((one) => one.when === 'build' && one.instruction < instruction),
  );
}

/** Users that steps before the instruction make; undefined: a step may make others. */
export function usersBefore(view: AskedImage, instruction: number): ImageUser[] | undefined {
  const users: ImageUser[] = [];
  const isDebian = view.dockerfile.image.stages[view.target]!.base.distribution === 'debian';
  const isUbuntu = view.dockerfile.image.stages[view.target]!.base.distribution === 'ubuntu';
  for (const command of stepsBefore(view, instruction)) {
    const name = (command.words[0] ?? '').replace(/^.*\//, '');
    if (/^(usermod|userdel|deluser|newusers|fixuid|vipw)$/.test(name)) return undefined;
    if (command.words.some((word) => word.includes('/etc/passwd'))) return undefined;
    if (name !== 'useradd' && name !== 'adduser') continue;
    const user = isDebian || isUbuntu ? userOf(name, command) : undefined;
    if (user === undefined) return undefined;
    users.push(user);
  }
  return users;
}

/** As Debian's useradd and adduser read their words. */
function userOf(name: 'useradd' | 'adduser', { words, conditional, instruction }: Command): ImageUser | undefined {
  const operands: string[] = [];
  const given = new Map<string, string>();
  for (let n = 1; n < words.length; n++) {
    const word = words[n]!;
    const [, long, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    if (long !== undefined) given.set(long, value!);
    else if (
      VALUES.test(word) &&
      !(name === 'adduser' && /^-/.test(word) && !word.startsWith('--') && !/^-[ug]$/.test(word))
    )
      given.set(word.startsWith('--') ? word : `-${word.at(-1)}`, words[++n] ?? '');
    else if (!word.startsWith('-')) operands.push(word);
    if (word.startsWith('-') && !word.startsWith('--'))
      for (const letter of word.slice(1)) given.set(`-${letter}`, given.get(`-${letter}`) ?? '');
    else if (long === undefined && word.startsWith('--')) given.set(word, given.get(word) ?? '');
  }
  const [own] = operands;
  if (own === undefined || !words.every(isKnown) || conditional) return undefined;
  const isSystem = given.has('--system') || (name === 'useradd' && given.has('-r'));
  const set = given.get('--home') ?? given.get('--home-dir') ?? (name === 'useradd' ? given.get('-d') : undefined);
  const home = set ?? `/home/${own}`;
  const refused = given.has('--no-create-home') || given.has('-M') || (name === 'adduser' && given.has('-H'));
  // whether adduser makes the home of a system user differs between releases
  const isMade =
    name === 'useradd'
      ? given.has('-m') || given.has('--create-home')
      : (isSystem && set === undefined) || home !== '/nonexistent';
  return { name: own, number: given.get('--uid') ?? given.get('-u'), home, hasHome: isMade && !refused, instruction };
}

/** Names and numbers that are the same user. */
export const isSameAs = (user: ImageUser, word: string): boolean => {
  const name = userName(word);
  return name === user.name || name === user.number;
};

/** Folders that root has in every official image, and that are closed to others. */
const OF_ROOT = /^\/(opt|srv|usr|etc|bin|sbin|lib|root|boot|media|mnt|var)$/;
const OPEN_TO_ALL = /^\/(tmp|home|dev|proc|sys|run|var\/tmp|var\/lock)(\/|$)/;

/**
 * The folder that keeps `user` from making `path` before the instruction: it is root's, and nothing is known to have given it, or
 * anything above or below it, to anybody. Undefined: there is none, or that is not known.
 */
export function closedFolder(
  view: AskedImage,
  path: string,
  at: { readonly instruction: number; readonly user: string },
): string | undefined {
  const { dockerfile, target } = view;
  const { image, trace } = dockerfile;
  const chain = chainOf(image, target);
  if (chain[0]!.base.knownBy === 'nobody' || !isKnown(path) || !isKnown(at.user) || isRootUser(at.user))
    return undefined;
  if (OPEN_TO_ALL.test(path) || path === '/') return undefined;
  const isRelated = (other: string): boolean => !isKnown(other) || isWithin(other, path) || isWithin(path, other);
  const users = usersBefore(view, at.instruction);
  if (users === undefined || users.some(({ home }) => home !== '/nonexistent' && isRelated(home))) return undefined;
  const isOpen = trace.events.some(
    (event) =>
      isRun(event) &&
      chain.some(({ index }) => index === event.stage) &&
      event.when === 'build' &&
      event.instruction < at.instruction &&
      (event.opaque !== undefined || (event.what === 'unknown' && event.words[0] !== 'sudo')),
  );
  if (isOpen || stepsBefore(view, at.instruction + 1).some((one) => mayGive(one, isRelated))) return undefined;
  let folder: string | undefined;
  for (const stage of chain) {
    for (const [n, one] of stage.instructions.entries()) {
      if (one.index >= at.instruction) break;
      const state = stage.before[n]!;
      const next = stage.before[n + 1] ?? stage.final;
      if (one.keyword === 'VOLUME') return undefined;
      if (one.keyword === 'WORKDIR' && isRelated(next.cwd)) {
        // whose a working folder becomes behind USER differs between builders
        if (!isRootUser(state.user) && next.cwd !== '/') return undefined;
        if (isWithin(path, next.cwd) && next.cwd !== '/') folder = next.cwd;
      }
    }
  }
  for (const copy of trace.stages[target]!.files.copies) {
    if (copy.instruction.index >= at.instruction || !isRelated(copy.destination)) continue;
    if (copy.instruction.flags.some(({ name }) => name === 'chown' || name === 'chmod')) return undefined;
  }
  if (folder !== undefined) return folder;
  const [top = '/'] = /^\/[^/]+/.exec(path) ?? [];
  return OF_ROOT.test(top) && path !== top ? top : '/';
}

/** Commands that may give what they name to somebody, or bring it with its owners. */
const GIVES = /^(chown|chgrp|chmod|setfacl|install|cp|mv|ln|rsync|git|tar|unzip|find|xargs|umask)$/;

function mayGive({ words, cwd, user }: Command, isRelated: (path: string) => boolean): boolean {
  const name = (words[0] ?? '').replace(/^.*\//, '');
  if (!GIVES.test(name) && (name !== 'mkdir' || isRootUser(user))) return false;
  return words
    .slice(1)
    .some((word) => !word.startsWith('-') && (/[*?[{]/.test(word) || isRelated(absolute(word, cwd))));
}
