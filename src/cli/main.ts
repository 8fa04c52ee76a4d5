// From the arguments to the exit code: the one file that knows `process`, and both src and transforms.

import { join } from 'node:path';
import { version } from '../../package.json';
import { transforms } from '../../transforms/index.ts';
import { OWN_DIAGNOSES } from '../fix/diagnoses.ts';
import { readFileAt } from '../io/files/files.ts';
import { drained } from '../io/files/reportFile.ts';
import { lineReader, writeFresh, writeReport } from '../io/files/streams.ts';
import { LEVELS } from '../model.ts';
import type { ReportContext } from '../report/formats.ts';
import type { Outcome } from '../report/outcome.ts';
import { renderReport } from '../report/render.ts';
import { findingsText, showDiff } from '../report/textReport.ts';
import { type RunOptions, runRepositories } from '../run.ts';
import { arrayOf, bytesOf } from '../text/latin1.ts';
import { printable, printableLines } from '../text/printable.ts';
import type { BulkPlace } from './bulk/surroundings.ts';
import type { WorkerOptions } from './bulkOptions.ts';
import { errorText, stackOf } from './errors.ts';
import { insteadOf } from './optionValues.ts';
import { readArguments } from './runOptions.ts';
import type { VerifyOptions } from './verifyOptions.ts';

/** What the bin knows of its surroundings: the folder of the generated pages. */
export interface ProgramPlace {
  readonly pages: string;
}

/** Runs the program; `argv` without the program's name. Returns the exit code, throws nothing. */
export async function main(argv: readonly string[], place: ProgramPlace): Promise<number> {
  let lost: NodeJS.ErrnoException | undefined;
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read our output has gone (`| head`): there is nobody left to tell.
    if (error.code !== 'EPIPE') lost ??= error;
  });
  const code = await runProgram(argv, place);
  await new Promise<void>((done) => process.stdout.write('', () => setImmediate(done)));
  if (lost === undefined) return code;
  await err(
    `error: what was asked for cannot be written whole: ${bytesOf(lost.message)}\nMake room, or name a file with --output.\n`,
  );
  return 2;
}

async function runProgram(argv: readonly string[], { pages }: ProgramPlace): Promise<number> {
  try {
    // A queue's address may hold a password, and any user of the machine may list processes.
    if (argv.some((word) => word.startsWith('--queue'))) process.title = 'pyvenv-fix';
    const asked = readArguments(argv, { version, ids: transforms.map(({ id }) => id) });
    switch (asked.command) {
      case 'said':
        await (asked.code === 0 ? out : err)(bytesOf(printableLines(bytesOf(asked.text))));
        return asked.code;
      case 'explain':
        return await explain(asked.id, pages);
      case 'init':
        return await init();
      case 'verify':
        return await verify(asked.options);
      case 'bulk': {
        const { options } = asked;
        return await untilStopped(async (signal) =>
          (await import('../../bin/bulk.ts')).bulk(options, bulkPlace(options, signal)),
        );
      }
      case 'worker': {
        const { options } = asked;
        return await untilStopped(async (signal) =>
          (await import('../../bin/bulk.ts')).worker(options, bulkPlace(options, signal)),
        );
      }
      case 'fix':
        return await fixCommand(asked.options);
    }
  } catch (error) {
    await err(errorText(error, { verbose: argv.includes('--verbose') }));
    return 2;
  }
}

async function fixCommand(options: RunOptions): Promise<number> {
  if (options.interactive && isEnvSet('CI')) {
    await err('error: --interactive needs a person, and CI is set\n');
    return 2;
  }
  const context = contextOf(options);
  const outcomes = await runRepositories({
    options,
    transforms,
    env: process.env,
    ...(options.interactive ? { choose: (await import('./interactive.ts')).chooser(conversation(options)) } : {}),
    onUnexpected: (path, error) => {
      if (options.verbose) process.stderr.write(`${printable(path)}: ${printableLines(bytesOf(stackOf(error)))}\n`);
    },
  });
  await deliverReport(outcomes, options, context);
  return runExitCode(outcomes, options);
}

/** The report to where it was asked for; beside it, on stderr, what it does not say itself. */
async function deliverReport(outcomes: readonly Outcome[], options: RunOptions, context: ReportContext): Promise<void> {
  const { format, output, quiet } = options;
  const ended = ({ outcome }: Outcome) => outcome === 'refused' || outcome === 'failed';
  // The text report tells of withdrawn fixes itself.
  const withdrew = ({ withdrawn }: Outcome) => withdrawn.length > 0 && (format !== 'text' || quiet);
  const problems = outcomes.filter((outcome) => ended(outcome) || withdrew(outcome));
  const beside = format === 'diff' ? outcomes : problems;
  const color = colorOn(process.stderr, options);
  const notices = quiet ? [] : outcomes.flatMap((outcome) => outcome.notices);
  await err(notices.map((notice) => `${bytesOf(printable(notice))}\n`).join(''));
  const shown = format === 'text' ? outcomes.filter((one) => !ended(one)) : outcomes;
  const report = format === 'text' && quiet ? '' : await renderReport(format, shown, context);
  if (output !== undefined) writeReport(output, report);
  else if (format === 'diff' && process.stdout.isTTY) await out(showDiff(report, context));
  else await out(report);
  await err(findingsText(beside, { ...context, color, quiet: quiet || format !== 'diff' }));
}

/** 2 before 1 before 0, over all repositories. */
function runExitCode(outcomes: readonly Outcome[], { check, failOn }: RunOptions): 0 | 1 | 2 {
  const wrong = ({ outcome, withdrawn }: Outcome) =>
    outcome === 'refused' || outcome === 'failed' || withdrawn.length > 0;
  if (outcomes.some(wrong)) return 2;
  if (check && outcomes.some((outcome) => outcome.fixes.length > 0)) return 1;
  if (failOn === undefined) return 0;
  const failing = LEVELS.slice(0, LEVELS.indexOf(failOn) + 1);
  return outcomes.some(({ findings, fixes, written }) =>
    [...findings, ...(written ? [] : fixes)].some(({ level }) => failing.includes(level)),
  )
    ? 1
    : 0;
}

/** Ends what it began, and removes what it made, also when it is told to stop. */
async function verify(options: VerifyOptions): Promise<number> {
  const stop = new AbortController();
  let stopped: 'SIGINT' | 'SIGTERM' | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    stopped ??= signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const { verifyPaths } = await import('./verify.ts');
  const { renderProofs } = await import('../report/proofText.ts');
  const say = (text: string) => {
    if (!options.quiet) process.stderr.write(`${printable(text)}\n`);
  };
  const { proofs, failures } = await verifyPaths({ options, transforms, env: process.env, signal: stop.signal, say });
  for (const failure of failures) await err(errorText(failure, options));
  if (stopped) return stopped === 'SIGTERM' ? 143 : 130;
  const { format, output } = options;
  const color = output === undefined && colorOn(process.stdout, options);
  const report = renderProofs(format, proofs, { version, color, verbose: options.verbose });
  if (output === undefined) await out(report);
  else writeReport(output, report);
  if (failures.length > 0) return 2;
  return proofs.some(({ verdict }) => verdict === 'worse' || verdict === 'cannot tell') ? 1 : 0;
}

const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Told to stop once, the work ends cleanly; twice, everything ends at once (the journal takes that). */
async function untilStopped(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  let stopped: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const code = SIGNAL_CODES[signal as keyof typeof SIGNAL_CODES];
    if (stopped !== undefined) process.exit(code);
    stopped = code;
    stop.abort(new Error('told to stop'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const code = await work(stop.signal);
  // What still waits for a list on stdin would wait for ever.
  if (stopped !== undefined) process.stdin.destroy();
  return stopped ?? code;
}

function bulkPlace(
  options: Pick<WorkerOptions, 'color' | 'verbose'>,
  signal: AbortSignal,
): Omit<BulkPlace, 'transforms'> {
  const { stdout, stderr } = process;
  const isLive = stderr.isTTY === true && !isEnvSet('CI') && process.env.TERM !== 'dumb';
  return {
    version,
    env: process.env,
    signal,
    stdin: () => process.stdin,
    out: {
      terminal: stdout.isTTY === true,
      color: colorOn(stdout, options),
      write: (bytes) => {
        stdout.write(arrayOf(bytes));
      },
      ready: () => drained(stdout),
    },
    screen: {
      color: colorOn(stderr, options),
      write: (text) => {
        stderr.write(text);
      },
      size: () => (isLive ? { columns: stderr.columns || 80, rows: stderr.rows || 24 } : undefined),
    },
    tell: (error) => process.stderr.write(arrayOf(errorText(error, options))),
  };
}

async function explain(id: string | undefined, pages: string): Promise<number> {
  const { explainAll, explainDiagnosis, explainOne } = await import('./explain.ts');
  if (id === undefined) {
    await out(bytesOf(explainAll(transforms)));
    return 0;
  }
  const transform = transforms.find((one) => one.id === id);
  const diagnoses = [...transforms.flatMap((one) => one.diagnoses), ...OWN_DIAGNOSES];
  const diagnosis = diagnoses.find((one) => one.id === id.slice(id.lastIndexOf('/') + 1));
  if (!transform && diagnosis) {
    await out(bytesOf(explainDiagnosis(diagnosis)));
    return 0;
  }
  if (!transform) {
    const known = [...transforms, ...diagnoses].map((one) => one.id);
    await err(
      `error: there is no transform or finding ${bytesOf(printable(bytesOf(JSON.stringify(id))))}. ${insteadOf(id, known)}\n`,
    );
    return 2;
  }
  const page = readFileAt(join(pages, `${id}.md`), 1024 * 1024);
  await out(typeof page === 'string' ? bytesOf(explainOne(transform, undefined)) : page.text);
  return 0;
}

async function init(): Promise<number> {
  const { findConfig } = await import('../config/read.ts');
  const { CONFIG_NAME, CONFIG_TEXT } = await import('./init.ts');
  const { openRepository } = await import('../io/worktree/repository.ts');
  const { snapshot } = await openRepository(process.cwd(), { write: false, env: process.env });
  const found = await findConfig(snapshot, { folder: '', transforms: transforms.map(({ id }) => id) });
  if (found.path !== undefined) {
    await err(
      `error: ${bytesOf(printable(found.path))} configures pyvenv-fix already. Change it, or remove it first.\n`,
    );
    return 2;
  }
  writeFresh(join(process.cwd(), CONFIG_NAME), CONFIG_TEXT);
  await err(`Wrote ${CONFIG_NAME}.\n`);
  return 0;
}

function conversation(options: RunOptions) {
  const readLine = lineReader();
  const color = colorOn(process.stderr, options);
  const say = (text: string) => process.stderr.write(arrayOf(text));
  return {
    ask: (question: string) => {
      say(bytesOf(question));
      return readLine();
    },
    show: (diff: string) => say(showDiff(diff, { color })),
    say: (text: string) => say(bytesOf(text)),
  };
}

function contextOf(options: RunOptions): ReportContext {
  const { dryRun, check, verbose, quiet, output } = options;
  const mode = dryRun ? 'dry-run' : check ? 'check' : 'apply';
  const color = output === undefined && colorOn(process.stdout, options);
  return { version, transforms, mode, color, verbose, quiet };
}

function colorOn(stream: NodeJS.WriteStream, { color }: Pick<RunOptions, 'color'>): boolean {
  if (color !== undefined) return color;
  return stream.isTTY === true && !isEnvSet('NO_COLOR') && !isEnvSet('CI') && process.env.TERM !== 'dumb';
}

function isEnvSet(name: string): boolean {
  const value = process.env[name];
  return value !== undefined && value !== '' && value !== 'false';
}

function out(bytes: string): Promise<void> {
  return writeTo(process.stdout, bytes);
}

function err(bytes: string): Promise<void> {
  return writeTo(process.stderr, bytes);
}

function writeTo(stream: NodeJS.WriteStream, bytes: string): Promise<void> {
  if (bytes === '') return Promise.resolve();
  return new Promise((done) => {
    stream.write(arrayOf(bytes), () => done());
  });
}
