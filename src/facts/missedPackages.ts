// Starts that ask for packages of the project in a Python that is known to have none, while another one has them.

import { isBroughtProgram } from './broughtPrograms.ts';
import { filesOfImage, type ImageView } from './imageView.ts';
import { hasOwnPackages, isSystemOpen, needsOfCall } from './outsideStarts.ts';
import { packagesIn } from './projectPackages.ts';
import { envPathOf, type InterpreterKey, interpreterKey } from './pythonInterpreter.ts';
import type { RunEvent } from './trace/events.ts';
import { PYTHON_PROGRAMS } from './trace/names.ts';
import { isKnown } from './values.ts';

/** Environments of a tool that have no path that is known. */
const CACHES: readonly InterpreterKey[] = ['elsewhere:poetry cache', 'elsewhere:pipenv cache'];
const RUNNERS = /^(poetry|pipenv|uv)$/;

/** What a start misses, and the one place that has packages. */
export interface MissedPackages {
  readonly needs: 'packages' | 'open';
  readonly holder: InterpreterKey;
}

/** Undefined: the start has what it asks for, or nobody can say. */
export function missedPackages(event: RunEvent, view: ImageView): MissedPackages | undefined {
  const files = filesOfImage(view);
  const needs = needsOfStart(event, view);
  if (needs === undefined || !isKnownAndEmpty(event, view)) return undefined;
  const own = interpreterKey(event.interpreter);
  const holders = [...files.installs.keys()].filter((key) => key !== own && packagesIn(files, key).length > 0);
  const [holder] = holders;
  if (holder === undefined || holders.length > 1 || !isElsewhere(holder, own)) return undefined;
  // a build argument may name the start's own
  return isKnown(holder) ? { needs, holder } : undefined;
}

/** Can what runs in `own` not come by what is there? An environment beside the system's Python may come onto PATH. */
const isElsewhere = (holder: InterpreterKey, own: InterpreterKey): boolean =>
  holder === 'system' || CACHES.includes(holder) || (holder.startsWith('env:') && own.startsWith('env:'));

/** Does it ask for packages, as far as one can read? Undefined: it does not, or nobody can say. */
function needsOfStart(event: RunEvent, view: ImageView): 'packages' | 'open' | undefined {
  if (event.implied || event.conditional || event.opaque !== undefined || event.install !== undefined) return undefined;
  if (event.pathReset !== undefined || event.shadowed !== undefined) return undefined;
  if (view.dockerfile.image.stages[view.target]!.final.env.has('PYTHONPATH')) return undefined;
  const runner = RUNNERS.test(event.words[0] ?? '') ? event.words.indexOf('run') : -1;
  if (event.what === 'tool') return runner > 0 ? 'packages' : undefined;
  if (event.what === 'program')
    return PYTHON_PROGRAMS.has(event.words[0] ?? '') && !isBroughtProgram(event.words[0]!, view)
      ? 'packages'
      : undefined;
  if (event.what !== 'python') return undefined;
  const needs = needsOfCall(event, view);
  return needs === 'nothing' ? undefined : needs;
}

/** Is all that its Python holds known, and no package of the project among it? */
function isKnownAndEmpty(event: RunEvent, view: ImageView): boolean {
  const { interpreter } = event;
  const files = filesOfImage(view);
  if (interpreter.kind === 'unknown' || hasOwnPackages(event, view)) return false;
  if (interpreter.kind === 'system') return !isSystemOpen(view);
  const held = [...(files.installs.get(interpreterKey(interpreter)) ?? [])];
  if (held.some((id) => !id.startsWith('tool:'))) return false;
  const path = envPathOf(interpreter);
  if (path !== undefined && !isKnown(path)) return false;
  const environment = path === undefined ? undefined : files.environments.get(path);
  if (path !== undefined && environment === undefined) return true;
  if (environment !== undefined) return environment.systemPackages === 'no' && environment.copied !== true;
  return CACHES.includes(interpreterKey(interpreter));
}
