// Where a campaign stands, counted from its events: what the live block and the progress lines are made from. Pure but for its own state.

import type { Ended, JobStep } from '../bulkModel.ts';
import type { CampaignEvent } from '../campaignEvents.ts';

/** What somebody works on. */
export interface Active {
  readonly key: string;
  readonly name: string;
  /** `done`: it has ended just now, and nobody has taken its place. */
  readonly step: JobStep | 'done' | undefined;
  /** When this step began. */
  readonly since: number;
  readonly worker?: string;
}

export interface Progress {
  readonly counts: Readonly<Record<Ended, number>>;
  /** Ended, those of a run that was broken off counted in. */
  readonly done: number;
  /** All there are, once the sources have been read. */
  readonly total: number | undefined;
  /** Waits for its next attempt. */
  readonly again: number;
  readonly pullRequests: number;
  /** By slot: a repository keeps its line until it has ended. */
  readonly active: readonly (Active | undefined)[];
  readonly perSecond: number;
  /** Milliseconds; undefined while nothing can be said. */
  readonly left: number | undefined;
  readonly endless: boolean;
  readonly stopping: boolean;
  /** The wave's pull requests are being looked at. */
  readonly looked?: { readonly done: number; readonly total: number };
}

/** The rate is that of so many last milliseconds. */
const WINDOW = 120_000;
const SAMPLE = 2_000;
/** Jobs take milliseconds at times: a line that went blank between two of them would flicker. */
const LINGER = 1_000;

export interface ProgressKeeper {
  take(event: CampaignEvent): void;
  /** There are about so many, before all are known. */
  expect(total: number): void;
  now(): Progress;
}

/** Keeps count. `rate`: pull requests an hour; `wave`: the most that are opened. `clock` gives milliseconds. */
export function keepProgress({
  rate,
  wave,
  clock,
  endless = false,
}: {
  readonly rate: number;
  readonly wave?: number;
  readonly clock: () => number;
  /** There is no list to come to the end of. */
  readonly endless?: boolean;
}): ProgressKeeper {
  const counts: Record<Ended, number> = { changed: 0, unchanged: 0, skipped: 0, waiting: 0, failed: 0 };
  const slots: Active[] = [];
  const slotOf = new Map<string, number>();
  const samples: { time: number; ended: number }[] = [{ time: clock(), ended: 0 }];
  let ended = 0;
  let before = 0;
  let total: number | undefined;
  let again = 0;
  let pullRequests = 0;
  let stopping = false;
  let looked: Progress['looked'];

  const free = (key: string) => {
    const slot = slotOf.get(key);
    if (slot === undefined) return;
    slotOf.delete(key);
    slots[slot] = { ...slots[slot]!, step: 'done', since: clock() };
  };
  const begin = (active: Active) => {
    free(active.key);
    const empty = slots.findIndex((one) => one?.step === 'done');
    const slot = empty < 0 ? slots.length : empty;
    slots[slot] = active;
    slotOf.set(active.key, slot);
  };
  const sample = () => {
    const time = clock();
    if (time - samples.at(-1)!.time < SAMPLE) return;
    samples.push({ time, ended });
    while (samples.length > 2 && time - samples[1]!.time >= WINDOW) samples.shift();
  };

  return {
    take(event) {
      switch (event.kind) {
        case 'resume':
          before = event.done;
          break;
        case 'listed':
          total = event.count;
          break;
        case 'start': {
          const { key, name, worker } = event;
          begin({ key, name, step: undefined, since: clock(), ...(worker === undefined ? {} : { worker }) });
          break;
        }
        case 'step': {
          const slot = slotOf.get(event.key);
          const active = slot === undefined ? undefined : slots[slot];
          if (active && active.step !== event.step) slots[slot!] = { ...active, step: event.step, since: clock() };
          break;
        }
        case 'again':
          free(event.result.key);
          again++;
          break;
        case 'end':
          free(event.result.key);
          counts[event.result.ended]++;
          ended++;
          if (event.result.pullRequest?.action === 'opened') pullRequests++;
          sample();
          break;
        case 'looked':
          looked = event;
          break;
        case 'stopping':
          stopping = true;
          break;
        case 'repaired':
        case 'twice':
          break;
      }
    },
    expect(count) {
      total ??= count;
    },
    now() {
      sample();
      const first = samples[0]!;
      const seconds = (clock() - first.time) / 1000;
      const perSecond = seconds >= 1 ? (ended - first.ended) / seconds : 0;
      const waiting = total === undefined ? undefined : Math.max(0, total - before - ended);
      const work = waiting !== undefined && perSecond > 0 ? (waiting / perSecond) * 1000 : undefined;
      const share = ended > 0 ? pullRequests / ended : 0;
      const allowed = wave === undefined ? Number.POSITIVE_INFINITY : Math.max(0, wave - pullRequests);
      const pace = waiting === undefined ? 0 : (Math.min(waiting * share, allowed) / rate) * 3_600_000;
      return {
        counts: { ...counts },
        done: before + ended,
        total,
        again,
        pullRequests,
        active: slots.map((one) => (one.step === 'done' && clock() - one.since > LINGER ? undefined : one)),
        perSecond,
        left: waiting === 0 ? 0 : work === undefined ? undefined : Math.max(work, pace),
        endless,
        stopping,
        ...(looked && looked.done < looked.total ? { looked } : {}),
      };
    },
  };
}
