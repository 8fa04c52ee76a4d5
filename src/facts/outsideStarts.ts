// Commands that run outside the environment that has the project's packages.

import { PROGRAM_TABLES, PYPROJECT } from '../parse/manifests/pyproject.ts';
import { parseToml, tableAt } from '../parse/manifests/toml.ts';
import { isBroughtProgram } from './broughtPrograms.ts';
import type { DockerfileFacts } from './dockerfileFacts.ts';
import { filesOfImage, type ImageView, startsWithin } from './imageView.ts';
import { type Needs, needsOf, needsOfModule, packagesIn } from './projectPackages.ts';
import { envKey, envPathOf } from './pythonInterpreter.ts';
import { pythonWords } from './pythonWords.ts';
import { isRun, type RunEvent, type TraceEvent } from './trace/events.ts';
import { PYTHON_PROGRAMS } from './trace/names.ts';
import { systemReach } from './trace/systemPlaces.ts';
import { absolute, isKnown } from './values.ts';

/** A command that does not find what it needs. */
export interface OutsideStart {
  readonly event: RunEvent;
  /** `missing`: there is no such program along PATH; `system`: it runs the system's Python; `perhaps`: what it asks for cannot be read. */
  readonly how: 'missing' | 'system' | 'perhaps';
}

/** Starts that run the system's Python, or nothing; the packages are elsewhere. */
export const outsideStarts = (view: ImageView): OutsideStart[] =>
  startsWithin(view).flatMap((event) => {
    const how = howOutside(event, view);
    return how === undefined ? [] : [{ event, how }];
  });

/** How the event misses what it asks for; undefined: it does not, or nobody can say. */
export function howOutside(event: RunEvent, view: ImageView): OutsideStart['how'] | undefined {
  if (event.implied || event.conditional || event.opaque !== undefined || event.install !== undefined) return undefined;
  if (event.interpreter.kind !== 'system' || event.pathReset !== undefined) return undefined;
  if (hasOwnPackages(event, view)) return undefined;
  const name = event.words[0] ?? '';
  if (event.what === 'program' && PYTHON_PROGRAMS.has(name))
    return isBroughtProgram(name, view) ? undefined : 'missing';
  if (event.what === 'unknown') return isProjectsProgram(name, view.dockerfile) ? 'missing' : undefined;
  if (event.what !== 'python') return undefined;
  const needs = needsOfCall(event, view);
  if (needs === 'nothing') return undefined;
  return needs === 'packages' ? 'system' : 'perhaps';
}

/** Has the start installed packages before, or does its service name a folder of them? */
export function hasOwnPackages(event: RunEvent, { dockerfile }: ImageView): boolean {
  const service = dockerfile.services.find(({ name }) => name === event.service);
  const mounted =
    service?.mounts.some(({ target }) => target.kind !== 'known' || systemReach(target.value) !== 'no') ?? false;
  const named = service?.environment.has('PYTHONPATH') ?? false;
  return mounted || named || [...event.sees].some((id) => !id.startsWith('tool:'));
}

/** What a call of python asks for; a program in its words, and a prompt, ask for nothing that is read here. */
export function needsOfCall(event: RunEvent, view: ImageView): Needs {
  const { dockerfile, target } = view;
  const { module, code, rest } = pythonWords(event.words);
  const service = dockerfile.services.find((one) => one.name === event.service);
  const { cwd } = dockerfile.image.stages[target]!.final;
  const folder = service?.workingDir?.kind === 'known' ? absolute(service.workingDir.value, cwd) : cwd;
  const stage = dockerfile.trace.stages[target]!;
  if (module !== undefined)
    return !isKnown(module) || isBroughtProgram(module, view) ? 'nothing' : needsOfModule(module, folder, stage);
  const script = event.words[rest];
  if (code || script === undefined || script === '-' || !isKnown(script)) return 'nothing';
  return needsOf(absolute(script, folder), stage);
}

/** May the system's Python hold more than tools? */
export function isSystemOpen(view: ImageView): boolean {
  const { brings } = view.dockerfile.image.stages[view.target]!.base;
  if (brings === 'unknown' || brings.length > 0) return true;
  return [...(filesOfImage(view).installs.get('system') ?? [])].some((id) => !id.startsWith('tool:'));
}

/** Is it a command that the project itself installs? */
export function isProjectsProgram(name: string, { image, trace }: DockerfileFacts): boolean {
  if (!/^[\w.-]+$/.test(name)) return false;
  return image.stages.some((stage) => {
    const manifest = trace.stages[stage.index]!.readImage(absolute(PYPROJECT, stage.final.cwd));
    const { table } = parseToml(manifest?.text ?? '');
    return PROGRAM_TABLES.some((keys) => tableAt(table, ...keys)?.[name] !== undefined);
  });
}

/** What a script that starts with the container activates for what it starts alone. */
export const activatedAtStart = ({ dockerfile, target }: ImageView, path: string): TraceEvent | undefined =>
  dockerfile.trace.events.find(
    (one) =>
      one.kind === 'activate' &&
      one.when === 'runtime' &&
      one.stage === target &&
      one.path === path &&
      one.file !== undefined &&
      one.effect === 'works' &&
      one.service === undefined,
  );

/** Does some start get to the environment's programs by their paths, or by an activation of its own? */
export const reachesByItself = (view: ImageView, path: string): RunEvent | undefined =>
  startsWithin(view).find(
    (event) =>
      !event.implied && envPathOf(event.interpreter) === path && event.what !== 'tool' && event.service === undefined,
  );

/** Calls of manage.py in the build, behind which the packages are, that do not find them. */
export function outsideSteps(view: ImageView, path: string): OutsideStart[] {
  const { dockerfile, target } = view;
  const stage = dockerfile.trace.stages[target]!;
  const { instructions, before } = dockerfile.image.stages[target]!;
  return dockerfile.trace.events.filter(isRun).flatMap((event) => {
    if (event.stage !== target || event.when !== 'build' || event.conditional || event.interpreter.kind !== 'system')
      return [];
    const script = event.words.find((word) => /(^|\/)manage\.py$/.test(word));
    const at = instructions.findIndex(({ index }) => index === event.instruction);
    const files = stage.before[at];
    if (event.what !== 'python' || script === undefined || files === undefined) return [];
    if (packagesIn(files, envKey(path)).length === 0) return [];
    const needs = needsOf(absolute(script, before[at]!.cwd), stage);
    return needs === 'nothing' ? [] : [{ event, how: needs === 'packages' ? 'system' : 'perhaps' }];
  });
}
