// Shows how a campaign goes on: a live block on a terminal, elsewhere a line every few seconds.

import pico from 'picocolors';
import type { CampaignEvent } from '../campaignEvents.ts';
import { liveBlock, progressLine } from './block.ts';
import { countOf, duration, shown } from './displayWords.ts';
import type { ProgressKeeper } from './progress.ts';
import { type Block, blockOn, type Screen } from './screen.ts';

export interface Show {
  event(event: CampaignEvent): void;
  /** Runs `write`, which writes to the same terminal, with the block out of its way. */
  around(write: () => void): void;
  /** Puts a line above the block that stays. */
  say(line: string): void;
  /** Ends the showing; nothing of the block is left. */
  stop(): void;
}

export interface ShowOptions {
  readonly screen: Screen;
  readonly progress: ProgressKeeper;
  readonly color: boolean;
  /** Nothing at all is shown. */
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly clock: () => number;
  /** Milliseconds between two looks. */
  readonly every?: { readonly live: number; readonly lines: number };
}

const EVERY = { live: 100, lines: 5_000 };

/** Shows on `screen` until `stop`; the progress is kept up to date in any case. */
export function show(options: ShowOptions): Show {
  const { screen, progress, quiet, every = EVERY } = options;
  if (quiet) return { event: progress.take, around: (write) => write(), say: () => {}, stop: () => {} };
  const live = screen.size() !== undefined;
  const block = live ? blockOn(screen) : undefined;
  const redraw = block ? () => drawOn(block, options) : lineWriter(options);
  const timer = setInterval(redraw, block ? every.live : every.lines);
  let over = false;
  const around = (write: () => void) => {
    block?.clear();
    write();
    // At once: nobody shall see the block gone.
    if (block && !over) redraw();
  };
  const say = (line: string) => around(() => screen.write(`${line}\n`));
  return {
    event(event) {
      progress.take(event);
      const note = noteOf(event, options);
      if (note !== undefined) say(note);
    },
    around,
    say,
    stop() {
      over = true;
      clearInterval(timer);
      block?.clear();
    },
  };
}

function drawOn(block: Block, { screen, progress, color, clock }: ShowOptions): void {
  const { columns, rows } = screen.size() ?? { columns: 80, rows: 24 };
  block.draw(liveBlock(progress.now(), { columns, rows, now: clock(), paint: pico.createColors(color) }));
}

function lineWriter({ screen, progress }: ShowOptions): () => void {
  let before = '';
  return () => {
    const line = progressLine(progress.now());
    if (line === before) return;
    before = line;
    screen.write(`${line}\n`);
  };
}

/** What is worth a line that stays. */
function noteOf(event: CampaignEvent, { verbose, clock }: ShowOptions): string | undefined {
  switch (event.kind) {
    case 'resume':
      return `Going on with run ${event.run}, begun ${duration(clock() - event.began)} ago: ${countOf(event.done, 'repository', 'repositories')} done already.`;
    case 'repaired':
      return `The end of the journal was torn; ${countOf(event.bytes, 'byte')} that never counted were cut off.`;
    case 'twice':
      return verbose ? `${shown(event.name)} is named twice; it is done once.` : undefined;
    case 'again': {
      const { name, reason, detail } = event.result;
      const why = `${shown(reason)}${detail === undefined ? '' : ` (${shown(detail)})`}`;
      return verbose ? `${shown(name)}: ${why}; tried again in ${duration(event.wait)}.` : undefined;
    }
    case 'stopping':
      return event.why === 'aborted' ? 'Stopping: what is under way ends first. Once more ends at once.' : undefined;
    default:
      return undefined;
  }
}
