// Installs into a Python that the distribution manages: which of them fail, and which go ahead all the same.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { type ManagedPython, managedPythonOf } from '../../src/facts/externallyManaged.ts';
import type { Stage } from '../../src/facts/image.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';

/** A command that installs into such a Python. */
export interface ManagedInstall {
  readonly event: RunEvent;
  readonly stage: Stage;
  readonly managed: ManagedPython;
  /** How it goes ahead: the flag, or what else the file says; undefined: it fails. */
  readonly waived: 'flag' | 'setting' | undefined;
}

const { pip, uv } = INSTALLERS;
const FLAG = /^--break(-|$)/;
/** Where pip and uv ask nobody, or install nothing. */
const ELSEWHERE = /^(--(root|target|prefix|dry-run|python|user-agent|no-install)|-[tp]$)/;
const SETTING = /break[-_]system[-_]packages|EXTERNALLY-MANAGED/i;
const SETTING_OFF = /BREAK_SYSTEM_PACKAGES[= ]["']?(0|false|no|off|n|f)?["']?(\s|$)/i;
/** What may hold settings of pip, or put another Python in the place of the distribution's. */
const OTHER_SETTINGS =
  /pip\.conf|pip\.ini|\bPIP_CONFIG_FILE\b|\bUV_PYTHON\b|update-alternatives|\bln\s.*\bpython|pyenv|conda|mamba|asdf|\bmise\b/;
const PIP_PACKAGE = /^(python3-pip|py3-pip|python3-pip-whl)$/;
/** Sources that put no settings where they go. */
const PLAIN_FILE = /\.(txt|toml|lock|py|sh|cfg|in|json|ya?ml)$|(^|\/)Pipfile$/;
const HOLDS_SETTINGS = /^\/(etc|root|usr|home)?(\/|$)/;

/** The first such command of each stage of which all is known; none of a stage that stands on one with a finding. */
export function managedInstalls(dockerfile: DockerfileFacts): ManagedInstall[] {
  const found: ManagedInstall[] = [];
  for (const event of dockerfile.trace.events.filter(isRun)) {
    const stage = dockerfile.image.stages[event.stage]!;
    const chain = chainOf(dockerfile.image, event.stage);
    if (found.some((one) => chain.includes(one.stage))) continue;
    const managed = managedPythonOf(stage.base);
    if (managed === undefined || !asksManaged(event, managed)) continue;
    if (!isOfDistribution(dockerfile, event)) continue;
    const before = imageTextBefore(dockerfile, chain, event);
    const own = before.replace(/--break[\w-]*/g, '');
    if (SETTING_OFF.test(own) || OTHER_SETTINGS.test(own) || bringsSettings(chain, event)) continue;
    const waived = event.words.some((word) => FLAG.test(word)) ? 'flag' : SETTING.test(own) ? 'setting' : undefined;
    found.push({ event, stage, managed, waived });
  }
  return found;
}

/** Is it a plain install by the name of the distribution's own pip or Python, or by uv into the system? */
function asksManaged(event: RunEvent, managed: ManagedPython): boolean {
  const { words, install } = event;
  if (event.when !== 'build' || event.conditional || install === undefined || install.unread !== undefined)
    return false;
  const { target } = install;
  if (target.kind !== 'system' && !(target.kind === 'elsewhere' && target.place === 'user')) return false;
  const options = words.filter((word) => word.startsWith('-') && word !== '-m');
  if (options.some((word) => ELSEWHERE.test(word))) return false;
  const [first = ''] = words;
  if (event.what === 'tool') return first === uv.name && words[1] === pip.name && words.includes('--system');
  const name = /^(?:\/usr\/bin\/)?(?:pip|python)(3(?:\.\d+)?)?$/.exec(first);
  if (event.what !== 'pip' || name === null) return false;
  return !name[1]?.includes('.') || name[1] === managed.python;
}

/** Does the name mean the distribution's Python, with a pip of its own? */
function isOfDistribution(dockerfile: DockerfileFacts, { stage, sees, words, path }: RunEvent): boolean {
  const { base } = dockerfile.image.stages[stage]!;
  const { systemPackages } = dockerfile.trace.stages[stage]!.files;
  const hasPip =
    words[0] === uv.name ? systemPackages.has('python3') : [...systemPackages].some((one) => PIP_PACKAGE.test(one));
  if (!hasPip) return false;
  if (base.complete && !path.every((entry) => /^(\/usr)?(\/local)?\/s?bin$/.test(entry))) return false;
  // where the base's WORKDIR is not known, a COPY into it is none into the system's folders
  const isHarmless = (id: string): boolean => /^open:(COPY|ADD) [^/]* \.\/?$/.test(id) && !base.complete;
  return [...sees].every((id) => !id.startsWith('open:') || isHarmless(id));
}

/** All that the image's file says up to this command. */
const imageTextBefore = (dockerfile: DockerfileFacts, chain: readonly Stage[], { instruction }: RunEvent): string =>
  chain
    .flatMap(({ instructions }) => instructions)
    .filter(({ index }) => index <= instruction)
    .map(({ start, end }) => dockerfile.text.slice(start, end))
    .join('\n');

/** Does a COPY lay files of which nothing is known where settings lie? */
const bringsSettings = (chain: readonly Stage[], { instruction }: RunEvent): boolean =>
  chain
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword, index }) => (keyword === 'COPY' || keyword === 'ADD') && index < instruction)
    .some(({ words }) => {
      const sources = words.slice(0, -1).map(({ value }) => value);
      return HOLDS_SETTINGS.test(words.at(-1)?.value ?? '') &&
        /^\/((etc|root|usr|home)\b.*)?$/.test(words.at(-1)!.value)
        ? !sources.every((source) => PLAIN_FILE.test(source))
        : false;
    });

/** What becomes of the step when the command fails: it ends, it goes on, or somebody answers. */
export function whenItFails(
  dockerfile: DockerfileFacts,
  { instruction, range, file }: RunEvent,
): 'ends' | 'goes on' | 'answered' {
  const at = dockerfile.syntax.instructions[instruction]!;
  if (file !== undefined) return 'goes on';
  if (at.json !== undefined) return 'ends';
  const before = dockerfile.text.slice(at.start, range.start);
  const rest = dockerfile.text.slice(range.end, Math.max(at.end, range.end));
  if (/\|\||^\s*(\\\s*)?\||^\s*&(?!&)/.test(rest) || /\bif\s|!\s|\bset\s\+e|\bwhile\s|\buntil\s/.test(before))
    return 'answered';
  const hasErrexit = /\bset\s+-[a-z]*e|\bset\s+-o\s+errexit|\s-[a-z]*e[a-z]*\s*<<|\bsh\s+-[a-z]*e/.test(before);
  if (hasErrexit) return 'ends';
  const isList = at.heredocs.length > 0 ? /\S/.test(rest.replace(/^\s*\w+\s*$/, '')) : /;\s*(\\\s*)?[^\s\\]/.test(rest);
  return isList ? 'goes on' : 'ends';
}
