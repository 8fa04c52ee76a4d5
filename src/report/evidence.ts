// The proof as a Markdown table for the body of a pull request, and what every other form says of one side in words.

import { bytesOf } from '../bytes.ts';
import { inertMarkdown } from './inert.ts';
import { markdownBlock, markdownCode } from './printable.ts';
import type { Proof, SideSeen, StartSeen, SubjectProof, Verdict } from './proof.ts';
import { counted } from './summary.ts';

/** One line of the comparison: what was looked at, and what each side showed (latin1). */
export interface EvidenceLine {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What was seen of a subject, line by line; only what at least one side has something to say about. */
export function evidenceLines({ before, after }: SubjectProof): EvidenceLine[] {
  if (!before || !after) return [];
  const lines: EvidenceLine[] = [{ what: 'builds', before: built(before), after: built(after) }];
  const add = (what: string, of: (side: SideSeen) => string | undefined) => {
    const [was, now] = [of(before), of(after)];
    if (was !== undefined || now !== undefined) lines.push({ what, before: was ?? '-', after: now ?? '-' });
  };
  add('RUN steps use', buildText);
  add('starts', ({ start }) => start && startText(start));
  add('docker exec python', ({ exec }) => exec && startText(exec));
  add('a child process gets', ({ start, exec }) => (start?.processes.at(-1) ?? exec?.processes[0])?.child);
  add('VIRTUAL_ENV, PATH', pathText);
  add('installed', ({ built: ok, environments }) => (ok ? installedText(environments) : undefined));
  add('PYTHONDONTWRITEBYTECODE, PYTHONUNBUFFERED', flagsText);
  add('a planted host environment gets in', ({ built: ok, leaks }) =>
    ok ? (leaks.length > 0 ? leaks.join(', ') : 'no') : undefined,
  );
  add('a planted host environment is met at run time', hostText);
  add(
    'a code-only change re-runs',
    ({ change }) => change && `${change.run.length} of ${change.run.length + change.cached} steps`,
  );
  add('image size', ({ bytes }) => (bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(0)} MB`));
  add('build time', ({ built: ok, seconds }) => (ok ? `${seconds.toFixed(0)} s` : undefined));
  return lines;
}

const built = ({ built: ok, untold }: SideSeen): string => (ok ? 'yes' : untold === undefined ? 'no' : 'not known');

function buildText({ build }: SideSeen): string | undefined {
  const prefixes = [...new Set(build.map(({ prefix }) => prefix))];
  return prefixes.length > 0 ? prefixes.join(', ') : undefined;
}

function startText({ processes, ended, code }: StartSeen): string {
  const seen = [...new Set(processes.map(({ command, prefix }) => `${shortened(command)}: ${prefix}`))];
  if (seen.length > 0) return seen.slice(0, 4).join('; ');
  if (ended === 'exit') return `no Python seen (exit code ${code ?? '?'})`;
  return ended === 'time' ? 'no Python seen while it ran' : 'does not start';
}

const LONGEST_COMMAND = 60;

/** A program given behind `-c` may have many lines. */
function shortened(command: string): string {
  const line = command.replaceAll(/[ \t\r\n]+/g, ' ');
  return line.length > LONGEST_COMMAND ? `${line.slice(0, LONGEST_COMMAND - 3)}...` : line;
}

function pathText({ exec }: SideSeen): string | undefined {
  const [process] = exec?.processes ?? [];
  if (!process) return undefined;
  return `${process.virtualEnv ?? 'unset'}, ${process.path.slice(0, 2).join(':')}${process.path.length > 2 ? ':...' : ''}`;
}

function installedText(environments: SideSeen['environments']): string {
  return environments
    .map(({ path, packages }) => `${path === '' ? 'system' : path}: ${counted(packages.length, 'package')}`)
    .join('; ');
}

function flagsText({ start, exec }: SideSeen): string | undefined {
  const process = start?.processes.at(-1) ?? exec?.processes[0];
  if (!process) return undefined;
  return `${process.writesBytecode ? 'off' : 'on'}, ${process.buffered ? 'off' : 'on'}`;
}

function hostText({ start, exec }: SideSeen): string | undefined {
  const processes = [...(start?.processes ?? []), ...(exec?.processes ?? [])];
  if (processes.length === 0) return undefined;
  const met = [...new Set(processes.flatMap(({ hostEnvironments }) => hostEnvironments))];
  return met.length > 0 ? met.join(', ') : 'no';
}

const MARKS: Readonly<Record<Verdict, string>> = {
  better: 'better',
  same: 'same',
  worse: '**worse**',
  'cannot tell': 'cannot tell',
};

/** A `report` says what was measured too; a `pull request` is to read the same after the same proof on another day. */
export type EvidenceForm = 'report' | 'pull request';

/** What a build that is just like the last one shows otherwise. */
const MEASURED: ReadonlySet<string> = new Set(['image size', 'build time']);

/**
 * The evidence as Markdown: a heading, a sentence, a table for each image and service. Bytes (latin1) of UTF-8; nothing of the
 * repository in it can be markup, or a link, a mention or a command of a forge.
 */
export function evidenceMarkdown(proof: Proof, form: EvidenceForm): string {
  const { subjects, engine } = proof;
  const head = `### Proof by real builds: ${MARKS[proof.verdict]}\n`;
  if (subjects.length === 0) return bytesOf(`${head}\nNo image and no service is reached by these changes.\n`);
  const how = `Built and started before and after with ${inertMarkdown(engine)}, with a developer's virtual environment planted where one is usual. A start ends before the program's own code begins.\n`;
  return bytesOf([head, how, ...subjects.map((subject) => subjectMarkdown(subject, form))].join('\n'));
}

function subjectMarkdown(subject: SubjectProof, form: EvidenceForm): string {
  const { kind, name, verdict, reasons, planted, before, after } = subject;
  const parts = [`#### ${kind === 'image' ? 'Image' : 'Service'} ${markdownCode(name)}: ${MARKS[verdict]}\n`];
  if (reasons.length > 0)
    parts.push(
      reasons
        .slice(0, 12)
        .map((reason) => `- ${inertMarkdown(reason)}\n`)
        .join(''),
    );
  if (!planted) parts.push('With a host environment in the tree neither side builds; this was seen without one.\n');
  const lines = evidenceLines(subject).filter(({ what }) => form === 'report' || !MEASURED.has(what));
  if (lines.length > 0) {
    const rows = lines.map(({ what, before: was, after: now }) => `| ${what} | ${cell(was)} | ${cell(now)} |\n`);
    parts.push(`| | before | after |\n|---|---|---|\n${rows.join('')}`);
  }
  for (const [side, seen] of [
    ['before', before],
    ['after', after],
  ] as const) {
    if (!seen || seen.built) continue;
    const log = form === 'report' ? seen.log : lastError(seen.log);
    if (log.length === 0) continue;
    const block = markdownBlock(log.join('\n'), 'text');
    parts.push(`<details><summary>Last lines of the build ${side}</summary>\n\n${block}\n</details>\n`);
  }
  return parts.join('\n');
}

/** The engine's last error, less the ids in it: the lines above it tell times, and come in an order of their own. */
function lastError(log: readonly string[]): string[] {
  const line = log.findLast((one) => /^(?:ERROR|Error): /.test(one));
  return line === undefined ? [] : [line.replaceAll(/\bchecksum of ref [^ ]+:/g, 'checksum:')];
}

const LONGEST_CELL = 200;

/** A cell of a table: plain words as they are, all else as one code span. */
function cell(bytes: string): string {
  const cut = bytes.length > LONGEST_CELL ? `${bytes.slice(0, LONGEST_CELL)}...` : bytes;
  if (cut === '-') return cut;
  const text = inertMarkdown(cut);
  if (!text.includes('`')) return text;
  // A backslash before the bar would make the bar's own one a letter.
  return markdownCode(cut)
    .replaceAll(/\\+(?=\|)/g, '$& ')
    .replaceAll('|', '\\|');
}
