// `--interactive`: fix by fix, as `git add -p` asks.

import { overlaid } from '../edit/overlay.ts';
import type { Offer } from '../fix/loop.ts';
import { unifiedDiff } from '../report/diff.ts';
import { printable } from '../text/printable.ts';

/** How the chooser talks; text is latin1. `ask` waits for one line, undefined at the end of input. */
export interface Conversation {
  ask(question: string): string | undefined;
  /** Shows a diff, its control characters made visible. */
  show(diff: string): void;
  say(text: string): void;
}

/** Bytes on both sides of an edit that tell one place from another. */
const AROUND = 60;

const HELP = `y - apply this fix
n - do not apply it
q - quit; do not apply this fix or any of the remaining ones
a - apply this fix and all later ones of this transform
d - do not apply this fix or any later one of this transform
? - print help
`;

/** Returns what decides each offer; an offer that was declined once is not shown again. The end of input means `q`. */
export function chooser(talk: Conversation): (offer: Offer) => boolean {
  const always = new Map<string, boolean>();
  const declined = new Set<string>();
  let quit = false;
  return (offer) => {
    const { transform, fix, snapshot } = offer;
    const name = offerName(offer);
    if (quit || declined.has(name)) return false;
    const settled = always.get(transform);
    if (settled !== undefined) return settled;
    const after = overlaid(snapshot, fix.edits);
    talk.show(unifiedDiff(snapshot, after, [...new Set(fix.edits.map((edit) => edit.path))]));
    for (const note of fix.notes ?? []) talk.say(`${printable(note)}\n`);
    const unsafe = fix.safety === 'unsafe' ? ' (unsafe)' : '';
    for (;;) {
      const answer = talk.ask(`${transform}: ${printable(fix.title)}${unsafe}\nApply this fix [y,n,q,a,d,?]? `);
      const letter = (answer ?? 'q').replaceAll(/[ \t\r]/g, '').toLowerCase();
      if (letter === 'a' || letter === 'd') always.set(transform, letter === 'a');
      if (letter === 'y' || letter === 'a') return true;
      if (letter === 'q') quit = true;
      if (letter === 'n' || letter === 'd' || letter === 'q') {
        declined.add(name);
        return false;
      }
      talk.say(HELP);
    }
  };
}

/** The same for the same fix at the same place, also after edits further up have moved it. */
function offerName({ transform, fix, snapshot }: Offer): string {
  const places = fix.edits.map(({ path, start, end, newText }) => {
    const around = snapshot.read(path)?.slice(Math.max(0, start - AROUND), end + AROUND) ?? '';
    return [path, around, newText].join('\0');
  });
  return [transform, fix.title, ...places].join('\0');
}
