// What a compose service mounts: volumes, binds and tmpfs, each with its target and its source as far as they are known.

import type { Snapshot } from '../../model.ts';
import type { NamedVolume } from '../../parse/compose/compose.ts';
import type { VolumeSyntax } from '../../parse/compose/composeVolume.ts';
import { STARTED_IN, UNKNOWN } from '../../parse/compose/interpolate.ts';
import type { ServiceSyntax } from '../../parse/compose/serviceSyntax.ts';
import type { ScalarNode } from '../../parse/compose/yamlNodes.ts';
import { originOf } from '../piece.ts';
import { cleanAbsolute, type RepositoryPlace, resolvePlace } from '../repositoryPlace.ts';
import type { ComposeValue, MountFacts, MountSource, Origin } from './serviceFacts.ts';

/** What the names of volumes mean in a project. */
export interface VolumesInReach {
  readonly snapshot: Snapshot;
  readonly volumes: ReadonlyMap<string, NamedVolume>;
  /** The folder of the file that declares each. */
  readonly volumeFolders: ReadonlyMap<string, string>;
}

/** In the order of the file, `tmpfs` behind `volumes`. */
export const mountsOfService = (
  { volumes, tmpfs }: Pick<ServiceSyntax, 'volumes' | 'tmpfs'>,
  context: VolumesInReach,
): MountFacts[] => [...volumes.map((volume) => mountFacts(volume, context)), ...tmpfs.map(tmpfsMount)];

function mountFacts(volume: VolumeSyntax, context: VolumesInReach): MountFacts {
  const origin = originOf(volume.node);
  return {
    target: targetPiece(volume.target, { origin, assumed: volume.assumed }),
    source: mountSource(volume, context),
    ...(volume.subpath === undefined ? {} : { subpath: volume.subpath }),
    readOnly: volume.readOnly,
    noCopy: volume.noCopy,
    createHostPath: volume.createHostPath,
    form: volume.form,
    index: volume.index,
    assumed: volume.assumed,
    origin,
  };
}

function targetPiece(
  text: string | undefined,
  { origin, assumed }: { readonly origin: Origin; readonly assumed: boolean },
): ComposeValue<string> {
  if (text === undefined) return { kind: 'unknown', cause: 'the entry names no target', origin };
  if (text.includes(UNKNOWN))
    return { kind: 'unknown', cause: 'a variable in the target is set nowhere in the repository', origin };
  if (text.includes(STARTED_IN)) return { kind: 'unknown', cause: 'the target holds $PWD', origin };
  const value = cleanAbsolute(text);
  return value === undefined
    ? { kind: 'unknown', cause: 'the target is not absolute', origin }
    : { kind: 'known', value, assumed, origin };
}

function mountSource(volume: VolumeSyntax, context: VolumesInReach): MountSource {
  const { source, type } = volume;
  const folder = volume.node.source?.folder;
  if (type === 'unknown') return { kind: 'unknown', cause: 'a variable that is set nowhere decides what is mounted' };
  if (type === 'tmpfs') return { kind: 'tmpfs' };
  if (type === 'bind') {
    if (source === undefined) return { kind: 'unknown', cause: 'a bind without a source' };
    return { kind: 'bind', place: resolvePlace(context.snapshot, source, folder) };
  }
  if (type !== 'volume') return { kind: 'other', type };
  if (source === undefined || source === '') return { kind: 'anonymous' };
  if (source.includes(UNKNOWN) || source.includes(STARTED_IN))
    return { kind: 'volume', name: undefined, external: false };
  const named = context.volumes.get(source);
  const device = named ? deviceOf(named, context) : undefined;
  return { kind: 'volume', name: source, external: named?.external === true, ...(device ? { device } : {}) };
}

function deviceOf(volume: NamedVolume, context: VolumesInReach): RepositoryPlace | undefined {
  const options = new Map(volume.driverOpts.map(({ key, value }) => [key, value]));
  const device = options.get('device');
  if (!device || !(options.get('o')?.text ?? '').split(',').some((word) => word === 'bind' || word === 'rbind'))
    return undefined;
  return resolvePlace(context.snapshot, device.text, context.volumeFolders.get(volume.name));
}

function tmpfsMount(scalar: ScalarNode, index: number): MountFacts {
  const origin = originOf(scalar);
  const [target = '', options = ''] = scalar.text.split(':', 2);
  return {
    target: targetPiece(scalar.unknown === undefined ? target : UNKNOWN, { origin, assumed: scalar.assumed === true }),
    source: { kind: 'tmpfs' },
    readOnly: options.split(',').includes('ro'),
    noCopy: true,
    createHostPath: false,
    form: 'tmpfs',
    index,
    assumed: scalar.assumed === true,
    origin,
  };
}
