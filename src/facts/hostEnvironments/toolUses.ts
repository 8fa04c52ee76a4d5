// Commands of project tools that start what stands in the project's environment, and that make none with packages in it.
import type { Snapshot } from '../../model.ts';
import { nameOf } from '../../parse/manifests/paths.ts';
import { installerNamed } from '../installers/index.ts';
import type { Installer } from '../installers/installer.ts';
import { isRun } from '../trace/events.ts';
import { absolute } from '../values.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';
import type { HostUse } from './sought.ts';
import { startPlace } from './startPlace.ts';

const INSTALLS = /^(install|sync|add|update|lock)$/;
const NO_ENVIRONMENT = /virtualenvs\.create["', ]+false|POETRY_VIRTUALENVS_CREATE[=\s]+["']?(false|0)/i;

/**
 * `poetry run`, `pipenv run`, `pdm run`, `uv run --no-sync` beside the `.venv` that a copy brings, in an image in which that tool
 * installs nothing. What a command that is not read may have done is left open.
 */
export function useThroughTool(
  dockerfile: ReadDockerfile,
  where: { readonly landings: ReadonlyMap<number, number>; readonly places: ReadonlySet<string> },
  snapshot: Snapshot,
): HostUse | undefined {
  if (NO_ENVIRONMENT.test(dockerfile.text)) return undefined;
  const runs = dockerfile.trace.events.filter(isRun);
  if (runs.some((event) => event.when === 'build' && event.what === 'unknown')) return undefined;
  for (const event of runs) {
    const tool = toolOf(event.words);
    if (
      tool === undefined ||
      !where.landings.has(event.stage) ||
      !startsOnly(dockerfile, event.stage, tool, event.words)
    )
      continue;
    if (runs.some((other) => toolOf(other.words) === tool && other.words.some((word) => INSTALLS.test(word)))) continue;
    const stage = dockerfile.image.stages[event.stage]!;
    const at = stage.instructions.findIndex((i) => i.index === event.instruction);
    const cwd = (event.when === 'build' ? stage.before[at] : undefined)?.cwd ?? stage.final.cwd;
    const path = absolute('.venv', cwd);
    if (!where.places.has(path) || dockerfile.trace.stages[event.stage]!.files.environments.has(path)) continue;
    return { ...startPlace(dockerfile, event, `${tool.name} run`, snapshot), word: `${tool.name} run` };
  }
  return undefined;
}

/** The installer of projects that a command starts, where it is one that is followed. */
function toolOf(words: readonly string[]): Installer | undefined {
  const tool = installerNamed(nameOf(words[0] ?? ''));
  return tool?.project !== undefined && tool.follow !== 'not followed' ? tool : undefined;
}

/** Does it start a program without installing what is missing? */
function startsOnly(dockerfile: ReadDockerfile, stage: number, { run }: Installer, words: readonly string[]): boolean {
  if (words.slice(1).find((word) => !word.startsWith('-')) !== 'run') return false;
  if (run?.withoutSync === undefined || words.includes(run.withoutSync.flag)) return true;
  const { variable } = run.withoutSync;
  const given = dockerfile.services
    .map((service) => service.environment.get(variable))
    .find((value) => value !== undefined);
  const value = given?.kind === 'known' ? given.value : dockerfile.image.stages[stage]!.final.env.get(variable);
  return value !== undefined && /^(1|true|yes|on|y|t)$/i.test(value);
}
