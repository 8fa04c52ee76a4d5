// Edits of a compose service's command or entrypoint: one activation cut out of it, or plain words in place of `sh -c TEXT`.

import type { TextEdit } from '../model.ts';
import { parseCompose } from '../parse/compose/compose.ts';
import type { CommandSyntax, ServiceSyntax } from '../parse/compose/serviceSyntax.ts';
import type { ScalarNode, SeqNode } from '../parse/compose/yamlNodes.ts';
import { plainMeaning } from '../parse/compose/yamlScalar.ts';
import type { ComposeText } from './composeLayout.ts';
import { replaceRange } from './textEdits.ts';
import { lineStart, newline } from './volumeText.ts';

export type CommandKey = 'command' | 'entrypoint';

/** One command as it is written. `flow`: a list in brackets. */
export interface WrittenCommand {
  readonly file: ComposeText;
  readonly command: CommandSyntax;
  readonly list: SeqNode | undefined;
}

/** Where the command of a service is written in a file, if an edit there changes nothing else; or why not, a clause. */
export function writtenCommand(file: ComposeText, service: string, key: CommandKey): WrittenCommand | string {
  const syntax = parseCompose(file.text);
  if (syntax.problems.length > 0) return `the file cannot be read exactly: ${syntax.problems[0]!.message}`;
  const found = syntax.services.find(({ name }) => name === service);
  const entry = found?.node.entries.get(key);
  const command = found?.[key];
  if (found === undefined || entry === undefined || command === undefined) return 'it is not in this file';
  if (isSharedCommand(found, command) || entry.value.shared !== undefined || entry.merged)
    return 'it stands under an anchor or comes through one, and other places would change with it';
  return { file, command, list: entry.value.kind === 'seq' ? entry.value : undefined };
}

const isSharedCommand = (service: ServiceSyntax, { parts }: CommandSyntax): boolean =>
  service.shared !== undefined || parts.some((part) => part.shared !== undefined);

/** `. P/bin/activate` or `source P/bin/activate`, with the quotes around the path as the scalar has them. */
const ACTIVATION = /(?<![\w./$-])(?:\.|source)[ \t]+(\\?["'])?[^\s"'\\;&|<>()]*\bactivate\1?(?=[\s;&])/g;
/** What goes with it: the operator, and the blanks and line breaks up to the next command. */
const OPERATOR_BEHIND = /^\s*(?:&&|;)(?:[ \t]|\\?\r?\n)*|^[ \t]*\r?\n[ \t]*/;

/** The activation in a raw text, with its operator; undefined where there is not exactly one. */
function activationIn(raw: string): { readonly start: number; readonly end: number } | undefined {
  const [only, more] = [...raw.matchAll(ACTIVATION)];
  if (only === undefined || more !== undefined) return undefined;
  const end = only.index + only[0].length;
  const operator = OPERATOR_BEHIND.exec(raw.slice(end));
  return operator === null ? undefined : { start: only.index, end: end + operator[0].length };
}

const rawOf = ({ file }: WrittenCommand, { content }: ScalarNode): string =>
  file.text.slice(content.start, content.end);

/** The command without its one activation; undefined where there is no such single place. */
export function withoutActivation(written: WrittenCommand): TextEdit | undefined {
  const found = written.command.parts.flatMap((part) => {
    const at = activationIn(rawOf(written, part));
    return at === undefined ? [] : [{ start: part.content.start + at.start, end: part.content.start + at.end }];
  });
  return found.length === 1 ? replaceRange(written.file.path, found[0]!, '') : undefined;
}

/** `sh -c "TEXT"` around all of a raw text. */
const WRAPPED = /^(\s*(?:[|>][-+0-9]*[ \t]*\r?\n[ \t]*)?)(?:\/\S*\/)?\w*sh[ \t]+-\w*c\s+(\\?["'])([\s\S]*?)\2(\s*)$/;

/** The program of `sh -c "... && program"` by itself, in the command's own form; undefined where the text has no such shape. */
export function asPlainWords(written: WrittenCommand, words: readonly string[]): TextEdit | undefined {
  const { file, command, list } = written;
  if (list !== undefined) return asList(written, list, words);
  const [part] = command.parts;
  if (part === undefined) return undefined;
  const raw = rawOf(written, part);
  const at = activationIn(raw);
  if (at === undefined || raw.includes('$') || raw.includes('#')) return undefined;
  const match = WRAPPED.exec(raw.slice(0, at.start) + raw.slice(at.end));
  if (match === null) return undefined;
  const [, lead = '', , inner = '', tail = ''] = match;
  const program = inner.trim().replace(/^exec[ \t]+/, '');
  return replaceRange(file.path, part.content, `${lead}${program}${tail}`);
}

/** In the quotes of the list's first word. */
function asList({ file, command }: WrittenCommand, list: SeqNode, words: readonly string[]): TextEdit | undefined {
  const first = command.parts[0]!;
  const last = command.parts.at(-1)!;
  const range = { start: first.range.start, end: last.range.end };
  const between = command.parts
    .slice(1)
    .map((part, n) => file.text.slice(command.parts[n]!.range.end, part.range.start))
    .join('');
  if (
    between.includes('#') ||
    command.parts.some((part) => file.text.slice(part.range.start, part.range.end).includes('$'))
  )
    return undefined;
  if (command.parts.some((part) => part.anchored || part.tag !== undefined)) return undefined;
  const dash = list.items[0]?.dash;
  const separator = list.flow
    ? ', '
    : `${newline(file.text, range.start)}${file.text.slice(lineStart(file.text, dash!), dash)}- `;
  return replaceRange(file.path, range, words.map((word) => quotedWord(word, first)).join(separator));
}

function quotedWord(word: string, { style }: ScalarNode): string {
  if (style === 'single') return `'${word.replace(/'/g, "''")}'`;
  const isPlain =
    /^[\w./=-][\w./=:-]*$/.test(word) && !word.endsWith(':') && typeof plainMeaning(word).value === 'string';
  const isText = isPlain && word !== '-' && word !== '---' && plainMeaning(word).unknown === undefined;
  return style === 'double' || !isText ? JSON.stringify(word) : word;
}
