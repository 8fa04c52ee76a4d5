// What is otherwise where a developer's environment stands in the tree, in one sentence for each difference.

import type { HostProof, SideSeen } from '../report/proof.ts';
import { type JudgeOptions, judge } from './judge.ts';
import { type SideLooked, toldOf } from './looked.ts';
import { PLANTED } from './probe.ts';
import type { Subject } from './subjects.ts';
import { capital, listed, unique } from './tally.ts';
import { takesPath } from './trialPlaces.ts';

/** An ignore file may let some of them through. */
const FILES = Object.keys(PLANTED.files);

/** Names of the planted folders that a side takes in, by its context or by a mount; none where neither side does. */
export function hostNames({ before, after }: Subject, planted: readonly string[]): string[] {
  const sides = [before, after].filter((side) => side !== undefined);
  const taken = planted.filter((place) =>
    sides.some((side) => FILES.some((file) => takesPath(side, `${place}/${file}`))),
  );
  return unique(taken.map((place) => place.slice(place.lastIndexOf('/') + 1))).sort();
}

export interface HostOptions {
  readonly options: JudgeOptions;
  /** What a tree without such folders has shown. */
  readonly plain: readonly string[];
  /** What the fixes make of a tree without them. */
  readonly later?: SideLooked;
  /** Both sides without them, where neither builds. */
  readonly needs?: { readonly before: SideSeen; readonly after: SideSeen };
}

/** What only a tree with such folders shows. Undefined where there is nothing. */
export function hostProof(
  names: readonly string[],
  sides: { readonly before: SideLooked; readonly after: SideLooked },
  { options, plain, needs, later }: HostOptions,
): HostProof | undefined {
  const before = toldOf(sides.before);
  const after = toldOf(sides.after);
  const told = { names, before, after };
  const folders = (needs ? [needs.before, needs.after] : [before, after]).flatMap(failedOver(names));
  const where = `where a developer has ${folderText(folders.length > 0 ? unique(folders) : names)}`;
  const untold = before.untold ?? after.untold;
  if (untold !== undefined) {
    return {
      ...told,
      verdict: 'cannot tell',
      reasons: [`It could not be looked at ${where}: ${untold.replace(/\.$/, '')}.`],
    };
  }
  if (!before.built && !after.built && needs) return undefined;
  if (!before.built && !after.built)
    return { ...told, verdict: 'same', reasons: [`Fails ${where}, before and after the fixes.`] };
  if (!before.built)
    return { ...told, verdict: 'better', reasons: [`Fails ${where}; after the fixes it builds there too.`] };
  if (!after.built) return { ...told, verdict: 'worse', reasons: [`Builds ${where}; after the fixes it fails there.`] };
  // The files of the image were compared without such a folder.
  const was = withoutDetails(sides.before);
  const now = withoutDetails(sides.after);
  const judged = judge(was, now, options);
  const kept = before.leaks.filter((path) => after.leaks.includes(path));
  const reasons = judged.reasons
    .filter((reason) => !plain.includes(reason))
    .map((reason) => (OF_HOST.test(reason) ? reason : `${capital(where)}: ${reason}`));
  if (kept.length > 0)
    reasons.push(`A developer's environment gets into the image (${kept.join(', ')}), before and after the fixes.`);
  // What comes back to what a tree without such folders shows is won.
  const isBack = later !== undefined && judge(withoutDetails(later), now, options).verdict === 'same';
  const verdict = judged.verdict === 'cannot tell' && isBack ? 'better' : judged.verdict;
  const isNew = reasons.length > (kept.length > 0 ? 1 : 0);
  if (needs) reasons.unshift(`Builds only ${where}, before and after the fixes.`);
  if (reasons.length === 0) return undefined;
  return { ...told, verdict: isNew ? verdict : 'same', reasons };
}

const withoutDetails = ({ details: _, ...side }: SideLooked): SideLooked => side;

/** Sentences that say themselves of whom they are. */
const OF_HOST = /^A developer's environment /;

/** Of a side that did not build: the folders that its log names. */
export const failedOver =
  (names: readonly string[]) =>
  ({ built, log }: SideSeen): string[] =>
    built
      ? []
      : names.filter((name) =>
          log.some((line) =>
            new RegExp(`(?:^|[\\s/"'\`])${name.replaceAll(/[.+*?()[\]{}|\\^$]/g, '\\$&')}(?:[/\\s"'\`:]|$)`).test(line),
          ),
        );

const folderText = (names: readonly string[]): string => `a ${listed(names).replace(' and ', ' or ')} folder`;
