// Bytecode (`.pyc`): who wants it written, and who says that nothing is to be compiled.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { NO_COMPILE_TEXT, UNCOMPILED_TEXT } from '../../src/facts/installers/index.ts';
import { namedFiles } from '../../src/facts/namedFiles.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { absolute, isWithin } from '../../src/facts/values.ts';
import type { Snapshot } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { type CompileFlags, compileFlags } from './compileFlags.ts';
import {
  COMPILED_BY_SETTING,
  flagInstall,
  type SettingInstall,
  settingInstall,
  settingOfFiles,
  type UncompiledInstall,
  uncompiledInstalls,
} from './uncompiledInstalls.ts';

export interface Bytecode {
  /** Why PYTHONDONTWRITEBYTECODE is not written. */
  readonly blocker?: Blocker;
  /** Stages that install what nothing compiles, unless a variable says so. */
  readonly bySetting: readonly SettingInstall[];
  /** What has installers compile that do so by a flag. */
  readonly flags?: CompileFlags;
}

/** Removing what is there or not; compiling, which the flag does not stop; leaving out of a copy. */
const WITHOUT_EFFECT =
  /\brm\s+-[a-zA-Z]*f[a-zA-Z]*[^&|;\n]*|\bfind\b[^&|\n]*?(-delete\b|-exec(dir)?\s+rm\s+-[a-zA-Z]*f[^&|\n]*|\|\s*xargs[^&|;\n]*\brm\b[^&|;\n]*)|\bcompileall\b[^&|;\n]*|--exclude[= ]\S+/g;
const WORKS_WITH_IT = /__pycache__|\.py[co]\b|PYTHONPYCACHEPREFIX|pycache_prefix/;
/** The sources go, and what is left is the bytecode. */
const DROPS_SOURCES =
  /-i?name\s+\\?["']?\*\.py\\?["']?[\s)\\][^;&]*?(-delete\b|-exec(dir)?\s+(rm|unlink)\b|\|\s*xargs\b[^;&]*\b(rm|unlink)\b)|-i?name\s+\\?["']?\*\.py\\?["']?[\s)\\][^;&]*?;?\s*do\b[\s\S]{0,200}?\b(rm|unlink)\b|\brm\b[^;&|\n]*\*\.py(["'\s;&|]|$)|--exclude[= ]["']?\*\.py(["'\s]|$)|\bzip\b[^;&|\n]*\s-x\s[^;&|\n]*\*\.py(["'\s]|$)/m;
/** distutils and setuptools compile only where the flag is not set. */
const SETUP_COMPILES =
  /setup\.py["',\s]([^;&|\n]*["',\s])?(install(?!_scripts|_data)\b|--compile\b|--optimize\b|-O[12]?\b|-c\b|bdist_egg\b|--exclude-source-files\b)/;
const SETUP_FILE = /^\s*(compile|optimize|exclude[_-]source[_-]files)\s*=\s*(1|2|true|yes|on)\s*$/im;
/** Of other optimisation than pip compiles for: all of it is compiled at every start. */
const OPTIMISED = /\bPYTHONOPTIMIZE\b|\bpython[\d.]*["',\s]+(-[a-zA-Z]+["',\s]+)*-[a-zA-Z]*O/;
const IN_PYTHON = /\b(py_compile|compileall|byte_compile|SourcelessFileLoader)\b/;
const COMPILES = /\bcompileall\b|\bpy_compile\b/;

const TASKS = /^(\S*\/)?(g?make|just|task|invoke|inv|tox|nox|doit|poe)$/;
const TASK_FILE =
  /(^|\/)((GNU)?makefile|justfile|taskfile\.ya?ml|tasks\.py|tox\.ini|noxfile\.py|dodo\.py|pyproject\.toml)$|\.mk$/i;
const UNCOMPILED = new RegExp(`\\b(${UNCOMPILED_TEXT})\\b`);
const NO_COMPILE = new RegExp(NO_COMPILE_TEXT, 'i');

/** What the bytecode of the images that end in these stages asks for. */
export function bytecodeOf(dockerfile: DockerfileFacts, targets: readonly number[], snapshot: Snapshot): Bytecode {
  const all = uncompiledInstalls(dockerfile, targets);
  const blocker = wantedBlocker(dockerfile, snapshot) ?? neverCompiledBlocker(dockerfile, all, snapshot);
  if (blocker !== undefined) return { blocker, bySetting: [] };
  const byFlag = COMPILES.test(dockerfile.text) ? [] : all.flatMap((one) => flagInstall(one, dockerfile) ?? []);
  const [first] = byFlag;
  const flags = compileFlags(dockerfile, byFlag);
  if (first !== undefined && flags === undefined) {
    const words = `${first.installer.name} (${lineOf(dockerfile, first.event)}) compiles nothing without \`${first.compiling.flag.flag}\`, ${ANEW}`;
    return { blocker: { code: 'never compiled', at: first.event, words }, bySetting: [] };
  }
  const bySetting = COMPILES.test(dockerfile.text)
    ? []
    : all.flatMap((one) => settingInstall(one, dockerfile, snapshot) ?? []);
  return { bySetting, ...(first === undefined || flags === undefined ? {} : { flags }) };
}

const ANEW = 'so that with it every start would compile all of it anew';

const line = (path: string, offset: number): string => `line ${lineMark(path, offset)} of ${path}`;

/** A command of a script has the place of the step that runs it. */
function lineOf(dockerfile: DockerfileFacts, { file, range }: RunEvent): string {
  const at = line(dockerfile.path, range.start);
  return file === undefined ? at : `in ${file}, run at ${at}`;
}

/** Who works with the files: an instruction of any stage, a service, a script or setup file that the image's commands name. */
function wantedBlocker(dockerfile: DockerfileFacts, snapshot: Snapshot): Blocker | undefined {
  for (const i of dockerfile.syntax.instructions) {
    const bodies = i.heredocs.map((h) => dockerfile.text.slice(h.body.start, h.body.end)).join('\n');
    const use = useIn(`${i.logical.text}\n${bodies}`);
    if (use !== undefined) return { code: 'bytecode wanted', words: `${line(dockerfile.path, i.start)} ${use}` };
  }
  for (const service of dockerfile.services) {
    const words = [service.command, service.entrypoint].flatMap((c) => c?.words ?? []);
    const mounts = service.mounts.map((m) => (m.target.kind === 'known' ? m.target.value : ''));
    const use = useIn([...words, ...mounts, ...service.environment.keys()].join(' '));
    if (use !== undefined) return { code: 'bytecode wanted', words: `service ${service.name} ${use}` };
  }
  const { folder } = dockerfile.context;
  const hasTasks = dockerfile.trace.events.some((e) => isRun(e) && e.when === 'build' && TASKS.test(e.words[0] ?? ''));
  for (const path of namedFiles(dockerfile, snapshot)) {
    if (folder !== undefined && folder !== '' && !path.startsWith(`${folder}/`)) continue;
    const text = (snapshot.read(path) ?? '').replace(/^[ \t]*#.*$/gm, '');
    if (
      /(^|\/)setup\.cfg$/.test(path)
        ? SETUP_FILE.test(text)
        : /\.py$/.test(path) && (IN_PYTHON.test(text) || SETUP_COMPILES.test(text) || DROPS_SOURCES.test(text))
    )
      return { code: 'bytecode wanted', words: `${path} compiles bytecode` };
    if (/(^|\/)([^./]+|[^/]*makefile[^/]*|[^/]*\.(mk|sh|bash|ash|zsh))$/i.test(path)) {
      const use = useIn(text);
      if (use !== undefined) return { code: 'bytecode wanted', words: `${path} ${use}` };
    }
    // their recipes are not followed
    if (
      hasTasks &&
      TASK_FILE.test(path) &&
      UNCOMPILED.test(text) &&
      !COMPILED_BY_SETTING.test(`${dockerfile.text}\n${text}`)
    )
      return {
        code: 'bytecode wanted',
        words: `${path} installs with a tool that compiles nothing by itself, ${ANEW}`,
      };
  }
  return undefined;
}

function useIn(text: string): string | undefined {
  if (DROPS_SOURCES.test(text)) return 'drops the `.py` files, and bytecode may be what is left';
  if (SETUP_COMPILES.test(text)) return 'has setup.py compile, which it does not where the flag is set';
  if (OPTIMISED.test(text)) return 'asks for optimised bytecode, which pip does not compile';
  return WORKS_WITH_IT.test(text.replace(WITHOUT_EFFECT, '')) ? 'works with bytecode files' : undefined;
}

/** Who says that nothing of what is installed is compiled: with the flag, every start would do it anew. */
function neverCompiledBlocker(
  dockerfile: DockerfileFacts,
  installs: readonly UncompiledInstall[],
  snapshot: Snapshot,
): Blocker | undefined {
  for (const stage of dockerfile.image.stages) {
    for (const [n, i] of stage.instructions.entries()) {
      const { text } = i.logical;
      if (NO_COMPILE.test(text))
        return { code: 'never compiled', words: `${line(dockerfile.path, i.start)} has nothing compiled, ${ANEW}` };
      if (i.keyword === 'RUN' && removesInstalled(dockerfile, stage.index, stage.before[n]!.cwd, text))
        return {
          code: 'never compiled',
          words: `${line(dockerfile.path, i.start)} removes the bytecode of what is installed, ${ANEW}`,
        };
    }
  }
  if (COMPILES.test(dockerfile.text)) return undefined;
  for (const { event, installer } of installs) {
    const { name, compiling } = installer;
    if (compiling.kind === 'never')
      return { code: 'never compiled', words: `${name} (${lineOf(dockerfile, event)}) compiles nothing, ${ANEW}` };
    if (compiling.kind === 'by setting' && settingOfFiles(installer, snapshot, dockerfile) === 'off')
      return { code: 'never compiled', words: `${name} is told to compile nothing, ${ANEW}` };
  }
  return undefined;
}

/** `find PATH -name '*.pyc' -delete` where PATH holds installed packages. */
function removesInstalled(dockerfile: DockerfileFacts, stage: number, cwd: string, text: string): boolean {
  const { environments } = dockerfile.trace.stages[stage]!.files;
  for (const [find] of text.matchAll(/\bfind\s[^&|;]*(\\;[^&|;]*)*(\|\s*xargs[^&|;]*)?/g)) {
    if (!/__pycache__|\.py[co]\b|\*\.py\[/.test(find)) continue;
    const paths = find.slice(4).trim().split(/\s+/);
    const end = paths.findIndex((p) => /^[-(\\!]/.test(p));
    for (const written of paths.slice(0, end < 0 ? paths.length : end)) {
      if (/\$|venv|site-packages/.test(written)) return true;
      const path = absolute(written.replace(/["']/g, ''), cwd) || '/';
      if (/^\/(usr|opt|root|home)?(\/local)?(\/lib.*)?$/.test(path)) return true;
      if ([...environments.keys()].some((p) => isWithin(p, path) || isWithin(path, p))) return true;
    }
  }
  return /\brm\s[^&|;\n]*(site-packages|venv)\S*\/__pycache__/.test(text);
}
