// What other services of the same compose files have to do with a service's mounts.

import type { ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import { INSTALLS_TEXT } from '../../src/facts/installers/index.ts';

/** The services of one set of files, by what they share with each other. */
export interface Beside {
  /** Services whose mounts another one takes over (volumes_from): theirs by name, and who takes them. */
  readonly takers: ReadonlyMap<string, string>;
  /** Named volumes of services that install something; undefined: one whose name is not known. */
  readonly filled: ReadonlySet<string | undefined>;
  /** Services that install something and end. */
  readonly passing: ReadonlySet<ServiceFacts>;
  /** The same by folder that they mount. */
  readonly installers: ReadonlyMap<string, readonly ServiceFacts[]>;
  /** By folder and image: others, which install nothing for themselves as far as is known. */
  readonly programs: ReadonlyMap<string, string>;
}

interface Gathered extends Beside {
  readonly filled: Set<string | undefined>;
  readonly takers: Map<string, string>;
  readonly installers: Map<string, ServiceFacts[]>;
  readonly programs: Map<string, string>;
}

/** For each set of compose files; `traced`: services known to install, and whether that is the last thing they do. */
export function besideOf(
  services: readonly ServiceFacts[],
  traced: ReadonlyMap<ServiceFacts, 'last' | 'first'>,
): ReadonlyMap<string, Beside> {
  const passing = new Set(services.filter((service) => traced.get(service) === 'last' || endsWithInstall(service)));
  const all = new Map<string, Gathered>();
  for (const service of services) {
    const key = service.files.join('\0');
    let own = all.get(key);
    if (own === undefined) {
      own = { passing, filled: new Set(), takers: new Map(), installers: new Map(), programs: new Map() };
      all.set(key, own);
    }
    for (const from of service.volumesFrom) own.takers.set(from.replace(/:r[ow]$/, ''), service.name);
    if (passing.has(service) || traced.has(service))
      for (const { source } of service.mounts) if (source.kind === 'volume') own.filled.add(source.name);
    for (const folder of foldersOf(service)) {
      if (!passing.has(service)) {
        for (const image of traced.has(service) ? [] : imagesOf(service))
          own.programs.set(`${folder}\0${image}`, service.name);
        continue;
      }
      const list = own.installers.get(folder);
      if (list) list.push(service);
      else own.installers.set(folder, [service]);
    }
  }
  return all;
}

/** Folders of the repository that it mounts. */
export const foldersOf = (service: ServiceFacts): string[] =>
  service.mounts.flatMap(({ source }) =>
    source.kind === 'bind' && source.place.kind === 'inside' ? [source.place.path] : [],
  );

/** What tells its image from those of others. */
export const imagesOf = ({ build, image }: ServiceFacts): string[] => [
  ...(build?.dockerfile?.kind === 'inside' ? [build.dockerfile.path] : []),
  ...(image?.kind === 'known' ? [`image ${image.value}`] : []),
];

const INSTALL_COMMAND = new RegExp(String.raw`^(\S*\/)?(${INSTALLS_TEXT})(\s|$)`);

/** Does its command end with an install? */
function endsWithInstall({ command, entrypoint }: ServiceFacts): boolean {
  const list = [...(entrypoint?.words ?? []), ...(command?.words ?? [])].map((word) => word ?? '?');
  const shell = list.findIndex((word) => /^-[a-z]*c$/.test(word));
  const text = shell >= 0 ? (list[shell + 1] ?? '') : list.join(' ');
  const last = text.split(/&&|;|\n/).findLast((one) => one.trim() !== '') ?? '';
  return INSTALL_COMMAND.test(last.trim());
}
