// `RUN --mount=...`: the fields of one mount and whether BuildKit takes them.

import { isKnown } from '../../text/symbolic.ts';
import type { Expanded } from './expand.ts';

const TYPES = new Set(['bind', 'cache', 'tmpfs', 'secret', 'ssh']);
const SHARING = new Set(['shared', 'private', 'locked']);
/** What Go's strconv.ParseBool takes. */
const BOOLEAN = /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;
const SIZE = /^\d+(\.\d+)? ?([kmgtp]?(i?b)?)$/i;

/** Fields of one line of CSV; undefined where its quotes are wrong. */
function csvFields(text: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let field = '';
    if (text[at] === '"') {
      for (at++; ; at++) {
        const close = text.indexOf('"', at);
        if (close < 0) return undefined;
        field += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        field += '"';
      }
      if (at < text.length && text[at] !== ',') return undefined;
    } else {
      const comma = text.indexOf(',', at);
      field = text.slice(at, comma < 0 ? text.length : comma);
      if (field.includes('"')) return undefined;
      at += field.length;
    }
    fields.push(field);
    if (at >= text.length) return fields;
    at++;
  }
}

/** What BuildKit looks at before it knows any variable. */
export function mountSyntaxProblem(value: string): string | undefined {
  const fields = csvFields(value);
  if (fields === undefined) return '--mount cannot be read as comma-separated fields';
  for (const field of fields) {
    const [, key, text] = /^([^=]*)=(.*)$/s.exec(field) ?? [];
    const dollar = text?.indexOf('$') ?? -1;
    if (key?.toLowerCase() === 'from' && dollar >= 0 && dollar !== text!.length - 1) {
      return '--mount=from does not take variables';
    }
  }
  return undefined;
}

/** Why a key cannot have this value in a mount of the type read so far. */
function fieldProblem(type: string, key: string, value: string): string | undefined {
  const isSecret = type === 'secret' || type === 'ssh';
  const invalid = `invalid value for ${key} of --mount`;
  switch (key) {
    case 'type':
      return TYPES.has(value.toLowerCase()) ? undefined : `unsupported mount type ${value}`;
    case 'from':
    case 'source':
    case 'target':
    case 'id':
    case 'env':
      return undefined;
    case 'readonly':
    case 'readwrite':
      return BOOLEAN.test(value) ? undefined : invalid;
    case 'required':
      return !isSecret ? `required is no key of ${type} mounts` : BOOLEAN.test(value) ? undefined : invalid;
    case 'size':
      return type !== 'tmpfs' ? `size is no key of ${type} mounts` : SIZE.test(value) ? undefined : invalid;
    case 'sharing':
      return SHARING.has(value.toLowerCase()) ? undefined : `unsupported sharing ${value} of --mount`;
    case 'mode':
      return /^[0-7]{1,11}$/.test(value) ? undefined : invalid;
    case 'uid':
    case 'gid':
      return /^\d{1,10}$/.test(value) ? undefined : invalid;
    default:
      return `unexpected key ${key} of --mount`;
  }
}

const ALIAS: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
  rw: 'readwrite',
};

export interface ReadMount {
  readonly type: string;
  /** Keys (source, target, from, ... never their aliases) and values, symbolic. */
  readonly given: ReadonlyMap<string, string>;
  /** Why BuildKit would refuse it, as far as its values are known. */
  readonly problem?: string;
}

/** Reads one --mount value; `expand` reads a value's variables. */
export function readMount(value: string, expand: (word: string) => Expanded): ReadMount {
  const given = new Map<string, string>();
  let type = 'bind';
  const refuse = (problem: string): ReadMount => ({ type, given, problem });
  for (const field of csvFields(value) ?? []) {
    const sep = field.indexOf('=');
    const written = (sep < 0 ? field : field.slice(0, sep)).toLowerCase();
    const key = ALIAS[written] ?? written;
    if (sep < 0) {
      if (!/^(readonly|readwrite|required)$/.test(key)) return refuse(`${field.slice(0, 40)} of --mount needs a value`);
      if (key === 'required' && type !== 'secret' && type !== 'ssh')
        return refuse(`required is no key of ${type} mounts`);
      continue;
    }
    const { value: text, problem } = expand(field.slice(sep + 1));
    if (problem !== undefined) return refuse(problem);
    if (key === 'type' && !isKnown(text)) return { type: text, given };
    const wrong = isKnown(text) ? fieldProblem(type, key, text) : undefined;
    if (wrong !== undefined) return refuse(wrong);
    if (key === 'type') type = text.toLowerCase();
    given.set(key, text);
  }
  const problem = wholeProblem(type, given);
  return problem === undefined ? { type, given } : { type, given, problem };
}

function wholeProblem(type: string, given: ReadonlyMap<string, string>): string | undefined {
  const has = (key: string): boolean => (given.get(key) ?? '') !== '';
  if (type === 'bind' || type === 'tmpfs') {
    for (const key of ['mode', 'uid', 'gid']) if (given.has(key)) return `${key} is not allowed for ${type} mounts`;
  }
  if (type === 'secret') {
    if (has('from')) return 'a secret mount has no from';
    if (!has('source') && !has('target') && !has('id')) return 'a secret mount needs a source, target or id';
    if (has('source') && has('id')) return 'a secret mount has source or id, not both';
  }
  if (has('sharing') && type !== 'cache') return `sharing is not allowed for ${type} mounts`;
  return undefined;
}
