// The variables a compose service's container starts with: env files in order, then `environment:` over them.

import type { Snapshot } from '../../model.ts';
import { readDotEnv } from '../../parse/compose/dotenv.ts';
import { type ComposeLookup, UNKNOWN } from '../../parse/compose/interpolate.ts';
import type { ServiceSyntax } from '../../parse/compose/serviceSyntax.ts';
import { fromCaller, originOf, pieceOf, textPiece } from '../piece.ts';
import { resolvePlace } from '../repositoryPlace.ts';
import type { ComposeValue, EnvFileFacts, Origin } from './serviceFacts.ts';

export interface EnvironmentFacts {
  readonly values: ReadonlyMap<string, ComposeValue<string>>;
  readonly open: readonly string[];
  readonly files: readonly EnvFileFacts[];
}

/** `project` looks up the project's own variables (`.env`); a key without a value is taken from there, else unknown. */
export function readEnvironment(service: ServiceSyntax, snapshot: Snapshot, project: ComposeLookup): EnvironmentFacts {
  const explicit = new Map<string, ComposeValue<string>>();
  const serviceOrigin: Origin = originOf(service.node);
  for (const { key, range, value } of service.environment) {
    explicit.set(key, value ? pieceOf(value) : fromCaller(key, project, { ...serviceOrigin, range }));
  }
  const values = new Map<string, ComposeValue<string>>(explicit);
  const open: string[] = [];
  const files: EnvFileFacts[] = [];
  const textOf = (found: ComposeValue<string> | undefined): string | undefined =>
    found ? (found.kind === 'known' ? found.value : UNKNOWN) : undefined;
  const earlier = new Map<string, string>();
  for (const entry of service.envFiles) {
    const { path } = entry;
    const place = resolvePlace(snapshot, path.unknown === undefined ? path.text : UNKNOWN, path.source?.folder);
    const text = place.kind === 'inside' && entry.format === undefined ? snapshot.read(place.path) : undefined;
    files.push({ place, required: entry.required, read: text !== undefined, origin: originOf(path) });
    if (text === undefined || place.kind !== 'inside') {
      open.push(
        entry.format === undefined ? 'an env_file is not in the repository' : 'an env_file has a format of its own',
      );
      continue;
    }
    const origin: Origin = { path: place.path, range: { start: 0, end: text.length } };
    const file = readDotEnv(text, (name) => project(name) ?? textOf(explicit.get(name)), earlier);
    for (const [name, value] of file.values) {
      earlier.set(name, value);
      values.set(name, textPiece(value, origin, { assumed: false }));
    }
    for (const name of file.inherited) values.set(name, fromCaller(name, project, origin));
    if (file.problem) open.push(`${place.path}: ${file.problem.message}`);
  }
  for (const [key, value] of explicit) values.set(key, value);
  return { values, open, files };
}
