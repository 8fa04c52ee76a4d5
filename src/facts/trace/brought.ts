// Files that cp, ln, curl, git, tar and the like bring to where an installer may look for its settings.
import { fetchedAt } from '../copies/copy.ts';
import type { Shell } from '../shell/shellState.ts';
import { pathIn } from '../shell/shellState.ts';
import { isKnown } from '../values.ts';
import type { Files } from './imageFiles.ts';
import type { Tracer } from './tracer.ts';
import { fileAt, fillFolder, write, writeUnknown } from './written.ts';

/** Names of files that installers read without being told. */
const SETTINGS =
  /(^|\/)(pip\.(conf|ini)|uv\.toml|poetry\.toml|pypoetry\/(config|auth)\.toml|pdm\.toml|setup\.cfg|\.?pydistutils\.cfg|\.condarc)$/;

const nameOfFile = (path: string): string => path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1);
const flagValue = (args: readonly string[], ...names: readonly string[]): string | undefined => {
  for (const [n, word] of args.entries()) {
    if (names.includes(word)) return args[n + 1];
    const long = names.find((name) => name.startsWith('--') && word.startsWith(`${name}=`));
    if (long !== undefined) return word.slice(long.length + 1);
  }
  return undefined;
};

/** The address that a download names, and the file that it writes; undefined: none. */
export function download(
  name: string,
  args: readonly string[],
  cwd: string,
): { readonly url: string; readonly file: string } | undefined {
  const url =
    args.find((word) => /^https?:\/\//.test(word)) ??
    args.find((word, n) => /^https?:/.test(word) && args[n - 1] === '--url');
  if (url === undefined) return undefined;
  const letter = name === 'curl' ? 'o' : 'O';
  for (const [n, word] of args.entries()) {
    const glued = new RegExp(`^-[a-zA-Z]*?${letter}(.*)$`).exec(word.startsWith('--') ? '' : word)?.[1];
    const file = glued === undefined ? undefined : glued === '' ? args[n + 1] : glued;
    if (file !== undefined) return { url, file };
  }
  const named = flagValue(args, '--output', '--output-document');
  if (named !== undefined) return { url, file: named };
  const takesName = name === 'wget' || args.some((word) => /^-[a-zA-Z]*O|^--remote-name$/.test(word));
  const folder = flagValue(args, '-P', '--directory-prefix', '--output-dir') ?? cwd;
  return takesName ? { url, file: `${folder}/${nameOfFile(url.replace(/[?#].*$/, ''))}` } : undefined;
}

/** A command that may bring files. */
interface Bringer {
  readonly name: string;
  /** All words behind the name. */
  readonly args: readonly string[];
  /** Those that are no flags. */
  readonly operands: readonly string[];
}

/** What the command brings to files and folders that may hold settings. */
export function bringFiles(bringer: Bringer, shell: Shell, tracer: Tracer): void {
  const { name, args, operands } = bringer;
  const by = `\`${name}\``;
  switch (name) {
    case 'curl':
    case 'wget': {
      const got = download(name, args, shell.cwd);
      if (got === undefined || got.file === '-') return;
      const path = pathIn(shell, got.file);
      if (isKnown(path)) write(path, { why: `${path} is fetched from ${got.url}`, url: got.url }, tracer);
      return;
    }
    case 'git': {
      if (operands[0] !== 'clone') return;
      const [, url = '', to] = operands.filter((one, n) => n < 1 || !/^(\d+|main|master)$/.test(one));
      fillFolder(pathIn(shell, to ?? nameOfFile(url).replace(/\.git$/, '')), by, tracer);
      return;
    }
    case 'tar':
    case 'unzip': {
      const to = flagValue(args, '-C', '--directory', '-d');
      if (to !== undefined && to !== '/') fillFolder(pathIn(shell, to), by, tracer);
      return;
    }
    case 'rsync': {
      const to = operands.at(-1);
      if (to !== undefined && operands.length > 1) fillFolder(pathIn(shell, to), by, tracer);
      return;
    }
    default:
      copyFiles(bringer, shell, tracer);
  }
}

/** cp, mv, ln, install: single files keep their text, folders are not followed. */
function copyFiles({ name, args, operands }: Bringer, shell: Shell, tracer: Tracer): void {
  const by = `\`${name}\``;
  const folder = flagValue(args, '-t', '--target-directory');
  const to = folder ?? operands.at(-1);
  if (to === undefined || operands.length < 2) return;
  const target = pathIn(shell, to);
  for (const source of folder === undefined ? operands.slice(0, -1) : operands.filter((one) => one !== folder)) {
    const below = `${target === '/' ? '' : target}/${nameOfFile(source).replace(/\/+$/, '')}`;
    const from = fileAt(pathIn(shell, source), tracer);
    for (const path of [target, below]) {
      if (!SETTINGS.test(path) && !(from !== undefined && SETTINGS.test(source))) continue;
      if (path === below && SETTINGS.test(target)) continue;
      if (path === target && !SETTINGS.test(target) && (to.endsWith('/') || !/\.\w+$/.test(to))) continue;
      if (from !== undefined && 'text' in from && !shell.conditional) write(path, from, tracer);
      else writeUnknown(path, by, tracer);
    }
    if (/(^|\/)(\.|\*|)$/.test(source)) fillFolder(target, by, tracer);
    else if (
      from === undefined &&
      !SETTINGS.test(source) &&
      /^(pip|uv|pypoetry|\.pip|\.config)$/.test(nameOfFile(source))
    )
      fillFolder(below, by, tracer);
  }
}

/** `rm`: the file, and what is known below it, is gone. */
export function forget(path: string, shell: Shell, tracer: Tracer): void {
  if (!isKnown(path)) return;
  const gone = path.replace(/\/\*$/, '');
  for (const known of [...tracer.files.written.keys()]) {
    if (known !== gone && !known.startsWith(`${gone}/`)) continue;
    if (shell.conditional) writeUnknown(known, '`rm`', tracer);
    else write(known, { text: '' }, tracer);
  }
  if (!shell.conditional && fileAt(path, tracer) !== undefined) write(path, { text: '' }, tracer);
}

/** The address that the file at `path` was fetched from, by the steps and copies up to now. */
export function fetchedFrom(path: string, files: Pick<Files, 'written' | 'copies'>): string | undefined {
  const written = files.written.get(path);
  if (written !== undefined && 'why' in written && written.url !== undefined) return written.url;
  const copy = files.copies.findLast((copy) => copy.from === 'context' && fetchedAt(copy, path) !== undefined);
  return copy && fetchedAt(copy, path);
}
