// What lines of scripts, Makefiles, pages and devcontainer.json mount over the environment of the image that they start.

import type { Facts } from '../../src/facts/facts.ts';
import { installerNamed } from '../../src/facts/installers/index.ts';
import { packagesIn } from '../../src/facts/projectPackages.ts';
import { envKey } from '../../src/facts/pythonInterpreter.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Finding, Level } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { wordSet } from '../../src/text/wordSet.ts';
import { type StartedService, startedServices } from './startedServices.ts';
import { imageVolumes, type Shadow, shadowOf } from './venvMounts.ts';
import { fillsAtStart, makesAtStart, startsIn, usesEnvironment } from './venvUse.ts';
import { sourceOf } from './venvVolumeWords.ts';
import { bindBlocker, inUseBlocker } from './volumeBlockers.ts';
import { VOLUME_DIAGNOSES } from './volumeDiagnoses.ts';
import { isMadeInMount } from './wholeEnvironment.ts';

/** They wait for what somebody types, or for nothing. */
const WAITING = wordSet('sh bash dash ash zsh fish sleep tail');

/** One finding for each file and environment: pages repeat their lines. */
export function startedFindings(facts: Facts): Finding[] {
  const found = new Map<string, Finding>();
  for (const started of startedServices(facts)) {
    for (const environment of started.bound.files.environments.values()) {
      const finding = hiddenBy(started, environment);
      const key = `${started.start.path}\0${environment.path}`;
      if (finding !== undefined && !found.has(key)) found.set(key, finding);
    }
  }
  return [...found.values()];
}

type Bind = Shadow & { readonly kind: 'bind' };

function hiddenBy(started: StartedService, environment: Environment): Finding | undefined {
  const { start, bound } = started;
  const { path } = environment;
  if (!isKnown(path) || environment.conditional || isMadeInMount(bound, environment)) return undefined;
  if (packagesIn(bound.files, envKey(path)).length === 0) return undefined;
  const volumes = imageVolumes(bound.dockerfile.syntax, bound.own.image, bound.stage);
  const shadow = shadowOf(path, bound.service, volumes);
  // what the service itself mounts is said of its own entry
  if (shadow.kind === 'bind' && shadow.mount.origin.path !== start.path) return undefined;
  if (shadow.kind !== 'bind' || !usesEnvironment(bound, environment) || makesAtStart(bound, path)) return undefined;
  const isStarted = startsIn(bound, environment);
  // what reads a file needs no environment
  const [program] = start.command ?? [];
  if (!isStarted && program !== undefined && start.form !== 'create' && !WAITING.has(program.replace(/^.*\//, '')))
    return undefined;
  return {
    diagnosis: VOLUME_DIAGNOSES.hidden,
    level: coveringLevel(started, environment),
    path: start.path,
    offset: start.offset,
    message: coveringMessage(started, environment, shadow),
    reason: coveringRemedy(started, environment, shadow),
  };
}

function coveringLevel({ start, bound }: StartedService, environment: Environment): Level {
  const isSure = start.kind === 'machine' && start.starts?.assumed === false && !start.isOpen;
  // a tool that makes it anew in the mounted folder starts all the same
  const isMade = fillsAtStart(bound, environment.path).length > 0;
  return isSure && !isMade && startsIn(bound, environment) ? 'broken' : 'fragile';
}

function coveringMessage({ start, bound }: StartedService, environment: Environment, { mount, target }: Bind): string {
  const { dockerfile, own } = bound;
  const { path } = environment;
  const made = own.syntax.instructions[environment.instruction];
  const line = made === undefined ? '' : ` (line ${lineMark(dockerfile.path, made.start)})`;
  const who = start.form === 'create' ? 'The devcontainer' : `\`${start.said}\``;
  const open = start.isOpen ? ', unless its variables add a volume there' : '';
  const assumed = start.starts?.assumed ? `, if the image is built from ${dockerfile.path}` : '';
  const over = target === path ? `onto ${path}` : `over ${target}`;
  const what = target === path ? `the environment that ${dockerfile.path}${line} makes there` : '';
  const hides = what || `the environment that ${dockerfile.path}${line} makes at ${path}`;
  return `${who} mounts ${sourceOf(mount)} ${over}, which hides ${hides}${assumed}${open}.`;
}

function coveringRemedy({ start, bound }: StartedService, environment: Environment, shadow: Bind): string {
  const { path } = environment;
  const move = `${moveWords(environment)}, outside of ${shadow.target === path ? path : shadow.target}`;
  const isUnfit =
    bindBlocker(bound, environment, shadow) !== undefined || inUseBlocker(bound, environment) !== undefined;
  if (isUnfit) return `Make the environment elsewhere: ${move}.`;
  const entry =
    start.form === 'create'
      ? `Add \`"type=volume,target=${path}"\` to \`mounts\`, so that Docker fills a volume there from the image`
      : `Write \`-v ${path}\` behind that mount, so that Docker fills a volume there from the image`;
  return `${entry}; or make the environment elsewhere: ${move}.`;
}

/** The line by which the tool that made it puts it outside of the project. */
export const moveWords = ({ kind }: Pick<Environment, 'kind'>): string =>
  installerNamed(kind)?.elsewhere?.image ?? 'for example at /opt/venv';
