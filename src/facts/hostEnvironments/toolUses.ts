// Commands of project tools that start what stands in the project's environment, and that make none with packages in it.
import type { Snapshot } from '../../model.ts';
import { startPlace } from '../ignore/startPlace.ts';
import { isRun } from '../trace/events.ts';
import { absolute } from '../values.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';
import type { HostUse } from './sought.ts';

const INSTALLS = /^(install|sync|add|update|lock)$/;
const NO_ENVIRONMENT = /virtualenvs\.create["', ]+false|POETRY_VIRTUALENVS_CREATE[=\s]+["']?(false|0)/i;

/**
 * `poetry run`, `pipenv run`, `pdm run`, `uv run --no-sync` beside the `.venv` that a copy brings, in an image in which that tool
 * installs nothing. What a command that is not read may have done is left open.
 */
export function useThroughTool(
  d: ReadDockerfile,
  where: { readonly landings: ReadonlyMap<number, number>; readonly places: ReadonlySet<string> },
  snapshot: Snapshot,
): HostUse | undefined {
  if (NO_ENVIRONMENT.test(d.text)) return undefined;
  const runs = d.trace.events.filter(isRun);
  if (runs.some((e) => e.when === 'build' && e.what === 'unknown')) return undefined;
  for (const e of runs) {
    const tool = toolOf(e.words);
    if (tool === undefined || !where.landings.has(e.stage) || !startsOnly(d, e.stage, tool, e.words)) continue;
    if (runs.some((other) => toolOf(other.words) === tool && other.words.some((w) => INSTALLS.test(w)))) continue;
    const stage = d.image.stages[e.stage]!;
    const at = stage.instructions.findIndex((i) => i.index === e.instruction);
    const cwd = (e.when === 'build' ? stage.before[at] : undefined)?.cwd ?? stage.final.cwd;
    const path = absolute('.venv', cwd);
    if (!where.places.has(path) || d.trace.stages[e.stage]!.files.environments.has(path)) continue;
    return { ...startPlace(d, e, `${tool} run`, snapshot), word: `${tool} run` };
  }
  return undefined;
}

const toolOf = (words: readonly string[]): string | undefined =>
  /(?:^|\/)(poetry|pipenv|pdm|uv)$/.exec(words[0] ?? '')?.[1];

/** Does it start a program without installing what is missing? */
function startsOnly(d: ReadDockerfile, stage: number, tool: string, words: readonly string[]): boolean {
  if (words.slice(1).find((w) => !w.startsWith('-')) !== 'run') return false;
  if (tool !== 'uv' || words.includes('--no-sync')) return true;
  const given = d.services.map((s) => s.environment.get('UV_NO_SYNC')).find((v) => v !== undefined);
  const value = given?.known ? given.value : d.image.stages[stage]!.final.env.get('UV_NO_SYNC');
  return value !== undefined && /^(1|true|yes|on|y|t)$/i.test(value);
}
