// What is said to people about a volume entry that is wrong for an environment: message, reason, title and notes.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { MountFacts } from '../../src/facts/compose/serviceFacts.ts';
import { knownValue } from '../../src/facts/piece.ts';
import { isWithin } from '../../src/facts/values.ts';
import type { VenvMount } from './mountVerdict.ts';

/** What a mount mounts, in words. */
export function sourceOf({ source }: MountFacts): string {
  if (source.kind === 'volume') return source.name === undefined ? 'a named volume' : `the volume ${source.name}`;
  if (source.kind !== 'bind') return 'an anonymous volume';
  const { place } = source;
  if (place.kind === 'inside') return place.path === '' ? 'the repository' : place.path;
  return place.kind === 'outside' ? place.text : 'a folder of the host';
}

/** What is wrong, one sentence. */
export function messageFor({ service: { name }, problem, path, mount, other, meant }: VenvMount): string {
  const target = knownValue(mount.target);
  const source = sourceOf(mount);
  switch (problem) {
    case 'hidden':
      return `Service ${name} mounts ${source} over ${target}, which hides the environment that its image has at ${path}.`;
    case 'host over image':
      return `Service ${name} mounts the host's environment ${source} onto ${path}, so that it runs with the host's binaries instead of its image's.`;
    case 'host without image':
      return `Service ${name} runs with the host's environment ${source}, mounted at ${path}: its image has none.`;
    case 'empty over image':
      return `Service ${name} has ${mount.source.kind === 'tmpfs' ? 'a tmpfs' : 'a volume that is not filled (nocopy)'} at ${target}, which hides the environment that its image has at ${path}.`;
    case 'stale':
      return `Service ${name} keeps the first image's packages: ${source} at ${path} is not renewed when the image is rebuilt.`;
    case 'carried over':
      return `Service ${name} keeps old packages after a rebuild: \`docker compose up --build\` gives the new container the anonymous volume at ${path} that the old one had.`;
    case 'made in mount':
      return `Service ${name} makes its environment at ${path}, in the mounted folder.`;
    case 'taken by tool':
      return `Service ${name} takes the host's ${path}, where there is one, for its environment: ${source} is mounted over ${target}, and poetry prefers a .venv in the project to the environment that the image has in poetry's cache.`;
    case 'not owner':
      return `Service ${name} syncs the environment at ${path} when it starts, and cannot write to ${source} there where anything is missing: Docker fills it with the owners of the image.`;
    case 'not worker':
      return `Who works in service ${name} cannot install into the environment at ${path}: Docker fills ${source} there with the owners of the image.`;
    case 'two images':
      return `Services ${name} and ${other?.service.name} fill ${source} from two images: whichever starts first puts its environment there, and the other runs with it.`;
    case 'needless':
      return `Service ${name} has ${source} at ${path} that shields it from nothing, and that keeps the first image's packages when the image is rebuilt.`;
    case 'astray':
      return `Service ${name} has ${source} at ${path}, where its image has no environment and no mount lies: its environment is at ${meant}.`;
    case 'empty without image':
      return `Service ${name} has ${source} at ${path}, which is empty: its image has no environment there, and the host's is hidden.`;
    case 'leaves its own':
      return `Service ${name} has ${source} at ${path}, and poetry takes that empty folder for the project's environment instead of its own in the image.`;
  }
}

/** A usual place for an environment that no mount at `target` hides. */
export const placeOutside = (target = ''): string => (isWithin('/opt/venv', target) ? '/srv/venv' : '/opt/venv');

/** Why it is left, and what a person can do; `blocker`: what stands in the way of the remedy. */
export function reasonToLeave(
  { problem, path, mount, remedy, unfit, meant }: VenvMount,
  blocker: Blocker | undefined,
): string {
  const target = knownValue(mount.target);
  const left = blocker === undefined ? '' : `Left alone: ${blocker.words}. `;
  switch (problem) {
    case 'hidden':
      return target === path || unfit
        ? `${left}Make the environment outside of ${target}, for example at ${placeOutside(target)}.`
        : `${left}Make the environment outside of ${target}, for example at ${placeOutside(target)}, or give the service a volume at ${path} where that fits.`;
    case 'host over image':
      return remedy === 'remove'
        ? `${left}Without this entry the container would use the environment of its image.`
        : `${left}A volume at ${path} (\`- ${path}\`) in place of this entry would keep the image's environment.`;
    case 'host without image':
      return 'Binaries, paths and the Python version of the host need not fit the container. Make the environment in the image, outside of mounted folders, and take this entry out.';
    case 'empty over image':
      return `What is meant is not known. A plain volume at ${path} (\`- ${path}\`) in its place would be filled from the image by Docker.`;
    case 'stale':
      return `It is right until the requirements change. Remove the volume after each rebuild that changes packages, or make the environment outside of the mounted folder, where it needs no volume.`;
    case 'carried over':
      return 'Start with `docker compose up --build --renew-anon-volumes` where packages changed (or `docker compose down` first), or make the environment outside of the mounted folder (`/opt/venv`), where it needs no volume.';
    case 'made in mount':
      return `Make it outside of ${target}.`;
    case 'taken by tool':
      return 'Set `POETRY_VIRTUALENVS_IN_PROJECT=false` in the image or for the service. A volume at that path would be taken in the same way.';
    case 'not owner':
      return `${blocker === undefined ? '' : `${blocker.words[0]!.toUpperCase()}${blocker.words.slice(1)}. `}Or leave the sync out of the start (\`uv run --no-sync\`).`;
    case 'not worker':
      return `${blocker === undefined ? '' : `${blocker.words[0]!.toUpperCase()}${blocker.words.slice(1)}. `}Reading and running work.`;
    case 'two images':
      return `Give each service a volume of its own: \`- ${path}\`, or another name.`;
    case 'needless':
      return 'No bind mount lies over the environment, so the entry can go; it is left because what is in the volume would be lost with it.';
    case 'astray':
      return `Take the entry out, or write \`${meant}\` for its path where a mount lies over that and no entry has it yet.`;
    case 'empty without image':
      return `${left}Make the environment at ${path} in the image, or take the entry out if the host's environment is meant.`;
    case 'leaves its own':
      return 'Take the entry out and set POETRY_VIRTUALENVS_IN_PROJECT=false (a .venv of the host would be taken in the same way), or let the image install into the project (POETRY_VIRTUALENVS_IN_PROJECT=true).';
  }
}

/** Verb phrase, why the fix is right, and what a reviewer should know; of equal remedies for one or more services. */
export function fixWords(group: readonly VenvMount[]): { title: string; reason: string; notes: string[] } {
  const [{ path, mount, remedy }] = group as [VenvMount];
  const names = [...new Set(group.map((one) => one.service.name))];
  const to =
    names.length === 1 ? `service ${names[0]}` : `services ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const notes = [
    `Docker fills the volume at ${path} from the image once: after a rebuild that changes packages, start with \`docker compose up --renew-anon-volumes\` (or \`docker compose down\` first).`,
    'Where the mounted folder of the host has no such folder, Docker makes an empty one there, which on Linux belongs to root.',
  ];
  if (remedy === 'add') {
    return {
      title: `Add a volume at ${path} to ${to}`,
      reason: `A volume at ${path} keeps the environment of the image in sight.`,
      notes,
    };
  }
  if (remedy === 'replace') {
    return {
      title: `Replace the mount of ${sourceOf(mount)} by a volume at ${path} in ${to}`,
      reason: `A volume at ${path} keeps the environment of the image in sight.`,
      notes,
    };
  }
  if (mount.source.kind === 'bind') {
    return {
      title: `Remove the mount of ${sourceOf(mount)} from ${to}`,
      reason: `Without it the container uses the environment of its image at ${path}.`,
      notes: [],
    };
  }
  return {
    title: `Remove the empty volume at ${path} from ${to}`,
    reason: `A program in ${path}/bin is started, which is only in the mounted folder of the host.`,
    notes: [
      'The service then runs with the environment of the host: an environment made in the image would be the better way.',
    ],
  };
}
