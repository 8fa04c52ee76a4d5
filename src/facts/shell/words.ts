// Evaluates shell words against a shell's variables; what cannot be known becomes a symbolic part.
import type { LogicalText } from '../../model.ts';
import type { ParsedScript, ShellWord, WordPart } from '../../parse/shell/shell.ts';
import { endOf, offsetOf, sliceLogical } from '../../text/logical.ts';
import { isKnown, unknown } from '../values.ts';
import { homeOfUser, type Shell } from './shellState.ts';

/** One argument of a command. */
export interface Field {
  /** Evaluated, symbolic. */
  readonly value: string;
  /** As written, quotes removed, expansions kept: the same before and after a fix. */
  readonly raw: string;
  /** The text itself with its way back to the file, where it is exact; for `sh -c TEXT`. */
  readonly logical?: LogicalText;
  /** The outer shell expands PATH or VIRTUAL_ENV in this text before a child sees it. */
  readonly expandsPath?: true;
}

export interface WordContext {
  readonly shell: Shell;
  /** Text of the script that holds the words, for mapping. */
  readonly text: LogicalText | undefined;
  /** Called with each command substitution, for its events; answers its output where it is known. */
  readonly substitute: (script: ParsedScript, text: string) => string | undefined;
}

/** Variables that every shell has although nobody set them. */
function special(name: string, shell: Shell): string | undefined {
  switch (name) {
    case 'PWD':
      return shell.cwd;
    case 'HOME':
      return homeOfUser(shell);
    case '0':
      return shell.parameterZero;
    case '#':
      return shell.parameters === undefined ? undefined : String(shell.parameters.length);
    default:
      return undefined;
  }
}

export function variable(name: string, shell: Shell): string | undefined {
  const own = shell.outer?.[name] ?? shell.variables.get(name) ?? special(name, shell);
  if (own !== undefined) return own;
  if (/^[1-9]$/.test(name))
    return shell.parameters === undefined ? unknown(`$${name}`) : (shell.parameters[Number(name) - 1] ?? '');
  if (/^[@*?$!#_-]$/.test(name) || name === 'RANDOM' || name === 'HOSTNAME' || name === 'UID' || name === 'SECONDS')
    return unknown(`$${name}`);
  return shell.complete ? undefined : unknown(`$${name}`);
}

function partValue(part: WordPart, context: WordContext): string {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'Glob':
      return part.text;
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.map((part) => partValue(part, context)).join('');
    case 'SimpleExpansion':
      return variable(part.text.slice(1), context.shell) ?? '';
    case 'ParameterExpansion': {
      const value = variable(part.parameter, context.shell);
      if (part.prefix !== undefined || part.index !== undefined) return unknown(part.text);
      const op = part.operation;
      if (op === undefined) return value ?? '';
      if (op.type !== 'Default') return value === '' || value === undefined ? '' : unknown(part.text);
      if (value !== undefined && !isKnown(value) && op.operator.startsWith(':')) return unknown(part.text);
      const unset = value === undefined || (op.operator.startsWith(':') && value === '');
      const operand = () =>
        fields(op.operand, context)
          .map((field) => field.value)
          .join(' ');
      switch (op.operator) {
        case '-':
        case ':-':
        case '=':
        case ':=':
          return unset ? operand() : value;
        case '+':
        case ':+':
          return unset ? '' : operand();
        default:
          return value ?? unknown(part.text);
      }
    }
    case 'CommandExpansion':
      return (part.script && context.substitute(part.script, part.text)) ?? unknown(part.text);
    case 'ProcessSubstitution':
      if (part.script) context.substitute(part.script, part.text);
      return unknown(part.text);
    default:
      return unknown(part.text);
  }
}

/** Text with the backslash escapes of a double-quoted word undone, mapped piece by piece. */
function unescapeQuoted(text: LogicalText): LogicalText {
  if (!text.text.includes('\\')) return text;
  const pieces: LogicalText['pieces'][number][] = [];
  let out = '';
  const keep = (at: number, to: number): void => {
    const part = sliceLogical(text, at, to);
    for (const piece of part.pieces) pieces.push({ ...piece, at: piece.at + out.length });
    out += part.text;
  };
  let from = 0;
  for (let at = 0; at < text.text.length; at++) {
    if (text.text[at] !== '\\' || !/["$`\\]/.test(text.text[at + 1] ?? '')) continue;
    keep(from, at);
    const offset = offsetOf(text, at);
    pieces.push({ at: out.length, offset, length: 1, span: endOf(text, at + 1) - offset });
    out += text.text[at + 1];
    from = at + 2;
    at++;
  }
  keep(from, text.text.length);
  return { text: out, pieces };
}

/** The text between quotes (or the bare word), mapped; undefined where it is put together from several parts. */
function innerText(word: ShellWord, context: WordContext): Pick<Field, 'logical' | 'expandsPath'> {
  if (context.text === undefined) return {};
  const parts = word.parts;
  if (parts === undefined || parts.length === 0) {
    return word.text === word.value ? { logical: sliceLogical(context.text, word.pos, word.end) } : {};
  }
  const [only] = parts;
  if (parts.length !== 1 || only === undefined) return {};
  if (only.type === 'SingleQuoted') return { logical: sliceLogical(context.text, only.pos + 1, only.end - 1) };
  if (only.type !== 'DoubleQuoted') return {};
  const expansions = only.parts.filter((part) => part.type !== 'Literal');
  if (expansions.some((part) => part.type === 'CommandExpansion' || part.type === 'ArithmeticExpansion')) return {};
  const logical = unescapeQuoted(sliceLogical(context.text, only.pos + 1, only.end - 1));
  const expandsPath = expansions.some((part) => /^\$\{?(PATH|VIRTUAL_ENV)\b/.test(part.text));
  return { logical, ...(expandsPath ? { expandsPath: true as const } : {}) };
}

const isQuotedPart = (part: WordPart): boolean =>
  part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'AnsiCQuoted';

/** The fields that one word becomes: several where `"$@"` or an unquoted value with blanks stands. */
export function fields(word: ShellWord, context: WordContext): Field[] {
  const parts = word.parts;
  if (/^"?\$(@|\{@\})"?$/.test(word.text) || word.text === '$*') {
    if (context.shell.parameters === undefined) return [{ value: unknown('$@'), raw: word.text }];
    return context.shell.parameters.map((value) => ({ value, raw: value }));
  }
  let value: string;
  if (parts === undefined || parts.length === 0) value = word.value;
  else value = parts.map((part) => partValue(part, context)).join('');
  if (/^~(\/|$)/.test(word.text)) value = homeOfUser(context.shell) + value.slice(1);
  const field = { value, raw: word.value, ...innerText(word, context) };
  const splits = parts?.some((part) => !isQuotedPart(part) && part.type !== 'Literal') && !parts.some(isQuotedPart);
  if (splits && isKnown(value)) {
    const split = value.split(/[ \t\n]+/).filter(Boolean);
    if (split.length !== 1) return split.map((value) => ({ value, raw: value }));
  }
  return [field];
}
