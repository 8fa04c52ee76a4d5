// The hidden line at the end of a pull request's text: which campaign wrote it, and what it wrote, so that a person's edit is seen.

/** What the marker says. Hashes are of the text as we wrote it, without the marker. */
export interface Marker {
  readonly campaign: string;
  readonly title: string;
  readonly text: string;
  /** We closed it ourselves, because there was nothing left to fix; no person has declined it. */
  readonly unneeded?: true;
}

const MARKER =
  /[ \t\r\n]*<!-- pyvenv-fix campaign=([A-Za-z0-9._-]{1,200}) title=([0-9a-f]{16}) text=([0-9a-f]{16})( unneeded)? -->/g;

/** The text with its marker at the end; a marker that is there is replaced. */
export function withMarker(body: string, marker: Marker): string {
  const { campaign, title, text, unneeded } = marker;
  const state = unneeded ? ' unneeded' : '';
  return `${withoutMarker(body)}\n\n<!-- pyvenv-fix campaign=${campaign} title=${title} text=${text}${state} -->\n`;
}

/** The last marker in the text; undefined where there is none: it is no text of ours. */
export function markerOf(body: string): Marker | undefined {
  const found = [...body.matchAll(MARKER)].at(-1);
  if (!found) return undefined;
  const [, campaign = '', title = '', text = '', unneeded] = found;
  return { campaign, title, text, ...(unneeded === undefined ? {} : { unneeded: true }) };
}

/** The text that a person reads. */
export function withoutMarker(body: string): string {
  return ended(body.replace(MARKER, ''));
}

/** A marker for text that we wrote. */
export function markerFor(campaign: string, written: { readonly title: string; readonly body: string }): Marker {
  return { campaign, title: titleHash(written.title), text: textHash(written.body) };
}

/** Hash of a body, without its marker; a forge's line ends and blank ends do not count. */
export function textHash(body: string): string {
  return markerHash(withoutMarker(body).replaceAll('\r\n', '\n'));
}

/** Hash of a title, without what forges put before it to say that it is a draft. */
export function titleHash(title: string): string {
  return markerHash(ended(withoutDraft(title)));
}

const DRAFT = /^(?:\[?(?:draft|wip)\]?:?|\(draft\))[ \t]+/i;

/** `Draft: title` -> `title`. */
function withoutDraft(title: string): string {
  return title.replace(DRAFT, '');
}

/** What stands before the title to say that it is a draft; '' where nothing does. */
export function draftOf(title: string): string {
  return DRAFT.exec(title)?.[0] ?? '';
}

/** Without blanks at either end. */
function ended(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && ' \t\r\n'.includes(text.charAt(start))) start++;
  while (end > start && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** FNV-1a with 64 bits over UTF-16 units: tells texts apart, protects nothing. */
function markerHash(text: string): string {
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (let at = 0; at < text.length; at++) {
    low = (low ^ text.charCodeAt(at)) >>> 0;
    // times 0x100000001b3, modulo 2^64: the low half alone stays exact in a double
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 0x100000000)) >>> 0;
    low = product >>> 0;
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
