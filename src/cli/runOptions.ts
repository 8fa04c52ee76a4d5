// The command line as typed options; says what is wrong with it in one line.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LEVELS, type Level } from '../model.ts';
import { FORMATS, type Format } from '../report/formats.ts';
import type { RunOptions } from '../run.ts';
import { addBulk, type BulkOptions, type WorkerOptions } from './bulkOptions.ts';
import { filled, insteadOf } from './optionValues.ts';
import { addVerify, type VerifyOptions } from './verifyOptions.ts';

/** A parsed command line. `said`: help, the version, or what is wrong, for stdout (code 0) or stderr. */
export type AskedCommand =
  | { readonly command: 'fix'; readonly options: RunOptions }
  | { readonly command: 'explain'; readonly id?: string }
  | { readonly command: 'init' }
  | { readonly command: 'verify'; readonly options: VerifyOptions }
  | { readonly command: 'bulk'; readonly options: BulkOptions }
  | { readonly command: 'worker'; readonly options: WorkerOptions }
  | { readonly command: 'said'; readonly text: string; readonly code: 0 | 2 };

interface ParsedRun {
  readonly dryRun?: true;
  readonly check?: true;
  readonly failOn?: Level;
  readonly interactive?: true;
  readonly unsafe?: true;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly branch?: string | boolean;
  readonly squash?: true;
  readonly allowDirty?: true;
  readonly format?: Format;
  readonly output?: string;
  readonly config?: string | boolean;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color?: boolean;
}

/** Reads `argv` (without the program's name). `ids`: all transforms there are. */
export function readArguments(
  argv: readonly string[],
  about: { readonly version: string; readonly ids: readonly string[] },
): AskedCommand {
  let asked: AskedCommand = { command: 'init' };
  let said = '';
  const idList = (value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    ...splitIds(value, about.ids),
  ];
  const program = new Command('pyvenv-fix')
    .description('Rewrites repositories in place so that Python virtual environments work in Docker.')
    .usage('[options] [PATH...]')
    .argument('[PATH...]', 'repositories, or folders in them', ['.'])
    .option('--dry-run', 'print the unified diff, findings on stderr; write nothing')
    .option('--check', 'write nothing, exit 1 while a fix is pending')
    .addOption(
      new Option('--fail-on <LEVEL>', 'exit 1 also while a finding of this level, or a worse one, is left').choices(
        LEVELS,
      ),
    )
    .option('--interactive', 'choose fix by fix')
    .option('--unsafe', 'also apply fixes of the unsafe tier')
    .option('--only <IDS>', 'run these transforms only (separated by commas)', idList)
    .option('--skip <IDS>', 'leave these transforms out', idList)
    .option('--branch <NAME>', 'the branch for the commits (default: pyvenv-fix)', filled)
    .option('--no-branch', 'write the files, commit nothing, switch nothing')
    .option('--squash', 'one commit for all')
    .option('--allow-dirty', 'go on although other files have uncommitted changes')
    .addOption(new Option('--format <FORMAT>', 'form of the report').choices(FORMATS))
    .option('--output <FILE>', 'write the report to a file instead of stdout', filled)
    .option('--config <FILE>', 'read this configuration', filled)
    .option('--no-config', 'read no configuration')
    .option('--quiet', 'say only what went wrong')
    .option('--verbose', 'say more, and give stack traces')
    .option('--color', 'color also where nothing tells of a terminal')
    .option('--no-color', 'no color')
    .version(about.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    // `verify` has options of the same names.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nExit codes: 0 done or nothing to do; 1 --check found pending fixes, or --fail-on findings; 2 wrong use, a repository refused, or an error.',
    )
    .action((paths: string[], parsed: ParsedRun) => {
      asked = { command: 'fix', options: toRunOptions(paths, parsed, fail) };
    });
  program
    .command('explain')
    .description('what a transform does, why, and its cases')
    .argument('[ID]', 'a transform')
    .action((id?: string) => {
      asked = { command: 'explain', ...(id === undefined ? {} : { id }) };
    });
  program
    .command('init')
    .description('write a commented pyvenv-fix.config.ts')
    .action(() => {
      asked = { command: 'init' };
    });
  addVerify(program, idList, (options) => {
    asked = { command: 'verify', options };
  });
  const fail = (message: string): never => program.error(`error: ${message}`);
  addBulk(
    program,
    { idList, whole: argv.includes('bulk') || argv.includes('worker') },
    {
      bulk: (options) => {
        asked = { command: 'bulk', options };
      },
      worker: (options) => {
        asked = { command: 'worker', options };
      },
      fail,
    },
  );
  const write = (text: string) => {
    said += text;
  };
  for (const one of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    one
      .exitOverride()
      .configureOutput({ writeOut: write, writeErr: write, getOutHelpWidth: () => 100, getErrHelpWidth: () => 100 });
  }
  try {
    program.parse([...argv], { from: 'user' });
    return asked;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { command: 'said', text: said, code: error.exitCode === 0 ? 0 : 2 };
  }
}

function toRunOptions(paths: readonly string[], parsed: ParsedRun, fail: (message: string) => never): RunOptions {
  const { dryRun = false, check = false, interactive = false, quiet = false, verbose = false } = parsed;
  const { only, skip, output, color } = parsed;
  if (check && interactive) fail('--check writes nothing, and --interactive asks what to write');
  if (quiet && verbose) fail('--quiet and --verbose contradict each other');
  if (paths.includes('')) fail('PATH is empty');
  const noBranch = parsed.branch === false;
  if (noBranch && parsed.squash) fail('--squash makes one commit, and --no-branch makes none');
  const format = parsed.format ?? (dryRun ? 'diff' : 'text');
  const { branch, config } = parsed;
  return {
    paths: [...new Set(paths)],
    dryRun,
    check,
    ...(parsed.failOn === undefined ? {} : { failOn: parsed.failOn }),
    interactive,
    unsafe: parsed.unsafe ?? false,
    ...(only ? { only } : {}),
    ...(skip ? { skip } : {}),
    ...(typeof branch === 'string' ? { branch } : {}),
    noBranch,
    squash: parsed.squash ?? false,
    allowDirty: parsed.allowDirty ?? false,
    format,
    ...(output === undefined ? {} : { output }),
    ...(config === undefined || config === true ? {} : { config }),
    quiet,
    verbose,
    ...(color === undefined ? {} : { color }),
  };
}

function splitIds(value: string, known: readonly string[]): string[] {
  const ids = value.split(',').map((id) => id.replaceAll(/^[ \t]+|[ \t]+$/g, ''));
  for (const id of ids) {
    if (known.includes(id)) continue;
    throw new InvalidArgumentError(`There is no transform ${JSON.stringify(id)}. ${insteadOf(id, known)}`);
  }
  return ids;
}
