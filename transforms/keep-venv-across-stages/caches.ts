// Caches of installers under USER: mounts where it does not look, and homes that are not there.

import { describe } from '../../src/facts/compare/sentences.ts';
import { runMounts } from '../../src/facts/copies/stepMounts.ts';
import { anchorOf } from '../../src/facts/imageView.ts';
import { INSTALLERS, installerNamed } from '../../src/facts/installers/index.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRootUser, userName } from '../../src/facts/shell/shellState.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { userLineBefore } from './closedFolders.ts';
import { type AskedImage, lineOfInstruction } from './copiedEnvironments.ts';
import { isSameAs, usersBefore } from './imageUsers.ts';
import { commandAt, fileAbove, stepAt } from './stepFiles.ts';
import { CACHE_OF_OTHER, NO_HOME } from './userDiagnoses.ts';

const CACHES = Object.values(INSTALLERS).flatMap(({ cache }) => cache ?? []);
/** Variables that move a cache. */
const MOVES = ['HOME', 'XDG_CACHE_HOME', ...CACHES.map(({ variable }) => variable)];
const OF_ROOT = new RegExp(`^/root/\\.cache(/(${CACHES.map(({ folder }) => folder).join('|')}))?$`);

/** Commands of the image's build and starts that are not root's, each with what is known of it. */
function othersThanRoot(view: AskedImage): { readonly event: RunEvent; readonly command: Command }[] {
  const { dockerfile, target } = view;
  const chain = new Set(chainOf(dockerfile.image, target).map(({ index }) => index));
  return dockerfile.trace.events.filter(isRun).flatMap((event) => {
    const isOwn = chain.has(event.stage) && (event.when === 'build' || event.stage === target);
    if (!isOwn || event.conditional || !isKnown(event.user) || isRootUser(event.user)) return [];
    const command = commandAt(event, dockerfile);
    return command === undefined ? [] : [{ event, command }];
  });
}

/** Cache mounts in root's home, for steps of somebody else. */
export function cacheMountFindings(view: AskedImage): Finding[] {
  const { dockerfile, facts } = view;
  const seen = new Set<string>();
  return othersThanRoot(view).flatMap(({ event, command }): Finding[] => {
    const name = (event.words[0] ?? '').replace(/^.*\//, '');
    const step = event.when === 'build' ? stepAt(dockerfile, facts, event.instruction) : undefined;
    const { cache } = installerNamed(name) ?? {};
    if (step === undefined || cache === undefined || event.install === undefined) return [];
    const mount = runMounts(step.instruction, step.state, step.stage, dockerfile.syntax.escape).find(
      ({ type, target = '' }) => type === 'cache' && OF_ROOT.test(target),
    );
    const target = mount?.target;
    const isMoved = MOVES.some((one) => {
      const value = command.variables.get(one);
      return value !== undefined && (!isKnown(value) || isWithin(value, '/root'));
    });
    if (target === undefined || isMoved || seen.has(target)) return [];
    seen.add(target);
    const user = userName(event.user);
    const line = userLineBefore(view, event.instruction);
    return [
      {
        diagnosis: CACHE_OF_OTHER,
        path: dockerfile.path,
        offset: step.instruction.start,
        message: `${describe(event)} runs as ${user}${line === undefined ? '' : ` (line ${lineOfInstruction(view, line)})`}, whose cache is not at ${target}: the mount is never used.`,
        reason:
          cache.opens !== undefined
            ? `Write \`--mount=type=cache,target=/tmp/${name}-cache,mode=0777\` and \`ENV ${cache.variable}=/tmp/${name}-cache\`.`
            : `Write the mount at the cache of ${user}, with \`uid=\` of that user.`,
      },
    ];
  });
}

/** An installer that needs its cache under a user whose home is not there. */
export function homeFindings(view: AskedImage): Finding[] {
  const { dockerfile } = view;
  for (const { event, command } of othersThanRoot(view)) {
    const [name = '', ...words] = event.words;
    const { cache, name: tool } = installerNamed(name.replace(/^.*\//, '')) ?? {};
    if (cache?.opens?.test(words.find((word) => !word.startsWith('-')) ?? '') !== true) continue;
    if (words.some((word) => /^(-n|--no-cache|--no-cache-dir|--cache-dir.*)$/.test(word))) continue;
    if ([...MOVES, ...cache.others].some((one) => command.variables.has(one))) continue;
    const home = missingHome(event, view);
    if (home === undefined || hasCacheSettings(event, command, view)) continue;
    const user = userName(event.user);
    const line = userLineBefore(view, event.instruction);
    const end = event.when === 'build' ? 'the build ends here' : 'the container does not start';
    return [
      {
        diagnosis: NO_HOME,
        ...anchorOf(event, dockerfile),
        message: `${describe(event)} runs as ${user}${line === undefined ? '' : ` (line ${lineOfInstruction(view, line)})`}, and ${tool} cannot make its cache in ${home}, ${home === '/' ? 'the home of a user without a name' : 'which is not there'}: ${end}.`,
        reason: `Write \`ENV ${cache.variable}=/tmp/${tool}-cache\` (or \`${cache.others[0]}=1\`) above this line, or make the user with a home (\`useradd --create-home\`).`,
      },
    ];
  }
  return [];
}

/** The settings of the project, or a mount of the step, may move the cache. */
function hasCacheSettings(event: RunEvent, { cwd }: Command, { dockerfile, facts }: AskedImage): boolean {
  const last = dockerfile.image.stages[event.stage]!.instructions.at(-1);
  const step = stepAt(dockerfile, facts, event.when === 'build' ? event.instruction : (last?.index ?? -1));
  if (step === undefined || !isKnown(cwd)) return true;
  if (
    event.when === 'build' &&
    step.instruction.flags.some(({ name, value }) => name === 'mount' && /cache/.test(value ?? ''))
  )
    return true;
  return ['uv.toml', 'pyproject.toml'].some((name) =>
    /^\s*(no-cache|cache-dir)\b/m.test(fileAbove(name, cwd, step) ?? ''),
  );
}

/** The home of the command's user, where it is surely not there and cannot be made. */
function missingHome(event: RunEvent, view: AskedImage): string | undefined {
  const { image, syntax } = view.dockerfile;
  const [first] = chainOf(image, view.target);
  if (first!.base.knownBy === 'nobody' || event.service !== undefined) return undefined;
  const users = usersBefore(view, event.when === 'build' ? event.instruction : Number.POSITIVE_INFINITY);
  if (users === undefined) return undefined;
  const user = users.find((one) => isSameAs(one, event.user));
  const word = userName(event.user);
  // a number may be one that a step gave without naming it, or one of the base's own
  if (user === undefined) {
    const { base } = first!;
    const isPlain = base.complete && base.distribution !== 'ubuntu' && (base.user ?? '') === '';
    const isFree = isPlain && /^[1-9]\d{3,}$/.test(word) && word !== '65534';
    return isFree && users.every(({ number }) => number !== undefined) ? '/' : undefined;
  }
  if (user.hasHome) return undefined;
  const isNamed = syntax.instructions.some(
    ({ index, logical }) => index !== user.instruction && logical.text.includes(user.home),
  );
  const own = syntax.instructions[user.instruction]!.logical.text;
  return isNamed || (own.includes(user.home) && /mkdir|chown|install/.test(own)) ? undefined : user.home;
}
