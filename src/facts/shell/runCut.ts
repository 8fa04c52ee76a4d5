// RUN a && b  ->  RUN a / RUN b: where a RUN may be cut in two, so that both shells do what the one did.

import type { DockerfileSyntax, Instruction } from '../../parse/dockerfile/syntax.ts';
import { parseShell } from '../../parse/shell/shell.ts';
import { rangeOf } from '../../text/logical.ts';
import { indentationOf, lineEndingOf } from '../../text/positions.ts';
import type { Blocker } from '../blocker.ts';
import { isSystemShell } from './shellNames.ts';
import { shellText } from './steps.ts';

/** A cut of a RUN: these bytes of the Dockerfile become this text. */
export interface RunCut {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

interface CutPlace {
  readonly text: string;
  readonly syntax: DockerfileSyntax;
  readonly instruction: Instruction;
  /** The SHELL that runs it. */
  readonly shell: readonly string[];
}

/** What leaves something in its shell that a later command of that shell may see. */
const CHANGES =
  /^(?:\.|source|cd|pushd|popd|export|unset|set|eval|exec|exit|return|alias|unalias|umask|trap|shopt|declare|typeset|local|readonly|read|mapfile|readarray|getopts|shift|let|ulimit|hash|wait|enable|deactivate|function|printf|conda|mamba|micromamba|pyenv|nvm)$/;
/** What ends with the shell, and changes nothing where every command is one that must succeed. */
const ENDS_AT_FAILURE = /^set( -[ex]+)+$/;
/** What a later command reads of an earlier one without a file. */
const READS_SHELL = /\$[?!_$]|\/dev\/shm|\bfg\b|\bjobs\b/;
/** What takes files out again: in a layer of its own it frees nothing. */
const FREES =
  /(^|[\s;&|({])(rm|apt|apt-get|apk|yum|dnf|microdnf|find|truncate|dpkg|rpm|shred|unlink)\s|\b(cache|clean|purge|prune|autoremove|uninstall|unset|delete|logout)\b|\b(chown|chmod)\s+(-\w+\s+)*(-\w*R|--recursive)/;
/** What the engine mounts into each RUN anew, and what holds for the machine as it is. */
const OF_ONE_RUN =
  /\/etc\/(hosts|hostname|resolv\.conf)\b|\/dev\/(?!(null|zero|full|u?random|tty|std(in|out|err)|fd)\b)|\/(proc|sys)\/|\b(sysctl|u?mount|hostname|losetup|modprobe)\b/;

const held = (words: string): Blocker => ({ code: 'cut', words });

/** Cuts before the command that begins at the file offset `at`; or why the two halves would not do the same. */
export function cutOfRun({ text, syntax, instruction, shell }: CutPlace, at: number): RunCut | Blocker {
  if (instruction.keyword !== 'RUN' || instruction.json !== undefined || instruction.heredocs.length > 0)
    return held('it is no text for a shell');
  if (!isSystemShell(shell[0] ?? '') || !/^-[eux]*c$/.test(shell.at(-1) ?? ''))
    return held('it is not run by a plain shell');
  if (instruction.flags.some(({ name, value }) => name !== 'network' && !/\btype=cache\b/.test(value ?? '')))
    return held('it has mounts that belong to the whole of it');
  const { script } = shellText(instruction, text);
  const parsed = parseShell(script).script;
  const [statement, ...others] = parsed?.commands ?? [];
  const list = statement?.command;
  if (list?.type !== 'AndOr' || others.length > 0 || statement?.background)
    return held('it is more than one list of `&&`');
  if (list.operators.some((operator) => operator !== '&&')) return held('it has `||` between its commands');
  const n = list.commands.findIndex(({ pos }) => rangeOf(script, pos, pos + 1).start === at);
  const [last, next] = [list.commands[n - 1], list.commands[n]];
  if (last === undefined || next === undefined) return held('the command is no member of its own list');
  for (const { type, pos, end } of list.commands.slice(0, n)) {
    const own = script.text.slice(pos, end).replace(/\s+/g, ' ').trim();
    const name = /^(?:[A-Za-z_]\w*=\S*\s+)*(\S*)/.exec(own)![1]!;
    const isPlain = (type === 'Command' || type === 'Pipeline') && name !== '' && !/^[A-Za-z_]\w*=/.test(name);
    if (!isPlain || (CHANGES.test(name) && !ENDS_AT_FAILURE.test(own)) || /:?=\}|\$\{\w+:?=|\$\(\(/.test(own))
      return held(`\`${own.slice(0, 40)}\` may change the shell for what follows`);
  }
  if (OF_ONE_RUN.test(script.text.slice(0, last.end))) return held('what it changes first is there for this RUN alone');
  const rest = script.text.slice(next.pos, list.end);
  if (READS_SHELL.test(rest)) return held('what follows reads of its shell');
  if (FREES.test(rest)) return held('what follows takes files out again, which frees nothing in a layer of its own');
  const start = rangeOf(script, last.pos, last.end).end;
  const between = text.slice(start, at);
  if (between.replace(new RegExp(`[\\s${syntax.escape === '`' ? '`' : '\\\\'}]`, 'g'), '') !== '&&')
    return held('a comment stands between the two');
  const flags = instruction.flags.map((flag) => `${instruction.logical.text.slice(flag.at, flag.to)} `).join('');
  const keyword = instruction.logical.text.slice(0, instruction.keyword.length);
  const head = `${indentationOf(text, instruction.start)}${keyword} ${flags}`;
  return { start, end: at, newText: lineEndingOf(text, instruction.start) + head };
}
