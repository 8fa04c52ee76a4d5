// The commands of a shell text that the host runs, each with its words and the folder it runs in.
import {
  type Assignment,
  type CommandNode,
  type CommandSyntax,
  parseShell,
  type ShellWord,
  shellChildren,
} from '../../parse/shell/shell.ts';
import { isKnown, unknown } from '../values.ts';
import { type HostState, type HostWord, hostPlace, hostWords } from './hostWords.ts';

/** One command as it is written, wrappers (`sudo`, `env A=b`) cut. */
export interface HostCommand {
  /** The program first; symbolic. */
  readonly words: readonly string[];
  /** Indices of words that may come to any number of words (`$ARGS`). */
  readonly open: ReadonlySet<number>;
  /** Repository-relative folders in which it may run; one: it does; none: nobody knows. */
  readonly folders: readonly string[];
  /** Where it stands in the text that was read. */
  readonly at: number;
  readonly to: number;
}

/** What a text runs, and what of it is no command of ours. */
export interface HostText {
  readonly commands: readonly HostCommand[];
  /** Ranges of assignments whose value is known wherever the text uses it: what they name is named there. */
  readonly assignments: readonly { readonly at: number; readonly to: number }[];
  /** The text is no shell text that can be read. */
  readonly isUnread: boolean;
}

/** What a text starts with. */
export interface HostStart extends HostState {
  readonly isFolder: (path: string) => boolean;
  /** A page's commands may begin with a clone of the repository: its folder is the root. */
  readonly clones?: true;
}

interface HostWalk {
  readonly start: HostStart;
  readonly commands: HostCommand[];
  readonly assignments: { at: number; to: number }[];
  readonly functions: { at: number; to: number }[];
  nodes: number;
}

type Walked = Parameters<typeof shellChildren>[0];

const MOST_NODES = 20_000;
const MOST_ROUNDS = 20;
const ASSIGNS = /^(export|readonly|local|declare|typeset)$/;
const WRAPPERS = /^(sudo|env|time|exec|command|nohup|winpty|nice|doas)$/;

/** Reads the commands of a text; `start` is what holds before it and, changed, behind it. */
export function readHostText(text: string, start: HostStart): HostText {
  const { script } = parseShell({ text, pieces: [{ at: 0, offset: 0, length: text.length }] });
  if (script === undefined) return { commands: [], assignments: [], isUnread: true };
  const walk: HostWalk = { start, commands: [], assignments: [], functions: [], nodes: 0 };
  walkHost(script, start, walk);
  const commands = inFunctions(walk).sort((one, other) => one.at - other.at);
  return { commands, assignments: walk.assignments, isUnread: false };
}

/** A function runs where it is called: behind a `cd` that comes after it nobody knows where that is. */
function inFunctions({ commands, functions }: HostWalk): HostCommand[] {
  const last = Math.max(-1, ...commands.filter(({ words }) => words[0] === 'cd').map(({ at }) => at));
  const late = functions.filter(({ to }) => to < last);
  return commands.map((one) =>
    late.some(({ at, to }) => at <= one.at && one.at < to) ? { ...one, folders: [] } : one,
  );
}

const branchOf = (state: HostState): HostState => ({ ...state, variables: new Map(state.variables) });

/** What a branch did is not known behind it. */
function joinBranch(state: HostState, branch: HostState): void {
  if (branch.folders.join('\n') !== state.folders.join('\n')) state.folders = [];
  for (const [name, value] of branch.variables)
    if (state.variables.get(name) !== value) state.variables.set(name, unknown(`$${name}`));
}

function walkHost(node: Walked, state: HostState, walk: HostWalk): void {
  if (++walk.nodes > MOST_NODES) return;
  switch (node.type) {
    case 'Command':
      return noteHostCommand(node, state, walk);
    case 'Subshell':
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      return visitAll(node, branchOf(state), walk);
    case 'Pipeline':
      if (node.commands.length === 1) return visitAll(node, state, walk);
      for (const one of node.commands) walkHost(one, branchOf(state), walk);
      return;
    case 'Function': {
      walk.functions.push({ at: node.pos, to: node.end });
      const branch = branchOf(state);
      const before = walk.commands.length;
      visitAll(node, branch, walk);
      if (walk.commands.slice(before).some(({ words }) => words[0] === 'cd')) state.folders = [];
      for (const name of branch.variables.keys())
        if (!state.variables.has(name)) state.variables.set(name, unknown(`$${name}`));
      return;
    }
    case 'For':
      return loop(node, state, walk);
    case 'If':
    case 'While':
    case 'Case':
    case 'Select':
    case 'ArithmeticFor': {
      const branch = branchOf(state);
      visitAll(node, branch, walk);
      joinBranch(state, branch);
      return;
    }
    default:
      visitAll(node, state, walk);
  }
}

function visitAll(node: Walked, state: HostState, walk: HostWalk): void {
  const children: Walked[] = [];
  shellChildren(node, (child) => {
    children.push(child);
  });
  for (const child of children.sort((one, other) => one.pos - other.pos)) walkHost(child, state, walk);
}

/** A loop over words that are written out is each of its rounds. */
function loop(node: Extract<CommandNode, { type: 'For' }>, state: HostState, walk: HostWalk): void {
  const words = (node.wordlist ?? []).flatMap((word) => hostWords(word, state));
  const isWritten =
    words.length > 0 &&
    words.length <= MOST_ROUNDS &&
    words.every(({ value }) => isKnown(value) && !/[*?[{]/.test(value));
  const values = isWritten ? words.map(({ value }) => value) : [unknown(`$${node.name.value}`)];
  const branch = branchOf(state);
  const at = walk.assignments.length;
  for (const value of values) {
    branch.variables.set(node.name.value, value);
    walkHost(node.body, branch, walk);
  }
  walk.assignments.length = at;
  if (isWritten) for (const { pos, end } of node.wordlist ?? []) walk.assignments.push({ at: pos, to: end });
  joinBranch(state, branch);
}

function noteHostCommand(node: CommandSyntax, state: HostState, walk: HostWalk): void {
  visitAll(node, branchOf(state), walk);
  const args = node.args.filter((arg): arg is ShellWord => arg.type === 'Word');
  const name = node.name === undefined ? undefined : hostWords(node.name, state)[0]?.value;
  if (name === undefined) {
    for (const one of node.prefix) if (one.type === 'Assignment') walkAssignment(one, state, walk);
    return;
  }
  if (ASSIGNS.test(name)) {
    for (const one of node.args) if (one.type === 'Assignment') walkAssignment(one, state, walk);
    return;
  }
  if (name === 'read' || name === 'unset')
    for (const arg of args) state.variables.set(arg.value, unknown(`$${arg.value}`));
  // what it sets is not followed
  if (name === '.' || name === 'source' || name === 'eval')
    for (const key of state.variables.keys()) state.variables.set(key, unknown(`$${key}`));
  const words: HostWord[] = [...(node.name ? [node.name] : []), ...args].flatMap((word) => hostWords(word, state));
  const from = wrapperEnd(words);
  const list = words.slice(from);
  walk.commands.push({
    words: list.map(({ value }) => value),
    open: new Set(list.flatMap(({ isOpen }, n) => (isOpen ? [n] : []))),
    folders: state.folders,
    at: node.pos,
    to: node.end,
  });
  if (name === 'cd' || name === 'pushd') state.folders = foldersBehind(words.slice(1), state, walk.start);
  else if (name === 'popd') state.folders = [];
  else if (name === 'git' && args[0]?.value === 'clone' && walk.start.clones) state.variables.set('git clone', 'yes');
}

function walkAssignment({ name, value, pos, end }: Assignment, state: HostState, walk: HostWalk): void {
  if (name === undefined) return;
  const isList = value !== undefined && value.type !== 'Word';
  const text = isList ? unknown(`$${name}`) : (value ? hostWords(value, state) : []).map((one) => one.value).join(' ');
  state.variables.set(name, text);
  if (isKnown(text)) walk.assignments.push({ at: pos, to: end });
}

/** Where the command begins that `sudo -E`, `env A=b` and the like start. */
function wrapperEnd(words: readonly HostWord[]): number {
  let at = 0;
  while (WRAPPERS.test(words[at]?.value ?? '')) {
    at++;
    while (/^-|^\w+=/.test(words[at]?.value ?? '')) at += /^-[ugn]$/.test(words[at]!.value) ? 2 : 1;
  }
  return at;
}

/** The folders behind a `cd`. */
function foldersBehind(
  words: readonly HostWord[],
  state: HostState,
  { isFolder, clones }: HostStart,
): readonly string[] {
  const operands = words.filter(({ value }) => !/^-[LPe]*$|^--$/.test(value) || value === '-');
  const [target] = operands;
  if (target === undefined || operands.length > 1 || target.value === '-') return [];
  const found = new Set<string>();
  for (const folder of state.folders.length === 0 ? [''] : state.folders) {
    // from a folder that nobody knows only an absolute path leads to one that is known
    if (state.folders.length === 0 && isKnown(target.value)) return [];
    const place = hostPlace(target.value, folder);
    if (place !== undefined && isFolder(place)) found.add(place);
  }
  if (found.size === 0 && clones && state.variables.has('git clone') && /^[\w.-]+\/?$/.test(target.value)) return [''];
  return [...found];
}
