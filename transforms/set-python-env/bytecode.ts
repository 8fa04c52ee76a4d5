// Bytecode (`.pyc`): who wants it written, who compiles what is installed, and where uv has to be told to.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { namedFiles } from '../../src/facts/namedFiles.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { absolute, isWithin } from '../../src/facts/values.ts';
import type { Snapshot } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { type PoetryCompile, poetryCompile } from './poetryCompile.ts';

export interface Bytecode {
  /** Why PYTHONDONTWRITEBYTECODE is not written. */
  readonly blocker?: Blocker;
  /** Indices of the stages in which uv installs what nothing compiles. */
  readonly uvStages: readonly number[];
  /** What has poetry compile what it installs. */
  readonly poetry?: PoetryCompile;
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
const UNCOMPILED = /\b(uv\s+(sync|add|pip\s+(install|sync))|(poetry|pdm)\s+(install|sync))\b/;
const COMPILED_BY_UV = /\bUV_COMPILE_BYTECODE[=\s]|--compile\b|--compile-bytecode\b/;

/** What the bytecode of the images that end in these stages asks for. */
export function bytecodeOf(dockerfile: DockerfileFacts, targets: readonly number[], snapshot: Snapshot): Bytecode {
  const all = contributing(dockerfile, targets);
  const blocker = wantedBlocker(dockerfile, snapshot) ?? neverCompiledBlocker(dockerfile, all, snapshot);
  if (blocker !== undefined) return { blocker, uvStages: [] };
  const byPoetry = COMPILES.test(dockerfile.text) || usesPip(dockerfile) ? [] : all.filter(isUncompiledPoetry);
  const [first] = byPoetry;
  const poetry = poetryCompile(dockerfile, byPoetry);
  if (first !== undefined && poetry === undefined) {
    const words = `poetry (${lineOf(dockerfile, first)}) compiles nothing without \`--compile\`, ${ANEW}`;
    return { blocker: { code: 'never compiled', at: first, words }, uvStages: [] };
  }
  const installs = all.flatMap((e) => (byUv(e) && !isCompiled(dockerfile, e, snapshot) ? [e.stage] : []));
  return {
    uvStages: [...new Set(installs)],
    ...(first === undefined || poetry === undefined ? {} : { poetry }),
  };
}

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
      !COMPILED_BY_UV.test(`${dockerfile.text}\n${text}`)
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

const ANEW = 'so that with it every start would compile all of it anew';

/** Who says that nothing of what is installed is compiled: with the flag, every start would do it anew. */
function neverCompiledBlocker(
  dockerfile: DockerfileFacts,
  installs: readonly RunEvent[],
  snapshot: Snapshot,
): Blocker | undefined {
  for (const stage of dockerfile.image.stages) {
    for (const [n, i] of stage.instructions.entries()) {
      const { text } = i.logical;
      if (
        /\bUV_COMPILE_BYTECODE[=\s]+["']?(0|false|no|off)\b|--no-compile-bytecode\b|--no-compile\b|\bPIP_NO_COMPILE\b/i.test(
          text,
        )
      )
        return { code: 'never compiled', words: `${line(dockerfile.path, i.start)} has nothing compiled, ${ANEW}` };
      if (i.keyword === 'RUN' && removesInstalled(dockerfile, stage.index, stage.before[n]!.cwd, text))
        return {
          code: 'never compiled',
          words: `${line(dockerfile.path, i.start)} removes the bytecode of what is installed, ${ANEW}`,
        };
    }
  }
  for (const e of installs) {
    if (COMPILES.test(dockerfile.text)) break;
    if (isPdm(e)) return { code: 'never compiled', words: `pdm (${lineOf(dockerfile, e)}) compiles nothing, ${ANEW}` };
    if (byUv(e) && compileSetting(snapshot, dockerfile) === 'off')
      return { code: 'never compiled', words: `uv is told to compile nothing, ${ANEW}` };
  }
  return undefined;
}

/** Of the project itself poetry lays down no more than a link. */
function isUncompiledPoetry(event: RunEvent): boolean {
  const [tool, ...words] = toolWords(event);
  return (
    tool === 'poetry' &&
    /^(install|sync|add)$/.test(subcommand(words)) &&
    !words.includes('--compile') &&
    !words.includes('--dry-run') &&
    !words.includes('--only-root')
  );
}

/** Options in front of a subcommand that have a value behind them. */
const VALUED = /^(-[CPpc]|--(directory|project|color|config|config-file|cache-dir|allow-insecure-host))$/;

const subcommand = (words: readonly string[]): string =>
  words.find((w, n) => !w.startsWith('-') && !VALUED.test(words[n - 1] ?? '')) ?? '';

/** Poetry below 1.4 installs through pip, which compiles. */
const usesPip = (dockerfile: DockerfileFacts): boolean =>
  /\bpoetry(?:["']?==|[\w-]*VERSION[=\s]+["']?)(0\.|1\.[0-3](\.|\D|$))/i.test(dockerfile.text);

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

/** Installs of the stages that the images are made of, or get files from. */
function contributing(dockerfile: DockerfileFacts, targets: readonly number[]): RunEvent[] {
  const stages = new Set(targets);
  // it grows while it is gone through
  for (const at of stages) {
    const { parent } = dockerfile.image.stages[at]!;
    if (parent !== undefined) stages.add(parent);
    for (const c of dockerfile.trace.stages[at]!.files.copies) if (typeof c.from === 'number') stages.add(c.from);
  }
  return dockerfile.trace.events
    .filter(isRun)
    .filter((e) => stages.has(e.stage) && e.when === 'build' && (e.install !== undefined || isPdm(e)));
}

/** The words from the tool's own name on. */
function toolWords(event: RunEvent): string[] {
  const at = event.words.findIndex((w) => /(^|\/)(uv|poetry|pdm)$/.test(w));
  return at < 0 ? [] : [event.words[at]!.replace(/^.*\//, ''), ...event.words.slice(at + 1)];
}

function byUv(event: RunEvent): boolean {
  const [tool, ...words] = toolWords(event);
  return tool === 'uv' && /^(sync|pip|add|run)$/.test(subcommand(words));
}

/** What pdm does is not followed further. */
function isPdm(event: RunEvent): boolean {
  const [tool, ...words] = toolWords(event);
  return tool === 'pdm' && /^(install|sync|add)$/.test(subcommand(words));
}

const ON = /^["']?(1|true|yes|on|y|t)["']?$/i;

/** Does uv compile what it installs here, or something that comes later? */
function isCompiled(dockerfile: DockerfileFacts, event: RunEvent, snapshot: Snapshot): boolean {
  if (event.words.some((w) => /^--compile(-bytecode)?$/.test(w)) || COMPILES.test(dockerfile.text)) return true;
  const stage = dockerfile.image.stages[event.stage]!;
  const at = stage.instructions.findIndex((i) => i.index === event.instruction);
  const env = stage.before[at]?.buildEnv.get('UV_COMPILE_BYTECODE');
  if (env !== undefined) return ON.test(env);
  const script = snapshot.read(event.file ?? '') ?? '';
  return (
    /\bUV_COMPILE_BYTECODE=/.test(`${stage.instructions[at]?.logical.text ?? ''}\n${script}`) ||
    compileSetting(snapshot, dockerfile) === 'on'
  );
}

/** `compile-bytecode` of uv.toml or [tool.uv] in the context. */
function compileSetting(snapshot: Snapshot, dockerfile: DockerfileFacts): 'on' | 'off' | undefined {
  const lead =
    dockerfile.context.folder === undefined || dockerfile.context.folder === '' ? '' : `${dockerfile.context.folder}/`;
  for (const name of ['uv.toml', 'pyproject.toml']) {
    const value = /^\s*compile-bytecode\s*=\s*(true|false)/m.exec(snapshot.read(lead + name) ?? '')?.[1];
    if (value !== undefined) return value === 'true' ? 'on' : 'off';
  }
  return undefined;
}
