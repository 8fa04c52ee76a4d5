// develop.watch rules that would copy the environment of the host over the one of the image.

import type { Facts } from '../../src/facts/facts.ts';
import { packagesIn } from '../../src/facts/projectPackages.ts';
import { envKey } from '../../src/facts/pythonInterpreter.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { shadowOf } from './venvMounts.ts';
import { boundServices, usesEnvironment } from './venvUse.ts';
import { watchBlocker } from './volumeBlockers.ts';
import { VENV_WATCHED } from './volumeDiagnoses.ts';

/** One finding for each service whose rules are known. */
export function watchedFindings(facts: Facts): Finding[] {
  return boundServices(facts).flatMap((bound): Finding[] => {
    const { service, files, dockerfile } = bound;
    const [origin] = service.origins;
    const isKnownRule = service.watch.every(
      ({ action, path, target }) => action?.kind === 'known' && path.kind === 'inside' && target?.kind !== 'unknown',
    );
    if (origin === undefined || !isKnownRule || dockerfile.context.folder === undefined) return [];
    for (const environment of files.environments.values()) {
      const { path } = environment;
      if (!isKnown(path) || environment.conditional || packagesIn(files, envKey(path)).length === 0) continue;
      if (shadowOf(path, service, []).kind !== 'image' || !usesEnvironment(bound, environment)) continue;
      if (watchBlocker(bound, path) === undefined) continue;
      const name = path.slice(path.lastIndexOf('/') + 1);
      return [
        {
          diagnosis: VENV_WATCHED,
          path: origin.path,
          offset: origin.range.start,
          message: `develop.watch of service ${service.name} copies the \`${name}\` of the host, where there is one, over the environment that its image has at ${path}: no ignore file leaves it out there.`,
          reason: `Add \`ignore: [${name}/]\` to the rule, or \`**/${name}\` to the ignore file of the build context.`,
        },
      ];
    }
    return [];
  });
}
