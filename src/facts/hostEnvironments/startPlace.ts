// Where a command stands that the trace has met: in a script by its words, in a service, else in the Dockerfile.
import type { Snapshot } from '../../model.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';

/** `word`: what of the command names the environment. Where a script does not have it as it is (a variable), what starts the script. */
export function startPlace(
  dockerfile: ReadDockerfile,
  event: TraceEvent,
  word: string,
  snapshot: Snapshot,
): { readonly path: string; readonly offset: number } {
  const { file = '' } = event;
  const text = snapshot.read(file) ?? '';
  let offset = 0;
  for (const line of text.split('\n')) {
    if (!/^\s*#/.test(line) && line.includes(word)) return { path: file, offset };
    offset += line.length + 1;
  }
  const service = dockerfile.services.find((service) => service.name === event.service);
  const origin = (service?.command ?? service?.entrypoint)?.origin;
  return origin === undefined
    ? { path: dockerfile.path, offset: event.range.start }
    : { path: origin.path, offset: origin.range.start };
}
