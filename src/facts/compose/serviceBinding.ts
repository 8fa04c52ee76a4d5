// Whether it is certain which image a compose service starts, and with which mounts and where.

import type { Blocker } from '../blocker.ts';
import type { Reread } from '../textReadings.ts';
import type { BuildFacts, ServiceFacts } from './serviceFacts.ts';

/** A service, the build whose image it starts, and that image as the service starts it. */
export interface ServiceBinding {
  readonly service: ServiceFacts;
  readonly build: BuildFacts;
  readonly own: Reread;
}

/** Why the binding of a service to its stage is not certain; undefined where it is. */
export function bindingBlocker({ service, build, own }: ServiceBinding): Blocker | undefined {
  if (service.gaps.length > 0) return { code: 'service', words: `the service is not fully known (${service.gaps[0]})` };
  if (build.assumed) return { code: 'service', words: 'its build context or Dockerfile hangs on a variable' };
  if (build.target?.kind === 'known' && build.target.assumed)
    return { code: 'service', words: 'its build target hangs on a variable' };
  if (service.volumesFrom.length > 0)
    return { code: 'service', words: 'it takes over the mounts of another service (volumes_from)' };
  if (service.mounts.some((mount) => mount.target.kind === 'unknown'))
    return { code: 'service', words: 'a mount of it has a target that is not known' };
  if (service.workingDir !== undefined && (service.workingDir.kind === 'unknown' || service.workingDir.assumed))
    return { code: 'service', words: 'its working_dir hangs on a variable' };
  const names = new Set(own.image.stages.flatMap((stage) => [stage.name, stage.base.ref]));
  const other = build.additionalContexts.find((name) => names.has(name));
  return other === undefined
    ? undefined
    : { code: 'service', words: `the build context ${other} replaces a stage or an image` };
}
