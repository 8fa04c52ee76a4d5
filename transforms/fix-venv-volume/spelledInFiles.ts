// Every word outside of the Dockerfile that spells its environment, as an edit to the new path; or the one that cannot be edited.

import { replaceRange } from '../../src/edit/textEdits.ts';
import type { Blocker } from '../../src/facts/blocker.ts';
import { absoluteSpelling, literally, type VenvPaths, venvWords } from '../../src/facts/compare/venvSpelling.ts';
import type { ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import type { Range, TextEdit } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';

/** What speaks of the environment of the host, or to people. */
const UNREAD = /(\.(md|rst|lock|ipynb)|ignore|(^|\/)\.gitattributes)$/;

/** Read by people, who start containers by its lines. */
const PAGE = /\.(md|rst)$/;

/** Their lines run in containers, or start some: an absolute path of the image means the environment. */
const TAKES_EDITS = /(^|\/)(GNUmakefile|[Mm]akefile|\.?devcontainer\.json)$|\.(mk|sh|bash)$/;
const SCRIPT = /^#!.*\b(ba|da|a)?sh\b/;

/** Their words are of another machine. */
const ELSEWHERE = /\b(ssh|scp|rsync|systemctl)\b/;

/** Variables of which another file may make another place. */
const MOVER = /(?<![\w.-])(UV_PROJECT_ENVIRONMENT|VIRTUAL_ENV|WORKON_HOME|PIPENV_CUSTOM_VENV_NAME)(?=["']?\s*[:=])/;

interface SpelledFile {
  readonly path: string;
  readonly text: string;
}

/** One word of a file. */
interface Named extends SpelledFile {
  readonly at: number;
  readonly word: string;
  /** Not its path, or only a part of one. */
  readonly isOpen?: boolean;
}

export function spelledInFiles(
  dockerfile: DockerfileFacts,
  paths: VenvPaths,
  facts: Facts,
): readonly TextEdit[] | Blocker {
  const edits: TextEdit[] = [];
  for (const file of facts.snapshot.paths.keys()) {
    // the words of another image mean the one that it makes itself
    if (makesOne(file, paths.from, facts)) continue;
    if (file === dockerfile.path || (UNREAD.test(file) && !PAGE.test(file))) continue;
    const text = facts.snapshot.read(file) ?? '';
    for (const named of spelledWords({ path: file, text }, paths)) {
      if (!mayEdit(named, dockerfile, { paths, facts })) return refusal(named, paths);
      edits.push(replaceRange(file, { start: named.at, end: named.at + named.word.length }, paths.to));
    }
  }
  const [first] = edits;
  const other = facts.dockerfiles.find((one) => one !== dockerfile && one.trace.allEnvironments.has(paths.from));
  if (first !== undefined && other !== undefined) {
    const text = facts.snapshot.read(first.path) ?? '';
    return refusal({ path: first.path, text, at: first.start, word: text.slice(first.start, first.end) }, paths);
  }
  return edits;
}

const makesOne = (file: string, from: string, { dockerfiles }: Facts): boolean =>
  dockerfiles.some(
    ({ path, trace }) => path === file && trace.events.some((event) => event.kind === 'create' && event.path === from),
  );

const refusal = ({ path, at, word }: Named, { from, to }: VenvPaths): Blocker => ({
  code: 'named elsewhere',
  words: `line ${lineMark(path, at)} of ${path} names ${word}, and ${from} would be ${to}`,
});

/** The words that may mean it: its path, what runs from its folder by a relative one, variables that move it. */
function* spelledWords({ path, text }: SpelledFile, { from }: VenvPaths): Iterable<Named> {
  if (PAGE.test(path)) {
    const inContainer = new RegExp(`(?<=\\b(?:docker|podman|compose)\\b.*)${absoluteSpelling(from).source}`, 'g');
    for (const { 0: word, index: at } of text.matchAll(inContainer)) yield { path, text, at, word };
    return;
  }
  for (const { at, word, isBelow, isGlued } of venvWords(text, from)) {
    const isOpen = isGlued || !word.startsWith('/');
    if (word === from || (isOpen && isBelow && text.startsWith('/bin', at + word.length)))
      yield { path, text, at, word, isOpen };
  }
  const joined = joinedSpelling(text, from);
  if (joined !== undefined) yield { path, text, ...joined, isOpen: true };
  const mover = MOVER.exec(text);
  if (mover !== null && /\.(ya?ml|env|sh|bash|json)$|(^|\/)\.env[^/]*$/.test(path) && !isSetTo(text, mover.index, from))
    yield { path, text, at: mover.index, word: mover[0] };
}

/** Its path in parts: `/app/$(VENV)` where VENV is its name, `os.path.join('/app', '.venv')`, `Path('/app') / '.venv'`. */
function joinedSpelling(text: string, from: string): Pick<Named, 'at' | 'word'> | undefined {
  const [folder, name] = [folderAbove(from), from.slice(from.lastIndexOf('/') + 1)].map(literally);
  const parts = new RegExp(`(["'])${folder}/?\\1\\)?\\s*[,/+]\\s*(["'])/?${name}\\b`).exec(text);
  if (parts !== null) return { at: parts.index, word: parts[0] };
  for (const { 0: word, 1: variable, index: at } of text.matchAll(
    new RegExp(`(?<![\\w.-])${folder}/\\$[({]?(\\w+)[)}]?`, 'g'),
  ))
    if (new RegExp(`\\b${variable}\\s*[:?]?=\\s*["']?${name}["']?\\s*$`, 'm').test(text)) return { at, word };
  return undefined;
}

/** `VIRTUAL_ENV: /app/.venv`, whose value is an edit of its own. */
const isSetTo = (text: string, at: number, from: string): boolean =>
  new RegExp(`^\\w+["']?\\s*[:=]\\s*["']?${absoluteSpelling(from).source}`).test(text.slice(at));

function mayEdit(
  named: Named,
  dockerfile: DockerfileFacts,
  { paths, facts }: { readonly paths: VenvPaths; readonly facts: Facts },
): boolean {
  const { path, text, at, word, isOpen = false } = named;
  const inCompose = facts.compose.services.filter(({ files, origins }) =>
    [...files, ...origins.map((origin) => origin.path)].includes(path),
  );
  const isOurs = (service: ServiceFacts): boolean => dockerfile.services.some(({ name }) => name === service.name);
  if (inCompose.length > 0) {
    const naming = inCompose.filter((service) => saysWhere(service, paths.from));
    // what names it in no service that is read here may be of anybody
    if (naming.length === 0 && isOpen) return false;
    const around = inCompose.filter(({ origins }) => origins.some((origin) => isAt(origin, named)));
    if (
      ![...naming, ...around].every(isOurs) ||
      inCompose.some(({ mounts }) => mounts.some((mount) => isAt(mount.origin, named)))
    )
      return false;
    return !isOpen || inCompose.some((service) => startsBy(service, dockerfile, { named, paths }));
  }
  const line = text.slice(text.lastIndexOf('\n', at) + 1).split('\n', 1)[0]!;
  if (ELSEWHERE.test(line)) return false;
  return !isOpen && word === paths.from && (TAKES_EDITS.test(path) || SCRIPT.test(text.slice(0, at)));
}

const isAt = (origin: { readonly path: string; readonly range: Range }, { path, at }: Named): boolean =>
  origin.path === path && at >= origin.range.start && at < origin.range.end;

/** Does what compose reads of the service name it? */
const saysWhere = (service: ServiceFacts, from: string): boolean => {
  const said = JSON.stringify(service, (key, value: unknown) =>
    key === 'origin' || key === 'origins' ? undefined : value instanceof Map ? [...value] : value,
  );
  return venvWords(said, from).some(({ word }) => word === from || !word.startsWith('/'));
};

/** The word stands in its command, which runs in the folder of the project. */
function startsBy(
  { command, entrypoint, workingDir }: ServiceFacts,
  { image }: DockerfileFacts,
  { named, paths }: { readonly named: Named; readonly paths: VenvPaths },
): boolean {
  const folder = folderAbove(paths.from) || '/';
  const isInFolder =
    workingDir === undefined
      ? image.stages.every(({ final }) => final.cwd === folder)
      : workingDir.kind === 'known' && workingDir.value === folder;
  return isInFolder && [command, entrypoint].some((one) => one !== undefined && isAt(one.origin, named));
}
