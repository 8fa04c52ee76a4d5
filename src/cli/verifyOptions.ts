// The options of `pyvenv-fix verify`.

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ConfigOptions } from '../config/resolve.ts';
import { PROOF_FORMATS, type ProofFormat } from '../report/proof.ts';
import { filled, type IdList, word } from './optionValues.ts';

/** What `pyvenv-fix verify [PATH...]` was asked for. Text as typed (not latin1). */
export interface VerifyOptions extends Omit<ConfigOptions, 'branch' | 'squash'> {
  readonly paths: readonly string[];
  readonly format: ProofFormat;
  readonly output?: string;
  readonly network?: string;
  readonly buildArgs: readonly (readonly [name: string, value: string])[];
  readonly platform?: string;
  readonly target?: string;
  /** For one build. */
  readonly buildMinutes: number;
  /** For one start of a container. */
  readonly startSeconds: number;
  /** For all images of one repository together. */
  readonly gigabytes: number;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color?: boolean;
}

interface ParsedVerify {
  readonly unsafe?: true;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly config?: string | boolean;
  readonly format: ProofFormat;
  readonly output?: string;
  readonly network?: string;
  readonly buildArg?: VerifyOptions['buildArgs'];
  readonly platform?: string;
  readonly target?: string;
  readonly buildTimeout: number;
  readonly startTimeout: number;
  readonly disk: number;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color?: boolean;
}

/** Adds the subcommand; `found` is told what it was asked for. */
export function addVerify(program: Command, idList: IdList, found: (options: VerifyOptions) => void): void {
  program
    .command('verify')
    .description('build before and after with your Docker or Podman, and compare')
    .argument('[PATH...]', 'repositories, or folders in them', ['.'])
    .option('--unsafe', 'also the fixes of the unsafe tier; says of each whether the builds bear its assumption out')
    .option('--only <IDS>', 'these transforms only (separated by commas)', idList)
    .option('--skip <IDS>', 'without these transforms', idList)
    .option('--network <MODE>', 'network of builds and starts (default: the usual one to build, none to start)', word)
    .option('--build-arg <NAME=VALUE>', 'a build argument; may be repeated', buildArgument)
    .option('--platform <PLATFORM>', 'build and start for this platform', word)
    .option('--target <STAGE>', 'build this stage where compose names none', word)
    .option('--build-timeout <MINUTES>', 'time for one build', positive, 20)
    .option('--start-timeout <SECONDS>', 'time for one start', positive, 20)
    .option('--disk <GB>', 'disk space for all images of one repository', positive, 30)
    .addOption(new Option('--format <FORMAT>', 'form of the report').choices(PROOF_FORMATS).default('text'))
    .option('--output <FILE>', 'write the report to a file instead of stdout', filled)
    .option('--config <FILE>', 'read this configuration', filled)
    .option('--no-config', 'read no configuration')
    .option('--quiet', 'no progress')
    .option('--verbose', 'show also what is the same on both sides')
    .option('--color', 'color also where nothing tells of a terminal')
    .option('--no-color', 'no color')
    .addHelpText(
      'after',
      '\nWhat HEAD has is built and started as it is and with its fixes, in containers that get nothing of this machine.\nExit codes: 0 better or the same; 1 worse, or it cannot be told; 2 wrong use or an error.',
    )
    .action((paths: string[], parsed: ParsedVerify) => found(toVerifyOptions(paths, parsed)));
}

function toVerifyOptions(paths: readonly string[], parsed: ParsedVerify): VerifyOptions {
  const { unsafe = false, only, skip, config, format, output, network, buildArg = [], platform, target } = parsed;
  const { buildTimeout, startTimeout, disk, quiet = false, verbose = false, color } = parsed;
  return {
    paths: [...new Set(paths)],
    unsafe,
    ...(only ? { only } : {}),
    ...(skip ? { skip } : {}),
    ...(config === undefined || config === true ? {} : { config }),
    format,
    ...(output === undefined ? {} : { output }),
    ...(network === undefined ? {} : { network }),
    buildArgs: buildArg,
    ...(platform === undefined ? {} : { platform }),
    ...(target === undefined ? {} : { target }),
    buildMinutes: buildTimeout,
    startSeconds: startTimeout,
    gigabytes: disk,
    quiet,
    verbose,
    ...(color === undefined ? {} : { color }),
  };
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 1_000_000)) throw new InvalidArgumentError('It is no positive number.');
  return number;
}

function buildArgument(value: string, before: VerifyOptions['buildArgs'] | undefined): VerifyOptions['buildArgs'] {
  const [, name, text] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(value) ?? [];
  if (name === undefined || text === undefined) throw new InvalidArgumentError('Write it as NAME=VALUE.');
  return [...(before ?? []), [name, text]];
}
