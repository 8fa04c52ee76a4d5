// Our reading of a Dockerfile held against BuildKit's: the instruction list, every argument, every here-document.
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { parseDockerfile } from '../../src/parse/dockerfile/dockerfile.ts';
import { goText } from './goText.ts';
import type { DockerfileAnswer, JudgedInstruction } from './judge.ts';

/**
 * agreed: both read it, alike. refused: BuildKit reads it, we have a problem and would not edit. disagreed: both read it,
 * differently. bothRefuse: neither reads it. onlyWeAccept: BuildKit rejects it and we have no problem.
 */
export type Verdict = 'agreed' | 'refused' | 'disagreed' | 'bothRefuse' | 'onlyWeAccept';
export interface Judgement {
  readonly verdict: Verdict;
  /** What differs, or the problem. */
  readonly detail?: string;
}

const show = (v: unknown): string => {
  const text = JSON.stringify(v) ?? 'undefined';
  return text.length > 160 ? `${text.slice(0, 160)}...` : text;
};

/** BuildKit's argument list as our parts make it up. */
function argumentsOf(i: Instruction): string[] {
  // ONBUILD: an empty node, and below it the trigger as BuildKit's text, trimmed
  if (i.trigger) return ['', goText(i.logical.text.slice(i.argsAt, i.argsTo))];
  const type = i.healthcheck === undefined ? [] : [goText(i.healthcheck)];
  if (i.json) return [...type, ...i.json.map((w) => goText(w.value))];
  const rest = goText(i.logical.text.slice(i.argsAt, i.argsTo));
  switch (i.keyword) {
    case 'ENV':
    case 'LABEL':
      return i.pairs.flatMap((p) => [goText(p.name), goText(p.value ?? ''), p.separator]);
    case 'ARG':
      return i.pairs.map((p) => goText(p.value === undefined ? p.name : `${p.name}=${p.value}`));
    case 'HEALTHCHECK':
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      return rest === '' ? type : [...type, rest];
    default:
      return i.words.map((w) => goText(w.value));
  }
}

/** We keep HEALTHCHECK's type in upper case. */
const judgedArguments = (theirs: JudgedInstruction, keyword: string): readonly string[] =>
  keyword === 'HEALTHCHECK' ? theirs.args.map((a, n) => (n === 0 ? a.toUpperCase() : a)) : theirs.args;

function difference(ours: Instruction, theirs: JudgedInstruction, text: string): string | undefined {
  const at = `${theirs.cmd} at line ${theirs.start}`;
  const pairs: [string, unknown, unknown][] = [
    ['keyword', ours.keyword, theirs.cmd.toUpperCase()],
    ['line', ours.line, theirs.start],
    ['end line', ours.endLine, theirs.end],
    ['text', goText(ours.logical.text), theirs.original],
    ['json', ours.json !== undefined, theirs.json],
    // BuildKit reads flags byte by byte, so their text is latin1 on both sides
    ['flags', ours.flags.map((f) => (f.value === undefined ? `--${f.name}` : `--${f.name}=${f.value}`)), theirs.flags ?? []],
    ['arguments', argumentsOf(ours), judgedArguments(theirs, ours.keyword)],
    [
      'here-documents',
      [...ours.heredocs, ...(ours.trigger?.heredocs ?? [])].map((h) => ({
        name: goText(h.name),
        chomp: h.chomp,
        expand: h.expand,
        body: goText(text.slice(h.body.start, h.body.end)),
      })),
      (theirs.heredocs ?? []).map((h) => ({ name: h.Name, chomp: h.Chomp, expand: h.Expand, body: h.Content })),
    ],
  ];
  for (const [what, a, b] of pairs) if (JSON.stringify(a) !== JSON.stringify(b)) return `${at}: ${what}: ours ${show(a)}, BuildKit's ${show(b)}`;
  return positions(ours, text, at);
}

/** That the offsets we give are those of the texts we give. */
function positions(i: Instruction, text: string, at: string): string | undefined {
  for (const p of i.logical.pieces) {
    const there = text.slice(p.offset, p.offset + p.length);
    if (there !== i.logical.text.slice(p.at, p.at + p.length)) return `${at}: a piece of the text does not stand at offset ${p.offset}`;
  }
  if (text.slice(0, i.start).split('\n').length !== i.line) return `${at}: starts at offset ${i.start}, another line`;
  if (text.slice(0, i.end).split('\n').length !== i.endLine) return `${at}: ends at offset ${i.end}, another line`;
  return undefined;
}

/**
 * @param text the file, one character per byte
 * @param answer BuildKit's, of the same file
 */
export function compareInstructions(text: string, answer: DockerfileAnswer): Judgement {
  const ours = parseDockerfile(text);
  const problem = ours.problems[0]?.message;
  const rejected = answer.error ?? answer.stagesError;
  if (rejected !== undefined) return problem === undefined ? { verdict: 'onlyWeAccept', detail: rejected } : { verdict: 'bothRefuse' };
  if (problem !== undefined) return { verdict: 'refused', detail: problem };
  const theirs = answer.instructions ?? [];
  const list = (all: readonly { line: number; name: string }[]) => all.map((i) => `${i.name}@${i.line}`).join(' ');
  if (ours.instructions.length !== theirs.length) {
    const a = list(ours.instructions.map((i) => ({ line: i.line, name: i.keyword })));
    const b = list(theirs.map((i) => ({ line: i.start, name: i.cmd })));
    return { verdict: 'disagreed', detail: `instructions: ours ${show(a)}, BuildKit's ${show(b)}` };
  }
  if (ours.escape !== answer.escape) return { verdict: 'disagreed', detail: `escape: ours ${ours.escape}, BuildKit's ${answer.escape}` };
  for (const [n, i] of ours.instructions.entries()) {
    const detail = difference(i, theirs[n]!, text);
    if (detail !== undefined) return { verdict: 'disagreed', detail };
  }
  return { verdict: 'agreed' };
}
