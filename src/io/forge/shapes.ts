// Checks of single values in what a forge says.

import { ForgeProblem } from './forge.ts';
import { type ForgePlace, isOwnAddress, webOriginOf } from './forgePlaces.ts';

/** The text, or a problem where the forge gave none. */
export function requiredField(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ForgeProblem('refused', 'the forge answered without a value that it always has');
}

/**
 * The address to clone from, without credentials: what the forge says, or where it says nothing what its address and the path come to.
 * Undefined where it names one that is not its own (another scheme, host or port): our token would go there, or what lies on this
 * machine would be taken for the repository.
 */
export function cloneUrlOf(given: string | null | undefined, place: ForgePlace, path: string): string | undefined {
  const origin = webOriginOf(place);
  if (given === null || given === undefined || given === '') {
    const root = new URL(place.api).pathname.replace(/\/?(?:api\/v[0-9])?$/, '');
    return `${origin}${root}/${path}.git`;
  }
  if (!isOwnAddress(given, place)) return undefined;
  const url = new URL(given);
  if (url.protocol === 'ssh:') return given;
  url.username = '';
  url.password = '';
  return url.href;
}
