// Services whose start makes the environment in the folder that they mount: it is the host's, too.

import { describe } from '../../src/facts/compare/sentences.ts';
import type { MountFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { installerNamed } from '../../src/facts/installers/index.ts';
import { packagesIn } from '../../src/facts/projectPackages.ts';
import { envKey, envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { isRun, type TraceEvent } from '../../src/facts/trace/events.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { type MountedStart, mountedStarts } from './mountedStarts.ts';
import { shadowOf } from './venvMounts.ts';
import { sourceOf } from './venvVolumeWords.ts';
import { VOLUME_DIAGNOSES } from './volumeDiagnoses.ts';

/** Does it make environments of projects? */
const isOfProjects = (tool: string): boolean => installerNamed(tool)?.project !== undefined;

/** Where a start makes an environment, and by what. */
interface MadeThere {
  readonly path: string;
  readonly tool: string;
  readonly said: string;
  /** The script of the repository that says it. */
  readonly file: string | undefined;
}

/** One finding for each mount and environment. */
export function madeInMount(facts: Facts): Finding[] {
  const found = new Map<string, Finding>();
  for (const start of mountedStarts(facts)) {
    const all = start.trace.events.flatMap((event) => madeThereBy(event, start) ?? []);
    // a tool of the project makes what it installs into
    const ofTools = all.filter(({ tool }) => isOfProjects(tool));
    for (const one of all) {
      const made = ofTools.find(({ path }) => path === one.path) ?? one;
      const shadow = shadowOf(made.path, start.service, []);
      if (shadow.kind !== 'bind' || shadow.place.kind !== 'inside' || shadow.mount.readOnly !== false) continue;
      // a folder that is mounted there and nothing else is meant as its store
      if (shadow.target === made.path) continue;
      const { path, range } = shadow.mount.origin;
      const key = [path, range.start, made.path].join('\0');
      if (!found.has(key)) found.set(key, madeFinding(start, made, shadow.mount));
    }
  }
  return [...found.values()];
}

function madeThereBy(event: TraceEvent, { service, trace, stage }: MountedStart): MadeThere | undefined {
  if (event.when !== 'runtime' || event.service !== service.name || event.stage !== stage) return undefined;
  const isMaking = event.kind === 'create' || (isRun(event) && event.install !== undefined);
  if (!isMaking) return undefined;
  const path = event.kind === 'create' ? event.path : isRun(event) ? envPathOf(event.install?.target) : undefined;
  const { files } = trace.stages[stage]!;
  // what the image has there is hidden: that is another finding
  if (path === undefined || !isKnown(path) || packagesIn(files, envKey(path)).length > 0) return undefined;
  const tool = isRun(event) ? (event.words[0] ?? '') : 'venv';
  const said = isRun(event) ? describe(event) : `\`python -m venv ${event.kind === 'create' ? event.written : ''}\``;
  return { path, tool, said, file: event.file };
}

function madeFinding({ service }: MountedStart, made: MadeThere, mount: MountFacts): Finding {
  const { path, said, file } = made;
  const by = file === undefined ? said : `${said} in ${file}`;
  const { origin } = mount;
  return {
    diagnosis: VOLUME_DIAGNOSES['made in mount'],
    path: origin.path,
    offset: origin.range.start,
    message: `Service ${service.name} makes its environment in the mounted folder: ${by} writes ${path}, which is the host's own (${sourceOf(mount)} is mounted there), or takes the one that the host has.`,
    reason: `${elsewhereWords(made)}, or give the service a volume at ${path} (\`- ${path}\`).`,
  };
}

/** How the tool that makes it is told another place. */
function elsewhereWords({ tool }: MadeThere): string {
  return (
    installerNamed(tool)?.elsewhere?.service ??
    'Make the environment in the image, outside of mounted folders (for example at /opt/venv)'
  );
}
