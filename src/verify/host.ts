// What is otherwise where a developer's environment stands in the tree, in one sentence for each difference.

import type { HostProof, SideSeen } from '../report/proof.ts';
import { type JudgeOptions, judge } from './compare.ts';
import { type SideLooked, toldOf } from './looked.ts';
import type { Subject } from './subjects.ts';
import { listed, unique } from './tally.ts';
import { takesPath } from './trialPlaces.ts';

/** Names of the planted folders that a side takes in, by its context or by a mount; none where neither side does. */
export function hostNames({ before, after }: Subject, planted: readonly string[]): string[] {
  const sides = [before, after].filter((side) => side !== undefined);
  const taken = planted.filter((place) => sides.some((side) => takesPath(side, `${place}/pyvenv.cfg`)));
  return unique(taken.map((place) => place.slice(place.lastIndexOf('/') + 1))).sort();
}

/** What only a tree with such folders shows; `plain`: what one without them has shown. Undefined where there is nothing. */
export function hostProof(
  names: readonly string[],
  sides: { readonly before: SideLooked; readonly after: SideLooked },
  { options, plain }: { readonly options: JudgeOptions; readonly plain: readonly string[] },
): HostProof | undefined {
  const before = toldOf(sides.before);
  const after = toldOf(sides.after);
  const told = { names, before, after };
  const folders = [before, after].flatMap(failedOver(names));
  const where = `where a developer has ${folderText(folders.length > 0 ? unique(folders) : names)}`;
  const untold = before.untold ?? after.untold;
  if (untold !== undefined) {
    return {
      ...told,
      verdict: 'cannot tell',
      reasons: [`It could not be looked at ${where}: ${untold.replace(/\.$/, '')}.`],
    };
  }
  if (!before.built && !after.built)
    return { ...told, verdict: 'same', reasons: [`Fails ${where}, before and after the fixes.`] };
  if (!before.built)
    return { ...told, verdict: 'better', reasons: [`Fails ${where}; after the fixes it builds there too.`] };
  if (!after.built) return { ...told, verdict: 'worse', reasons: [`Builds ${where}; after the fixes it fails there.`] };
  // The files of the image were compared without such a folder.
  const { details: _, ...was } = sides.before;
  const { details: _own, ...now } = sides.after;
  const judged = judge(was, now, options);
  const kept = before.leaks.filter((path) => after.leaks.includes(path));
  const reasons = judged.reasons
    .filter((reason) => !plain.includes(reason))
    .map((reason) => (OF_HOST.test(reason) ? reason : `${capital(where)}: ${reason}`));
  if (kept.length > 0)
    reasons.push(`A developer's environment gets into the image (${kept.join(', ')}), before and after the fixes.`);
  if (reasons.length === 0) return undefined;
  const isNew = reasons.length > (kept.length > 0 ? 1 : 0);
  return { ...told, verdict: isNew ? judged.verdict : 'same', reasons };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Sentences that say themselves of whom they are. */
const OF_HOST = /^A developer's environment /;

/** Of a side that did not build: the folders that its log names. */
const failedOver =
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
