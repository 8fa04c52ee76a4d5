// The installs of pip whose cache stays in a layer, and what keeps it out already.

import { runMounts } from '../../src/facts/copies/stepMounts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Stage } from '../../src/facts/image.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';

/** One install of pip that leaves a cache. */
export interface CachingInstall {
  readonly command: Command;
  readonly stage: Stage;
  /** Index of the word `install` in its words. */
  readonly at: number;
}

const PIP = /^(\S*\/)?pip(-?3?(\.\d+)?)$/;
const PYTHON = /^(\S*\/)?python(3(\.\d+)?)?$/;
/** It stores nothing, or says itself where. */
const ANSWERED = /^(--no-cache(-dir)?|--cache-dir(=.*)?|--no-c\w*|--cache\w*(=.*)?|--dry-run|--help|-h|--isolated)$/;
/** A file of settings, or what writes one; a folder of settings that is copied. */
const SETTINGS = /no[-_]cache[-_]dir|PIP_CONFIG_FILE|pip\.conf|pip\.ini|XDG_CACHE_HOME|XDG_CONFIG|PIP_CACHE_DIR/i;
const CLEANS = /\bpip3?\s+cache\s+(purge|remove)|\brm\s[^&|;]*(\.cache|\/root\b)|\bfind\s[^&|;]*\.cache|pycache2?clean/;

/** All that the file itself writes, in its order. */
export const cachingInstalls = (dockerfile: DockerfileFacts): CachingInstall[] =>
  dockerfile.image.stages.flatMap((stage) =>
    dockerfile.trace.stages[stage.index]!.commands.flatMap((command): CachingInstall[] => {
      const at = wordOfInstall(command);
      return at === undefined || !leavesCache(command, stage, dockerfile) ? [] : [{ command, stage, at }];
    }),
  );

/** Where `install` stands in `pip install`, `python3 -m pip install`, `/opt/venv/bin/pip install`. */
function wordOfInstall({ words, when, file, writing }: Command): number | undefined {
  if (when !== 'build' || file !== undefined || writing === undefined) return undefined;
  const own = PIP.test(words[0] ?? '')
    ? 1
    : PYTHON.test(words[0] ?? '') && words[1] === '-m' && INSTALLERS.pip.modules.includes(words[2] ?? '')
      ? 3
      : 0;
  if (own === 0) return undefined;
  const at = words.findIndex((word, n) => n >= own && !word.startsWith('-'));
  return at >= own && at === own && words[at] === 'install' ? at : undefined;
}

function leavesCache(
  { words, variables, instruction, range, user }: Command,
  stage: Stage,
  dockerfile: DockerfileFacts,
): boolean {
  if (words.some((word) => ANSWERED.test(word))) return false;
  // any value but an empty one turns it off
  const own = variables.get('PIP_NO_CACHE_DIR');
  if (own !== undefined && own !== '') return false;
  if (variables.has('PIP_CACHE_DIR') || variables.has('XDG_CACHE_HOME') || variables.has('PIP_CONFIG_FILE'))
    return false;
  // only what is known of the base says that it sets none of these
  if (!stage.base.complete || !isKnown(user)) return false;
  const n = stage.instructions.findIndex(({ index }) => index === instruction);
  const i = stage.instructions[n]!;
  const mounts = runMounts(i, stage.before[n]!, stage, dockerfile.syntax.escape);
  if (
    mounts.some(
      ({ type, target }) => type !== 'secret' && type !== 'ssh' && (target === undefined || holdsCache(target)),
    )
  )
    return false;
  if (CLEANS.test(dockerfile.text.slice(range.end, Math.max(i.end, range.end)))) return false;
  const before = chainOf(dockerfile.image, stage.index)
    .flatMap(({ instructions }) => instructions)
    .filter(({ index }) => index <= instruction);
  return !before.some(({ start, end, keyword, words: list }) => {
    // of the variable its value is known
    if (SETTINGS.test(dockerfile.text.slice(start, end).replace(/\bPIP_NO_CACHE_DIR\b/g, ''))) return true;
    const to = list.at(-1)?.value ?? '';
    return (
      (keyword === 'COPY' || keyword === 'ADD') &&
      /^(\/(etc|root\/\.\w.*)?|~.*)\/?$/.test(to) &&
      mayHoldSettings(list.slice(0, -1))
    );
  });
}

/** A cache, a tmpfs or a folder of the host lies at the cache's place, or above it. */
const holdsCache = (target: string): boolean =>
  !isKnown(target) || /\.cache(\/|$)|pip/.test(target) || isWithin('/root/.cache/pip', target);

const mayHoldSettings = (sources: readonly { readonly value: string }[]): boolean =>
  !sources.every(({ value }) => /\.(txt|toml|lock|py|sh|cfg|json|ya?ml|whl|gz|tar)$|(^|\/)Pipfile$/.test(value));

/** The stages whose layers are in an image that somebody builds. */
export function stagesOfImages(dockerfile: DockerfileFacts): ReadonlySet<number> {
  return new Set(dockerfile.targets.flatMap((target) => chainOf(dockerfile.image, target).map(({ index }) => index)));
}
