// The mounts of a line that starts a container: `-v`, `--mount`, `--tmpfs`.
import type { Snapshot } from '../../model.ts';
import { flagValues, type ReadFlags } from '../flags.ts';
import { hostPlace, ROOT } from '../hostCommands/hostWords.ts';
import { cleanAbsolute, type RepositoryPlace, resolvePlace } from '../repositoryPlace.ts';
import { isKnown, readable, splitOutsideTokens, unknown } from '../values.ts';
import type { StartMount } from './startShapes.ts';

/** Where relative sources start, and what stands there. */
export interface MountPlace {
  readonly snapshot: Snapshot;
  /** Repository-relative; undefined where it is not known. */
  readonly folder: string | undefined;
}

/** In the order of `-v`, `--mount`, `--tmpfs`. */
export function startMounts(read: Pick<ReadFlags, 'flags'>, place: MountPlace): StartMount[] {
  return [
    ...flagValues(read, '--volume', '-v').map((spec) => volumeMount(spec, place)),
    ...flagValues(read, '--mount').map((spec) => longMount(spec, place)),
    ...flagValues(read, '--tmpfs').map(
      (spec): StartMount => ({ target: mountTarget(spec.split(':')[0]!), source: { kind: 'tmpfs' }, readOnly: false }),
    ),
  ];
}

/** `[SOURCE:]TARGET[:OPTIONS]`; symbolic. A drive letter is no source of its own. */
export function volumeMount(spec: string, place: MountPlace): StartMount {
  const fields = splitOutsideTokens(spec.replace(/^([A-Za-z]):(?=[\\/])/, '$1\uE005'), ':').map((one) =>
    one.replace('\uE005', ':'),
  );
  const [first = '', target, options = ''] = fields;
  if (target === undefined || fields.length > 3)
    return isKnown(first) && fields.length === 1
      ? { target: mountTarget(first), source: { kind: 'anonymous' }, readOnly: false }
      : { target: unknown(readable(spec)), source: { kind: 'unknown', cause: readable(spec) }, readOnly: 'unknown' };
  const readOnly = isKnown(options) ? options.split(',').includes('ro') : 'unknown';
  return { target: mountTarget(target), source: startSource(first, place), readOnly };
}

/** `type=bind,source=.,target=/app`, as docker and devcontainer.json write it. */
export function longMount(spec: string, place: MountPlace): StartMount {
  const fields = new Map(
    splitOutsideTokens(spec, ',').map((field) => {
      const [name = '', value] = field.split(/=(.*)/s, 2);
      return [name.trim().toLowerCase(), value] as const;
    }),
  );
  const source = fields.get('source') ?? fields.get('src');
  const target = fields.get('target') ?? fields.get('destination') ?? fields.get('dst');
  const type = fields.get('type') ?? 'volume';
  const written = fields.has('readonly') ? fields.get('readonly') : fields.get('ro');
  const readOnly = (fields.has('readonly') || fields.has('ro')) && !/^(false|0)$/.test(written ?? '');
  return {
    target: mountTarget(target ?? ''),
    source: sourceOfType(type, source, place),
    readOnly,
  };
}

function sourceOfType(type: string, source: string | undefined, place: MountPlace): StartMount['source'] {
  if (type === 'tmpfs') return { kind: 'tmpfs' };
  if (type === 'volume')
    return source === undefined || source === '' ? { kind: 'anonymous' } : { kind: 'volume', name: source };
  if (type === 'bind' && source !== undefined) return { kind: 'bind', place: bindPlace(source, place) };
  return { kind: 'unknown', cause: `a mount of type ${readable(type)}` };
}

/** A name without a slash is a volume; what a variable comes to may be either. */
function startSource(source: string, place: MountPlace): StartMount['source'] {
  if (source === '') return { kind: 'unknown', cause: 'a mount without a source' };
  if (source.startsWith(ROOT) || /^[./~\\]|^[A-Za-z]:/.test(source))
    return { kind: 'bind', place: bindPlace(source, place) };
  // a folder of the repository that is not known ends in a path
  if (!isKnown(source) && /^\uE000\$?PWD\uE001/.test(source)) return { kind: 'bind', place: bindPlace(source, place) };
  if (!isKnown(source)) return { kind: 'unknown', cause: readable(source) };
  return source.includes('/') ? { kind: 'bind', place: bindPlace(source, place) } : { kind: 'volume', name: source };
}

function bindPlace(source: string, { snapshot, folder }: MountPlace): RepositoryPlace {
  if (!source.startsWith(ROOT)) {
    if (folder === undefined && !/^[/~]|^[A-Za-z]:/.test(source))
      return { kind: 'unknown', cause: 'the folder that it is started in is not known' };
    return resolvePlace(snapshot, source, folder);
  }
  const path = hostPlace(source, '');
  if (path !== undefined) return resolvePlace(snapshot, `./${path}`, '');
  return isKnown(source.slice(ROOT.length))
    ? { kind: 'outside', text: readable(source) }
    : { kind: 'unknown', cause: readable(source) };
}

const mountTarget = (target: string): string =>
  isKnown(target) ? (cleanAbsolute(target) ?? unknown(target === '' ? 'no target' : target)) : target;
