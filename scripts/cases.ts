// Writes into the `case.json` of the named cases the findings that are left: `npm run cases -- fixtures/ID/CASE`, or fixtures/ID for all of them.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  caseAt,
  casesOf,
  type FindingLeft,
  type FixtureCase,
  placeOf,
  runCase,
  snapshotOf,
} from '../test/fixtureCases.ts';

/** Returns the exit code. */
export function main(argv: readonly string[]): number {
  if (argv.length === 0) {
    console.error('usage: npm run cases -- fixtures/ID/CASE...');
    return 2;
  }
  for (const argument of argv) {
    const [, id = '', name] = /(?:^|\/)fixtures\/([^/]+)(?:\/([^/]+))?/.exec(argument) ?? [];
    for (const one of name === undefined ? casesOf(id) : [caseAt(id, name)]) writeCase(one);
  }
  return 0;
}

/** What is known keeps its words, whether written as text alone or with its place. */
function writeCase(one: FixtureCase): void {
  const file = join(one.folder, 'case.json');
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '{}\n';
  const { findings: known = [], ...rest } = JSON.parse(old) as { findings?: readonly (string | FindingLeft)[] };
  const { findings, before } = runCase(one, snapshotOf(one.before));
  const open = known.map((one) => (typeof one === 'string' ? one : one.says));
  const left = findings.map((finding): FindingLeft => {
    const index = open.findIndex((part) => `${finding.message} ${finding.reason}`.includes(part));
    const [says = sentenceOf(finding)] = index < 0 ? [] : open.splice(index, 1);
    return { at: placeOf(finding, before), says };
  });
  for (const part of open) console.error(`${file}: no finding says ${JSON.stringify(part)} any more`);
  left.sort((a, b) => a.at.localeCompare(b.at, 'en', { numeric: true }));
  const text = `${JSON.stringify({ ...rest, ...(left.length > 0 || known.length > 0 || existsSync(file) ? { findings: left } : {}) }, null, 2)}\n`;
  if (text === old || (left.length === 0 && !existsSync(file))) return;
  writeFileSync(file, text);
  console.log(file);
}

/** Most findings that are left differ in why. */
const sentenceOf = ({ message, reason }: { readonly message: string; readonly reason: string }): string =>
  /^(Left|Not )\b/.test(reason) ? reason : message;
