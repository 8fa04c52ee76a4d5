// Activations of conda and pyenv: functions that only a prepared shell has, and that end with it. Found, never rewritten.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { ImageState, Stage } from '../../src/facts/image.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';

export type HookTool = 'conda' | 'mamba' | 'micromamba' | 'pyenv';

/** One activation of an environment by its name. */
export interface HookActivation {
  readonly command: Command;
  readonly stage: Stage;
  readonly state: ImageState;
  readonly tool: HookTool;
  /** As written: a name, or a path. */
  readonly name: string;
  /** `activates`: for what follows in the same shell; `fails`: for certain. */
  readonly does: 'activates' | 'fails' | 'perhaps fails';
  /** Why it fails, or may. */
  readonly why: string;
  /** Nothing runs behind it in its shell. */
  readonly isLast: boolean;
}

const CONDA = /conda|mamba|miniforge/i;
/** Images of which it is known that their shell is `/bin/sh -c` of Debian, with nothing prepared. */
const PLAIN_CONDA_BASE = /^(docker\.io\/)?(continuumio\/(mini|ana)conda3|condaforge\/(miniforge3|mambaforge)):?/;
/** What prepares a shell: the hook itself, or a file that has it. */
const PREPARES = /conda\.sh|mamba\.sh|\bhook\b|bashrc|profile|\binit\b|activate/;

/** The activations of conda and pyenv that the file writes itself, in its order. */
export function hookActivations(dockerfile: DockerfileFacts): HookActivation[] {
  const seen = new Set<number>();
  return dockerfile.image.stages.flatMap((stage) =>
    dockerfile.trace.stages[stage.index]!.commands.flatMap((command): HookActivation[] => {
      const at = stage.instructions.findIndex(({ index }) => index === command.instruction);
      const named =
        command.file === undefined && command.service === undefined ? hookNamed(command, dockerfile) : undefined;
      if (named === undefined || at < 0 || seen.has(command.range.start)) return [];
      seen.add(command.range.start);
      const state = command.when === 'build' ? stage.before[at]! : stage.final;
      // `SHELL ["conda", "run", ...]`
      if (state.shell.some((word) => CONDA.test(word))) return [];
      const own = stage.instructions[at]!;
      const behind = dockerfile.text.slice(command.range.end, Math.max(own.end, command.range.end));
      return [
        {
          ...named,
          command,
          stage,
          state,
          isLast: !/[^\s"'\\\]]/.test(behind.replace(/#.*$/gm, '')),
          ...effectOf({ ...named, command, stage, state }, dockerfile),
        },
      ];
    }),
  );
}

type NamedActivation = Pick<HookActivation, 'tool' | 'name'> & { readonly form: 'function' | 'script' };

function hookNamed({ words }: Command, dockerfile: DockerfileFacts): NamedActivation | undefined {
  const [first = '', second = '', third = ''] = words;
  const plain = first.replace(/^.*\//, '');
  if (/^(conda|mamba|micromamba|pyenv)$/.test(plain) && second === 'activate' && third !== '')
    return { tool: plain as HookTool, name: third, form: 'function' };
  if (!/^(source|\.)$/.test(first) || third === '' || !/(^|\/)activate$/.test(second)) return undefined;
  // a file of an environment that the file makes takes no name
  if (dockerfile.trace.allEnvironments.size > 0) return undefined;
  if (second !== 'activate' && !CONDA.test(second)) return undefined;
  return { tool: 'conda', name: third, form: 'script' };
}

type JudgedHook = NamedActivation & Pick<HookActivation, 'command' | 'stage' | 'state'>;

function effectOf(one: JudgedHook, dockerfile: DockerfileFacts): Pick<HookActivation, 'does' | 'why'> {
  const { command, stage, state, tool, form } = one;
  const works = { does: 'activates', why: '' } as const;
  const isSure =
    stage.base.complete || PLAIN_CONDA_BASE.test(stage.base.ref) || hasOwnShell(dockerfile, command, stage);
  const fails = isSure ? 'fails' : 'perhaps fails';
  if (command.conditional) return works;
  const shell = shellWords(command, state);
  if (form === 'script') {
    const isDash = /(^|\/)(ba)?sh$/.test(shell[0] ?? '') && !/bash$/.test(shell[0] ?? '');
    if (command.words[0] !== 'source' || !isDash || stage.base.sh === 'ash') return works;
    const isDebian = PLAIN_CONDA_BASE.test(stage.base.ref) || stage.base.sh === 'dash';
    return {
      does: isDebian ? 'fails' : 'perhaps fails',
      why: `${shell[0]} is dash${isDebian ? '' : ' in many images'}, which has no \`source\``,
    };
  }
  // a login or interactive shell reads files that may have the function
  if (shell.some((word) => /^--(login|rcfile|init-file)$|^-[a-z]*[il]/.test(word))) return works;
  if (/_shell\.sh$/.test(shell[0] ?? '')) return works;
  if (state.buildEnv.has('BASH_ENV') || state.buildEnv.has('ENV')) return works;
  if (PREPARES.test(stepBefore(dockerfile, command))) return works;
  return {
    does: fails,
    why: `\`${tool} activate\` is a function of shells that are prepared for it, and this one is not`,
  };
}

/** The shell that reads the command: that of SHELL, or the one that it is given to. */
function shellWords(command: Command, state: ImageState): readonly string[] {
  return command.by !== undefined && /(^|\/)(ba|da|a|z)?sh$/.test(command.by.words[0] ?? '')
    ? command.by.words.slice(0, 3).filter((word) => !word.includes(' '))
    : state.shell;
}

/** Does the file itself say which shell reads the command? */
const hasOwnShell = (dockerfile: DockerfileFacts, { instruction }: Command, stage: Stage): boolean =>
  chainOf(dockerfile.image, stage.index)
    .flatMap(({ instructions }) => instructions)
    .some(({ keyword, index }) => keyword === 'SHELL' && index < instruction);

/** What stands in front of it in its instruction. */
function stepBefore(dockerfile: DockerfileFacts, { instruction, range }: Command): string {
  const at = dockerfile.syntax.instructions[instruction]!;
  return dockerfile.text.slice(at.start, range.start);
}

/** Where the environment of this name has its programs, as an ENV line would write it. */
export function binOf({ tool, name, stage }: Pick<HookActivation, 'tool' | 'name' | 'stage'>): string {
  if (name.startsWith('/')) return `${name.replace(/\/$/, '')}/bin`;
  const { env } = stage.final;
  if (tool === 'pyenv') return `${env.has('PYENV_ROOT') ? '$PYENV_ROOT' : '/root/.pyenv'}/versions/${name}/bin`;
  const entry = (env.get('PATH') ?? '')
    .split(':')
    .find((one) => /^\/[\w/.-]*(conda|mamba|miniforge)[\w.-]*\/bin$/.test(one));
  return `${entry?.slice(0, -4) ?? '/opt/conda'}/envs/${name}/bin`;
}

/** Does the image have the environment on PATH, by ENV? */
export function isOnPathByEnv({ tool, name, stage, state }: HookActivation): boolean {
  const part = name.startsWith('/')
    ? `${name.replace(/\/$/, '')}/bin`
    : `${tool === 'pyenv' ? 'versions' : 'envs'}/${name}/bin`;
  return [stage.final.env, state.env].some((env) => {
    const path = env.get('PATH') ?? '';
    return path.includes(part) || (tool === 'pyenv' && env.get('PYENV_VERSION') === name);
  });
}
