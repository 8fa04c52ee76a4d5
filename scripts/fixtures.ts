// Shows what cases of fixtures/ come to otherwise than they say, as a diff; `--update` takes it: npm run fixtures -- [--update] [ID[/CASE]...]

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FixResult, Snapshot } from '../src/model.ts';
import { unifiedDiff } from '../src/report/diff.ts';
import { bytesOf } from '../src/text/latin1.ts';
import {
  casesOf,
  type FindingLeft,
  type FixtureCase,
  fixturesRoot,
  placeOf,
  runCase,
  saidOf,
  snapshotOf,
  withdrawnIn,
} from '../test/fixtureCases.ts';
import { transforms } from '../transforms/index.ts';

/** Returns the exit code: 1 where a case comes to something else, and that was not taken, or is wrong in itself. */
export function main(argv: readonly string[]): number {
  const isUpdate = argv.includes('--update');
  const names = argv.filter((argument) => argument !== '--update');
  const unknown = names.filter((name) => casesNamed(name).length === 0);
  for (const name of unknown) console.error(`${name} is neither --update nor ID or ID/CASE of ${fixturesRoot}/`);
  if (unknown.length > 0) return 2;
  const all = [...transforms.map(({ id }) => id), 'repositories'];
  const cases = (names.length > 0 ? names : all).flatMap(casesNamed);
  let [wrong, differing] = [0, 0];
  for (const one of cases) {
    const result = runCase(one, snapshotOf(one.before));
    const problems = problemsOf(one, result);
    for (const problem of problems) console.error(`${one.folder}: ${problem}`);
    if (problems.length > 0) wrong++;
    const files = expected(one, result);
    const diff = unifiedDiff(snapshotOf(files.stand), snapshotOf(files.come), [...files.paths]);
    if (diff === '') continue;
    differing++;
    process.stdout.write(Buffer.from(diff, 'latin1'));
    if (!isUpdate) continue;
    for (const path of files.paths) put(path, files.come.get(path));
    // where nothing changes, no folder stands: not even an empty one
    if (result.changed.length === 0) rmSync(join(one.folder, 'after'), { recursive: true, force: true });
  }
  const what = isUpdate ? 'taken: read the diff, wrong ones are taken too' : 'shown: --update takes what is right';
  console.log(
    `${cases.length} cases, ${differing} differ${differing > 0 ? ` (${what})` : ''}, ${wrong} wrong in themselves`,
  );
  return wrong > 0 || (differing > 0 && !isUpdate) ? 1 : 0;
}

function casesNamed(name: string): FixtureCase[] {
  const [id = '', one, ...rest] = name
    .replace(/^(?:\.\/)?fixtures\//, '')
    .replace(/\/$/, '')
    .split('/');
  if (rest.length > 0 || /^(?:--|\.{0,2}$)/.test(id)) return [];
  return casesOf(id).filter((found) => one === undefined || found.name === one);
}

/** What no expected file mends. */
function problemsOf(one: FixtureCase, result: FixResult): string[] {
  if (one.before.size === 0) return ['before/ has no files'];
  if (result.withdrawn.length > 0) return withdrawnIn(one);
  return runCase(one, result.after).applied.map(({ fix }) => `a second run finds more: ${fix.title}`);
}

interface Expected {
  readonly stand: ReadonlyMap<string, string>;
  readonly come: ReadonlyMap<string, string>;
  readonly paths: ReadonlySet<string>;
}

/** The files of `after/` and `case.json` (latin1), as they stand and as they come; unchanged files of `after/` stay. */
function expected(one: FixtureCase, result: FixResult): Expected {
  const after = join(bytesOf(one.folder), 'after');
  const own = one.ownAfter ?? new Map<string, string>();
  const stand = new Map([...own].map(([path, text]) => [join(after, path), text]));
  const kept = result.changed.length > 0 ? [...own.keys(), ...result.changed] : [];
  const come = new Map<string, string>();
  for (const path of kept) {
    const text = result.after.read(path);
    if (text !== undefined) come.set(join(after, path), text);
  }
  const json = join(bytesOf(one.folder), 'case.json');
  const file = join(one.folder, 'case.json');
  const old = existsSync(file) ? readFileSync(file, 'latin1') : undefined;
  const now = caseFile(one, result, result.before);
  if (old !== undefined) stand.set(json, old);
  if (old !== undefined || now !== '{}\n') {
    // what says the same is left as it is written
    const isSame = old !== undefined && JSON.stringify(JSON.parse(old)) === JSON.stringify(JSON.parse(now));
    come.set(json, isSame ? old : now);
  }
  return { stand, come, paths: new Set([...stand.keys(), ...come.keys()]) };
}

/** The words of a finding or a fix that is known stay. */
function caseFile({ own }: FixtureCase, result: FixResult, before: Snapshot): string {
  const { findings: known = [], fixes, ...rest } = own;
  const open = [...known];
  const left = result.findings.map((finding): FindingLeft => {
    const at = placeOf(finding, before);
    const text = `${finding.message} ${finding.reason}`;
    const fits = (one: FindingLeft): boolean => one.says !== '' && text.includes(one.says);
    const exact = open.findIndex((one) => one.at === at && fits(one));
    const index = exact < 0 ? open.findIndex(fits) : exact;
    const [{ says } = { says: sentenceOf(finding) }] = index < 0 ? [] : open.splice(index, 1);
    return { at, says };
  });
  left.sort((a, b) => a.at.localeCompare(b.at, 'en', { numeric: true }));
  const said =
    fixes && result.applied.map((one, n) => (saidOf(one).includes(fixes[n] ?? '\0') ? fixes[n]! : one.fix.title));
  const all = {
    ...rest,
    ...(said ? { fixes: said } : {}),
    ...(left.length > 0 || own.findings ? { findings: left } : {}),
  };
  return bytesOf(`${JSON.stringify(all, null, 2)}\n`);
}

/** Most findings that are left differ in why. */
const sentenceOf = ({ message, reason }: { readonly message: string; readonly reason: string }): string =>
  /^(Left|Not )\b/.test(reason) ? reason : message;

function put(path: string, text: string | undefined): void {
  const file = Buffer.from(path, 'latin1');
  if (text === undefined) return rmSync(file);
  mkdirSync(dirname(file.toString()), { recursive: true });
  writeFileSync(file, text, 'latin1');
}
