// Every word of a Dockerfile that spells its environment, as an edit to the new path; or the one that cannot be edited.

import { replaceRange } from '../../src/edit/textEdits.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { absoluteSpelling, type VenvPaths, type VenvWord, venvWords } from '../../src/facts/compare/venvSpelling.ts';
import { isCopy } from '../../src/facts/copies/copy.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { ImageState } from '../../src/facts/image.ts';
import { cleanAbsolute, folderAbove } from '../../src/facts/repositoryPlace.ts';
import type { TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineMark } from '../../src/text/lines.ts';
import { wordSet } from '../../src/text/wordSet.ts';

/** Edits, and the instructions that they change. */
export interface SpelledInDockerfile {
  readonly edits: readonly TextEdit[];
  readonly changed: readonly Instruction[];
}

/** The words of an instruction mean its environment there, at another path as well. */
const MAY_NAME = wordSet('ENV ARG RUN CMD ENTRYPOINT HEALTHCHECK');

const mayName = (i: Instruction): boolean =>
  MAY_NAME.has(i.keyword) || (isCopy(i) && i.flags.some(({ name }) => name === 'from'));

export function spelledInDockerfile(dockerfile: DockerfileFacts, paths: VenvPaths): SpelledInDockerfile | Blocker {
  const { path, text, syntax } = dockerfile;
  const edits: TextEdit[] = [];
  const changed: Instruction[] = [];
  for (const i of syntax.instructions) {
    const found = spelledIn(dockerfile, i, paths);
    if (isBlocker(found)) return found;
    if (found.length > 0) changed.push(i);
    for (const { at, word } of found) edits.push(replaceRange(path, { start: at, end: at + word.length }, paths.to));
  }
  return { edits: [...edits, ...spelledInComments(dockerfile, paths, edits)], changed: changed.filter(isCode(text)) };
}

/** Not only in a comment between its lines. */
const isCode =
  (text: string) =>
  (i: Instruction): boolean =>
    text.slice(i.start, i.end).replace(/^[ \t]*#.*$/gm, '') !== '';

/** A comment speaks of it where it comes to be. */
function spelledInComments(
  { path, text, syntax }: DockerfileFacts,
  { from, to }: VenvPaths,
  made: readonly TextEdit[],
) {
  const isComment = (at: number): boolean =>
    !syntax.instructions.some(({ start, end }) => at >= start && at < end) && !made.some(({ start }) => start === at);
  return [...text.matchAll(absoluteSpelling(from))]
    .filter(({ index }) => isComment(index))
    .map(({ index }) => replaceRange(path, { start: index, end: index + from.length }, to));
}

/** The state that an instruction is read in; undefined: before the first FROM. */
function stateBefore({ image }: DockerfileFacts, i: Instruction): ImageState | undefined {
  for (const stage of image.stages) {
    const at = stage.instructions.indexOf(i);
    if (at >= 0) return stage.before[at];
  }
  return undefined;
}

/** The words of one instruction that are to be changed; offsets of the file. */
function spelledIn(dockerfile: DockerfileFacts, i: Instruction, { from, to }: VenvPaths): VenvWord[] | Blocker {
  const { path, text } = dockerfile;
  const found: VenvWord[] = [];
  for (const { at, ...word } of venvWords(text.slice(i.start, i.end), from)) {
    const here = { at: i.start + at, ...word };
    const meant = meaningOf(dockerfile, i, { here, from });
    if (meant === 'other') continue;
    if (meant === 'unknown' || !mayName(i))
      return {
        code: 'named elsewhere',
        words: `line ${lineMark(path, here.at)} of ${path} names ${here.word}${here.word === from ? '' : ` (${from})`}, which would be ${to}`,
      };
    found.push(here);
  }
  return found;
}

interface Spelled {
  readonly here: VenvWord;
  readonly from: string;
}

type Meaning = 'environment' | 'other' | 'unknown';

function meaningOf(dockerfile: DockerfileFacts, i: Instruction, { here, from }: Spelled): Meaning {
  const { word } = here;
  if (here.isGlued) return 'unknown';
  if (word === from) return 'environment';
  if (word.startsWith('/') && !word.includes('$')) return cleanAbsolute(word) === from ? 'unknown' : 'other';
  const [, variable, rest] = /^\$\{?(\w+)\}?(\/.*)$/.exec(word) ?? [];
  const state = stateBefore(dockerfile, i);
  if (variable !== undefined) {
    const value = state?.buildEnv.get(variable);
    if (value === undefined || i.keyword === 'ONBUILD') return 'unknown';
    const whole = `${value.replace(/\/+$/, '')}${rest}`;
    return whole === from ? 'environment' : whole.startsWith('/') ? 'other' : 'unknown';
  }
  const folder = folderAbove(from) || '/';
  const name = from.slice(from.lastIndexOf('/') + 1);
  if (word.replace(/^\.\//, '') !== name) return 'unknown';
  if (isCopy(i)) return isDestination(dockerfile, i, here) && state?.cwd === folder ? 'environment' : 'unknown';
  return isPathIn(folder, dockerfile, { i, here }) ? 'environment' : 'unknown';
}

const isDestination = ({ text }: DockerfileFacts, { end }: Instruction, { at, word }: VenvWord): boolean =>
  /^\/?["']?\s*\]?\s*$/.test(text.slice(at + word.length, end));

/** They take their operands for paths. */
const TAKES_PATHS = /^(.*\/)?(python[\d.]*|virtualenv|uv|chown|chmod|rm|ls|\.|source|test|\[)$/;

/** Is a relative word a path, read by commands that all run in this folder? */
function isPathIn(
  folder: string,
  { trace, services, image }: DockerfileFacts,
  { i, here: { at, isBelow } }: { readonly i: Instruction; readonly here: VenvWord },
): boolean {
  if (i.keyword === 'ENV' || i.keyword === 'ARG' || i.keyword === 'ONBUILD') return false;
  const isMoved = i.keyword !== 'RUN' && services.some(({ workingDir }) => workingDir !== undefined);
  const commands = trace.stages.flatMap((stage) =>
    stage.commands.filter((command) => command.instruction === i.index && command.file === undefined),
  );
  const around = commands.filter(({ range }) => at >= range.start && at < range.end);
  const inFolder = (i.keyword === 'RUN' ? around : image.stages.map(({ final }) => final)).every(
    ({ cwd }) => cwd === folder,
  );
  if (isMoved || !inFolder || around.length === 0) return false;
  return isBelow || around.every(({ words }) => TAKES_PATHS.test(words[0] ?? ''));
}
