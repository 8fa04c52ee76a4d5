// What a finished image starts out of an environment, and whether that can do without its packages.

import { type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { hasOnPath } from '../../src/facts/onPath/envLines.ts';
import { isProjectsProgram, needsOfCall } from '../../src/facts/outsideStarts.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';

/** A command that runs in an environment. */
export interface EnvironmentUse {
  readonly event: RunEvent;
  /** `script`: a program that the environment has in its bin; `python`: its Python, for something that needs packages; `open`: that cannot be read. */
  readonly how: 'script' | 'python' | 'open';
}

/** The starts that run in the environment at `path`, and need what it holds. */
export function usesOf(view: ImageView, path: string): EnvironmentUse[] {
  const hasOwnWay = view.dockerfile.image.stages[view.target]!.final.env.has('PYTHONPATH');
  return startsWithin(view).flatMap((event): EnvironmentUse[] => {
    if (event.implied || event.conditional || event.opaque !== undefined || event.install !== undefined) return [];
    // a mount over it is another matter
    if (envPathOf(event.interpreter) !== path || event.shadowed !== undefined) return [];
    const name = event.words[0] ?? '';
    if (event.what === 'program' || (event.what === 'unknown' && isProjectsProgram(name, view.dockerfile)))
      return [{ event, how: 'script' }];
    if (event.what !== 'python' || hasOwnWay) return [];
    const needs = needsOfCall(event, view);
    return needs === 'nothing' ? [] : [{ event, how: needs === 'packages' ? 'python' : 'open' }];
  });
}

/** Is it what a command of the image, or whoever enters it, is meant to use? */
export function isMeantForUse({ dockerfile, target }: ImageView, path: string): boolean {
  const { final, base } = dockerfile.image.stages[target]!;
  return hasOnPath(dockerfile, final, base, path) || final.env.get('VIRTUAL_ENV') === path;
}
