// Which paths of the repository a source of COPY may mean, and the trace that is copied into.
import { matchesName } from '../globs.ts';
import { isWithin } from '../values.ts';
import type { TraceEvent } from './events.ts';
import type { StageTrace, TraceInput } from './input.ts';
import type { CopiedFiles } from './state.ts';

export interface Whole {
  readonly input: TraceInput;
  readonly events: TraceEvent[];
  readonly allEnvironments: Set<string>;
  readonly stages: readonly StageTrace[];
  readonly counts: Map<string, number>;
}

/** Context paths that this copy could have put at `path`. */
export function candidates(path: string, folder: string, source: string, copy: CopiedFiles): string[] {
  const out: string[] = [];
  const below =
    isWithin(path, folder) && path !== folder ? path.slice(folder === '/' ? 1 : folder.length + 1) : undefined;
  if (/[*?[]/.test(source)) {
    const pattern = source.slice(source.lastIndexOf('/') + 1);
    if (below !== undefined && matchesName(pattern, below.split('/')[0]!))
      out.push(`${source.includes('/') ? `${source.slice(0, source.lastIndexOf('/'))}/` : ''}${below}`);
    return out;
  }
  if (path === folder && !copy.destination.endsWith('/')) out.push(source);
  if (below === undefined) return out;
  const base = source.slice(source.lastIndexOf('/') + 1);
  if (base === below) out.push(source);
  out.push(source === '' ? below : `${source}/${below}`);
  return out;
}
