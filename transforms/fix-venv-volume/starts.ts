// What a container does once it runs, to an environment on which a volume would sit: a mount point cannot be removed.

import type { Blocker } from '../../src/facts/blocker.ts';
import { hasFlag, readCommandFlags } from '../../src/facts/flags.ts';
import { installerModule, installerNamed, installerOf } from '../../src/facts/installers/index.ts';
import type { Installer } from '../../src/facts/installers/installer.ts';
import { pythonWords } from '../../src/facts/pythonWords.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import { wordSet } from '../../src/text/wordSet.ts';
import { entryPointTexts, manifestTexts } from './projectScripts.ts';
import { isMatch, lastName, mayTouch } from './touches.ts';
import { type BoundService, mountedText, runsOf, startedCommands } from './venvUse.ts';

/** They run what a file of the project says. */
const RUNNERS =
  wordSet(`make gmake just task go-task mage invoke inv fab tox nox doit duty poe rake bazel scons ninja cmake npm npx yarn pnpm bun gulp grunt
composer gradle mvn pixi honcho foreman overmind hivemind pre-commit mise earthly start-stop-daemon
supervisord circusd runsvdir s6-svscan pm2 pm2-runtime forever nodemon concurrently entr reflex air ansible-playbook`);
const MODULES = wordSet('invoke fabric tox nox doit duty poethepoet taskipy scons honcho virtualenv venv');
/** What installers run of a project is followed for those that the trace follows. */
const isRunner = (name: string): boolean => RUNNERS.has(name) || installerNamed(name)?.follow === 'not followed';
const SHELL_NAMES = wordSet('sh bash dash ash zsh ksh');
/** They remove or replace what an operand names. */
const CHANGERS = wordSet(
  'rm rmdir unlink mv cp ln install rsync shred trash trash-put tar bsdtar unzip 7z cpio mount umount',
);
const EXTRACTS = wordSet('tar bsdtar unzip 7z cpio');

/** Where a command of a service runs, and the environment that it may remove or remake. */
interface Run {
  readonly cwd: string;
  readonly bound: BoundService;
  readonly path: string;
}

/** Why the start, or what else runs in the container, may remove or remake `path`; undefined where it does not. */
export function startBlocker(bound: BoundService, path: string): Blocker | undefined {
  const unknown = runsOf(bound).find((e) => isUnfollowed(e, bound, path));
  if (unknown !== undefined) {
    const what = unknown.opaque === undefined ? shownWords(unknown.words) : 'a command';
    return { code: 'start', at: unknown, words: `what ${what} does to ${path} at the start is not known` };
  }
  const changing = startedCommands(bound).find((c) => mayChange(c, bound, path));
  return (
    changing && {
      code: 'start',
      words: `${shownWords(changing.words)}, which runs in the container, may remove or remake ${path}, and a mounted folder cannot be removed`,
    }
  );
}

const shownWords = (list: readonly string[]): string => {
  const text = list
    .slice(0, 3)
    .filter((w) => isKnown(w) && !/[\n\r]/.test(w))
    .join(' ');
  return text === '' ? 'a command' : `\`${text.slice(0, 60)}\``;
};

/** A program that nobody can follow, and that is more than a script of the environment or of the system. */
function isUnfollowed(event: RunEvent, bound: BoundService, path: string): boolean {
  if (event.what !== 'unknown') return false;
  const name = event.words[0] ?? '';
  if (event.opaque === 'entrypoint of the base') return false;
  if (event.opaque !== undefined || !isKnown(name)) return true;
  if (isWithin(name, path)) return false;
  return name.includes('/') || isUnsure(name, bound);
}

/** A bare name that a file of the repository, or a task runner, may stand behind. */
function isUnsure(name: string, { files }: BoundService): boolean {
  if (isRunner(name) || SHELL_NAMES.has(name) || /\.(sh|bash)$/.test(name)) return true;
  return files.copies.some(({ destination: folder, ...copy }) => {
    if (!isKnown(folder) || lastName(folder) === name) return true;
    const sources = copy.sources.map(({ value }) => value);
    if (sources.some((s) => lastName(s) === name || lastName(s).replace(/\.\w+$/, '') === name)) return true;
    return (
      /(^|\/)s?bin$/.test(folder) &&
      sources.some((s) => /[*?[]/.test(s) || s.endsWith('/') || !lastName(s).includes('.'))
    );
  });
}

function mayChange({ words: list, cwd }: Command, bound: BoundService, path: string): boolean {
  const run: Run = { cwd, bound, path };
  const name = lastName(list[0]!);
  const args = list.slice(1);
  const operands = args.filter((a) => !a.startsWith('-'));
  if (isRunner(name)) return true;
  if (CHANGERS.has(name))
    return operands.some((o) => mayTouch(o, cwd, path)) || (EXTRACTS.has(name) && mayTouch('.', cwd, path));
  const { installer, words = [] } = installerOf(list) ?? {};
  if (installer !== undefined) return installerMayRemake(installer, words, run);
  switch (name) {
    case 'xargs':
      return args.some((a) => CHANGERS.has(lastName(a)) || SHELL_NAMES.has(lastName(a)));
    case 'trap':
      return /\b(rm|mv|git|make|find|\.?venv)\b/.test(args[0] ?? '');
    case 'find':
      return findMayRemove(args, cwd, path);
    case 'git':
      return (
        /^(clean|stash|worktree|clone|checkout|switch|restore)$/.test(args[gitCommandAt(args)] ?? '') &&
        !args.some((a) => a === '-n' || a === '--dry-run')
      );
  }
  if (/^(python|pypy)(\d(\.\d+)?)?$/.test(name)) return pythonMayRemove(list, run);
  if (/^(perl|ruby|node|php|lua|deno)$/.test(name)) return args.some((a) => /^-[a-zA-Z]*[erp]$|^--eval/.test(a));
  // what it is given may be a command that it starts: watchmedo, dockerize, wait-for-it
  return args.some((a) => RESTARTED.has(lastName(a))) && !QUIET.has(name) && !SHELL_NAMES.has(name);
}

/** git's own options before the command may take a value. */
function gitCommandAt(args: readonly string[]): number {
  let at = 0;
  while (args[at]?.startsWith('-')) at += /^(-C|-c|--git-dir|--work-tree|--namespace)$/.test(args[at]!) ? 2 : 1;
  return at;
}

const RESTARTED = wordSet('rm make just invoke tox nox npm git rsync bash sh');
const QUIET = wordSet(
  'echo printf [ test command type which export set exec env sudo su gosu su-exec nice nohup time timeout apt-get apt apk pip pip3 cat ls chmod chown mkdir touch grep sed',
);

/** `-name '*.pyc'` leaves the folder itself alone; anything that is not as plain may find it. */
function findMayRemove(args: readonly string[], cwd: string, path: string): boolean {
  const removes = args.some((a) => a === '-delete' || /^-(exec|execdir|ok|okdir)$/.test(a));
  if (!removes) return false;
  const at = args.findIndex((a) => /^[-(!]/.test(a));
  const folders = args.slice(0, at < 0 ? args.length : at);
  if (!(folders.length === 0 ? ['.'] : folders).some((f) => mayTouch(f, cwd, path))) return false;
  if (args.some((a) => /^(!|-not|-o|-or|,)$/.test(a))) return true;
  const named = args.findIndex((a) => a === '-name' || a === '-iname');
  const pattern = named < 0 ? undefined : args[named + 1];
  return pattern === undefined || !isKnown(pattern) || isMatch(pattern.toLowerCase(), lastName(path).toLowerCase());
}

function installerMayRemake(installer: Installer, words: readonly string[], run: Run): boolean {
  const { bound, cwd } = run;
  const { own, inner } = wordsOfRun(installer, words);
  const hasVariable = (name: string): boolean =>
    bound.service.environment.has(name) ||
    startedCommands(bound).some((one) => one.words.some((word) => word.includes(`${name}=`)));
  return (
    installer.mayRemake(own, hasVariable) ||
    isUnsureInner(inner, run, projectOf(own, cwd)) ||
    (inner.length > 0 && mayBeScript(installer, inner[0], run))
  );
}

/** May its `run` take the name for a script of the project, which may be any command? */
function mayBeScript({ run, project }: Installer, name: string | undefined, { cwd, bound }: Run): boolean {
  if (run?.mayName === undefined || project === undefined) return false;
  const texts = manifestTexts(project.manifest, cwd, bound);
  return texts.length === 0 || texts.some((text) => run.mayName!(name, text));
}

/** The folder of the project that options name. */
function projectOf(args: readonly string[], cwd: string): string {
  const at = args.findIndex((a) => /^(--project|--directory|-C|-P)(=|$)/.test(a));
  const [, value = args[at + 1]] = args[at]?.split('=') ?? [];
  return at < 0 || value === undefined ? cwd : absolute(value, cwd);
}

/** The words of a call: its own, and those that its `run` starts. */
function wordsOfRun({ run }: Installer, words: readonly string[]): Record<'own' | 'inner', readonly string[]> {
  const at = words.indexOf('run') + 1;
  if (run === undefined || at === 0) return { own: words, inner: [] };
  const rest = words.slice(at);
  const { flags, firstWord } = readCommandFlags(rest, run.flags, 'first word');
  const inner = rest.slice(firstWord);
  const isModule = hasFlag({ flags }, '-m', '--module');
  return { own: words.slice(0, at + firstWord), inner: isModule ? ['python', '-m', ...inner] : inner };
}

/** A command inside of a `run`, which the trace does not follow. */
function isUnsureInner(inner: readonly string[], run: Run, project = run.cwd): boolean {
  const { bound, path } = run;
  const [name] = inner;
  if (name === undefined) return false;
  if (!isKnown(name)) return true;
  if (/^(python|pypy)(\d(\.\d+)?)?$/.test(lastName(name))) return pythonMayRemove(inner, run);
  if (name.endsWith('.py')) return scriptMayRemove(name, run);
  if (isWithin(name, path)) return false;
  if (inner.some((w, n) => n > 0 && /(^|[\s;&|])(rm|mv|git|make|uv|venv|virtualenv)(\s|$)/.test(w))) return true;
  return (
    entryPointMayRemove(name, project, run) ||
    name.includes('/') ||
    isUnsure(name, bound) ||
    CHANGERS.has(name) ||
    name === 'git' ||
    name === 'find' ||
    name === 'env'
  );
}

/** `list`: python itself first. */
function pythonMayRemove(list: readonly string[], run: Run): boolean {
  const { module, code, rest } = pythonWords(list);
  if (code) {
    const text = list[rest - 1] ?? '';
    return !isKnown(text) || /venv|rmtree|subprocess|os\.system|unlink|remove/.test(text);
  }
  const file = (module ?? '').replaceAll('.', '/');
  const own = module === undefined ? list.slice(rest, rest + 1) : [`${file}.py`, `${file}/__main__.py`];
  const isStarter = MODULES.has(module ?? '') || installerModule(module ?? '')?.follow === 'not followed';
  return isStarter || own.some((word) => scriptMayRemove(word, run));
}

/** A command of the project's own, whose module does, or cannot be read. */
function entryPointMayRemove(name: string, project: string, { bound, path }: Run): boolean {
  const texts = entryPointTexts(name, project, bound);
  return texts === 'unknown' || texts.some((text) => textMayRemove(text, path));
}

/** A script of the repository that names the environment and removes or makes something. */
const scriptMayRemove = (word: string, { cwd, bound, path }: Run): boolean =>
  textMayRemove(mountedText(absolute(word, cwd), bound) ?? '', path);

const textMayRemove = (text: string, path: string): boolean =>
  text.includes(lastName(path)) &&
  /rmtree|subprocess|os\.(system|exec|spawn|rename|replace)|shutil\.move|EnvBuilder|venv\.create|symlink/.test(text);
