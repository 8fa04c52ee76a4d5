// Which commands are known to read nothing of the code and to write nothing where the code is copied: a closed list.

import { isKnownScript } from '../../src/facts/knownScripts.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import { wordSet } from '../../src/text/wordSet.ts';
import type { Step } from './step.ts';

/** Commands whose operands name no files. */
const NO_FILES =
  wordSet(`echo printf true false : set unset export cd pwd exit umask ulimit hash type date uname whoami id which nproc arch hostname
sleep getent groups passwd chpasswd userdel groupmod gpasswd apt-mark lsb_release deactivate shopt`);
/** Commands that read and write the system's folders, wherever they run. */
const OF_SYSTEM = wordSet(
  'locale-gen update-locale dpkg-reconfigure ldconfig update-ca-certificates add-apt-repository',
);
const SYSTEM_FOLDERS = ['/etc', '/usr/local/share', '/usr/share', '/usr/local/lib', '/usr/lib', '/lib', '/var/lib'];
/** Package managers: names, never files, in what is let through. */
const PACKAGES = wordSet('apt-get apt aptitude apk yum dnf microdnf tdnf zypper');
const ADDS_USERS = wordSet('useradd adduser usermod groupadd addgroup newgrp');
/** Commands whose operands are all paths that they read or write. */
const ALL_PATHS =
  wordSet(`rm rmdir mkdir touch cp mv ln cat tee ls du head tail wc test [ stat readlink realpath dirname basename install mkfifo
sha256sum sha1sum md5sum gpg gunzip gzip bunzip2 xz file`);
/** Here the first operand is no path: an owner, a mode, a script. */
const PATHS_BEHIND_FIRST = wordSet('chown chmod chgrp sed grep egrep fgrep awk');
/** Does something at `path` lie in one of the folders, or the folder in it? What is not known does. */
export const touchesFolder = (path: string, folders: readonly string[]): boolean => {
  const glob = path.search(/[*?[]/);
  const plain = glob < 0 ? path : path.slice(0, Math.max(1, path.lastIndexOf('/', glob)));
  return !isKnown(plain) || folders.some((f) => isWithin(plain, f) || isWithin(f, plain));
};

/** Below `folder` but not above it: for making folders, which disturbs nothing above. */
const isBelowFolder = (path: string, folders: readonly string[]): boolean =>
  !isKnown(path) || /[*?[]/.test(path) || folders.some((f) => isWithin(path, f));

const splitOperands = (step: Step): string[] =>
  step.words
    .slice(1)
    .map((w) => w.value)
    .filter((v) => !v.startsWith('-') || v === '-');

/** Places that flags name in one word: `--reference=FILE`, `-I/opt/x`. */
const flagPaths = (step: Step): string[] =>
  step.words.slice(1).flatMap(({ value }) => {
    if (!value.startsWith('-')) return [];
    const at = value.startsWith('--') ? value.indexOf('=') + 1 : value.indexOf('/');
    return at > 0 && !/^\w+:\/\//.test(value.slice(at)) ? [absolute(value.slice(at), step.cwd)] : [];
  });

const NEEDS_CODE = 'may need the code';

/** Does the command only change files, folders, users or its own shell, as its words say? Then no variable and no home matters to it. */
export function readsNoSettings(step: Step): boolean {
  const name = (step.words[0]?.value ?? '').replace(/^.*\//, '');
  return (
    name === '' ||
    (name !== 'gpg' &&
      (NO_FILES.has(name) || ADDS_USERS.has(name) || ALL_PATHS.has(name) || PATHS_BEHIND_FIRST.has(name)))
  );
}

/** Flags of package managers that name a file or folder, or a setting that may be one. */
const PACKAGE_SETTINGS =
  /^(-c|-o|-X|-p|-R|--config|--config-file|--option|--root|--installroot|--setopt|--repofrompath|--repository|--repositories-file|--keys-dir|--arch-file)(=|$)|^-[coXR]./;

/** Does a package manager take settings out of one of the folders? */
function takesSettings(step: Step, folders: readonly string[]): boolean {
  return step.words.some(({ value }, n) => {
    const before = step.words[n - 1]?.value ?? '';
    if (!PACKAGE_SETTINGS.test(value) && !(PACKAGE_SETTINGS.test(before) && !/=|^-[coXR]./.test(before))) return false;
    const own = value.replace(/^--?[\w-]+?=|^-[coXR]/, '');
    if (own === '' || own.startsWith('-') || /^\w+:\/\//.test(own)) return false;
    const named = own.slice(own.lastIndexOf('=') + 1).replace(/^.*,/, '');
    // `Acquire::Retries=3` names no file, `Dir::Etc=apt` does.
    const isPlain = own.includes('=') && !named.includes('/') && !/^(Dir|reposdir|cachedir)/i.test(own);
    return !isPlain && touchesFolder(absolute(named, step.cwd), folders);
  });
}

/**
 * Why a command cannot change places with the copies of the code, or undefined where it can. `folders`: absolute
 * destinations of those copies.
 */
export function whyNotTolerated(step: Step, folders: readonly string[]): string | undefined {
  if (step.redirects.some((r) => touchesFolder(r, folders))) return 'reads or writes a file where the code is copied';
  const [first] = step.words;
  if (first === undefined) return undefined;
  if (!PACKAGES.has(first.value) && step.patterns.some((p) => touchesFolder(p, folders)))
    return 'looks for files where the code is copied';
  const name = first.value.replace(/^\/(usr\/)?(local\/)?s?bin\//, '');
  const values = splitOperands(step);
  const paths = values.map((v) => absolute(v, step.cwd));
  const hit = (list: readonly string[]): string | undefined =>
    list.some((p) => touchesFolder(p, folders)) ? 'may touch what is copied' : undefined;

  if (name === 'sudo') {
    const rest = step.words.slice(1);
    if (rest[0] === undefined || /^-(?![EHn]+$)/.test(rest[0].value)) return NEEDS_CODE;
    return whyNotTolerated({ ...step, words: rest.filter((w, n) => n > 0 || !w.value.startsWith('-')) }, folders);
  }
  if (NO_FILES.has(name)) {
    const isFile = step.words.some((w) => /^-[a-zA-Z]*[frF]|^--(file|reference)/.test(w.value));
    return /^(date|hostname)$/.test(name) && isFile ? NEEDS_CODE : undefined;
  }
  if (OF_SYSTEM.has(name)) return hit([...SYSTEM_FOLDERS, ...paths.filter((_, n) => values[n]!.includes('/'))]);
  if (PACKAGES.has(name)) {
    if (takesSettings(step, folders)) return 'reads a file where the code is copied';
    return values.some((v) => /^(\.{0,2}\/|~)|\.(deb|rpm|apk)$/.test(v))
      ? 'names a file that may be a package'
      : undefined;
  }
  if (ADDS_USERS.has(name)) {
    const home = homeOf(step, values);
    return home !== undefined && hit([home]) ? 'makes a home folder where the code is copied' : undefined;
  }
  if (name === 'mkdir')
    return paths.some((p) => isBelowFolder(p, folders)) ? 'makes a folder where the code is copied' : undefined;
  if (name === '[' || name === 'test') return whyNotTested(values, step, folders);
  if (ALL_PATHS.has(name)) {
    // These look at the working folder by themselves.
    const own = paths.length === 0 && /^(ls|du)$/.test(name) ? [step.cwd] : paths;
    return hit([...own, ...flagPaths(step)]);
  }
  if (PATHS_BEHIND_FIRST.has(name)) {
    if (name === 'sed' && step.words.some((w) => /^(-f|--file)/.test(w.value))) return NEEDS_CODE;
    if (/^(e|f)?grep$|^awk$/.test(name) && step.words.some((w) => /^-[a-zA-Z]*[rRf]/.test(w.value))) return NEEDS_CODE;
    // `chmod -x FILE`: the mode looks like a flag.
    const isMode = name === 'chmod' && step.words.some((w) => /^-[rwxXst]+$/.test(w.value));
    const own =
      isMode || step.words.some((w) => /^(-e|--reference|--expression|--regexp)/.test(w.value))
        ? paths
        : paths.slice(1);
    return hit([...own, ...flagPaths(step)]);
  }
  switch (name) {
    case 'find': {
      const behind = step.words.findIndex((w, n) => n > 0 && /^(-(?!([HLP]|O\d)$)|[(!\\])/.test(w.value));
      const given = step.words.slice(1, behind < 0 ? undefined : behind).filter((w) => !w.value.startsWith('-'));
      const roots = given.length === 0 ? [step.cwd] : given.map((w) => absolute(w.value, step.cwd));
      const newer = step.words.flatMap((w, n) =>
        /^-(a|c)?newer|^-(samefile|fprintf?|fls|files0-from)/.test(w.value) ? [step.words[n + 1]?.value ?? ''] : [],
      );
      const runs = step.words.flatMap((w, n) => (/^-(exec|execdir|ok|okdir)$/.test(w.value) ? [n + 1] : []));
      if (!runs.every((n) => /^(rm|chmod|chown)$/.test(step.words[n]?.value ?? ''))) return NEEDS_CODE;
      // what they name beside `{}` is theirs too
      const named = runs.flatMap((n) => step.words.slice(n + 1)).filter((w) => w.value.includes('/'));
      return hit([...roots, ...[...newer, ...named.map((w) => w.value)].map((v) => absolute(v, step.cwd))]);
    }
    case 'curl':
    case 'wget':
      return whyNotFetched(name, step, folders);
    case 'tar':
    case 'unzip': {
      const at = step.words.findIndex((w) => /^(-C|-d|--directory)$/.test(w.value));
      const into = step.words[at + 1]?.value;
      return hit(
        at > 0 && into !== undefined ? [into, ...values].map((v) => absolute(v, step.cwd)) : [step.cwd, ...paths],
      );
    }
    case 'git':
      if (values[0] === 'config' && step.words.some((w) => /^--(global|system)$/.test(w.value))) return undefined;
      return values[0] === 'clone' && values.length === 3 ? hit(paths.slice(2)) : NEEDS_CODE;
    case 'debconf-set-selections':
      return hit(paths);
    case 'corepack':
      // Without a name it takes the one in package.json.
      return values[0] === 'enable' || (values[0] === 'prepare' && values.length > 1) ? undefined : NEEDS_CODE;
    case 'dpkg':
      return step.words.some((w) => /^--(print-architecture|add-architecture)$/.test(w.value)) ? undefined : NEEDS_CODE;
    case 'apt-key':
      return values.includes('-') || values[0] === 'adv' ? undefined : hit(paths.slice(1));
    case 'npm':
      return isGlobalNpm(step, values) ? undefined : NEEDS_CODE;
    case 'sh':
    case 'bash':
    case 'python':
    case 'python3':
      return isPipedScript(step) ? undefined : NEEDS_CODE;
    case '.':
    case 'source':
      // Reading an environment's own script; plan.ts asks whether that environment is known.
      return /\/bin\/activate$/.test(paths[0] ?? '') && isKnown(paths[0]!) ? undefined : NEEDS_CODE;
    default:
      return NEEDS_CODE;
  }
}

/** A test of a file where the code is copied looks at the code; of values it does not. */
function whyNotTested(values: readonly string[], step: Step, folders: readonly string[]): string | undefined {
  const asks = step.words.some((w) => /^-[abcdefghkprstuwxGLNOS]$|^-(nt|ot|ef)$/.test(w.value));
  const paths = values.filter((v) => v !== ']').map((v) => absolute(v, step.cwd));
  return asks && paths.some((p) => touchesFolder(p, folders)) ? 'looks at files where the code is copied' : undefined;
}

function homeOf(step: Step, values: readonly string[]): string | undefined {
  for (const [n, { value }] of step.words.entries()) {
    if (/^(-d|-h|-b|--home|--home-dir|--base-dir)$/.test(value))
      return absolute(step.words[n + 1]?.value ?? '', step.cwd);
    const glued = /^--(?:home|home-dir|base-dir)=(.*)$/s.exec(value)?.[1];
    if (glued !== undefined) return absolute(glued, step.cwd);
  }
  if (step.words.some((w) => /^(-M|-H|--no-create-home)$/.test(w.value))) return undefined;
  return /group/.test(step.words[0]!.value) ? undefined : `/home/${values.at(-1) ?? ''}`;
}

/** Flags by which curl and wget read or write other files than what they fetch. */
const CURL_FILES =
  /^-[fsSLkvigjJOq#]*[dFTKEnbcDz]|^--(data|json|form|upload-file|config|cert|cacert|capath|key|crlfile|netrc|cookie|dump-header|proxy-(ca|cert|key|crl)|pinnedpubkey|hsts|alt-svc|etag|trace|stderr|libcurl|pubkey|time-cond|unix-socket|url-query)|^-[fsSLkvigjJOq#]*[Hw]@|^--(header|proxy-header|write-out)=@|^@|^file:/;
const WGET_FILES =
  /^-[qcN]*[ioa]$|^-i|^--(input-file|post-file|body-file|config|ca-|certificate|private-key|crl-file|load-cookies|save-cookies|pinnedpubkey|hsts-file|warc|rejected-log|output-file|append-output)/;

/** Where they write to, in one word with its flag. */
const CURL_OUTPUT = /^(?:-[fsSLkvigjJqNR#]*o|--output(?:-dir)?=)(.+)$/s;
const WGET_OUTPUT = /^(?:-[qnvcNSd]*[OP]|--(?:output-document|directory-prefix)=)(.+)$/s;

function whyNotFetched(name: string, step: Step, folders: readonly string[]): string | undefined {
  const isCurl = name === 'curl';
  const outputs: string[] = [];
  for (const [n, { value }] of step.words.entries()) {
    const glued = (isCurl ? CURL_OUTPUT : WGET_OUTPUT).exec(value)?.[1];
    if (
      (isCurl ? /^-[a-zA-Z]*o$|^--output(-dir)?$/ : /^-[a-zA-Z]*[OP]$|^--(output-document|directory-prefix)$/).test(
        value,
      )
    )
      outputs.push(step.words[n + 1]?.value ?? '');
    else if (glued !== undefined) outputs.push(glued);
    else if ((isCurl ? CURL_FILES : WGET_FILES).test(value)) return NEEDS_CODE;
  }
  const toFolder = isCurl ? step.words.some((w) => /^-[a-zA-Z]*O|^--remote-name/.test(w.value)) : outputs.length === 0;
  const files = outputs.filter((o) => o !== '-').concat(toFolder ? '.' : []);
  return files.some((o) => touchesFolder(absolute(o, step.cwd), folders))
    ? 'writes a file where the code is copied'
    : undefined;
}

const isGlobalNpm = (step: Step, values: readonly string[]): boolean =>
  /^(install|i)$/.test(values[0] ?? '') &&
  values.length > 1 &&
  step.words.some((w) => /^(-g|--global)$/.test(w.value)) &&
  values.slice(1).every((v) => /^@?[\w-]+(\/[\w.-]+)?(@[\w.^~-]+)?$/.test(v));

/** `curl URL | sh`, of an address that is known. */
function isPipedScript(step: Step): boolean {
  const [fetch] = step.input ?? [];
  if (fetch === undefined || !/^(curl|wget)$/.test(fetch.value)) return false;
  const addresses = (step.input ?? []).filter((w) => /:\/\//.test(w.value));
  const rest = step.words.slice(1).map((w) => w.value);
  const reads = rest.length === 0 || /^-[es]*$/.test(rest[0]!);
  return reads && addresses.length === 1 && isKnownScript(addresses[0]!.value);
}
