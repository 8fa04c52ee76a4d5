// Opens the client of a forge; each client's package is loaded only when it is asked for.

import type { Forge, ForgeKind } from './forge.ts';
import type { ForgeAccess } from './places.ts';

export { tokenOf } from './places.ts';

/** A client of a forge of this kind at `access.api`. Nothing is asked of the forge yet. */
export async function openForge(kind: ForgeKind, access: ForgeAccess): Promise<Forge> {
  if (kind === 'github') return (await import('./github.ts')).githubForge(access);
  if (kind === 'gitlab') return (await import('./gitlab.ts')).gitlabForge(access);
  return (await import('./gitea.ts')).giteaForge(access);
}
