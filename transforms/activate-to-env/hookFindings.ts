// What is said of activations of conda and pyenv: that they fail, that they end, and who runs without them.

import { describe } from '../../src/facts/compare/sentences.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Stage } from '../../src/facts/image.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { PYTHON_PROGRAMS } from '../../src/facts/trace/names.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { HOOK_ACTIVATION_ENDS, HOOK_ACTIVATION_FAILS, MICROMAMBA_ENTRYPOINT } from './activationDiagnoses.ts';
import { binOf, type HookActivation, hookActivations, isOnPathByEnv } from './hookActivations.ts';

/** Findings on the environments of conda and pyenv, one for each name and image. */
export function hookFindings(dockerfile: DockerfileFacts): Finding[] {
  const groups = new Map<string, HookActivation[]>();
  for (const one of hookActivations(dockerfile)) {
    const key = `${one.stage.index} ${one.tool === 'pyenv'} ${one.name}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [
    ...[...groups.values()].flatMap((all) => groupFinding(dockerfile, all)),
    ...micromambaEntrypoints(dockerfile),
  ];
}

const lineMarkOf = (dockerfile: DockerfileFacts, index: number): string =>
  lineMark(dockerfile.path, dockerfile.syntax.instructions[index]!.start);

const saidCommand = ({ words }: Command): string => `\`${readable(words.join(' '))}\``;

function groupFinding(dockerfile: DockerfileFacts, all: readonly HookActivation[]): Finding[] {
  const failing = all.find((one) => one.does === 'fails' && endsStep(dockerfile, one));
  if (failing !== undefined) {
    const stops = failing.command.when === 'build' ? 'the image does not build' : 'the container does not start';
    return [
      {
        diagnosis: HOOK_ACTIVATION_FAILS,
        ...hookPlace(dockerfile, failing.command),
        message: `${saidCommand(failing.command)} fails, and ${stops}: ${failing.why}.`,
        reason: hookWayOut(failing),
      },
    ];
  }
  const open = all.filter((one) => !isOnPathByEnv(one) && one.name !== 'base');
  const dead = open.find((one) => one.isLast && one.command.when === 'build' && !one.command.conditional);
  const start = open.length === 0 ? 'inside' : startSeen(dockerfile, open[0]!);
  const first = dead ?? (start === 'inside' ? undefined : open.find((one) => one.command.when === 'build'));
  if (first === undefined) return [];
  const may = first.does === 'perhaps fails' ? ` (and may fail: ${first.why})` : '';
  const then =
    start === undefined || start === 'inside'
      ? ''
      : `; ${describe(start)} (line ${lineMarkOf(dockerfile, start.instruction)}) runs outside of ${first.name}`;
  return [
    {
      diagnosis: HOOK_ACTIVATION_ENDS,
      ...hookPlace(dockerfile, first.command),
      message: `${saidCommand(first.command)} holds for its own ${first.isLast ? 'line, where nothing runs behind it' : 'line alone'}${may}${then}.`,
      reason: hookWayOut(first),
    },
  ];
}

const hookPlace = (dockerfile: DockerfileFacts, { instruction }: Command): Pick<Finding, 'path' | 'offset'> => ({
  path: dockerfile.path,
  offset: dockerfile.syntax.instructions[instruction]!.start,
});

/** Does the step end where the activation fails? */
function endsStep(dockerfile: DockerfileFacts, { command }: HookActivation): boolean {
  const at = dockerfile.syntax.instructions[command.instruction]!;
  if (!command.inOwnList && command.by?.isOwnShell !== true) return false;
  const behind = dockerfile.text.slice(command.range.end, Math.max(at.end, command.range.end));
  const before = dockerfile.text.slice(at.start, command.range.start);
  if (/\|\||^\s*\||^\s*&(?!&)/.test(behind) || /\bif\s|!\s|\bset\s\+e/.test(before)) return false;
  return /\bset\s+-[a-z]*e/.test(before) || !/;|\n(?!\s*$)/.test(behind.replace(/\\\r?\n/g, ' '));
}

const INSIDE = /conda|mamba|activate|\/envs\/|\/versions\/|pyenv|_entrypoint/;

/**
 * What the image starts without the environment. 'inside': it may get there by itself, or nobody starts it; undefined: what is
 * started is not known.
 */
function startSeen(
  dockerfile: DockerfileFacts,
  { stage, tool, name }: HookActivation,
): RunEvent | 'inside' | undefined {
  const last = dockerfile.targets.find((target) => chainOf(dockerfile.image, target).includes(stage));
  if (last === undefined) return 'inside';
  const { final } = dockerfile.image.stages[last]!;
  const { cmd, entrypoint, env } = final;
  if (env.has('BASH_ENV') || env.get('ENV_NAME') === name || env.has('CONDA_DEFAULT_ENV')) return 'inside';
  const written = [entrypoint, cmd].map((one) => one?.logical.text ?? '').join(' ');
  if (INSIDE.test(written) || /\s-[a-z]*[il][a-z]*[\s"',]|--login/.test(`${final.shell.join(' ')} ${written} `))
    return 'inside';
  const starts = dockerfile.trace.events
    .filter(isRun)
    .filter(
      (event) => event.stage === last && event.when === 'runtime' && !event.implied && event.service === undefined,
    );
  const own = starts.filter((event) => event.opaque !== 'entrypoint of the base');
  if (
    own.some((event) => event.file !== undefined || event.opaque !== undefined || /\/|\.sh$/.test(event.words[0] ?? ''))
  )
    return 'inside';
  // an entrypoint of the base may activate it
  if (entrypoint === undefined && !isPlainStart(stage)) return undefined;
  if (tool === 'pyenv' && !/pyenv/.test(env.get('PATH') ?? '')) return undefined;
  const word = own[0]?.words[0] ?? '';
  return /^(python|pip)[\d.]*$/.test(word) || PYTHON_PROGRAMS.has(word) ? own[0] : undefined;
}

/** conda's own images, and distributions, start nothing before the command. */
const isPlainStart = ({ base }: Stage): boolean =>
  base.complete || /^(docker\.io\/)?continuumio\/(mini|ana)conda3(:|$)/.test(base.ref);

function hookWayOut({ tool, name, stage }: HookActivation): string {
  const env = `\`ENV PATH=${binOf({ tool, name, stage })}:$PATH\``;
  if (tool === 'pyenv')
    return `Left alone: pyenv sets more than PATH. Write ${env}, or \`pyenv global ${name}\`, where every line shall use it.`;
  const flag = name.startsWith('/') ? '-p' : '-n';
  return `Left alone: conda runs scripts on activation. Write ${env}, or \`${tool} run ${flag} ${name} ...\` for one command, or \`SHELL ["${tool}", "run", "${flag}", "${name}", "/bin/bash", "-c"]\` for all RUN lines.`;
}

/** ENTRYPOINT of a micromamba image without the script that activates. */
function micromambaEntrypoints(dockerfile: DockerfileFacts): Finding[] {
  return dockerfile.targets.flatMap((target): Finding[] => {
    const { final, base, from } = dockerfile.image.stages[target]!;
    const { entrypoint } = final;
    if (!/(^|\/)mambaorg\/micromamba(:|@|$)/.test(base.ref) || entrypoint === undefined) return [];
    const { text } = entrypoint.logical;
    const [first = ''] = entrypoint.json?.map(({ value }) => value) ?? text.replace(/^\S+\s+/, '').split(/\s+/);
    // what is named by a path, or is no program of Python, may need no environment
    if (INSIDE.test(text) || !/^(python[\d.]*|pip|gunicorn|uvicorn|flask|celery|jupyter|streamlit)$/.test(first))
      return [];
    if (/conda|\/envs\//.test(final.env.get('PATH') ?? '')) return [];
    return [
      {
        diagnosis: MICROMAMBA_ENTRYPOINT,
        path: dockerfile.path,
        offset: entrypoint.start,
        message: `This ENTRYPOINT takes the place of \`_entrypoint.sh\` of ${readable(base.ref)} (line ${lineMark(dockerfile.path, from.start)}), which activates the environment: \`${first}\` is not looked for there.`,
        reason: `Left alone: write \`ENTRYPOINT ["/usr/local/bin/_entrypoint.sh", "${first}", ...]\`, in the exec form.`,
      },
    ];
  });
}
