// Starts the shell of a RUN step, of CMD, ENTRYPOINT and HEALTHCHECK: shell form, exec form, here-documents.
import type { LogicalText } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { joinPieces, offsetOf, sliceLogical } from '../../text/logical.ts';
import type { ImageState } from '../image.ts';
import { runFields } from './builtins.ts';
import type { ShellInterpreter } from './interpreter.ts';
import { isShell } from './shellNames.ts';
import type { Shell } from './shellState.ts';
import { walkText } from './walk.ts';
import type { Field } from './words.ts';

/** The shell that a step starts. */
export function stepShell(
  state: ImageState,
  tracer: ShellInterpreter,
  i: Instruction,
  environment: ReadonlyMap<string, string> = state.buildEnv,
): Shell {
  return {
    variables: environment,
    exported: new Set(environment.keys()),
    owns: false,
    cwd: state.cwd,
    user: state.user,
    kind: shellKind(state.shell, tracer),
    hashed: new Map(),
    functions: new Map(),
    parameters: [],
    conditional: false,
    child: false,
    outerExpanded: false,
    origin: { start: i.start, end: i.end },
    depth: 0,
    complete: tracer.base.complete,
  };
}

function shellKind(shell: readonly string[], tracer: ShellInterpreter): Shell['kind'] {
  const name = shell[0]?.replace(/^.*\//, '') ?? '';
  if (name === 'sh') return tracer.base.sh;
  return name === 'bash' || name === 'dash' || name === 'ash' ? name : 'unknown';
}

/** Text of a shell-form instruction with its here-documents, as BuildKit hands it to the shell. */
export function shellText(i: Instruction, text: string): { script: LogicalText; interpreter?: string } {
  const args = sliceLogical(i.logical, i.argsAt, i.argsTo);
  if (i.heredocs.length === 0) return { script: args };
  const [first] = i.heredocs;
  const onlyHeredoc =
    i.heredocs.length === 1 &&
    /^\d*<<-?\s*\S+$/.test(args.text.trim()) &&
    first !== undefined &&
    first.to - first.at >= args.text.trim().length;
  if (onlyHeredoc && first) {
    const script = first.chomp
      ? joinPieces(text, chompedLines(text, first.body.start, first.body.end))
      : joinPieces(text, [first.body]);
    const shebang = /^#!\s*(\S+)/.exec(script.text)?.[1];
    return { script, ...(shebang ? { interpreter: shebang } : {}) };
  }
  const pieces = [...args.pieces];
  let out = args.text;
  for (const heredoc of i.heredocs) {
    const body = heredoc.chomp
      ? joinPieces(text, chompedLines(text, heredoc.body.start, heredoc.body.end))
      : joinPieces(text, [heredoc.body]);
    out += '\n';
    for (const piece of body.pieces) pieces.push({ ...piece, at: piece.at + out.length });
    out += body.text;
    pieces.push({
      at: out.length,
      offset: heredoc.terminator.start,
      length: heredoc.terminator.end - heredoc.terminator.start,
    });
    out += text.slice(heredoc.terminator.start, heredoc.terminator.end);
  }
  return { script: { text: out, pieces } };
}

function chompedLines(text: string, start: number, end: number): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  for (let at = start; at < end; ) {
    let from = at;
    while (text[from] === '\t') from++;
    const newline = text.indexOf('\n', from);
    at = newline < 0 || newline >= end ? end : newline + 1;
    lines.push({ start: Math.min(from, at), end: at });
  }
  return lines;
}

/** Text under SHELL: sh and bash are followed, with their options; anything else is not. */
export function runByShell(
  script: LogicalText,
  words: readonly string[],
  shell: Shell,
  tracer: ShellInterpreter,
): void {
  const name = words[0]?.replace(/^.*\//, '') ?? '';
  if (!isShell(name) || !/^-[a-zA-Z]*c$/.test(words.at(-1) ?? '')) {
    tracer.unreadable(shell, `SHELL ${JSON.stringify(words)}`, script.text);
    return;
  }
  const options = words.slice(1, -1);
  const plain =
    options.every((one) => /^-[euxo]+$|^pipefail$|^errexit$|^nounset$/.test(one)) && /^-[euxo]*c$/.test(words.at(-1)!);
  if (plain && shell.variables.get('BASH_ENV') === undefined) {
    walkText(script, shell, tracer, { text: script });
    return;
  }
  const fields: Field[] = words.map((value) => ({ value, raw: value }));
  runFields([...fields, { value: script.text, raw: script.text, logical: script }], shell, tracer, {
    range: shell.origin,
    source: {},
    notByShell: true,
    isOwnShell: true,
  });
}

/** Exec form: no shell; found along the image's PATH. */
export function runExec(i: Instruction, shell: Shell, tracer: ShellInterpreter): void {
  runFields(jsonFields(i), shell, tracer, {
    range: { start: i.start, end: i.end },
    source: {},
    notByShell: true,
    isWhole: true,
  });
}

/** Words of a JSON list with the way back to the file. */
export function jsonFields(i: Instruction): Field[] {
  return (i.json ?? []).map((word) => {
    const rawStart = word.at + 1;
    const raw = i.logical.text.slice(rawStart, word.to - 1);
    const pieces: LogicalText['pieces'][number][] = [];
    let at = 0;
    for (let n = 0; n < raw.length; at++) {
      const length = raw[n] === '\\' ? (raw[n + 1] === 'u' ? 6 : 2) : 1;
      const offset = offsetOf(i.logical, rawStart + n);
      const last = pieces.at(-1);
      if (
        last &&
        length === 1 &&
        last.span === undefined &&
        last.offset + last.length === offset &&
        last.at + last.length === at
      )
        pieces[pieces.length - 1] = { ...last, length: last.length + 1 };
      else pieces.push({ at, offset, length: 1, ...(length === 1 ? {} : { span: length }) });
      n += length;
    }
    return { value: word.value, raw: word.value, logical: { text: word.value, pieces } };
  });
}
