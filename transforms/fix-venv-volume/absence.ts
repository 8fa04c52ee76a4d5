// Is it certain that an image holds nothing at a path? Only while everything that may write there is known.

import { type Copy, pathBelow } from '../../src/facts/copies/copy.ts';
import { inRepository, isRepositoryFile } from '../../src/facts/copies/repositoryCopies.ts';
import { isFolder } from '../../src/facts/folders.ts';
import { installerOf } from '../../src/facts/installers/index.ts';
import type { PythonInterpreter } from '../../src/facts/pythonInterpreter.ts';
import { pythonWords } from '../../src/facts/pythonWords.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import { wordSet } from '../../src/text/wordSet.ts';
import { lastName, mayLieIn, mayTouch } from './touches.ts';
import { type BoundService, stagesBelow, startedCommands } from './venvUse.ts';

/** Commands that put no folder anywhere, and what only starts others, which are looked at for themselves. */
const PUT_NO_FOLDER = wordSet(`
: [ [[ test true false echo printf print cat cut date df dirname basename du expr head tail sort uniq wc tr seq grep egrep fgrep sed awk gawk
cmp diff comm stat ls find readlink realpath id whoami who hostname uname arch nproc getent getconf sleep wait kill pwd which type command hash
umask ulimit export declare typeset local readonly unset set shopt shift read cd pushd popd eval trap exit return alias break continue let
exec env sudo doas su runuser gosu su-exec setpriv nice nohup time timeout ionice setsid stdbuf
rm rmdir unlink chmod chown chgrp mkdir touch tee truncate ln
groupadd groupmod groupdel useradd usermod userdel addgroup adduser delgroup deluser chpasswd passwd chsh
locale-gen localedef update-locale dpkg-reconfigure dpkg-query debconf-set-selections update-alternatives update-ca-certificates ldconfig ldd
apt-key apt-cache apt-mark add-apt-repository gpg openssl ssh-keyscan ssh-keygen md5sum sha1sum sha256sum sha512sum curl wget jq
fc-cache crontab setcap sync envsubst dos2unix iconv`);
const PACKAGE_MANAGERS = wordSet('apt-get apt aptitude apk yum dnf microdnf zypper tdnf');
/** They make what an operand names, and nothing else in the folder that it stands in. */
const MAKE_OPERANDS = wordSet('mkdir touch tee truncate');
/** They write into the working folder where nothing else is named. */
const ARCHIVES = wordSet('tar unzip');
/** They write where an operand says. */
const WRITERS = wordSet('cp mv install rsync scp ln dd');
/** Only on a base that is known, and not where the stage runs a command that may do anything, or copies something there that could hold it. */
export function isSurelyAbsent(bound: BoundService, path: string): boolean {
  const { own, stage } = bound;
  if (!own.image.stages[stage]!.base.complete) return false;
  const chain = stagesBelow(bound);
  const isNear = (other: string): boolean => !isKnown(other) || isWithin(other, path) || isWithin(path, other);
  const isIn = (target: PythonInterpreter | undefined): boolean =>
    target?.kind === 'elsewhere' && target.place.startsWith('/') && isNear(target.place);
  const { configured, copies } = own.trace.stages[stage]!.files;
  if (['virtualenvs.path', 'cache-dir'].some((name) => mayTouch(configured.get(name) ?? '/-', '/', path))) return false;
  for (const e of own.trace.events) {
    if (e.when !== 'build' || !chain.includes(e.stage)) continue;
    // one that was removed again is taken for one that may be there: what removed it may have left a part
    if ((e.kind === 'create' || e.kind === 'copy') && isNear(e.path)) return false;
    if (e.kind === 'run' && (e.what === 'unknown' || isIn(e.install?.target))) return false;
  }
  for (const at of chain) {
    if (own.trace.stages[at]!.commands.some((c) => c.when === 'build' && mayMake(c, path))) return false;
  }
  return copies.every((copy) => bringsNothing(copy, bound, path));
}

/** Does nothing that runs in the container put something there? What the environment's own programs do comes too late. */
export const putsNothing = (bound: BoundService, path: string): boolean =>
  startedCommands(bound).every((c) => c.words[0]?.startsWith(`${path}/bin/`) || !mayMake(c, path));

/** May the command put something at `path`? What is not known to put nothing there may. */
function mayMake({ words: list, cwd, variables }: Command, path: string): boolean {
  const name = lastName(list[0]!);
  const args = list.slice(1);
  const operands = args.filter((a) => !a.startsWith('-'));
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  const { installer, words = [] } = installerOf(list) ?? {};
  if (installer !== undefined)
    return installer.mayPut({
      words,
      variables,
      // they look for their project in the folders above
      isBeside: !isKnown(cwd) || isWithin(cwd, parent),
      mayMean: (word) => mayTouch(word, cwd, path),
    });
  if (/^python(\d(\.\d+)?)?$/.test(name)) return pythonMayMake(list);
  switch (name) {
    case 'sh':
    case 'bash':
    case 'dash':
    case 'ash':
      // their text or script is looked at; what they read from their input is not
      return operands.length === 0;
    case '.':
    case 'source':
      return !/\/activate$|\/os-release$|\/\.cargo\/env$/.test(operands[0] ?? '');
    case 'xargs':
      return args.some((a) => !PUT_NO_FOLDER.has(lastName(a)) && /^[\w./-]*[a-z]/i.test(a) && !a.startsWith('-'));
    case 'git':
      if (operands[0] !== 'clone') return !/^(config|rev-parse|describe|log)$/.test(operands[0] ?? 'config');
      return mayTouch(operands[2] ?? '.', cwd, path);
    case 'dpkg':
    case 'rpm':
      return args.some((a) => /^-[a-zA-Z]*[iUxX]|^--(install|unpack|extract|upgrade|root)/.test(a));
    case 'virtualenv':
      return false;
  }
  if (PACKAGE_MANAGERS.has(name)) return operands.some((o) => !isKnown(o) || /[/$*]|\.(deb|rpm|apk)$/.test(o));
  if (MAKE_OPERANDS.has(name)) return operands.some((o) => mayLieIn(o, cwd, path));
  if (ARCHIVES.has(name)) operands.push(unpackedTo(args) ?? '.');
  else if (!WRITERS.has(name)) return !PUT_NO_FOLDER.has(name);
  if (operands.length === 1 && mayTouch(lastName(operands[0]!), cwd, path)) return true;
  return operands.some((o) => mayTouch(o, cwd, path)) || args.some((a) => /^-t|^--target-directory/.test(a));
}

/** The folder that an unpacking command names. */
function unpackedTo(args: readonly string[]): string | undefined {
  for (const [n, word] of args.entries()) {
    if (/^-[a-zA-Z]*[Cd]$|^--(directory|one-top-level)$/.test(word)) return args[n + 1];
    const glued = /^--directory=(.*)$|^-C(.+)$/.exec(word);
    if (glued) return glued[1] ?? glued[2];
  }
  return undefined;
}

/** Python does what its program does, or its input; making an environment is told by the trace. */
function pythonMayMake(list: readonly string[]): boolean {
  if (/^(-V|-VV|--version)$/.test(list[1] ?? '')) return false;
  return !/^(venv|virtualenv|ensurepip|compileall)$/.test(pythonWords(list).module ?? '');
}

/** Files whose name says that they are no archive, which ADD would unpack. */
const NO_ARCHIVE =
  /(^|\/)[^/*?[]+\.(py|txt|toml|lock|cfg|ini|md|rst|json|ya?ml|sh|bash|in|conf|env|html|js|ts|css|sql|pem|crt)\*?$|(^|\/)(Pipfile|Makefile|LICENSE)$/;

function bringsNothing(copy: Copy, bound: BoundService, path: string): boolean {
  const { destination } = copy;
  if (!isKnown(destination)) return false;
  const rest = pathBelow(path, destination);
  if (rest === undefined && !isWithin(destination, path)) return true;
  const { context } = bound.dockerfile;
  if (copy.from !== 'context' || !rest || context.folder === undefined) return false;
  const isAdd = copy.instruction.keyword === 'ADD';
  const isIgnored = (at: string): boolean =>
    ['', '/bin', '/bin/python', '/pyvenv.cfg', '/lib'].every((part) => context.ignored(at + part));
  return copy.sources.every((source) => {
    if (source.path === '') return isIgnored(rest);
    if (source.kind === 'unknown') return false;
    const inTree = inRepository(context, source.path);
    if (isRepositoryFile(bound.snapshot, inTree)) return !isAdd || NO_ARCHIVE.test(source.path);
    // of a folder the content lands in the destination
    if (isFolder(inTree, bound.snapshot)) return isIgnored(`${source.path}/${rest}`);
    return NO_ARCHIVE.test(source.path) || (source.kind === 'path' && !isAdd && isIgnored(`${source.path}/${rest}`));
  });
}
