// RUN pip install flask  ->  RUN pip install --no-cache-dir flask, where nothing else keeps the cache out of the image

import { applyEdits } from '../../src/edit/textEdits.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { commandChange } from '../../src/facts/shell/commandChange.ts';
import { readable } from '../../src/facts/values.ts';
import type { Declaration, Finding, Fix, Transform } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { type CachingInstall, cachingInstalls, stagesOfImages } from './cachingInstalls.ts';
import { PIP_CACHE_DIAGNOSES, PIP_CACHE_KEPT } from './pipCacheDiagnoses.ts';

export const dropPipCache: Transform<Facts> = {
  id: 'drop-pip-cache',
  title: "Keep pip's cache out of the image",
  why: `pip keeps what it downloads and builds in its cache, which no later step of the build uses: the layer holds every package twice.
\`--no-cache-dir\` goes behind \`install\`, in every form of pip, where the layer becomes part of an image. A cache mount, PIP_NO_CACHE_DIR (any value
but an empty one turns the cache off), a setting of pip and a clean-up in the same step are answers. The layers of a builder stage are in no
image: there it is said, and nothing is changed.`,
  references: [
    'https://pip.pypa.io/en/stable/topics/caching/#disabling-caching',
    'https://docs.docker.com/build/cache/optimize/#use-cache-mounts',
  ],
  tier: 'S',
  diagnoses: PIP_CACHE_DIAGNOSES,
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) => (dockerfile.leftAlone === undefined ? cacheFindings(dockerfile) : [])),
};

function cacheFindings(dockerfile: DockerfileFacts): Finding[] {
  const stages = stagesOfImages(dockerfile);
  const all = cachingInstalls(dockerfile);
  const shipped = all.filter(({ stage }) => stages.has(stage.index));
  const built = all.filter(({ stage }) => !stages.has(stage.index));
  const fix = uncachedFix(dockerfile, shipped);
  return [
    ...(shipped.length === 0 ? [] : [shippedFinding(dockerfile, shipped, fix)]),
    ...(built.length === 0
      ? []
      : [
          {
            ...cachePlace(dockerfile, built[0]!),
            message: `${saidInstall(built[0]!)} leaves pip's cache in a layer of the build, which no image has.`,
            reason:
              'Left alone: it costs space on the machine that builds. `RUN --mount=type=cache,target=/root/.cache/pip` would use the cache in the next build.',
          },
        ]),
  ];
}

const cachePlace = (dockerfile: DockerfileFacts, { command }: CachingInstall) => ({
  diagnosis: PIP_CACHE_KEPT,
  path: dockerfile.path,
  offset: dockerfile.syntax.instructions[command.instruction]!.start,
});

const saidInstall = ({ command }: CachingInstall): string => `\`${readable(command.words.join(' '))}\``;

function shippedFinding(
  dockerfile: DockerfileFacts,
  shipped: readonly CachingInstall[],
  fix: Fix | undefined,
): Finding {
  const first = shipped[0]!;
  const others = [
    ...new Set(shipped.slice(1).map(({ command }) => dockerfile.syntax.instructions[command.instruction]!.start)),
  ].filter((start) => start !== dockerfile.syntax.instructions[first.command.instruction]!.start);
  const more =
    others.length === 0
      ? ''
      : ` (so ${others.length === 1 ? 'does line' : 'do lines'} ${others.map((start) => lineMark(dockerfile.path, start)).join(', ')})`;
  return {
    ...cachePlace(dockerfile, first),
    message: `${saidInstall(first)} leaves pip's cache in a layer of the image${more}.`,
    reason:
      fix === undefined
        ? 'Left alone: a command is not written plainly. Write `--no-cache-dir` behind `install`.'
        : 'No later step uses it; `--no-cache-dir` keeps it out.',
    ...(fix === undefined ? {} : { fix }),
  };
}

const INSTALL =
  /(?:^|[\s;&|"'(])(?:[^\s;&|"'(]*\/)?(?:pip(?:-?3?(?:\.\d+)?)|python(?:3(?:\.\d+)?)?\s+-m\s+pip)\s+install(?=[\s;&|"')]|$)/g;
/** A line may end between the words. */
const withoutLineEnds = (text: string): string => text.replace(/\\\r?\n/g, (end) => ' '.repeat(end.length));

/** `--no-cache-dir` behind every `install`; undefined where one of them is not written plainly. */
function uncachedFix(dockerfile: DockerfileFacts, installs: readonly CachingInstall[]): Fix | undefined {
  const at = new Map<number, number>();
  const commands: Record<string, readonly string[]> = {};
  for (const { command } of installs) {
    const { start, end } = command.range;
    const found = [...withoutLineEnds(dockerfile.text.slice(start, end)).matchAll(INSTALL)];
    const [one] = found;
    if (one === undefined || found.length > 1) return undefined;
    at.set(start + one.index + one[0].length, command.instruction);
    const key = command.fields.map(({ raw }) => raw).join(' ');
    commands[key] = [key.replace(/ install(?= |$)/, ' install --no-cache-dir')];
  }
  if (at.size === 0) return undefined;
  const edits = [...at.keys()].map((start) => ({
    path: dockerfile.path,
    start,
    end: start,
    newText: ' --no-cache-dir',
  }));
  const declares: Declaration = {
    instructions: { changed: [...new Set(at.values())].map(() => 'RUN') },
    reorders: { commands, stages: [...new Set(installs.map(({ stage }) => stage.index))] },
  };
  const text = applyEdits(dockerfile.text, edits);
  // a word of another command (`find -exec`) is that command's change
  if (commandChange(dockerfile, { ...dockerfile.reread(text), text }, declares) !== undefined) return undefined;
  return { title: "Keep pip's cache out of the image", safety: 'safe', edits, declares };
}
