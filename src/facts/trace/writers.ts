// Commands that may put packages where the system's Python looks, other than by an installer that is followed.

import { isKnownScript } from '../knownScripts.ts';
import { SYSTEM_PYTHON } from '../pythonInterpreter.ts';
import type { Call } from '../shell/interpreter.ts';
import { nameOfCommand } from '../shell/shellCall.ts';
import type { Shell } from '../shell/shellState.ts';
import { pathIn } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { isKnown, isWithin } from '../values.ts';
import { mayBring, systemReach } from './systemPlaces.ts';
import { addInstall, type Tracer } from './tracer.ts';

/** A file, or a tree of which nothing is known. */
interface WritingCommand {
  readonly path: string;
  readonly tree: boolean;
}

/** Archives by well-known names that hold no Python package. */
const NO_PACKAGES =
  /(^|[/=])(go\d[\w.$:{}-]*\.tar|node-v|s6-overlay|dockerize-|open-?jdk|jdk-|ta-lib|geckodriver|chromedriver|protoc-|s5cmd|sqlite-autoconf)/i;
const NO_PACKAGES_DEB =
  /(^|\/)(google-chrome|chrome|wkhtmlto|packages-microsoft-prod|cuda-keyring|dumb-init|tini|gosu|chromium|session-manager-plugin|mysql-apt-config|cloudflared|libssl)/i;
/** Folders of every image: what is copied to one goes into it. */
const STANDS = /^\/(usr(\/local)?(\/lib(64)?)?|root|home|lib(64)?)?$/;
/** `app.conf`, not `python3.12`. */
const FILE = /\.(?!\d+$)[A-Za-z0-9]+$/;

/** Marks what a command may have put into the system's Python; `text` names it. */
export const openSystem = (tracer: Tracer, text: string): void =>
  addInstall(tracer.files, SYSTEM_PYTHON, `open:${text}`);

export const writtenText = (list: readonly Field[]): string => list.map((field) => field.raw).join(' ');

/** What the command writes enters the files. */
export function noteWrites(list: readonly Field[], shell: Shell, tracer: Tracer, call: Call): void {
  const name = nameOfCommand(list[0]!.value);
  const args = list.slice(1).map((field) => field.value);
  if (writesWithoutPath(name, args) || written(name, args, shell, call).some((writing) => touchesPath(writing, tracer)))
    openSystem(tracer, writtenText(list));
}

/** A redirection to `target`. */
export function noteRedirection(target: string, list: readonly Field[], shell: Shell, tracer: Tracer): void {
  if (touchesPath({ path: pathIn(shell, target), tree: false }, tracer))
    openSystem(tracer, `${writtenText(list)} > ${target}`);
}

function touchesPath({ path, tree }: WritingCommand, tracer: Tracer): boolean {
  const reach = systemReach(path);
  if (reach === 'no' || (reach === 'above' && !tree)) return false;
  return ![...tracer.allEnvironments].some((entry) => isWithin(path, entry));
}

/** Package files and builds whose content nobody tells. */
function writesWithoutPath(name: string, args: readonly string[]): boolean {
  switch (name) {
    case 'dpkg': {
      const installs = args.some((word) => /^-[a-zA-Z]*i|^--(install|unpack)$/.test(word));
      const files = args.filter((word) => !word.startsWith('-'));
      return installs && !(files.length > 0 && files.every((folder) => NO_PACKAGES_DEB.test(folder)));
    }
    case 'rpm':
      return args.some((word) => /^-[a-zA-Z]*[iUF]|^--(install|upgrade)$/.test(word)) && !args.includes('--import');
    case 'cmake':
    case 'ninja':
    case 'meson':
      return args.some((word) => /^(--install|install)$/.test(word));
    default:
      return false;
  }
}

function written(name: string, args: readonly string[], shell: Shell, call: Call): WritingCommand[] {
  const at = (path: string): string => pathIn(shell, path);
  const files = (paths: readonly string[]): WritingCommand[] => paths.map((path) => ({ path: at(path), tree: false }));
  switch (name) {
    case 'cp':
    case 'mv':
    case 'ln':
    case 'install':
    case 'rsync':
    case 'scp':
      return copied(name, args, shell);
    case 'tar':
    case 'bsdtar': {
      const { mode, folder, rest } = tarCall(args);
      if (mode !== 'extract') return [];
      const text = rest.some((word) => /\.t|^-$/.test(word)) ? rest.join(' ') : pipedText(call);
      if (NO_PACKAGES.test(text)) return [];
      return [{ path: args.includes('-P') || args.includes('--absolute-names') ? '/' : at(folder ?? '.'), tree: true }];
    }
    case 'unzip':
    case '7z': {
      if (NO_PACKAGES.test(args.join(' '))) return [];
      const to = name === '7z' ? args.find((word) => word.startsWith('-o'))?.slice(2) : argumentOf(args, '-d');
      return [{ path: at(to ?? '.'), tree: true }];
    }
    case 'dpkg':
    case 'dpkg-deb': {
      if (!args.some((word) => /^-[xX]$|^--(v?extract)$/.test(word))) return [];
      return [{ path: at(args.filter((word) => !word.startsWith('-'))[1] ?? '.'), tree: true }];
    }
    case 'git': {
      const operands = args.filter((word) => !word.startsWith('-'));
      const n = operands.indexOf('clone');
      return n < 0 || operands[n + 2] === undefined ? [] : [{ path: at(operands.at(-1)!), tree: true }];
    }
    case 'curl':
    case 'wget':
      return [
        ...files(
          args.flatMap((word, n) =>
            /^(-[a-zA-Z]*[oOP]|--output(-document|-dir)?|--directory-prefix)$/.test(word) ? [args[n + 1] ?? ''] : [],
          ),
        ),
        ...files(
          args.flatMap(
            (word) =>
              /^(?:-[oOP]|--(?:output|output-document|output-dir|directory-prefix)=)(.+)$/.exec(word)?.[1] ?? [],
          ),
        ),
        ...files(['.']),
      ];
    case 'sed':
      return args.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word))
        ? files(args.filter((word) => word.includes('/')))
        : [];
    case 'tee':
    case 'touch':
    case 'truncate':
    case 'patch':
      return files([...args.filter((word) => !word.startsWith('-')), '.']);
    case 'dd':
      return files(args.flatMap((word) => (word.startsWith('of=') ? [word.slice(3)] : [])));
    default:
      return [];
  }
}

const argumentOf = (args: readonly string[], ...names: readonly string[]): string | undefined =>
  args.flatMap((word, n) =>
    names.includes(word)
      ? [args[n + 1] ?? '']
      : names
          .filter((name) => name.length > 2 && word.startsWith(`${name}=`))
          .map((name) => word.slice(name.length + 1)),
  )[0];

/** The text that may feed a command through a pipe. */
const pipedText = (call: Call): string => {
  const text = call.source.text?.text ?? '';
  return (text.match(/(?<![.\w/-])tar\s/g) ?? []).length === 1 ? text : '';
};

const COPY_VALUES =
  /^(-S|--suffix|-m|--mode|-o|--owner|-g|--group|-e|--rsh|--exclude|--include|--filter|-f|--exclude-from|-P|-i)$/;

/** cp, mv, ln, install, rsync: where each source comes to lie. */
function copied(name: string, args: readonly string[], shell: Shell): WritingCommand[] {
  const { sources, to, exactly } = operandsOf(name, args);
  if (name === 'install' && args.some((word) => /^-[a-zA-Z]*d$|^--directory$/.test(word))) return [];
  const folder = pathIn(shell, to);
  return sources.flatMap((source): WritingCommand[] => {
    const clean = source.replace(/(?<=.)\/+$/, '');
    const base = clean.slice(clean.lastIndexOf('/') + 1);
    const contents = exactly || /^\.{0,2}$/.test(base) || !isKnown(base) || (name === 'rsync' && source.endsWith('/'));
    if (contents) return [{ path: folder, tree: true }];
    if (/[*?[]/.test(base)) return mayBring(folder, base) ? [{ path: folder, tree: true }] : [];
    const tree = !FILE.test(base) && name !== 'install';
    const below = { path: `${folder === '/' ? '' : folder}/${base}`, tree };
    return STANDS.test(folder) || to.endsWith('/') ? [below] : [below, { path: folder, tree }];
  });
}

/** Sources and destination of a copying command; `exactly`: the destination is no folder to put them into. */
export function operandsOf(
  name: string,
  args: readonly string[],
): { readonly sources: readonly string[]; readonly to: string; readonly exactly: boolean } {
  const operands: string[] = [];
  let to: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (/^(-t|--target-directory)$/.test(word) && name !== 'rsync') to = args[++i];
    else if (word.startsWith('--target-directory=')) to = word.slice(19);
    else if (COPY_VALUES.test(word) && (name !== 'cp' || word === '-S')) i++;
    else if (!word.startsWith('-') || word === '-') operands.push(word);
  }
  const exactly = args.some((word) => /^-[a-zA-Z]*T|^--no-target-directory$/.test(word)) && name !== 'rsync';
  if (to === undefined && (operands.length > 1 || name !== 'ln')) to = operands.pop();
  return { sources: operands, to: to ?? '.', exactly };
}

/** tar's own arguments; `rest`: archive and members. */
export function tarCall(args: readonly string[]): {
  readonly mode: 'extract' | 'create' | 'other';
  readonly folder: string | undefined;
  readonly rest: readonly string[];
} {
  let mode: 'extract' | 'create' | 'other' = 'other';
  let folder: string | undefined;
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const letters = /^-[a-zA-Z]+$/.test(word) ? word.slice(1) : i === 0 && /^[a-zA-Z]+$/.test(word) ? word : undefined;
    if (/^--(extract|get)$/.test(word)) mode = 'extract';
    else if (/^--(create|append|update)$/.test(word)) mode = 'create';
    else if (word === '--directory') folder = args[++i];
    else if (word.startsWith('--directory=')) folder = word.slice(12);
    else if (/^-C./.test(word)) folder = word.slice(2);
    else if (letters !== undefined) {
      if (letters.includes('x')) mode = 'extract';
      else if (/[cru]/.test(letters)) mode = 'create';
      for (const letter of letters) {
        if (letter === 'f') rest.push(args[++i] ?? '');
        else if (letter === 'C') folder = args[++i];
        else if (/[bTX]/.test(letter)) i++;
      }
    } else if (!word.startsWith('--')) rest.push(word);
    else if (word.startsWith('--file=')) rest.push(word.slice(7));
  }
  return { mode, folder, rest };
}

/** Words of a Python text or command line that may install something. */
const MAY_INSTALL =
  /\bpip\b|subprocess|os\.system|popen|(site|dist)-packages|getsite|setuptools|distutils|ensurepip|easy_install|sysconfig|exec\s*\(|\b(develop|install|download|sync)\b/i;
const INSTALLERS_OF_TOOLS = /get-pip|python-poetry|get-poetry|install-poetry|install-pdm|pdm-project|astral\.sh\/uv/;

/** May this Python command install into its own interpreter? `rest`: its words behind python's options. */
export function pythonMayInstall(
  rest: readonly string[],
  read: (path: string) => string | undefined,
  call: Call,
): boolean {
  const [first, second] = rest;
  const piped = (): boolean => call.source.piped === true && !INSTALLERS_OF_TOOLS.test(call.source.text?.text ?? '');
  if (first === undefined || first === '-') return piped();
  if (first === '-c') return MAY_INSTALL.test(second ?? '');
  if (first === '-m')
    return /^(easy_install|pip_sync|piptools)$/.test(second ?? '') || MAY_INSTALL.test(rest.slice(2).join(' '));
  if (INSTALLERS_OF_TOOLS.test(first)) return false;
  const text = read(first);
  return text === undefined ? !/(^|\/)manage\.py$/.test(first) : MAY_INSTALL.test(text);
}

/** Programs of Python that install packages by some of their words. */
export const programMayInstall = (words: readonly string[]): boolean =>
  /(^|\/)(easy_install|pip-sync)(-[\d.]+)?$/.test(words[0]!) ||
  (/(^|\/)(spacy|jupyter|meson|invoke|inv|fab|scons)$/.test(words[0]!) &&
    words.some((word) => /^(download|install|sync)$/.test(word)));

/** Scripts from the network that are known to install no Python package. */
const HARMLESS_SCRIPT =
  /astral\.sh\/uv|sh\.rustup\.rs|deb\.nodesource\.com|nvm-sh\/nvm|bun\.sh\/install|deno\.land\/|get\.docker\.com|install\.python-poetry\.org/;

/** Does the shell that reads a pipe run one of them, alone? */
export function isHarmlessScript(call: Call): boolean {
  const urls = (call.source.text?.text ?? '').match(/https?:\/\/[^\s"'|;&)]+/g) ?? [];
  return urls.length > 0 && urls.every((url) => isKnownScript(url) || HARMLESS_SCRIPT.test(url));
}
