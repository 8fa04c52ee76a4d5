// Which files of a repository say what is run outside of images: scripts, Makefiles, workflows, package.json, pages. Each is read once.
import type { Snapshot } from '../../model.ts';
import { childOf, type Node, type ScalarNode } from '../../parse/compose/yamlNodes.ts';
import { readYaml } from '../../parse/compose/yamlTree.ts';
import { readJsonc } from '../../text/jsonc.ts';
import { isFolder } from '../folders.ts';
import { folderAbove } from '../repositoryPlace.ts';
import { sourceListing } from '../sourcePaths.ts';
import { isTestData } from '../testData.ts';
import { isKnown, readable, unknown } from '../values.ts';
import { type HostCommand, type HostStart, type HostText, readHostText } from './hostShell.ts';
import { hostPlace } from './hostWords.ts';
import { readRecipes } from './makeRecipes.ts';
import { pageBlocks } from './pageBlocks.ts';
import { folderOfStep, lineOfScalar, type ReadWorkflow, readWorkflowSteps, stepVariables } from './workflowSteps.ts';

/** A command of a file, and where its line stands. */
export interface PlacedCommand extends HostCommand {
  /** File offset of its line (of the command itself where that is known). */
  readonly offset: number;
}

export interface HostFile {
  readonly path: string;
  readonly kind: 'workflow' | 'script' | 'docs';
  readonly commands: readonly PlacedCommand[];
  /** A workflow's steps, whose actions are read by whoever knows them. */
  readonly workflow: ReadWorkflow | undefined;
  /** Nothing is known of it: a text that is not shell, a file that cannot be parsed. */
  readonly isUnread: boolean;
  /** All of it that people would not take for one of `taken`, comments left out: a path that is named here is named for another reason. */
  readonly rest: (taken: ReadonlySet<HostCommand>) => string;
}

interface TextPart {
  readonly text: string;
  readonly read: HostText;
  readonly commands: readonly PlacedCommand[];
}

const WORKFLOW = /^\.github\/(workflows|actions)\/.*\.ya?ml$/i;
const MAKE = /(^|\/)(GNU)?makefile[^/]*$|\.mk$/i;
const JUST = /(^|\/)\.?justfile$|\.just$/i;
const SCRIPT = /\.(sh|bash|zsh)$/i;
const TASKS = /(^|\/)(Taskfile\.ya?ml|\.gitlab-ci\.yml)$/i;
const PACKAGE = /(^|\/)package\.json$/;
const PAGE = /(^|\/)README[^/]*\.(md|markdown|rst|txt)$|(^|\/)README$|(^|\/)docs?\/.*\.(md|markdown|rst)$/i;
const OTHERS = /(^|\/)(node_modules|vendor|third_party|site-packages)\//;
const LARGEST = 400_000;
const SPEAKS = /docker|podman/i;
const MOST_PAGES = 300;

/** How a path's text is read; undefined: it runs nothing. */
function readerOf(path: string): HostFile['kind'] | undefined {
  if (WORKFLOW.test(path)) return 'workflow';
  if (MAKE.test(path) || JUST.test(path) || SCRIPT.test(path) || TASKS.test(path) || PACKAGE.test(path))
    return 'script';
  return PAGE.test(path) ? 'docs' : undefined;
}

const listed = new WeakMap<Snapshot['paths'], ReadonlyMap<HostFile['kind'], readonly string[]>>();

/** Paths of such files, in the order of the repository; of pages those of test data and of other people's code are left out. */
export function hostPaths(snapshot: Snapshot, kind: HostFile['kind']): readonly string[] {
  let known = listed.get(sourceListing(snapshot));
  if (known === undefined) {
    const made = new Map<HostFile['kind'], string[]>();
    for (const [path, is] of snapshot.paths) {
      const own = is === 'file' || is === 'executable' ? readerOf(path) : undefined;
      if (own === undefined || OTHERS.test(path) || (own === 'docs' && isTestData(path))) continue;
      const list = made.get(own) ?? [];
      if (own !== 'docs' || list.length < MOST_PAGES) list.push(path);
      made.set(own, list);
    }
    known = made;
    listed.set(sourceListing(snapshot), known);
  }
  return known.get(kind) ?? [];
}

const files = new WeakMap<
  Snapshot['paths'],
  Map<string, { readonly text: string; readonly file: HostFile | undefined }>
>();

/** What a file runs; undefined where it speaks of no containers, or is of no kind that is read. */
export function hostFile(path: string, snapshot: Snapshot): HostFile | undefined {
  const text = snapshot.read(path);
  if (text === undefined) return undefined;
  const own = files.get(sourceListing(snapshot)) ?? new Map<string, { text: string; file: HostFile | undefined }>();
  files.set(sourceListing(snapshot), own);
  const known = own.get(path);
  if (known?.text === text) return known.file;
  const kind = readerOf(path);
  const speaks = kind !== undefined && text.length <= LARGEST && SPEAKS.test(text);
  const file = speaks ? readHostFile(path, kind, text, snapshot) : undefined;
  own.set(path, { text, file });
  return file;
}

function readHostFile(path: string, kind: HostFile['kind'], text: string, snapshot: Snapshot): HostFile {
  const own = folderAbove(path);
  const start: HostStart = {
    variables: new Map(),
    folders: [''],
    own,
    isFolder: (folder) => isFolder(folder, snapshot),
  };
  if (kind === 'workflow') return workflowFile(path, text, start);
  const parts: TextPart[] = [];
  let rest = '';
  let isUnread = false;
  if (kind === 'docs') {
    const folders = /(^|\/)docs?\//.test(path) || own === '' ? [''] : [own, ''];
    parts.push(...pageParts(path, text, { ...start, folders, clones: true }));
  } else if (MAKE.test(path) || JUST.test(path)) {
    const isPart = /\.mk$/i.test(path) && own !== '';
    const place = { own, folder: isPart ? undefined : own, kind: JUST.test(path) ? 'just' : 'make' } as const;
    const read = readRecipes(text, place);
    rest = read.rest;
    for (const { text: line, offset } of read.lines)
      parts.push(partOf(line, { ...start, variables: new Map(), folders: isPart ? ['', own] : [own] }, () => offset));
  } else if (SCRIPT.test(path)) {
    const folders = own === '' ? [''] : ['', own];
    const part = partOf(text, { ...start, folders }, (at) => at);
    isUnread = part.read.isUnread;
    parts.push(part);
  } else {
    const tasks = PACKAGE.test(path) ? { parts: packageScripts(text, own), rest: [] } : readTasks(text, own);
    for (const { text: shell, offset, folder, offsets } of tasks?.parts ?? []) {
      const folders = folder === undefined ? [] : [folder];
      const offsetAt = (at: number): number => offsets?.[shell.slice(0, at).split('\n').length - 1] ?? offset;
      parts.push(partOf(shell, { ...start, variables: new Map(), folders }, offsetAt));
    }
    isUnread = tasks === undefined;
    rest = tasks?.rest.join('\n') ?? text;
  }
  return fileOf({ path, kind, parts, rest, isUnread, workflow: undefined });
}

function partOf(text: string, start: HostStart, offsetAt: (at: number) => number): TextPart {
  const read = readHostText(text, start);
  return { text, read, commands: read.commands.map((one) => ({ ...one, offset: offsetAt(one.at) })) };
}

type MadeFile = Omit<HostFile, 'commands' | 'rest'> & { readonly parts: readonly TextPart[]; readonly rest: string };

function fileOf({ parts, rest, ...file }: MadeFile): HostFile {
  return {
    ...file,
    commands: parts.flatMap(({ commands }) => commands),
    rest: (taken) => [...parts.map((part) => restOf(part, taken)), rest].join('\n'),
  };
}

/** The text of a part without the commands that are taken, plain `cd`s and assignments that those use. */
function restOf({ text, read, commands }: TextPart, taken: ReadonlySet<HostCommand>): string {
  if (read.isUnread) return text;
  const used = commands.filter((one) => taken.has(one) || (one.words[0] === 'cd' && one.words.every(isKnown)));
  const ranges = [...used, ...(used.length > 0 ? read.assignments : [])].sort((one, other) => one.at - other.at);
  let left = '';
  let end = 0;
  for (const { at, to } of ranges) {
    left += text.slice(end, Math.max(end, at));
    end = Math.max(end, to);
  }
  const others = commands.filter((one) => !taken.has(one)).map(({ words }) => words.map(readable).join(' '));
  return [(left + text.slice(end)).replace(/^[ \t]*#.*$/gm, ''), ...others].join('\n');
}

function workflowFile(path: string, text: string, start: HostStart): HostFile {
  const workflow = readWorkflowSteps(text);
  const parts: TextPart[] = [];
  for (const step of workflow?.steps ?? []) {
    if (step.run === undefined) continue;
    const { run } = step;
    const shell = step.read(run);
    const own = { ...start, variables: stepVariables(step), folders: folderOfStep(step) };
    parts.push(partOf(shell, own, (at) => lineOfScalar(run, shell.slice(0, at).split('\n').length - 1, text)));
  }
  const rest = workflow === undefined ? text : workflow.rest.join('\n');
  return fileOf({ path, kind: 'workflow', parts, rest, isUnread: workflow === undefined, workflow });
}

/** Block for block; what one of them changes may hold for the next, or it may be meant to start anew. */
function pageParts(path: string, text: string, start: HostStart): TextPart[] {
  const parts: TextPart[] = [];
  let { folders } = start;
  const variables = new Map<string, string>();
  for (const block of pageBlocks(text, /\.rst$/i.test(path) ? 'rst' : 'markdown')) {
    const own: HostStart = { ...start, variables, folders: [...new Set([...folders, ...start.folders])] };
    const offsetAt = (at: number): number => block.offsets[block.text.slice(0, at).split('\n').length - 1] ?? 0;
    const part = partOf(block.text, own, offsetAt);
    if (part.read.isUnread) parts.push(...lineParts(block.text, own, block.offsets));
    else parts.push(part);
    folders = own.folders;
  }
  return parts;
}

/** A text with a line that is no shell text: line for line. */
function lineParts(text: string, start: HostStart, offsets: readonly number[]): TextPart[] {
  const parts: TextPart[] = [];
  let open = '';
  let from = 0;
  for (const [n, line] of text.split('\n').entries()) {
    if (open === '') from = n;
    open += line;
    if (line.endsWith('\\')) {
      open = `${open.slice(0, -1)} `;
      continue;
    }
    const at = offsets[from] ?? 0;
    parts.push(partOf(open, start, () => at));
    open = '';
  }
  return parts;
}

interface LineOfFile {
  readonly text: string;
  readonly offset: number;
}

function packageScripts(text: string, folder: string): ReadTasks['parts'] {
  const value = readJsonc(text) as { readonly scripts?: Readonly<Record<string, unknown>> } | undefined;
  const scripts = Object.entries(value?.scripts ?? {});
  return scripts.flatMap(([name, one]) => {
    const at = text.indexOf(`"${name}"`, Math.max(0, text.indexOf('"scripts"')));
    return typeof one === 'string' ? [{ text: one, offset: Math.max(0, at), folder }] : [];
  });
}

interface TaskPart extends LineOfFile {
  /** Repository-relative; undefined where it is not known. */
  readonly folder: string | undefined;
  /** File offset for each line of the text. */
  readonly offsets?: readonly number[];
}

interface ReadTasks {
  readonly parts: readonly TaskPart[];
  readonly rest: readonly string[];
}

const COMMAND_LISTS = /^(cmds?|script|before_script|after_script)$/;

/** The commands of a Taskfile (`cmds`, a shell each, in `dir`) or of GitLab's jobs (`script`, one shell for all). */
function readTasks(text: string, own: string): ReadTasks | undefined {
  const { root, problems } = readYaml(text);
  if (problems.length > 0 || root?.kind !== 'map') return undefined;
  const parts: TaskPart[] = [];
  const rest: string[] = [];
  const scalars = (node: Node): ScalarNode[] =>
    node.kind === 'scalar'
      ? [node]
      : node.kind === 'seq'
        ? node.items.flatMap(({ value }) => scalars(value))
        : [...node.entries].flatMap(([key, { value }]) => (key === 'cmd' ? scalars(value) : []));
  const gatherTasks = (node: Node): void => {
    if (node.kind === 'scalar') rest.push(node.text);
    else if (node.kind === 'seq') for (const { value } of node.items) gatherTasks(value);
    else {
      const dir = childOf(node, 'dir');
      const folder =
        dir === undefined ? own : dir.kind === 'scalar' ? hostPlace(templateWords(dir.text), own) : undefined;
      const shell = [childOf(node, 'before_script'), childOf(node, 'script')].flatMap((one) =>
        one ? scalars(one) : [],
      );
      const [first] = shell;
      if (first !== undefined)
        parts.push({
          text: shell.map((one) => one.text).join('\n'),
          offset: first.content.start,
          folder,
          offsets: shell.flatMap((one) => one.text.split('\n').map(() => one.content.start)),
        });
      for (const [key, { value }] of node.entries)
        if (key === 'cmds' || key === 'cmd')
          for (const one of scalars(value))
            parts.push({ text: templateWords(one.text), offset: one.content.start, folder });
        else if (!COMMAND_LISTS.test(key)) gatherTasks(value);
    }
  };
  gatherTasks(root);
  return { parts, rest };
}

/** `{{.NAME}}` as one word. */
const templateWords = (text: string): string =>
  text.replace(/\{\{(.*?)\}\}/g, (_, name: string) => unknown(name.replace(/[^\w.]+/g, '_')));
