// Opens the client of a forge; each client's package is loaded only when it is asked for.

import type { Forge, ForgeKind } from './forge.ts';
import type { ForgeAccess } from './forgePlaces.ts';

export { forgeToken } from './forgePlaces.ts';

const OPEN: Readonly<Record<ForgeKind, (access: ForgeAccess) => Promise<Forge>>> = {
  github: async (access) => (await import('./github/github.ts')).githubForge(access),
  gitlab: async (access) => (await import('./gitlab/gitlab.ts')).gitlabForge(access),
  gitea: async (access) => (await import('./gitea/gitea.ts')).giteaForge(access),
};

/** A client of a forge of this kind at `access.api`. Nothing is asked of the forge yet. */
export async function openForge(kind: ForgeKind, access: ForgeAccess): Promise<Forge> {
  return OPEN[kind](access);
}
