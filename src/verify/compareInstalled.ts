// Compares what is installed in two images, environment by environment.

import type { EnvironmentSeen } from '../report/proof.ts';
import { packagesText, type Tally, unique, without } from './tally.ts';

/** Brought by every fresh environment or by none: their coming and going is nobody's loss. */
export const TOOLS: ReadonlySet<string> = new Set([
  'pip',
  'setuptools',
  'wheel',
  'pkg-resources',
  'distribute',
  'pyvenv-fix-planted',
]);

/**
 * Each environment by itself where it stands on both sides; what was in the system, or in an environment that is gone, may be
 * anywhere now, as fixes move it.
 */
export function compareInstalled(
  before: readonly EnvironmentSeen[],
  after: readonly EnvironmentSeen[],
  { base, tally }: { readonly base: ReadonlySet<string>; readonly tally: Tally },
): void {
  const own = ({ path, packages }: EnvironmentSeen) =>
    packages.filter((name) => !TOOLS.has(name) && (path !== '' || !base.has(name)));
  const later = new Map(after.map((one) => [one.path, one]));
  const all = after.flatMap(({ packages }) => packages);
  const everything = before.flatMap(({ packages }) => packages);
  const missing: string[] = [];
  for (const one of before) {
    const other = one.path === '' ? undefined : later.get(one.path);
    if (other) {
      const gone = without(own(one), other.packages);
      if (gone.length > 0) sayGone(`The environment ${one.path}`, gone, tally);
      const come = without(own(other), [...one.packages, ...everything]);
      if (come.length > 0 && own(one).length > 0)
        tally.open.push(`The environment ${one.path} has ${packagesText(come)} in addition.`);
      compareVersions(one, [other], own(one), tally);
      continue;
    }
    const names = own(one);
    missing.push(...without(names, all));
    compareVersions(one, after, names, tally);
    if (one.path === '') continue;
    const text = `The environment ${one.path} is no longer in the image`;
    const moved = after.some(({ path }) => path !== '' && !before.some((known) => known.path === path));
    tally.told.push(`${text}.`);
    if (names.length > 0 && !moved)
      tally.doubts.push('Whether something needs the environment that is gone is not known.');
  }
  if (missing.length > 0) sayGone('The image', unique(missing), tally);
  const plain = (side: readonly EnvironmentSeen[]) => side.flatMap(own).filter((name) => !base.has(name));
  const known = new Set(before.flatMap((one) => (one.path === '' || own(one).length === 0 ? [] : [one.path])));
  const come = without(plain(after.filter(({ path }) => !known.has(path))), plain(before));
  if (come.length > 0) tally.gained.push(`The image has ${packagesText(come)} in addition.`);
}

function sayGone(where: string, names: readonly string[], { lost, gone }: Tally): void {
  lost.push(`${where} no longer has ${packagesText(names)}.`);
  gone.add('packages');
}

/** A package that is nowhere any more in its version is another one. */
function compareVersions(
  before: EnvironmentSeen,
  after: readonly EnvironmentSeen[],
  names: readonly string[],
  { lost }: Tally,
): void {
  for (const name of names) {
    const was = before.versions?.[name] ?? '';
    const now = after.flatMap(({ versions }) => versions?.[name] ?? []);
    if (was === '' || now.length === 0 || now.includes(was)) continue;
    const where = before.path === '' ? 'the image' : before.path;
    lost.push(`The package \`${name}\` in ${where} was ${was} and is now ${unique(now).join(', ')}.`);
  }
}
