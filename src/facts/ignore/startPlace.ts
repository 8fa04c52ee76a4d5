// Where a command stands that the trace has met: in a script by its words, in a service, else in the Dockerfile.
import type { Snapshot } from '../../model.ts';
import type { ReadDockerfile } from '../hostEnvironments/looseDockerfiles.ts';
import type { TraceEvent } from '../trace/events.ts';

/** `word`: what of the command names the environment. Where a script does not have it as it is (a variable), what starts the script. */
export function startPlace(
  d: ReadDockerfile,
  e: TraceEvent,
  word: string,
  snapshot: Snapshot,
): { readonly path: string; readonly offset: number } {
  const { file = '' } = e;
  const text = snapshot.read(file) ?? '';
  let offset = 0;
  for (const line of text.split('\n')) {
    if (!/^\s*#/.test(line) && line.includes(word)) return { path: file, offset };
    offset += line.length + 1;
  }
  const service = d.services.find((s) => s.name === e.service);
  const origin = (service?.command ?? service?.entrypoint)?.origin;
  return origin === undefined
    ? { path: d.path, offset: e.range.start }
    : { path: origin.path, offset: origin.range.start };
}
