// Checks of single values in what a forge says.

import { ForgeProblem } from './forge.ts';
import type { ForgePlace } from './places.ts';

/** The text, or a problem where the forge gave none. */
export function requiredText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ForgeProblem('refused', 'the forge answered without a value that it always has');
}

/**
 * The https address to clone from, without credentials. Where the forge names one on another host (a hostile or a wrongly set up
 * one), its own is used: our token goes with it.
 */
export function cloneUrlOf(given: string | null | undefined, place: ForgePlace, path: string): string {
  const api = new URL(place.api);
  const root = api.pathname.replace(/\/?(?:api\/v[0-9])?$/, '');
  const own = `${api.protocol}//${place.host}${root}/${path}.git`;
  if (typeof given !== 'string' || !URL.canParse(given)) return own;
  const url = new URL(given);
  if (url.protocol !== api.protocol || url.hostname !== api.hostname) return own;
  url.username = '';
  url.password = '';
  return url.href;
}
