// Starts that get to the environment by themselves, so that only those who enter the container are outside of it.

import { trustOf } from '../../src/edit/trust.ts';
import { isBlocker } from '../../src/facts/blocker.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { anchorOf, type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { activatedAtStart, reachesByItself } from '../../src/facts/outsideStarts.ts';
import { isRun, type TraceEvent } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { placedCommand } from './commandPlace.ts';
import { SHELL_OUTSIDE } from './onPathDiagnoses.ts';
import { onPathPlan } from './onPathPlan.ts';
import { linesToWrite } from './wayOut.ts';

/** Why somebody in the container is outside, the command or file that is not, and whether nothing else can be meant. */
interface Inside {
  readonly event: TraceEvent;
  readonly words: string;
  readonly isCertain: boolean;
  readonly note?: string;
}

const ENTERING = 'who enters the container (`docker exec` with `python`, another command) runs the system Python';

/** What is said of the environment at `path`, which is not on PATH while no start misses it. */
export function shellOutside(view: ImageView, path: string, facts: Facts): Finding[] {
  const inside = byEntryScript(view, path) ?? inStartupFile(view, path) ?? byItsPath(view, path);
  if (inside === undefined) return [];
  const { dockerfile } = view;
  const name = readable(path);
  const plan = onPathPlan(view, path, facts);
  const finding: Finding = {
    diagnosis: SHELL_OUTSIDE,
    ...(inside.isCertain ? {} : { level: 'advice' as const }),
    ...anchorOf(inside.event, dockerfile),
    message: `${inside.words}; ${ENTERING}.`,
    reason: isBlocker(plan)
      ? `Left alone: ${readable(plan.words)}. ${linesToWrite(path)}`
      : linesToWrite(path, { behind: plan.behind, dockerfile }),
  };
  if (isBlocker(plan)) return [finding];
  const assumed = 'It is assumed that nothing that is started without its path is meant to run the system Python.';
  const trust = trustOf(inside.isCertain ? undefined : assumed, inside.note === undefined ? [] : [inside.note]);
  const { edits, declares } = plan;
  return [{ ...finding, fix: { title: `Put ${name} on PATH with ENV`, ...trust, edits, declares } }];
}

/** A script that starts with the container activates it. */
function byEntryScript(view: ImageView, path: string): Inside | undefined {
  const event = activatedAtStart(view, path);
  if (event === undefined) return undefined;
  return {
    event,
    words: `${event.file} activates ${readable(path)} for what it starts alone`,
    isCertain: true,
    note: `${event.file} stays as it is: activating what is on PATH already changes nothing.`,
  };
}

/** Only interactive shells activate it, and nothing else starts. */
function inStartupFile(view: ImageView, path: string): Inside | undefined {
  const event = view.dockerfile.trace.events.find(
    (one) => one.kind === 'activateScript' && one.path === path && one.when === 'build',
  );
  if (event === undefined) return undefined;
  return {
    event,
    words: `A start-up file activates ${readable(path)}, which only interactive or login shells read`,
    isCertain: true,
    note: 'The start-up file stays as it is: activating what is on PATH already changes nothing.',
  };
}

function byItsPath(view: ImageView, path: string): Inside | undefined {
  const event = reachesByItself(view, path);
  if (event !== undefined) {
    const by = event.words[0]?.includes('/') ? 'its path' : 'a PATH of its own';
    return { event, words: `${placedCommand(event)} runs in ${readable(path)} by ${by}`, isCertain: false };
  }
  // a container that is only kept open is there to be entered
  const starts = startsWithin(view).filter((one) => !one.implied);
  const implied = startsWithin(view).find((one) => one.implied && isRun(one));
  if (starts.length > 0 || implied === undefined) return undefined;
  return { event: implied, words: `Nothing that starts uses ${readable(path)}`, isCertain: true };
}
