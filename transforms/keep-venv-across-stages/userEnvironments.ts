// Environments of one user in the hands of another: what `uv run` would change, and what poetry and pipenv do not find.

import { describe } from '../../src/facts/compare/sentences.ts';
import { anchorOf, filesOfImage, startsWithin } from '../../src/facts/imageView.ts';
import { isYes } from '../../src/facts/installers/callState.ts';
import { INSTALLERS, installerNamed } from '../../src/facts/installers/index.ts';
import { isProjectsProgram, needsOfCall } from '../../src/facts/outsideStarts.ts';
import { envPathOf, isSameInterpreter } from '../../src/facts/pythonInterpreter.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRootUser, sameUser, userName } from '../../src/facts/shell/shellState.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { PYTHON_PROGRAMS } from '../../src/facts/trace/names.ts';
import { isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { parsePyproject } from '../../src/parse/manifests/pyproject.ts';
import { type AskedImage, lineOfInstruction } from './copiedEnvironments.ts';
import { commandAt, fileAbove, stepAt } from './stepFiles.ts';
import { OTHER_HOME, SYNCED_BY_OTHER } from './userDiagnoses.ts';

/** Starts by `uv run` that would bring an environment of somebody else up to its lock. */
export function syncedFindings(view: AskedImage): Finding[] {
  const { dockerfile } = view;
  for (const event of startsWithin(view)) {
    const path = envPathOf(event.install?.target);
    const environment = filesOfImage(view).environments.get(path ?? '');
    if (environment === undefined || event.conditional || event.shadowed !== undefined) continue;
    const command = commandAt(event, dockerfile);
    const { withoutSync } = installerNamed(event.words[0] ?? '')?.run ?? {};
    if (withoutSync === undefined || event.words[1] === INSTALLERS.pip.name) continue;
    if (command === undefined || isYes(command.variables.get(withoutSync.variable))) continue;
    if (!isOthers(environment, event.user)) continue;
    const dev = leavesDev(event, environment, view);
    const user = userName(event.user);
    const owner = userName(environment.owner);
    return [
      {
        diagnosis: SYNCED_BY_OTHER,
        level: dev === undefined ? 'fragile' : 'broken',
        ...anchorOf(event, dockerfile),
        message:
          dev === undefined
            ? `${describe(event)} brings ${readable(environment.path)} up to the lock at each start, as ${user}; it belongs to ${owner} (line ${lineOfInstruction(view, environment.instruction)}): whatever there is to change, the start ends with "Permission denied".`
            : `${describe(event)} installs the development packages that line ${lineOfInstruction(view, dev)} leaves out, as ${user}, and ${readable(environment.path)} belongs to ${owner}: the start ends with "Permission denied".`,
        reason: `Write \`ENV ${withoutSync.variable}=1\`, or \`${event.words[0]} run ${withoutSync.flag}\`, or call the program itself with the environment on PATH.`,
      },
    ];
  }
  return [];
}

const isOthers = ({ owner, mixed, conditional }: Environment, user: string): boolean =>
  !mixed &&
  !conditional &&
  owner !== '*' &&
  isKnown(owner) &&
  isKnown(user) &&
  !isRootUser(user) &&
  isRootUser(owner) &&
  !sameUser(owner, user);

const NO_DEV = /^(--no-dev|--no-default-groups|--no-group(=dev)?|--only-group.*|--no-all-groups)$/;

/** The step that synced without the development packages which the start would bring; undefined: there is none for sure. */
function leavesDev(
  event: RunEvent,
  { createdAt, stage }: Environment,
  { dockerfile, facts }: AskedImage,
): number | undefined {
  const syncs = dockerfile.trace.events
    .filter(isRun)
    .filter((one) => one.stage === stage && one.when === 'build' && envPathOf(one.install?.target) === createdAt);
  const last = syncs.at(-1);
  const command = last === undefined ? undefined : commandAt(last, dockerfile);
  const step = last === undefined ? undefined : stepAt(dockerfile, facts, last.instruction);
  if (last === undefined || command === undefined || step === undefined || last.words[1] !== 'sync') return undefined;
  const own = commandAt(event, dockerfile);
  if (isYes(own?.variables.get('UV_NO_DEV')) || isYes(own?.variables.get('UV_NO_DEFAULT_GROUPS'))) return undefined;
  if (!last.words.includes('--no-dev') || event.words.some((word) => NO_DEV.test(word))) return undefined;
  const { dependencyGroups, uv } = parsePyproject(fileAbove('pyproject.toml', command.cwd, step) ?? '');
  if (dependencyGroups === 'unknown' || uv?.defaultGroups !== undefined) return undefined;
  const dev = [...(dependencyGroups.get('dev') ?? []), ...(uv?.devDependencies ?? [])];
  return dev.length > 0 ? last.instruction : undefined;
}

/** Installers that keep environments of projects in the home of a user. */
const KEEPING = Object.values(INSTALLERS).filter(({ variables }) => variables.keeps.length > 0);
/** What moves the folder of environments. */
const MOVES_HOME = [
  ...['HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME'],
  ...KEEPING.flatMap(({ variables }) => variables.keeps),
];

/** Starts by poetry or pipenv as another user than the one that installed. */
export function homeEnvironmentFindings(view: AskedImage): Finding[] {
  const { dockerfile, target } = view;
  const chain = new Set(chainOf(dockerfile.image, target).map(({ index }) => index));
  const { final } = dockerfile.image.stages[target]!;
  const { configured } = filesOfImage(view);
  if (MOVES_HOME.some((name) => final.env.has(name))) return [];
  if (configured.has('virtualenvs.path') || configured.has('cache-dir')) return [];
  for (const event of startsWithin(view)) {
    const { interpreter, words, user } = event;
    const [name = '', run] = words;
    const installer = KEEPING.find((one) => one.name === name);
    if (run !== 'run' || installer === undefined || event.conditional || !isKnown(user)) continue;
    if (interpreter.kind !== 'elsewhere' || interpreter.place !== `${name} cache`) continue;
    const installs = dockerfile.trace.events
      .filter(isRun)
      .filter(
        (one) => chain.has(one.stage) && one.when === 'build' && isSameInterpreter(one.install?.target, interpreter),
      );
    const [install] = installs;
    if (install === undefined || installs.some((one) => !isKnown(one.user) || sameUser(one.user, user))) continue;
    const needs = needsBehindRun(event, view);
    if (needs === 'nothing') continue;
    return [
      {
        diagnosis: OTHER_HOME,
        level: needs === 'packages' ? 'broken' : 'fragile',
        ...anchorOf(event, dockerfile),
        message: `${describe(event)} runs as ${userName(user)}, and ${describe(install)} (line ${lineOfInstruction(view, install.instruction)}) put the packages into the cache of ${userName(install.user)}: ${name} makes a new, empty environment (ModuleNotFoundError).`,
        reason: `Write \`ENV ${installer.variables.inProject}=1\` above line ${lineOfInstruction(view, install.instruction)}, so that they lie in .venv of the project, or install behind USER.`,
      },
    ];
  }
  return [];
}

function needsBehindRun(event: RunEvent, view: AskedImage): 'packages' | 'nothing' | 'open' {
  const words = event.words.slice(2);
  const name = words[0] ?? '';
  if (/^python[\d.]*$/.test(name)) return needsOfCall({ ...event, words }, view);
  return PYTHON_PROGRAMS.has(name) || isProjectsProgram(name, view.dockerfile) ? 'packages' : 'open';
}
