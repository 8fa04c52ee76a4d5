// Our shell parser held against mvdan's over the RUN texts of Dockerfiles: the same simple commands at the same offsets.
import { forEachChild, type Word, type WordPart } from 'unbash';
import type { LogicalText } from '../../src/model.ts';
import { parseDockerfile } from '../../src/parse/dockerfile/dockerfile.ts';
import { parseShell } from '../../src/parse/shell/shell.ts';
import type { Judgement } from './compareInstructions.ts';
import { goText } from './goText.ts';
import type { ShellAnswer } from './judge.ts';

/** mvdan has these as declarations, not as commands. */
const DECLARATIONS = new Set(['export', 'declare', 'local', 'readonly', 'typeset', 'nameref', 'let']);
type Node = Parameters<typeof forEachChild>[0];

/** The shell-form RUN texts of a file that we would edit, less those with here-documents. */
export function shellTexts(dockerfile: string): string[] {
  const { instructions, problems } = parseDockerfile(dockerfile);
  if (problems.length > 0) return [];
  return instructions.filter((i) => i.keyword === 'RUN' && !i.json && i.heredocs.length === 0).map((i) => i.logical.text.slice(i.argsAt, i.argsTo));
}

function literal(part: WordPart): string | null {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      return part.value;
    case 'Glob':
    case 'BraceExpansion':
      return part.text.includes('$') || part.text.includes('`') || /["'\\]/.test(part.text) ? null : part.text;
    case 'DoubleQuoted':
      return part.parts.reduce<string | null>((all, p) => (all === null || p.type !== 'Literal' ? null : all + p.value), '');
    default:
      return null;
  }
}

const wordText = (word: Word): string | null =>
  word.parts ? word.parts.map(literal).reduce((all, p) => (all === null || p === null ? null : all + p), '') : word.value;

interface Simple {
  readonly start: number;
  readonly words: readonly (string | null)[];
}

function simpleCommands(root: Node): Simple[] {
  const found: Simple[] = [];
  const open: Node[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    forEachChild(node, (child) => open.push(child));
    if (node.type !== 'Command' || node.name === undefined || DECLARATIONS.has(node.name.value)) continue;
    const assigned = node.prefix.filter((p) => p.type === 'Assignment').map((p) => p.pos);
    const words = [node.name, ...node.args].map((w) => (w.type === 'Word' ? wordText(w) : null));
    found.push({ start: Math.min(node.name.pos, ...assigned), words });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** mvdan takes `/x=[...` for an assignment; for bash, with a name that is none, it is a command. */
const namesNothing = (answer: ShellAnswer): boolean => (answer.commands ?? []).some((c) => c.assigns.some((a) => !/^[A-Za-z_]/.test(a)));

/**
 * Words that are plain text on both sides must be equal, and every command must start at the same byte; undefined where that
 * cannot be judged.
 * @param text latin1, valid UTF-8
 */
export function compareShell(text: string, answer: ShellAnswer): Judgement | undefined {
  if (namesNothing(answer)) return undefined;
  const whole: LogicalText = { text, pieces: [{ at: 0, offset: 0, length: text.length }] };
  const { script, problems } = parseShell(whole);
  const problem = problems[0]?.message;
  if (answer.error !== undefined) return problem === undefined ? { verdict: 'onlyWeAccept', detail: `${answer.error} in ${text}` } : { verdict: 'bothRefuse' };
  if (script === undefined) return { verdict: 'refused', detail: problem ?? '' };
  const ours = simpleCommands(script);
  const theirs = (answer.commands ?? []).filter((c) => c.words.length > 0).sort((a, b) => a.start - b.start);
  const starts = (all: readonly { start: number }[]) => JSON.stringify(all.map((c) => c.start));
  if (starts(ours) !== starts(theirs)) return { verdict: 'disagreed', detail: `starts: ours ${starts(ours)}, mvdan's ${starts(theirs)} in ${text}` };
  for (const [n, a] of ours.entries()) {
    const b = theirs[n]!;
    const wrong = a.words.length !== b.words.length || a.words.some((w, i) => w !== null && b.words[i] != null && goText(w) !== b.words[i]);
    if (wrong) return { verdict: 'disagreed', detail: `words: ours ${JSON.stringify(a.words)}, mvdan's ${JSON.stringify(b.words)} in ${text}` };
  }
  return { verdict: 'agreed' };
}
