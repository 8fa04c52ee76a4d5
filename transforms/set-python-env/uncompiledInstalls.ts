// Installs of which nothing is compiled to bytecode by itself, and what has each of them compiled.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { readCommandFlags } from '../../src/facts/flags.ts';
import type { Compiling } from '../../src/facts/installers/compiling.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Installer } from '../../src/facts/installers/installer.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { Snapshot } from '../../src/model.ts';

export interface UncompiledInstall {
  readonly event: RunEvent;
  readonly installer: Installer;
}

export interface SettingInstall {
  readonly stage: number;
  readonly tool: string;
  readonly variable: string;
}

export interface FlagInstall extends UncompiledInstall {
  readonly compiling: Extract<Compiling, { readonly kind: 'by flag' }>;
}

const UNCOMPILED = Object.values(INSTALLERS).filter(({ compiling }) => 'commands' in compiling);

/** That a setting has what is installed compiled, as files say it. */
export const COMPILED_BY_SETTING = new RegExp(
  UNCOMPILED.flatMap(({ compiling }) =>
    compiling.kind === 'by setting'
      ? [`\\b${compiling.variable}[=\\s]`, ...compiling.flags.map((flag) => `${flag}\\b`)]
      : [],
  ).join('|'),
);

/** Those of the stages that the images are made of, or get files from. */
export function uncompiledInstalls(dockerfile: DockerfileFacts, targets: readonly number[]): UncompiledInstall[] {
  const stages = new Set(targets);
  // it grows while it is gone through
  for (const at of stages) {
    const { parent } = dockerfile.image.stages[at]!;
    if (parent !== undefined) stages.add(parent);
    for (const { from } of dockerfile.trace.stages[at]!.files.copies) if (typeof from === 'number') stages.add(from);
  }
  return dockerfile.trace.events
    .filter(isRun)
    .filter(({ stage, when }) => stages.has(stage) && when === 'build')
    .flatMap((event) => uncompiledOf(event) ?? []);
}

/** What is compiled by nobody in any case counts where nobody knows that it installs, too. */
function uncompiledOf(event: RunEvent): UncompiledInstall | undefined {
  const { installer, words = [] } = installerIn(event) ?? {};
  if (installer === undefined || !('commands' in installer.compiling)) return undefined;
  if (event.install === undefined && installer.compiling.kind !== 'never') return undefined;
  const { firstWord } = readCommandFlags(words, installer.globals, 'first word');
  return installer.compiling.commands.test(words[firstWord] ?? '') ? { event, installer } : undefined;
}

/** The first of these installers that the words name, and the words behind its name. */
function installerIn({
  words,
}: RunEvent): { readonly installer: Installer; readonly words: readonly string[] } | undefined {
  for (const [at, word] of words.entries()) {
    const installer = UNCOMPILED.find(({ name }) => name === word.replace(/^.*\//, ''));
    if (installer !== undefined) return { installer, words: words.slice(at + 1) };
  }
  return undefined;
}

/** It as an install that a flag would have compiled. */
export function flagInstall(
  { event, installer }: UncompiledInstall,
  { text }: DockerfileFacts,
): FlagInstall | undefined {
  const { compiling } = installer;
  if (compiling.kind !== 'by flag' || compiling.selfCompiling.test(text)) return undefined;
  const given = [compiling.flag.flag, ...compiling.nothing];
  return event.words.some((word) => given.includes(word)) ? undefined : { event, installer, compiling };
}

const ON = /^["']?(1|true|yes|on|y|t)["']?$/i;

/** It as an install that a variable would have compiled. */
export function settingInstall(
  { event, installer }: UncompiledInstall,
  dockerfile: DockerfileFacts,
  snapshot: Snapshot,
): SettingInstall | undefined {
  const { compiling, name } = installer;
  if (compiling.kind !== 'by setting' || event.words.some((word) => compiling.flags.includes(word))) return undefined;
  const { variable } = compiling;
  const found: SettingInstall = { stage: event.stage, tool: name, variable };
  const stage = dockerfile.image.stages[event.stage]!;
  const at = stage.instructions.findIndex(({ index }) => index === event.instruction);
  const value = stage.before[at]?.buildEnv.get(variable);
  if (value !== undefined) return ON.test(value) ? undefined : found;
  const script = snapshot.read(event.file ?? '') ?? '';
  const isSet = new RegExp(`\\b${variable}=`).test(`${stage.instructions[at]?.logical.text ?? ''}\n${script}`);
  return isSet || settingOfFiles(installer, snapshot, dockerfile) === 'on' ? undefined : found;
}

/** What its own settings file or its table of the manifest says, in the context. */
export function settingOfFiles(
  { compiling, project }: Installer,
  snapshot: Snapshot,
  { context: { folder } }: DockerfileFacts,
): 'on' | 'off' | undefined {
  if (compiling.kind !== 'by setting' || project === undefined) return undefined;
  const lead = folder === undefined || folder === '' ? '' : `${folder}/`;
  const setting = new RegExp(`^\\s*${compiling.key}\\s*=\\s*(true|false)`, 'm');
  for (const name of [...project.settings, project.manifest]) {
    const value = setting.exec(snapshot.read(lead + name) ?? '')?.[1];
    if (value !== undefined) return value === 'true' ? 'on' : 'off';
  }
  return undefined;
}
