// Looks into setup.py and setup.cfg for what can be seen without running them: which files they read, what they require.

import { parseRequirement } from './requirement.ts';

export interface SetupFile {
  /** Files (latin1, as written) that it names where it opens or reads something, sorted. */
  readonly reads: readonly string[];
  /** Normalised names of `install_requires`; 'unknown' where they are not written out. */
  readonly requires: readonly string[] | 'unknown';
  /** True where a name stands at every place that reads; else more may be read. */
  readonly isReadKnown: boolean;
}

/** Above this nothing is looked for; bytes. */
const LIMIT = 1024 * 1024;
const UNKNOWN: SetupFile = { reads: [], requires: 'unknown', isReadKnown: false };

const STRING = String.raw`[rRuUbB]?(?:"([^"\\\n]{0,400})"|'([^'\\\n]{0,400})')`;
/** Calls that read a file; the rest of the line is looked through for its name. */
const READER =
  /(?:\b(?:open|read|read_text|read_file|parse_requirements|load_requirements|read_requirements|find_version)[ \t]*\(|\b(?:execfile|runpy\.run_path)[ \t]*\()/g;
const FILE_NAME = /^[\w./-]{1,300}$/;

function withoutComments(source: string): string {
  // A `#` inside a string ends the line too early: then less is known, never more.
  return source
    .split('\n')
    .map((line) => {
      const at = line.indexOf('#');
      return at < 0 ? line : line.slice(0, at);
    })
    .join('\n');
}

function stringsIn(text: string): string[] {
  return [...text.matchAll(new RegExp(STRING, 'g'))].map((match) => match[1] ?? match[2] ?? '');
}

/** Reads a setup.py (latin1) without running it. Never throws; linear. */
export function parseSetupPy(source: string): SetupFile {
  if (source.length > LIMIT) return UNKNOWN;
  const text = withoutComments(source);
  const reads = new Set<string>();
  let isReadKnown = !/\b(?:import_module|__import__|exec|eval|glob|listdir|walk)\b/.test(text);
  for (const match of text.matchAll(READER)) {
    if (/\bdef[ \t]+$/.test(text.slice(Math.max(0, match.index - 40), match.index))) continue;
    const start = match.index + match[0].length;
    const newline = text.indexOf('\n', start);
    const names = stringsIn(
      text.slice(start, newline < 0 ? Math.min(text.length, start + 1000) : Math.min(newline, start + 1000)),
    );
    const files = names.filter((name) => FILE_NAME.test(name) && (name.includes('.') || /^[A-Z]+$/.test(name)));
    for (const file of files) reads.add(file);
    if (files.length === 0) isReadKnown = false;
  }
  const list = /\binstall_requires[ \t]*=[ \t]*\[([^[\]]{0,20000})\]/.exec(bracketsInStringsGone(text))?.[1];
  const written = list === undefined ? undefined : stringsIn(list);
  const isPlain = list !== undefined && /^[\s,]*$/.test(list.replace(new RegExp(STRING, 'g'), ''));
  const requires = isPlain ? written?.map((one) => parseRequirement(one)?.name) : undefined;
  const names = requires?.filter((name) => name !== undefined);
  const hasNone = !/\binstall_requires\b|\*\*/.test(text);
  return {
    reads: [...reads].sort(),
    requires: names !== undefined && names.length === requires?.length ? names : hasNone ? [] : 'unknown',
    isReadKnown,
  };
}

/** Extras inside strings (`"uvicorn[standard]"`) would end the list early. */
function bracketsInStringsGone(text: string): string {
  return text.replace(new RegExp(STRING, 'g'), (word) => word.replace(/\[[^\]]*\]/g, ''));
}

/** Reads a setup.cfg (latin1): install_requires and `file:`/`attr:` references. Never throws; linear. */
export function parseSetupCfg(source: string): SetupFile {
  if (source.length > LIMIT) return UNKNOWN;
  let section = '';
  let key = '';
  const values = new Map<string, string[]>();
  for (const line of source.split(/\r?\n/)) {
    const header = /^\[([^\]]*)\]/.exec(line);
    if (header !== null) {
      section = header[1] ?? '';
      key = '';
    } else if (/^[#;]/.test(line.trimStart())) {
      // a comment
    } else if (/^[ \t]/.test(line)) {
      values.get(key)?.push(line.trim());
    } else if (line.trim() !== '') {
      const at = line.search(/[=:]/);
      key = `${section}/${line.slice(0, at < 0 ? line.length : at).trim()}`;
      values.set(key, [at < 0 ? '' : line.slice(at + 1).trim()]);
    }
  }
  const reads = new Set<string>();
  let isReadKnown = true;
  for (const lines of values.values()) {
    const [first = ''] = lines;
    if (/^attr:/.test(first)) isReadKnown = false;
    const listed = /^file:/.test(first) ? [first.slice(5), ...lines.slice(1)] : [];
    for (const file of listed.join(',').split(',')) if (file.trim() !== '') reads.add(file.trim());
  }
  const lines = values.get('options/install_requires') ?? [];
  const written = lines.flatMap((line) => line.split(/[ \t]#/, 1)).filter((line) => line !== '');
  const names = written.map((line) => parseRequirement(line)?.name).filter((name) => name !== undefined);
  return { reads: [...reads].sort(), requires: names.length === written.length ? names : 'unknown', isReadKnown };
}
