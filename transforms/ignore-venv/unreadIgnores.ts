// Ignore files that no build reads: whatever they leave out comes into the image.

import { type Facts, isBelow } from '../../src/facts/facts.ts';
import type { Finding } from '../../src/model.ts';
import { IGNORE_FILE_UNREAD } from './ignoreDiagnoses.ts';

/** One finding for each, at its first line. */
export function unreadIgnores(facts: Facts): Finding[] {
  const read = [...new Set(facts.dockerfiles.flatMap(({ context }) => context.ignorePath ?? []))];
  const where = read.length === 0 ? "at the build context's root" : read.join(' or ');
  return facts
    .unreadIgnoreFiles()
    .filter(({ path }) => isBelow(path, facts.within ?? '') && !leavesNothingOut(facts.snapshot.read(path)))
    .map(({ path, why }) => ({
      diagnosis: IGNORE_FILE_UNREAD,
      path,
      offset: 0,
      message: `${path} is read by no build: ${why}.`,
      reason: `Move what it leaves out to ${where}, with paths from that folder, or delete it.`,
    }));
}

/** It leaves nothing out. */
const leavesNothingOut = (text: string | undefined): boolean =>
  (text ?? '').split('\n').every((line) => /^\s*(#.*)?$/.test(line));
