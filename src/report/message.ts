// One text for the commit and the pull request: what changed and why, the gain, how to opt out.

import type { AppliedFix, Fix } from '../model.ts';
import { printable } from '../text/printable.ts';
import type { About } from './formats.ts';
import { counted } from './summary.ts';

const WIDEST_TITLE = 72;
const WIDEST_LINE = 72;
/** What a forge takes for a person, an issue or a link, also in the title of a commit: "fixes #1" would close one. */
const REFERS = /[@#!&`<>[\]~^%|]|\$\d|\b[A-Z]\w*-\d|:\/\/|\bwww\./i;

/** A title of at most 72 characters without a full stop, and a body of wrapped paragraphs; UTF-8 text, not bytes. */
export interface Message {
  readonly title: string;
  readonly body: string;
}

/** What the commit and the pull request both say, before it is laid out. Text of the repository in it is latin1, as it stands there. */
export interface ChangeWords {
  /** Ids of the transforms, in order. */
  readonly ids: readonly string[];
  /** At most 72 characters without a full stop; UTF-8 text of one line. */
  readonly title: string;
  readonly transforms: readonly {
    readonly title: string;
    /** The first paragraph of the transform's reason, its own Markdown; lines are joined. */
    readonly why: string;
    readonly files: readonly {
      readonly path: string;
      readonly sentences: readonly string[];
    }[];
  }[];
}

/** `fixes`: what is told about, in order. `about`: the transforms; ones that are not among them are told by their id. */
export function changeWords(fixes: readonly AppliedFix[], about: readonly About[]): ChangeWords {
  const ids = [...new Set(fixes.map((fix) => fix.transform))];
  const known = ids.map((id) => about.find((one) => one.id === id) ?? { id, title: id, why: '', references: [] });
  const transforms = known.map(({ id, title, why }) => {
    const files = new Map<string, Set<string>>();
    for (const { transform, fix } of fixes) {
      if (transform !== id) continue;
      const path = fix.edits[0]?.path ?? '';
      const said = files.get(path) ?? new Set();
      for (const sentence of fixSentences(fix, path)) said.add(sentence);
      files.set(path, said);
    }
    // the first paragraph says it to a reviewer; the rest is for the documentation
    const first = (why.split(/\n[ \t]*\n/, 1)[0] ?? '').replaceAll('\n', ' ');
    return { title, why: first, files: [...files].map(([path, said]) => ({ path, sentences: [...said] })) };
  });
  return { ids, title: titleOf(fixes, known), transforms };
}

/** `fixes`: those of one commit, in order. `about`: the transforms; ones that are not among them are told by their id. */
export function changeMessage(fixes: readonly AppliedFix[], about: readonly About[]): Message {
  const { ids, title, transforms } = changeWords(fixes, about);
  const paragraphs = transforms.flatMap((transform) => {
    const why = plainSentence(transform.why);
    const heading = transforms.length > 1 ? `${plainSentence(transform.title)}: ${why}` : why;
    const items = transform.files.map(
      ({ path, sentences: said }) => `- ${plainSentence(path)}: ${said.map(plainSentence).join(' ')}`,
    );
    return [wrap(heading), items.map((item) => wrap(item, '  ')).join('\n')];
  });
  const body = [...paragraphs, ...optOutText(ids)].filter((paragraph) => paragraph !== '').join('\n\n');
  return { title, body: `${body}\n` };
}

/** The message as git takes it. */
export function commitText({ title, body }: Message): string {
  return `${title}\n\n${body}`;
}

function optOutText(ids: readonly string[]): string[] {
  return [
    'To keep a place as it is, put this comment above its FROM, RUN, COPY or volume:',
    `    # pyvenv-fix: ignore[${ids.join(', ')}] reason`,
    wrap('To leave a transform out, name it under `skip` in the pyvenv-fix configuration.'),
  ];
}

function titleOf(fixes: readonly AppliedFix[], known: readonly Pick<About, 'title'>[]): string {
  const [only] = fixes;
  const [transform] = known;
  if (!only || !transform) return 'Improve how Python runs in Docker';
  if (fixes.length === 1) return fitting([only.fix.title, transform.title]);
  if (known.length === 1) return fitting([transform.title]);
  return `Improve how Python runs in Docker (${counted(fixes.length, 'fix', 'fixes')})`;
}

/** The first that fits; else the last, cut at a word. */
function fitting(titles: readonly string[]): string {
  const clean = titles.map((title) => plainSentence(title).replace(/\.$/, ''));
  const fits = clean.find((title) => title.length <= WIDEST_TITLE && title !== '' && !REFERS.test(title));
  if (fits !== undefined) return fits;
  const last = clean.at(-1) ?? '';
  const cut = last.slice(0, WIDEST_TITLE + 1);
  const space = cut.lastIndexOf(' ');
  return space > 0 ? cut.slice(0, space) : cut.slice(0, WIDEST_TITLE);
}

function fixSentences({ title, edits, notes, gain }: Fix, path: string): string[] {
  const others = otherFiles(edits, path);
  const also = others.length > 0 ? ` (with ${others.join(', ')})` : '';
  return [`${title.replace(/\.$/, '')}${also}.`, ...(gain === undefined ? [] : [gain]), ...(notes ?? [])];
}

function otherFiles(edits: readonly { readonly path: string }[], path: string): string[] {
  return [...new Set(edits.map((edit) => edit.path))].filter((other) => other !== path);
}

function plainSentence(text: string): string {
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
