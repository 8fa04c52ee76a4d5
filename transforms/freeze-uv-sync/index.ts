// RUN uv sync  ->  RUN uv sync --frozen, where the lock is there and fresh

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { hasFlag, readCommandFlags } from '../../src/facts/flags.ts';
import { isYes } from '../../src/facts/installers/callState.ts';
import { UV_RUN } from '../../src/facts/installers/uv/flags.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRootUser } from '../../src/facts/shell/shellState.ts';
import { absolute, isKnown, readable } from '../../src/facts/values.ts';
import type { Finding, Fix, Transform } from '../../src/model.ts';
import { joinImage } from '../../src/parse/manifests/paths.ts';
import { lineMark } from '../../src/text/lines.ts';
import { FREEZE_DIAGNOSES, RUN_SYNCS, SYNC_NOT_FROZEN } from './freezeDiagnoses.ts';
import { isFrozen, type SyncCall, type SyncState, syncCalls, syncState } from './syncs.ts';

export const freezeUvSync: Transform<Facts> = {
  id: 'freeze-uv-sync',
  title: 'Install with uv what the lock says',
  why: `\`uv sync\` compares uv.lock with pyproject.toml, and where they differ it resolves anew, in the build, and installs something else than
was tested. \`--frozen\` installs what the lock says. It is written where the lock is in the image before the step and records the requirements
that pyproject.toml has: a stale lock would silently install less. \`--locked\`, UV_FROZEN and UV_LOCKED are answers, and so is a flag that
upgrades.`,
  references: [
    'https://docs.astral.sh/uv/concepts/projects/sync/#automatic-lock-and-sync',
    'https://docs.astral.sh/uv/guides/integration/docker/#installing-a-project',
  ],
  tier: 'S',
  diagnoses: FREEZE_DIAGNOSES,
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) =>
      dockerfile.leftAlone === undefined ? [...syncFindings(dockerfile, facts), ...startsThatSync(dockerfile)] : [],
    ),
};

const pathAndPlace = (dockerfile: DockerfileFacts, { instruction }: Command): Pick<Finding, 'path' | 'offset'> => ({
  path: dockerfile.path,
  offset: dockerfile.syntax.instructions[instruction]!.start,
});

const saidWords = ({ words }: Command): string => `\`${readable(words.join(' '))}\``;

function syncFindings(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  const open = syncCalls(dockerfile)
    .filter((call) => !isFrozen(call))
    .map((call) => ({ call, state: syncState(call, dockerfile, facts.snapshot) }));
  const calls = open.filter(({ state }) => state !== 'silent');
  const fresh = calls.filter(({ state }) => state === 'fresh').map(({ call }) => call);
  // one of the same words that stays could not be told from those that change
  const same = open.find(({ call, state }) => state !== 'fresh' && fresh.some((one) => syncKey(one) === syncKey(call)));
  const fix = fresh.length === 0 || same !== undefined ? undefined : frozenFix(dockerfile, fresh);
  const left = calls.filter(({ state }) => state !== 'fresh' || fix === undefined);
  return [
    ...(fix === undefined
      ? []
      : [
          {
            ...notFrozen(dockerfile, fresh[0]!),
            reason: 'The lock is there, and records what pyproject.toml asks for.',
            fix,
          },
        ]),
    ...left.map(({ call, state }) => ({
      ...notFrozen(dockerfile, call),
      reason: whyNotFrozen(
        state,
        same && lineMark(dockerfile.path, pathAndPlace(dockerfile, same.call.command).offset),
      ),
    })),
  ];
}

const syncKey = ({ command }: Pick<SyncCall, 'command'>): string => command.fields.map(({ raw }) => raw).join(' ');

const notFrozen = (dockerfile: DockerfileFacts, { command }: SyncCall) => ({
  diagnosis: SYNC_NOT_FROZEN,
  ...pathAndPlace(dockerfile, command),
  message: `${saidWords(command)} resolves anew in the build where uv.lock and pyproject.toml differ, or the lock is not there.`,
});

/** `line`: of a command of the same words that has no such lock. */
function whyNotFrozen(state: SyncState, line: string | undefined): string {
  if (typeof state === 'object') return `Left alone: ${state.why}. Then write \`uv sync --frozen\`.`;
  const why =
    line === undefined ? 'the command is not written plainly' : `line ${line} has the same words for another lock`;
  return `Left alone: ${why}. Write \`uv sync --frozen\`.`;
}

const SYNC = /(?:^|[\s;&|"'(])(?:[^\s;&|"'(]*\/)?uv\s+sync(?=[\s;&|"')]|$)/g;

/** `--frozen` behind every `sync`; undefined where one of them is not written plainly. */
function frozenFix(dockerfile: DockerfileFacts, calls: readonly SyncCall[]): Fix | undefined {
  const at = new Map<number, number>();
  const commands: Record<string, readonly string[]> = {};
  for (const { command } of calls) {
    const { start, end } = command.range;
    const found = [...dockerfile.text.slice(start, end).matchAll(SYNC)];
    const [one] = found;
    if (one === undefined || found.length > 1) return undefined;
    at.set(start + one.index + one[0].length, command.instruction);
    const key = syncKey({ command });
    commands[key] = [key.replace(/^(\S*uv sync)(?= |$)/, '$1 --frozen')];
  }
  const stages = [...new Set(calls.map(({ stage }) => stage.index))];
  return {
    title: calls.length > 1 ? 'Freeze every uv sync' : 'Freeze uv sync',
    safety: 'safe',
    edits: [...at.keys()].map((start) => ({ path: dockerfile.path, start, end: start, newText: ' --frozen' })),
    declares: {
      instructions: { changed: [...new Set(at.values())].map(() => 'RUN') },
      reorders: { commands, stages },
    },
  };
}

const NO_SYNC = ['--no-sync', '--no-project', '--isolated', '--script', '-s'];
const NO_DEV = ['--no-dev', '--no-default-groups'];

/** `uv run` in a start, beside a sync that is frozen. */
function startsThatSync(dockerfile: DockerfileFacts): Finding[] {
  const frozen = syncCalls(dockerfile).filter(isFrozen);
  const seen = new Set<number>();
  return dockerfile.targets.flatMap((target) => {
    const chain = chainOf(dockerfile.image, target);
    const sync = frozen.findLast(({ stage }) => chain.includes(stage));
    if (sync === undefined) return [];
    return dockerfile.trace.stages[target]!.commands.flatMap((command): Finding[] => {
      const [program = '', first, ...rest] = command.words;
      if (command.when !== 'runtime' || command.file !== undefined || command.service !== undefined) return [];
      if (!/(^|\/)uv$/.test(program) || first !== 'run' || seen.has(command.instruction)) return [];
      // outside of a project, and for a script with requirements of its own, it syncs nothing
      const stage = dockerfile.trace.stages[target]!;
      if (stage.readImage(joinImage(command.cwd, 'pyproject.toml')) === undefined) return [];
      // who may not even write there is told of that (keep-venv-across-stages)
      const isOthers = [...stage.files.environments.values()].some(({ owner }) => isRootUser(owner));
      if (isOthers && isKnown(command.user) && !isRootUser(command.user)) return [];
      const script = rest.find((word) => /\.py$/.test(word));
      if (script !== undefined && stage.readImage(absolute(script, command.cwd))?.text.includes('# /// script'))
        return [];
      const flags = readCommandFlags(rest, UV_RUN, 'first word');
      const { variables } = command;
      if (hasFlag(flags, ...NO_SYNC) || isYes(variables.get('UV_NO_SYNC')) || isYes(variables.get('UV_NO_PROJECT')))
        return [];
      const leavesDev =
        hasFlag(sync.flags, ...NO_DEV) &&
        !hasFlag(flags, ...NO_DEV) &&
        !variables.has('UV_NO_DEV') &&
        !variables.has('UV_NO_DEFAULT_GROUPS');
      const isHeld =
        hasFlag(flags, '--frozen', '--locked') ||
        isYes(variables.get('UV_FROZEN')) ||
        isYes(variables.get('UV_LOCKED'));
      if (isHeld && !leavesDev) return [];
      seen.add(command.instruction);
      const line = lineMark(dockerfile.path, dockerfile.syntax.instructions[sync.command.instruction]!.start);
      const what = leavesDev
        ? `syncs again at every start, with the default groups that ${saidWords(sync.command)} (line ${line}) leaves out`
        : `compares the lock again at every start, which ${saidWords(sync.command)} (line ${line}) does not`;
      return [
        {
          diagnosis: RUN_SYNCS,
          ...(leavesDev ? { level: 'fragile' as const } : {}),
          ...pathAndPlace(dockerfile, command),
          message: `${saidWords(command)} ${what}.`,
          reason:
            'Write `uv run --no-sync`, or `ENV UV_NO_SYNC=1` behind the sync, or name the program of the environment itself.',
        },
      ];
    });
  });
}
