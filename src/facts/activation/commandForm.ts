// When a shell text is one command of plain words, so that an exec-form list means the same.
import { parseShell } from '../../parse/shell.ts';
import { nowhere } from '../trace/tracer.ts';

/** The words of `text`, a leading `exec` dropped, where it is one simple command without expansions, globs, redirections or assignments. */
export function plainCommand(text: string): string[] | undefined {
  const { script } = parseShell(nowhere(text));
  const [only, more] = script?.commands ?? [];
  if (only === undefined || more !== undefined || only.background || only.command.type !== 'Command') return undefined;
  const { name, prefix, suffix } = only.command;
  if (name === undefined || prefix.length > 0) return undefined;
  const words: string[] = [];
  for (const word of [name, ...suffix]) {
    if (word.type !== 'Word') return undefined;
    const plain = (word.parts ?? []).every(
      (p) =>
        p.type === 'Literal' ||
        p.type === 'SingleQuoted' ||
        (p.type === 'DoubleQuoted' && p.parts.every((q) => q.type === 'Literal')),
    );
    // an unquoted tilde or backslash is the shell's to read; so is anything beyond ASCII for a JSON list in latin1
    if (!plain || /^~/.test(word.text) || /[^\x20-\x7e]/.test(word.value)) return undefined;
    words.push(word.value);
  }
  if (words[0] === 'exec') words.shift();
  return words.length === 0 || words[0]!.startsWith('-') ? undefined : words;
}
