// What a command that installs would do otherwise: by which settings, into what, and who else is in there.

import { envPathOf, isSameInterpreter, type PythonInterpreter } from '../pythonInterpreter.ts';
import { isRootUser, sameUser } from '../shell/shellState.ts';
import { isRun, type RunEvent } from '../trace/events.ts';
import { readable } from '../values.ts';
import {
  type CommandRule,
  type Compared,
  environmentAfter,
  hasSamePath,
  hasSameVariable,
  mayMove,
  openBase,
  rulesWhere,
} from './compared.ts';
import { describe, installWords, placeWords } from './sentences.ts';

const unknownSettings: CommandRule = (compared) => {
  const { before, after } = compared;
  const unread = before.install?.unread ?? after.install?.unread;
  if (unread !== undefined && !(hasSamePath(compared) && hasSameVariable(compared)))
    return {
      code: 'settings',
      words: `${describe(before)} installs by settings that are not known (${readable(unread)})`,
    };
  return undefined;
};

const settingsDiffer: CommandRule = ({ before, after }) => {
  const settingsOf = ({ install }: RunEvent): string => (install?.settings ?? []).join('\n');
  if (settingsOf(before) === settingsOf(after)) return undefined;
  return { code: 'settings', words: `${describe(before)} would install by other settings` };
};

/** `pip config --site` */
const SETS_SITE = /\bconfig .*--site\b|--site .*\bconfig\b/;

const settingsOfAnotherPython: CommandRule = ({ before, after }) => {
  if (before.what === 'pip' && !isSameInterpreter(after.interpreter, before.interpreter) && SETS_SITE.test(before.key))
    return { code: 'settings', words: `${describe(before)} would write the settings of another Python` };
  return undefined;
};

/** Of a command that installs: those below `installMoves` are asked of no other. */
const installTarget = ({ install }: RunEvent): PythonInterpreter => install!.target;

const otherTarget: CommandRule = (compared) => {
  const { before, after } = compared;
  const [from, to] = [installTarget(before), installTarget(after)];
  if (mayMove(from, to, compared)) return undefined;
  const words = `${describe(before)} would install into ${placeWords(to)} instead of ${placeWords(from)}`;
  return { code: 'target', words };
};

const outOfOpenBase: CommandRule = (compared) => {
  const base = openBase(compared);
  if (base === undefined) return undefined;
  const { ref, brings } = base;
  const words =
    brings === 'unknown'
      ? `what the system Python of ${ref} holds is not known`
      : `the system Python of ${ref} holds ${brings.join(', ')}, which it may need`;
  return { code: 'base', words };
};

const noEnvironment: CommandRule = (compared) => {
  if (environmentAfter(installTarget(compared.after), compared) !== undefined) return undefined;
  return {
    code: 'target',
    words: `${describe(compared.before)} would install into an environment that does not stand`,
  };
};

/** What may be in the system's Python may need what leaves it. */
const awayFromOpen: CommandRule = ({ before, after, trace }) => {
  const all = trace.stages[before.stage]?.files.installs.get('system') ?? [];
  const open = [...all].find((id) => id.startsWith('open:'));
  if (open === undefined) return undefined;
  const path = envPathOf(installTarget(after));
  const words = `${describe(before)} would go into ${path}, away from what ${installWords(open)}, which may need it`;
  return { code: 'packages', words };
};

/** Does it take what others installed out of the environment? */
const sweeps = ({ install, words, interpreter }: RunEvent, target: PythonInterpreter): boolean =>
  (install?.exact === true && isSameInterpreter(install.target, target)) ||
  (/(^|\/)pip-sync$/.test(words[0] ?? '') && isSameInterpreter(interpreter, target));

const isBehind = (later: RunEvent, event: RunEvent): boolean =>
  later.when === 'runtime' ||
  later.stage > event.stage ||
  (later.stage === event.stage &&
    (later.instruction > event.instruction ||
      (later.instruction === event.instruction && later.range.start > event.range.start)));

/** Does all that installs into the environment move together, what takes out of it too? */
const movesAsOne = ({ before, trace, options }: Compared): boolean => {
  const from = options.movesEnvironment?.from;
  const stays = ({ install }: RunEvent): boolean => install !== undefined && envPathOf(install.target) === from;
  return from !== undefined && envPathOf(installTarget(before)) === from && !trace.events.filter(isRun).some(stays);
};

const sweptAway: CommandRule = (compared) => {
  const { before, after, trace } = compared;
  if (movesAsOne(compared)) return undefined;
  const target = installTarget(after);
  const sweep = trace.events.filter(isRun).find((event) => sweeps(event, target) && isBehind(event, after));
  if (sweep === undefined) return undefined;
  const words = `${describe(before)} would go into ${envPathOf(target)}, and ${describe(sweep)} takes out of it what is not locked`;
  return { code: 'swept', words };
};

const noPipThere: CommandRule = (compared) => {
  const target = installTarget(compared.after);
  if (compared.before.install?.barePip && environmentAfter(target, compared)?.seeded !== 'yes')
    return { code: 'pip', words: `${envPathOf(target)} has no pip of its own` };
  return undefined;
};

const notOwner: CommandRule = (compared) => {
  const { before, after } = compared;
  const owner = environmentAfter(installTarget(after), compared)?.owner ?? '*';
  if (!isRootUser(before.user) && owner !== '*' && !sameUser(owner, before.user)) {
    const path = envPathOf(installTarget(after));
    return { code: 'user', words: `${describe(before)} runs as ${before.user}, who cannot write to ${path}` };
  }
  return undefined;
};

const userInstall: CommandRule = (compared) => {
  const { before, after } = compared;
  if (after.install?.toUser && !hasSamePath(compared) && envPathOf(after.interpreter) !== undefined) {
    const how = before.words.includes('--user') ? 'uses --user' : 'installs for the user, as its settings say';
    return { code: 'user', words: `${describe(before)} ${how}, which is an error inside an environment` };
  }
  return undefined;
};

const variableTooEarly: CommandRule = ({ before, after }) => {
  if (
    before.install &&
    before.what === 'tool' &&
    after.virtualEnvDangling &&
    !before.virtualEnvDangling &&
    after.install?.target.kind === 'unknown'
  )
    return {
      code: 'variable',
      words: `${describe(before)} would find VIRTUAL_ENV set before the environment stands`,
    };
  return undefined;
};

const installMoves = ({ before, after }: Compared): boolean =>
  before.install !== undefined &&
  after.install !== undefined &&
  !isSameInterpreter(before.install.target, after.install.target);

export const INSTALL_RULES: readonly CommandRule[] = [
  unknownSettings,
  settingsDiffer,
  settingsOfAnotherPython,
  rulesWhere(installMoves, [otherTarget, outOfOpenBase, noEnvironment, awayFromOpen, sweptAway, noPipThere, notOwner]),
  userInstall,
  variableTooEarly,
];
