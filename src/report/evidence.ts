// The proof as a Markdown table for the body of a pull request, and what every other form says of one side in words.

import { bytesOf } from '../text/latin1.ts';
import { htmlText, markdownBlock, markdownCode } from '../text/printable.ts';
import { inertMarkdown } from './inert.ts';
import type { AssumptionProof, Proof, SideSeen, StartSeen, SubjectProof, Verdict } from './proof.ts';
import { counted } from './summary.ts';

/** One line of the comparison: what was looked at, and what each side showed (latin1). */
export interface EvidenceLine {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What was seen of a subject, line by line; only what at least one side has something to say about. */
export function evidenceLines({ before, after, host }: SubjectProof): EvidenceLine[] {
  if (!before || !after) return [];
  const lines: EvidenceLine[] = [];
  const add = (what: string, of: (side: SideSeen) => string | undefined, [one, other] = [before, after]) => {
    const [was, now] = [of(one), of(other)];
    if (was !== undefined || now !== undefined) lines.push({ what, before: was ?? '-', after: now ?? '-' });
  };
  add(REBUILD, ({ change }) => change && `${change.seconds.toFixed(1)} s`);
  add(
    'a code-only change re-runs',
    ({ change }) => change && `${change.run.length} of ${change.run.length + change.cached} steps`,
  );
  add('builds', built);
  if (host) add(`builds beside ${folders(host.names)}`, built, [host.before, host.after]);
  add('RUN steps use', buildText);
  add('starts', ({ start }) => start && startSentence(start));
  add('Python', ({ start, exec }) => (start?.processes.at(-1) ?? exec?.processes[0])?.version);
  add('docker exec python', ({ exec }) => exec && startSentence(exec));
  add('a child process gets', ({ start, exec }) => (start?.processes.at(-1) ?? exec?.processes[0])?.child);
  add('user, working folder', whereText);
  add('VIRTUAL_ENV, PATH', pathText);
  add('installed', ({ built: ok, environments }) => (ok ? installedText(environments) : undefined));
  add('PYTHONDONTWRITEBYTECODE, PYTHONUNBUFFERED', flagsText);
  if (host) {
    const pair: [SideSeen, SideSeen] = [host.before, host.after];
    add(
      "a developer's environment gets in",
      ({ built: ok, leaks }) => (ok ? (leaks.length > 0 ? leaks.join(', ') : 'no') : undefined),
      pair,
    );
    add("a developer's environment is met at run time", hostText, pair);
  }
  add('image size', ({ bytes }) => (bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(0)} MB`));
  return lines;
}

const REBUILD = 'rebuild after a code change';

const folders = (names: readonly string[]): string => `a developer's ${names.join(', ')}`;

/** What a developer waits for after each change of the code, a sentence for each image (latin1); `measured`: with the times. */
export function rebuildLines({ subjects }: Proof, figures: 'measured' | 'counted'): string[] {
  const lines = subjects.flatMap(({ kind, name, before, after }) => {
    const [was, now] = [before?.change, after?.change];
    if (kind !== 'image' || !was || !now) return [];
    const of = ({ run, cached }: typeof was) => `${run.length} of ${run.length + cached} steps`;
    if (figures === 'counted')
      return [`After a change of \`${now.file}\`, \`${name}\` builds ${of(now)} again; before: ${of(was)}.`];
    const seconds = (one: typeof was) => `${one.seconds.toFixed(1)} s (${of(one)})`;
    return [`Rebuild of \`${name}\` after a change of \`${now.file}\`: before ${seconds(was)}, after ${seconds(now)}.`];
  });
  return [...new Set(lines)];
}

function whereText({ start, exec }: SideSeen): string | undefined {
  const process = start?.processes.at(-1) ?? exec?.processes[0];
  return process?.user === undefined ? undefined : `${process.user}, ${process.cwd ?? '-'}`;
}

/** What a fix assumes, and what the builds say of it (latin1). */
export function assumptionSentences({
  assumption,
  borneOut,
  reason,
  subjects,
}: Omit<AssumptionProof, 'transform' | 'title'>): [assumed: string, said: string] {
  if (borneOut === 'yes') return [assumption, `The builds bear it out: ${namesText(subjects)}.`];
  const said = borneOut === 'no' ? 'The builds do not bear it out' : 'The builds cannot tell';
  return [assumption, reason === undefined ? `${said}.` : `${said}: ${reason}`];
}

/** A build that failed: of which sides and subjects, and its log. */
export interface FailureText {
  /** `before and after: Dockerfile, web (compose.yaml)`, latin1. */
  readonly which: string;
  readonly log: readonly string[];
}

/** Logs of builds that failed, each with all its builds: many services of one image fail with the same words. */
export function failuresOf(subjects: readonly SubjectProof[], figures: 'measured' | 'counted'): FailureText[] {
  const logs: { log: readonly string[]; readonly sides: Map<string, string[]> }[] = [];
  for (const { name, before, after, host } of subjects) {
    const beside = host ? `, beside ${folders(host.names)}` : '';
    const own: { log: readonly string[]; readonly sides: string[] }[] = [];
    for (const [side, seen] of [
      ['before', before],
      ['after', after],
      [`before${beside}`, before?.built === false ? undefined : host?.before],
      [`after${beside}`, after?.built === false ? undefined : host?.after],
    ] as const) {
      if (!seen || seen.built) continue;
      const log = (figures === 'measured' ? seen.log : lastError(seen.log)).map(withoutIds);
      if (log.length === 0) continue;
      const known = own.find((one) => isSameLog(one.log, log));
      if (known) {
        known.log = fuller(known.log, log);
        known.sides.push(side);
      } else own.push({ log, sides: [side] });
    }
    for (const { log, sides } of own) {
      let known = logs.find((one) => isSameLog(one.log, log));
      if (!known) {
        known = { log, sides: new Map() };
        logs.push(known);
      }
      known.log = fuller(known.log, log);
      const when = sides.join(' and ');
      known.sides.set(when, [...(known.sides.get(when) ?? []), name]);
    }
  }
  return logs.map(({ log, sides }) => ({
    which: [...sides].map(([when, names]) => `${when}: ${namesText(names)}`).join('; '),
    log,
  }));
}

/** The fixes may have moved the line that fails. */
const withoutLine = (line: string): string => line.replace(/^(.*?:)\d+(?=:)/, '$1');

/**
 * Whether two logs are of the same failing step with the same end. What a step says on its two outputs comes in an order of its own,
 * and the engine now and then drops the last line, so that the tail which is kept begins one line earlier.
 */
function isSameLog(one: readonly string[], other: readonly string[]): boolean {
  if (withoutLine(one[0]!) !== withoutLine(other[0]!) || one.at(-1) !== other.at(-1)) return false;
  return onlyIn(one, other).length <= 1 && onlyIn(other, one).length <= 1;
}

function onlyIn(log: readonly string[], other: readonly string[]): string[] {
  const there = new Set(other);
  return log.slice(1).filter((line) => !there.has(line));
}

/** Of two such logs, the one that tells the end. */
function fuller(one: readonly string[], other: readonly string[]): readonly string[] {
  const [mine, others] = [onlyIn(one, other)[0], onlyIn(other, one)[0]];
  if (others === undefined) return one;
  return mine === undefined || other.indexOf(others) > one.indexOf(mine) ? other : one;
}

const namesText = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');

const built = ({ built: ok, untold }: SideSeen): string => (ok ? 'yes' : untold === undefined ? 'no' : 'not known');

function buildText({ build }: SideSeen): string | undefined {
  const prefixes = [...new Set(build.map(({ prefix }) => prefix))];
  return prefixes.length > 0 ? prefixes.join(', ') : undefined;
}

function startSentence({ processes, ended, code }: StartSeen): string {
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
const MEASURED: ReadonlySet<string> = new Set(['image size', REBUILD]);

/**
 * The evidence as Markdown: a heading, a sentence, a table for each image and service. Bytes (latin1) of UTF-8; nothing of the
 * repository in it can be markup, or a link, a mention or a command of a forge.
 */
export function evidenceMarkdown(proof: Proof, form: EvidenceForm): string {
  const { subjects, assumptions, engine } = proof;
  const head = `### Proof by real builds: ${MARKS[proof.verdict]}\n`;
  if (subjects.length === 0) return bytesOf(`${head}\nNo image and no service is reached by these changes.\n`);
  const how = `Built and started before and after with ${inertMarkdown(engine)}, and once more with a developer's virtual environment in the tree where one is usual. A start ends before the program's own code begins.\n`;
  const figures = form === 'report' ? 'measured' : 'counted';
  const lead = rebuildLines(proof, figures).map((line) => `**${inertMarkdown(line)}**\n`);
  const failures = failuresOf(subjects, figures).map(({ which, log }) => {
    const block = markdownBlock(log.join('\n'), 'text');
    return `<details><summary>How the build ended ${htmlText(which)}</summary>\n\n${block}\n</details>\n`;
  });
  const assumed = assumptions.map(({ transform, title, ...more }) => {
    const said = [`${title} (${transform}, unsafe).`, ...assumptionSentences(more)];
    return `- ${said.map(inertMarkdown).join(' ')}\n`;
  });
  const rests = assumed.length > 0 ? [`#### What is assumed\n\n${assumed.join('')}`] : [];
  const parts = [
    head,
    ...lead,
    how,
    ...rests,
    ...subjects.map((subject) => subjectMarkdown(subject, form)),
    ...failures,
  ];
  return bytesOf(parts.join('\n'));
}

function subjectMarkdown(subject: SubjectProof, form: EvidenceForm): string {
  const { kind, name, verdict, reasons, host } = subject;
  const parts = [`#### ${kind === 'image' ? 'Image' : 'Service'} ${markdownCode(name)}: ${MARKS[verdict]}\n`];
  const all = [...reasons.slice(0, MOST_REASONS), ...(host?.reasons.slice(0, MOST_REASONS) ?? [])];
  if (all.length > 0) parts.push(all.map((reason) => `- ${inertMarkdown(reason)}\n`).join(''));
  const lines = evidenceLines(subject).filter(({ what }) => form === 'report' || !MEASURED.has(what));
  if (lines.length > 0) {
    const rows = lines.map(
      ({ what, before: was, after: now }) => `| ${inertMarkdown(what)} | ${cell(was)} | ${cell(now)} |\n`,
    );
    parts.push(`| | before | after |\n|---|---|---|\n${rows.join('')}`);
  }
  return parts.join('\n');
}

const MOST_REASONS = 12;

/** The engine's last error: the lines above it tell times, and come in an order of their own. */
function lastError(log: readonly string[]): string[] {
  const line = log.findLast((one) => /^(?:ERROR|Error): /.test(one));
  return line === undefined ? [] : [line];
}

const withoutIds = (line: string): string => line.replaceAll(/\bchecksum of ref [^ ]+:/g, 'checksum:');

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
