// What other services of the same compose files have to do with a service's mounts.

import type { ServiceFacts } from '../compose/serviceFacts.ts';

/** The services of one set of files, by what they share with each other. */
export interface Beside {
  /** Services whose mounts another one takes over (volumes_from): theirs by name, and who takes them. */
  readonly takers: ReadonlyMap<string, string>;
  /** By folder that they mount: services that only install something and end. */
  readonly installers: ReadonlyMap<string, readonly ServiceFacts[]>;
  /** By folder and image: the others. */
  readonly programs: ReadonlyMap<string, string>;
}

/** For each set of compose files. */
export function besideOf(services: readonly ServiceFacts[]): ReadonlyMap<string, Beside> {
  const all = new Map<
    string,
    { takers: Map<string, string>; installers: Map<string, ServiceFacts[]>; programs: Map<string, string> }
  >();
  for (const service of services) {
    const key = service.files.join('\0');
    let own = all.get(key);
    if (own === undefined) {
      own = { takers: new Map(), installers: new Map(), programs: new Map() };
      all.set(key, own);
    }
    for (const from of service.volumesFrom) own.takers.set(from.replace(/:r[ow]$/, ''), service.name);
    for (const folder of foldersOf(service)) {
      if (!installsOnly(service)) {
        for (const image of imagesOf(service)) own.programs.set(`${folder}\0${image}`, service.name);
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
  ...(image?.known ? [`image ${image.value}`] : []),
];

const INSTALL =
  /^(\S*\/)?(uv\s+(sync|venv|add|pip\s+(install|sync))|(python[\d.]*\s+-m\s+)?pip[\d.]*\s+install|poetry\s+(install|sync)|pipenv\s+(install|sync)|pdm\s+(install|sync)|rye\s+sync)(\s|$)/;

/** Does its command end with an install? */
export function installsOnly({ command, entrypoint }: ServiceFacts): boolean {
  const list = [...(entrypoint?.words ?? []), ...(command?.words ?? [])].map((word) => word ?? '?');
  const shell = list.findIndex((word) => /^-[a-z]*c$/.test(word));
  const text = shell >= 0 ? (list[shell + 1] ?? '') : list.join(' ');
  const last = text.split(/&&|;|\n/).findLast((one) => one.trim() !== '') ?? '';
  return INSTALL.test(last.trim());
}
