// Small files that the steps of a Dockerfile write: settings of the installers, scripts fetched from the web.

import type { FileText } from '../installers/callState.ts';
import type { RedirectTarget } from '../shell/interpreter.ts';
import { pathIn, type Shell } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { isKnown, readable, unknown } from '../values.ts';
import type { WrittenFile } from './imageFiles.ts';
import type { Tracer } from './tracer.ts';

/** Longer texts are no settings. */
const LONGEST = 20_000;

/** What stands at an absolute path; undefined: nothing that this Dockerfile put there. */
export function fileAt(path: string, tracer: Tracer): FileText | undefined {
  return tracer.mounted.get(path) ?? tracer.fileAt(path);
}

/** What the steps themselves wrote at a path, or somewhere above it. */
export function writtenAt(path: string, written: ReadonlyMap<string, WrittenFile>): WrittenFile | undefined {
  let found = written.get(path);
  for (let at = path.lastIndexOf('/'); at >= 0; at = at === 0 ? -1 : path.lastIndexOf('/', at - 1)) {
    const above = written.get(path.slice(0, at + 1));
    if (above !== undefined && (found === undefined || above.copies > found.copies)) found = above;
  }
  return found;
}

export function write(path: string, file: FileText, tracer: Tracer): void {
  const own = 'text' in file && file.text.length > LONGEST ? { why: `${readable(path)} is long` } : file;
  tracer.files.written.delete(path);
  tracer.files.written.set(path, { ...own, copies: tracer.files.copies.length });
}

/** A command has made something of the file that is not followed. */
export function writeUnknown(path: string, by: string, tracer: Tracer): void {
  write(path, { why: `what ${by} writes to ${readable(path)} is not known` }, tracer);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"' };
const unescapedOutput = (text: string): string =>
  text.replace(/\\([ntr"\\])/g, (_, character: string) => ESCAPES[character]!);

/** What a command prints; undefined where that is not followed. */
export function printed(list: readonly Field[], shell: Shell): string | undefined {
  const [name = '', ...rest] = list.map((field) => field.value);
  if (name === 'echo') {
    let at = 0;
    while (/^-[neE]+$/.test(rest[at] ?? '')) at++;
    const flags = rest.slice(0, at).join('');
    const text = rest.slice(at).join(' ');
    const escapes = flags.includes('e') || (shell.kind !== 'bash' && !flags.includes('E'));
    return (escapes ? unescapedOutput(text) : text) + (flags.includes('n') ? '' : '\n');
  }
  if (name !== 'printf' || rest[0] === undefined || rest[0].startsWith('-')) return undefined;
  const args = rest.slice(1);
  const format = unescapedOutput(rest[0]);
  if (/%(?![sb%])/.test(format)) return undefined;
  let out = '';
  do {
    out += format.replace(/%([sb%])/g, (_, kind: string) => {
      if (kind === '%') return '%';
      const value = args.shift() ?? '';
      return kind === 'b' ? unescapedOutput(value) : value;
    });
  } while (args.length > 0 && /%[sb]/.test(format));
  return out;
}

/** A here-document's text with its variables as the shell has them, for one whose end is not quoted. */
export function documentText(body: string, shell: Shell): string | undefined {
  if (/`|\$\(/.test(body)) return undefined;
  return body.replace(/\\\$|\$\{?([A-Za-z_]\w*)\}?/g, (all, name: string | undefined) =>
    name === undefined ? '$' : (shell.variables.get(name) ?? (shell.complete ? '' : unknown(all))),
  );
}

/** What a command (or a group of them) prints. */
interface WrittenOutput {
  /** Where that is known. */
  readonly text: string | undefined;
  /** Who prints it. */
  readonly by: string;
}

/** Files that redirections write. */
export function writeByRedirects(
  targets: readonly RedirectTarget[],
  { text, by }: WrittenOutput,
  shell: Shell,
  tracer: Tracer,
): void {
  for (const { redirect, value: target } of targets) {
    if (redirect.type !== 'Redirect' || !/^(\d|&)?>(>|\|)?$/.test(redirect.operator)) continue;
    if (target === '' || target.startsWith('/dev/') || /^\d+$/.test(target)) continue;
    const path = pathIn(shell, target);
    const isErrors = redirect.descriptor?.type === 'FileDescriptor' && redirect.descriptor.value !== 1;
    const before = redirect.operator.includes('>>') ? fileAt(path, tracer) : undefined;
    if (isErrors || shell.conditional || text === undefined || (before !== undefined && 'why' in before))
      writeUnknown(path, by, tracer);
    else write(path, { text: (before?.text ?? '') + text }, tracer);
  }
}

/** Where a user keeps settings, and the system its own. */
const OF_SETTINGS =
  /^(\/etc|\/etc\/(xdg|pip|uv)|\/root|\/home\/[^/]+|.*\/\.config(\/(pip|uv|pypoetry|pdm))?|.*\/\.pip)$/;

/** Something that is not known comes into a folder (git clone, tar, rsync). */
export function fillFolder(folder: string, by: string, tracer: Tracer): void {
  if (!isKnown(folder) || OF_SETTINGS.test(folder))
    write(
      folder === '/' ? '/' : `${folder}/`,
      { why: `what ${by} brings to ${readable(folder)} is not known` },
      tracer,
    );
}
