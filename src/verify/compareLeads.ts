// Compares what environments lead to: the path that their scripts have for them, and links to folders that are not there.

import { bytesOf } from '../text/latin1.ts';
import type { SideDetails } from './looked.ts';
import type { Tally } from './tally.ts';

/** Says nothing where a side was not looked at by a Python in its image. */
export function compareLeads({ leads: was }: SideDetails, { leads: now }: SideDetails, { lost, gained }: Tally): void {
  if (!was || !now) return;
  const code = (path: string): string => `\`${bytesOf(path)}\``;
  const madeAt = (root: string, path: string): string =>
    `The environment ${code(root)} was made at ${code(path)}, which its scripts start Python from`;
  for (const [root, path] of was.moved)
    if (!now.moved.has(root)) gained.push(`${madeAt(root, path)}; now it stands where it was made.`);
  for (const [root, path] of now.moved)
    if (!was.moved.has(root)) lost.push(`${madeAt(root, path)}, and before it stood where it was made.`);
  const leadsTo = (path: string, folder: string): string =>
    `${code(path)} leads to ${code(folder)}, which is not in the image`;
  for (const [path, folder] of was.dead)
    if (!now.dead.has(path)) gained.push(`${leadsTo(path, folder)}; now it does not.`);
  for (const [path, folder] of now.dead)
    if (!was.dead.has(path)) lost.push(`${leadsTo(path, folder)}, and before it did not.`);
}
