// One text for the commit and the pull request: what changed and why, the gain, how to opt out.

import type { AppliedFix } from '../model.ts';
import { printable } from './printable.ts';
import type { About } from './render.ts';
import { counted } from './summary.ts';

const WIDEST_TITLE = 72;
const WIDEST_LINE = 72;

/** A title of at most 72 characters without a full stop, and a body of wrapped paragraphs; UTF-8 text, not bytes. */
export interface Message {
  readonly title: string;
  readonly body: string;
}

/** `fixes`: those of one commit, in order. `about`: the transforms; ones that are not among them are told by their id. */
export function changeMessage(fixes: readonly AppliedFix[], about: readonly About[]): Message {
  const ids = [...new Set(fixes.map((fix) => fix.transform))];
  const known = ids.map((id) => about.find((one) => one.id === id) ?? { id, title: id, why: '', references: [] });
  const paragraphs = known.flatMap((transform) => {
    const own = fixes.filter((fix) => fix.transform === transform.id).map(({ fix }) => fix);
    const files = new Map<string, string[]>();
    for (const fix of own) {
      const path = fix.edits[0]?.path ?? '';
      files.set(path, [
        ...(files.get(path) ?? []),
        ...sentences(fix.title, otherFiles(fix.edits, path), fix.notes ?? [], fix.gain),
      ]);
    }
    // the first paragraph says it to a reviewer; the rest is for the documentation
    const why = plain(transform.why.split(/\n[ \t]*\n/, 1)[0] ?? '');
    const heading = known.length > 1 ? [`${plain(transform.title)}: ${why}`] : [why];
    const items = [...files].map(([path, said]) => `- ${plain(path)}: ${[...new Set(said)].join(' ')}`);
    return [heading.map((text) => wrap(text)).join('\n'), items.map((item) => wrap(item, '  ')).join('\n')];
  });
  const body = [...paragraphs, ...optOut(ids)].filter((paragraph) => paragraph !== '').join('\n\n');
  return { title: titleOf(fixes, known), body: `${body}\n` };
}

/** The message as git takes it. */
export function commitText({ title, body }: Message): string {
  return `${title}\n\n${body}`;
}

function optOut(ids: readonly string[]): string[] {
  return [
    'To keep a place as it is, put this comment on the line above it:',
    `    # pyvenv-fix: ignore[${ids.join(', ')}] reason`,
    wrap('To leave a transform out, name it under `skip` in the pyvenv-fix configuration.'),
  ];
}

function titleOf(fixes: readonly AppliedFix[], known: readonly Pick<About, 'title'>[]): string {
  const [only] = fixes;
  const [transform] = known;
  if (!only || !transform) return 'Fix virtual environments in Docker';
  if (fixes.length === 1) return fitting([only.fix.title, transform.title]);
  if (known.length === 1) return fitting([transform.title]);
  return `Fix virtual environments in Docker (${counted(fixes.length, 'fix', 'fixes')})`;
}

/** The first that fits; else the last, cut at a word. */
function fitting(titles: readonly string[]): string {
  const clean = titles.map((title) => plain(title).replace(/\.$/, ''));
  const fits = clean.find((title) => title.length <= WIDEST_TITLE && title !== '');
  if (fits !== undefined) return fits;
  const last = clean.at(-1) ?? '';
  const cut = last.slice(0, WIDEST_TITLE + 1);
  const space = cut.lastIndexOf(' ');
  return space > 0 ? cut.slice(0, space) : cut.slice(0, WIDEST_TITLE);
}

function sentences(
  title: string,
  others: readonly string[],
  notes: readonly string[],
  gain: string | undefined,
): string[] {
  const also = others.length > 0 ? ` (with ${others.map(plain).join(', ')})` : '';
  return [
    `${plain(title).replace(/\.$/, '')}${also}.`,
    ...(gain === undefined ? [] : [plain(gain)]),
    ...notes.map(plain),
  ];
}

function otherFiles(edits: readonly { readonly path: string }[], path: string): string[] {
  return [...new Set(edits.map((edit) => edit.path))].filter((other) => other !== path);
}

function plain(text: string): string {
  return printable(text.replaceAll('\n', ' '));
}

/** Lines of at most 72 characters where words allow; the first bare, the others behind `hang`. */
function wrap(text: string, hang = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDEST_LINE) {
      lines.push(line);
      line = hang + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
