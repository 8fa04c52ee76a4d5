// Files of the repository that an image's commands name, and what these name in turn: scripts, Makefiles, configuration.

import type { Snapshot } from '../model.ts';
import type { DockerfileFacts } from './dockerfileFacts.ts';
import { sourceListing } from './sourcePaths.ts';

/** The part of a Dockerfile's facts that holds its commands. */
type Commanding = Pick<DockerfileFacts, 'syntax' | 'text' | 'services'>;

const SCRIPT = /(^|\/)(GNU)?makefile[^/]*$|\.(mk|sh|bash|ash|zsh|py)$|(^|\/)justfile$|(^|\/)[^./]+$/i;
const READ = /\.(conf|cfg|ini|toml|ya?ml|json|js|cjs|service|timer|cron|xml)$|(^|\/)Procfile[^/]*$/i;
const LARGEST = 200_000;

const named = new WeakMap<Snapshot['paths'], ReadonlyMap<string, readonly string[]>>();

/** Paths of scripts and configuration by their file name. */
function byName(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const listing = sourceListing(snapshot);
  const known = named.get(listing);
  if (known !== undefined) return known;
  const made = new Map<string, string[]>();
  for (const [path, kind] of snapshot.paths) {
    if ((kind !== 'file' && kind !== 'executable') || !(SCRIPT.test(path) || READ.test(path))) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const list = made.get(name);
    if (list) list.push(path);
    else made.set(name, [path]);
  }
  named.set(listing, made);
  return made;
}

const NONE = /(?!)/;

/** What a program reads without being told. */
const BY_ITSELF: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\bg?make\b/, ['Makefile', 'makefile', 'GNUmakefile']],
  [/\bjust\b/, ['justfile', 'Justfile']],
  [
    /\bsetup\.py\b|\bpip3?\s[^\n]*\s(-e\s*)?\.(\[|\/|\s|$)|\buv\s[^\n]*\s\.(\[|\s|$)|-m build\b/,
    ['setup.py', 'setup.cfg'],
  ],
  [/\b(npm|yarn|pnpm|bun)\b/, ['package.json']],
  [/\btox\b/, ['tox.ini']],
  [/\bnox\b/, ['noxfile.py']],
  [/\b(invoke|inv)\b/, ['tasks.py']],
];

/** The commands of the image as text: instructions without comments, here-documents, what services start. */
function textsOfCommands(dockerfile: Commanding): string {
  const parts = dockerfile.syntax.instructions.flatMap((i) => [
    i.logical.text,
    ...i.heredocs.map((heredoc) => dockerfile.text.slice(heredoc.body.start, heredoc.body.end)),
  ]);
  const started = dockerfile.services
    .flatMap((service) => [service.command, service.entrypoint])
    .flatMap((command) => command?.words ?? []);
  return [...parts, started.map((word) => word ?? '').join(' ')].join('\n');
}

/**
 * Files whose name stands in a command of the image, or in a script that is named so, in the order in which they are met; then
 * those whose path matches `always`.
 */
export function namedFiles(dockerfile: Commanding, snapshot: Snapshot, always = NONE): readonly string[] {
  return [...new Set([...namedBy(dockerfile, snapshot), ...alwaysNamed(always, byName(snapshot))])];
}

const matched = new WeakMap<ReturnType<typeof byName>, Map<RegExp, readonly string[]>>();

function alwaysNamed(always: RegExp, all: ReturnType<typeof byName>): readonly string[] {
  const own = matched.get(all) ?? new Map<RegExp, readonly string[]>();
  matched.set(all, own);
  const known = own.get(always) ?? [...all.values()].flatMap((paths) => paths.filter((path) => always.test(path)));
  own.set(always, known);
  return known;
}

const namedOf = new WeakMap<Commanding, readonly string[]>();

function namedBy(dockerfile: Commanding, snapshot: Snapshot): readonly string[] {
  const known = namedOf.get(dockerfile);
  if (known !== undefined) return known;
  const all = byName(snapshot);
  const found = new Set<string>();
  const texts = [textsOfCommands(dockerfile)];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    const names = new Set(text.match(/[\w.+@-]+/g));
    for (const [program, files] of BY_ITSELF) if (program.test(text)) for (const file of files) names.add(file);
    for (const name of names) {
      for (const path of all.get(name) ?? []) {
        if (found.has(path)) continue;
        found.add(path);
        if (SCRIPT.test(path)) texts.push(commandFileText(path, snapshot));
      }
    }
  }
  namedOf.set(dockerfile, [...found]);
  return [...found];
}

function commandFileText(path: string, snapshot: Snapshot): string {
  const text = snapshot.read(path) ?? '';
  return text.length > LARGEST || text.includes('\0') ? '' : text.replace(/^[ \t]*#.*$/gm, '');
}
