// Shell text -> syntax tree (unbash), with the way from its offsets back into the file.
import { forEachChild, type ParsedScript, parse } from 'unbash';
import type { LogicalText, Problem, Range } from '../../model.ts';
import { offsetOf, rangeOf } from '../../text/logical.ts';

export type {
  Assignment,
  Command as CommandSyntax,
  CommandNode,
  CompoundList,
  HereDoc,
  ParsedScript,
  Pipeline,
  PipelineNode,
  Redirection,
  Statement,
  Word as ShellWord,
  WordPart,
} from 'unbash';

export interface ShellSyntax {
  readonly text: LogicalText;
  readonly script: ParsedScript | undefined;
  /** Non-empty: the text is not followed and nothing in it is edited. */
  readonly problems: readonly Problem[];
}

/** Longer texts are not followed (unbash is slow on hostile input; no real RUN comes near). */
const MAX_SHELL = 65_536;

/** Parses shell text; never throws. Offsets of the tree are offsets into `text.text`; use `fileRange` for the file's. */
export function parseShell(text: LogicalText): ShellSyntax {
  const refuse = (at: number, message: string): ShellSyntax => ({
    text,
    script: undefined,
    problems: [{ offset: offsetOf(text, at), message }],
  });
  if (text.text.length > MAX_SHELL) return refuse(0, `shell text longer than ${MAX_SHELL} bytes`);
  const cr = text.text.indexOf('\r');
  if (cr >= 0) return refuse(cr, 'a carriage return inside shell text: the shell takes it as part of a word');
  const unclosed = text.text.split('$(').length;
  if (unclosed > 400) return refuse(0, 'shell text nested too deep');
  try {
    const script = parse(text.text);
    const problems = (script.errors ?? []).map((error) => ({
      offset: offsetOf(text, error.pos),
      message: `shell syntax: ${error.message}`,
    }));
    if (problems.length > 0) return { text, script: undefined, problems };
    const lost = text.text.includes('`') ? outsideItsParent(script) : undefined;
    if (lost !== undefined) return refuse(lost, 'a backslash inside backquotes');
    return { text, script, problems };
  } catch (error) {
    return refuse(0, `shell syntax: ${error instanceof Error ? error.message : 'not readable'}`);
  }
}

/** Where a command stands whose offsets are not the text's: unbash counts anew inside backquotes with a backslash. */
function outsideItsParent(script: ParsedScript): number | undefined {
  const open: Parameters<typeof forEachChild>[0][] = [script];
  let lost: number | undefined;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { pos } = node;
    forEachChild(node, (child) => {
      if (child.pos < pos) lost ??= pos;
      open.push(child);
    });
  }
  return lost;
}

/** Calls back with every node directly in this one. */
export const shellChildren = forEachChild;

/** File range of [at, to) of the shell text. */
export const fileRange = (shell: { readonly text: LogicalText }, at: number, to: number): Range =>
  rangeOf(shell.text, at, to);
