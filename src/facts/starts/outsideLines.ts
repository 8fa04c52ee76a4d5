// Lines that run something in a container, outside the environment that has its packages.

import type { Facts } from '../facts.ts';
import type { ImageView } from '../imageView.ts';
import { howOutside, type OutsideStart } from '../outsideStarts.ts';
import { type Entering, enteringOf } from './enteringStarts.ts';
import type { ContainerStart } from './startShapes.ts';

/** A line that does not find what it needs. */
export interface OutsideLine extends OutsideStart {
  readonly start: ContainerStart;
  /** Something that is not known may make it find it. */
  readonly isOpen: boolean;
}

/** Such lines: those that machines run first, then those of pages. */
export function outsideLines(view: ImageView, facts: Facts): OutsideLine[] {
  const byLine = new Map<ContainerStart, Entering[]>();
  for (const one of enteringOf(view, facts, facts.starts()))
    byLine.set(one.start, [...(byLine.get(one.start) ?? []), one]);
  const found = [...byLine].flatMap(([start, containers]): OutsideLine[] => {
    const outside = containers.map(outsideIn);
    const [first] = outside;
    // a service of several compose files is outside in each of them, or nothing is said
    if (first === undefined || outside.some((one) => one === undefined)) return [];
    const isOpen = start.starts?.assumed !== false || containers.some((one) => one.isOpen);
    return [{ ...first, start, isOpen }];
  });
  return found.sort((one, other) => lineRank(one) - lineRank(other));
}

const lineRank = ({ start, isOpen, how }: OutsideLine): number =>
  (start.kind === 'docs' ? 2 : 0) + (isOpen || how === 'perhaps' ? 1 : 0);

function outsideIn({ events, view }: Entering): OutsideStart | undefined {
  for (const event of events) {
    const how = howOutside(event, view);
    if (how !== undefined) return { event, how };
  }
  return undefined;
}
