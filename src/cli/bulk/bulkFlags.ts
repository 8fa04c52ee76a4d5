// The flags of bulk runs, with their help texts.

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Author, BulkFormat } from '../../bulk/bulkModel.ts';
import type { IdList } from '../optionValues.ts';
import { filled, word } from '../optionValues.ts';
import { authorOf } from './bulkValues.ts';

/** Which campaign. */
export function addCampaign(command: Command): void {
  command
    .option('--campaign <NAME>', 'name of the campaign (default: pyvenv-fix)', filled)
    .option('--journal <DIR>', 'folder of its journal (default: .pyvenv-fix/NAME)', filled);
}

/** What is done to each repository, and how fast. */
export function addRules(command: Command, idList: IdList): void {
  command
    .option('--branch <NAME>', "name of the branches (default: the campaign's name)", filled)
    .option('--only <IDS>', 'these transforms only (separated by commas)', idList)
    .option('--skip <IDS>', 'without these transforms', idList)
    .option('--unsafe', 'also fixes of the unsafe tier, where --require-proof has real builds bear them out')
    .option('--squash', 'one commit for all')
    .option('--author <AUTHOR>', 'commit as "Name <mail>" (default: your git identity)', author)
    .option('--sign', 'sign the commits with your key')
    .option('--sign-off', 'add Signed-off-by')
    .option('--no-push', 'push nothing (a folder gets its branch all the same)')
    .option('--no-pr', 'push the branches, open no pull requests')
    .option('--wave <N>', 'open N new pull requests, if the last wave was taken well', count)
    .option('--require-proof', 'only what real image builds show to be better or the same')
    .option('--recreate', 'ask again where a pull request was closed or merged')
    .option('--fork', 'push to forks of your own')
    .option('--draft', 'open drafts')
    .option('--label <LABEL>', 'label the pull requests; may be repeated', words)
    .option('--reviewer <USER>', 'ask for a review; may be repeated', words)
    .option('--assignee <USER>', 'assign; may be repeated', words)
    .option('--template <FILE>', 'text of the pull requests: {{title}} {{changes}} {{proof}} {{repository}}', filled);
}

/** How many at once. */
export function addConcurrency(command: Command): Command {
  return command.option('--concurrency <N>', 'repositories at once (default: two for each processor)', count);
}

/** What the machine that does the work gives to it. */
export function addMachine(command: Command): void {
  addConcurrency(command).option(
    '--network <MODE>',
    'network of the builds and starts that prove (default: the usual one, none to start)',
    word,
  );
}

/** Which repositories, by their names. */
function addNames(command: Command): Command {
  return command
    .option('--include <GLOB>', 'only repositories of such names; may be repeated', words)
    .option('--exclude <GLOB>', 'no repositories of such names; may be repeated', words);
}

/** How many of the sources' repositories. */
export function addSelection(command: Command): void {
  addNames(command)
    .option('--limit <N>', 'the first N of them', count)
    .option('--sample <N>', 'N of them by chance, the same ones each time', count);
}

/** How fast pull requests are opened or changed. */
export function addRate(command: Command): Command {
  return command.option('--rate <N>', 'pull requests an hour (default: 60)', count);
}

/** Where a forge is, and the variable with its token. */
export function addForge(command: Command): Command {
  return command
    .option('--token-env <VAR>', 'take the token from this variable', filled)
    .option('--api <URL>', "address of your own forge's API", filled);
}

/** The queue. */
export function addQueue(command: Command): void {
  command.option('--queue <URL>', 'share the work through this Redis (redis://, rediss://)', filled);
}

/** What is shown, and how. */
export function addReport(command: Command, formats: readonly BulkFormat[]): void {
  command.addOption(new Option('--format <FORMAT>', 'form of the report (default: text)').choices(formats));
  if (formats.length > 2) command.option('--output <FILE>', 'write the report to a file instead of stdout', filled);
  command
    .option('--quiet', 'no progress')
    .option('--verbose', 'say more')
    .option('--color', 'color also where nothing tells of a terminal')
    .option('--no-color', 'no color');
}

function words(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), filled(value)];
}

function count(value: string): number {
  const number = /^[0-9]{1,7}$/.test(value) ? Number(value) : 0;
  if (number < 1) throw new InvalidArgumentError('It is no whole number from 1 on.');
  return number;
}

function author(value: string): Author {
  const found = authorOf(value);
  if (!found) throw new InvalidArgumentError('Write it as "Name <mail@example.org>".');
  return found;
}
