// What the distribution's package managers bring into the system's Python.

import { SYSTEM_PYTHON } from '../pythonInterpreter.ts';
import { nameOfCommand } from '../shell/shellCall.ts';
import type { Field } from '../shell/words.ts';
import { isKnown } from '../values.ts';
import { addInstall, type Tracer } from './tracer.ts';
import { openSystem, writtenText } from './writers.ts';

/** Distribution packages of Python that bring no importable library of their own. */
const NO_LIBRARY =
  /^(lib)?python3?(\.\d+)?(-(pip|venv|virtualenv|dev|minimal|full|distutils|lib2to3|is-python3|wheel|doc|dbg|stdlib|whl|pip-whl|setuptools-whl|examples|gdbm|tk|uv|pipx|poetry|pipenv|cachecontrol))?(-dev|-minimal|-stdlib|-venv)?$|^py3-(pip|virtualenv|wheel)(-pyc)?$/;
/** Packages of other names that bring libraries of Python. */
const BRINGS =
  /^(certbot|awscli|ansible|ansible-core|mercurial|libreoffice.*|ipython3?|jupyter.*|salt-.*|borgbackup|duplicity|cloud-init|buildbot|spyder.*|gnuradio|freecad|openscap.*|inkscape|blender|uno-.*)$/;
const NEEDS_PYTHON = /^(supervisor|certbot|ansible|awscli|uwsgi|ipython3?|jupyter.*)$/;
/** Package files by well-known names that hold no library of Python. */
const NO_LIBRARY_FILE =
  /(^|\/)(google-chrome|chrome|wkhtmlto|packages-microsoft-prod|cuda-keyring|dumb-init|tini|gosu)[^/]*\.deb$/i;

/** Options before or behind the command that take a value as the next word. */
const VALUES = new Set(
  '-o --option -c --config-file -t --target-release --default-release -a --host-architecture -X --repository -p --root --arch --keys-dir --repositories-file --virtual --enablerepo --disablerepo --releasever --installroot'.split(
    ' ',
  ),
);
const INSTALLS = /^(install|add|groupinstall|reinstall|localinstall|build-dep|dselect-upgrade|satisfy|in)$/;

/** apt, apk, yum and their kin: `list` is the whole command. */
export function installPackages(list: readonly Field[], tracer: Tracer): void {
  const words: string[] = [];
  const args = list.slice(1).map((field) => field.value);
  for (let i = 0; i < args.length; i++) {
    if (VALUES.has(args[i]!)) i++;
    else if (!args[i]!.startsWith('-')) words.push(args[i]!);
  }
  const at = words.findIndex((word) => INSTALLS.test(word));
  if (at < 0) return;
  const names = words.slice(at + 1);
  const manager = nameOfCommand(list[0]!.value);
  const open =
    names.length === 0 ||
    /^(build-dep|dselect-upgrade|satisfy)$/.test(words[at]!) ||
    names.some((n) => !isLiteralName(n, manager));
  if (open) openSystem(tracer, writtenText(list));
  for (const word of names) addPackage(word, tracer);
}

/** A name of the distribution's own list: no file, no pattern, nothing that is put in. */
function isLiteralName(word: string, manager: string): boolean {
  if (!isKnown(word)) return false;
  if (/^[./]|:\/\/|\.(deb|rpm|apk)$/.test(word)) return NO_LIBRARY_FILE.test(word);
  return !(manager === 'apk' ? /[*?]/ : /[*?[\]^$()|@]/).test(word);
}

/** The Python of a package's name: `python3.11`, and `python311` as Red Hat has it. */
export function versionInName(name: string): string | undefined {
  const [, major, minor] = /^python(\d)\.?(\d+)/.exec(name) ?? [];
  return major === undefined ? undefined : `${major}.${minor}`;
}

function addPackage(word: string, tracer: Tracer): void {
  const name = word.replace(/[=<>~:].*$|\/[\w.-]+$/, '');
  tracer.files.systemPackages.add(name);
  // a base's own Python does not look where the distribution's packages lie, but those of the distribution do
  if (BRINGS.test(name) && tracer.base.family === 'distribution')
    addInstall(tracer.files, SYSTEM_PYTHON, `package:${name}`);
  if (!/^(lib)?python|^py3-/.test(name) && !NEEDS_PYTHON.test(name)) return;
  if (!tracer.files.systemPython) {
    tracer.files.systemPython = true;
    const version =
      tracer.base.pythonStands === true ? tracer.base.python : (versionInName(name) ?? tracer.base.python);
    if (version !== undefined) tracer.files.systemPythonVersion = version;
  }
  if (/^python2|^python(-|$)/.test(name) && tracer.base.distribution !== 'alpine' && name !== 'python-is-python3')
    addInstall(tracer.files, SYSTEM_PYTHON, 'python2 of the distribution');
  else if (!NO_LIBRARY.test(name) && name.startsWith('py')) addInstall(tracer.files, SYSTEM_PYTHON, `package:${name}`);
}
