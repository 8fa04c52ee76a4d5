// Base images that this repository builds itself: by which Dockerfile and stage, and what is known of them by that.
import type { Base } from './baseImages/base.ts';
import { plainImage } from './compose/imageServices.ts';
import type { ServiceFacts } from './compose/serviceFacts.ts';
import type { Stage } from './image.ts';
import type { Files } from './trace/imageFiles.ts';
import { isKnown, unknown } from './values.ts';

/** A Dockerfile and the stage that is built of it, '' for the last. */
export interface StagePlace {
  readonly path: string;
  readonly target: string;
}

/** The images that compose services build, by name; undefined for a name that is not given to one build alone. */
export function builtImages(services: readonly ServiceFacts[]): ReadonlyMap<string, StagePlace | undefined> {
  const found = new Map<string, StagePlace | undefined>();
  for (const { image, build, gaps } of services) {
    if (build === undefined || image?.kind !== 'known') continue;
    const name = plainImage(image.value);
    const { dockerfile, target } = build;
    const isSure =
      gaps.length === 0 && !image.assumed && (target === undefined || (target.kind === 'known' && !target.assumed));
    const place =
      isSure && dockerfile?.kind === 'inside'
        ? { path: dockerfile.path, target: target?.kind === 'known' ? target.value : '' }
        : undefined;
    const old = found.get(name);
    const isOther = found.has(name) && (old?.path !== place?.path || old?.target !== place?.target);
    found.set(name, isOther ? undefined : place);
  }
  return found;
}

/** What is known of an image by the stage that it is, and by the files that stand there in the end. */
export function baseOfStage(ref: string, { base, final }: Stage, files: Files): Base {
  const { user: _user, cwd: _cwd, python: _python, ...inner } = base;
  // PATH of what lies below is a part of the PATH that this image has
  const [below, here] = [unknown(`PATH of ${base.ref}`), unknown(`PATH of ${ref}`)];
  const env = new Map([...final.env].map(([name, value]) => [name, value.replaceAll(below, here)] as const));
  const python = files.systemPythonVersion ?? base.python;
  // counted apart from those of the Dockerfiles that are built upon it
  const installs = [...(files.installs.get('system') ?? [])].map((id) => id.replace(/#(\d+)$/, '#1000$1'));
  return {
    ...inner,
    ref,
    knownBy: 'repository',
    env,
    // commands of its build may have made more than is looked for here
    complete: false,
    entrypoint: final.entrypoint === undefined ? base.entrypoint : 'own',
    command: final.cmd === undefined ? base.command : 'own',
    shell: final.shell,
    installs,
    environments: [...files.environments.keys()].filter(isKnown),
    ...(python === undefined ? {} : { python }),
    ...(isKnown(final.user) ? { user: final.user } : {}),
    ...(isKnown(final.cwd) ? { cwd: final.cwd } : {}),
  };
}
