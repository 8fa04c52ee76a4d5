// The cases of fixtures/: their files, what their `case.json` says, and a run over them.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsOf } from '../src/config/resolve.ts';
import { OWN_DIAGNOSES } from '../src/fix/diagnoses.ts';
import { type FixOptions, fixRepository, levelOf, type Offer } from '../src/fix/loop.ts';
import type { AppliedFix, Finding, FixResult, PathKind, Settings, Snapshot } from '../src/model.ts';
import { bytesOf } from '../src/text/latin1.ts';
import { lineColumn } from '../src/text/positions.ts';
import { transforms } from '../transforms/index.ts';
import { withdrawnWords } from './declaring.ts';

/** A finding that is left: where it stands in `before`, and a part of its message or its reason. */
export interface FindingLeft {
  readonly at: string;
  readonly says: string;
}

/** What a case may say in its `case.json`. */
export interface CaseFile {
  readonly unsafe?: boolean;
  readonly settings?: Partial<Settings>;
  /** Every finding that is left; absent: none. */
  readonly findings?: readonly FindingLeft[];
  /** For each fix that is made, in order, a part of what is said of it: its title, its notes and its gain. Absent: anything. */
  readonly fixes?: readonly string[];
}

/** One case; `after` holds all files as they shall be, `changes` says whether the case has any. */
export interface FixtureCase {
  /** A transform, or `repositories`, through which all of them go. */
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly own: CaseFile;
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  /** The files that stand in the case's own folder `after`. */
  readonly ownAfter?: ReadonlyMap<string, string>;
  readonly changes: boolean;
  /** Paths at which no plain file stands. */
  readonly kinds?: Readonly<Record<string, PathKind>>;
}

/** Tests and scripts run at the root. */
export const fixturesRoot = 'fixtures';

/** Every case of a transform, or of `repositories`. */
export function casesOf(id: string): FixtureCase[] {
  const folder = join(fixturesRoot, id);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.map(({ name }) => caseAt(id, name));
}

/** The case fixtures/ID/NAME. */
export function caseAt(id: string, name: string): FixtureCase {
  const folder = join(fixturesRoot, id, name);
  const json = join(folder, 'case.json');
  const before = filesBelow(join(folder, 'before'));
  const ownAfter = filesBelow(join(folder, 'after'));
  return {
    id,
    name,
    folder,
    own: existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as CaseFile) : {},
    before,
    after: new Map([...before, ...ownAfter]),
    ownAfter,
    changes: existsSync(join(folder, 'after')),
  };
}

function filesBelow(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [bytesOf(path.slice(folder.length + 1)), readFileSync(path, 'latin1')]));
}

/** Files in memory as a repository; `kinds`: what stands at other paths, of which nothing can be read. */
export function snapshotOf(
  files: ReadonlyMap<string, string>,
  kinds: Readonly<Record<string, PathKind>> = {},
): Snapshot {
  const paths = new Map<string, PathKind>([...files.keys()].map((path) => [path, 'file']));
  for (const [path, kind] of Object.entries(kinds)) paths.set(path, kind);
  return { paths, read: (path) => files.get(path) };
}

/** The ids that run where none are named. */
export const defaultIds = transforms.filter((t) => !t.offByDefault).map((t) => t.id);

/** What the case's transform alone makes of `snapshot`; `asked` names others, or is told of every fix before it is tried. */
export function runCase(
  one: FixtureCase,
  snapshot: Snapshot,
  asked: Partial<Pick<FixOptions, 'ids' | 'choose'>> = {},
): FixResult {
  return fixRepository(snapshot, transforms, caseSettings(one), {
    ids: one.id === 'repositories' ? defaultIds : [one.id],
    unsafe: one.own.unsafe === true,
    prefix: '',
    editable: () => true,
    ...asked,
  });
}

const caseSettings = ({ own }: FixtureCase): Settings => ({ ...settingsOf({}), ...own.settings });

/** What the guard says to the developer of the fixes of a case that it withdraws. */
export function withdrawnIn(one: FixtureCase): string[] {
  const offers: Offer[] = [];
  const choose = (offer: Offer): boolean => offers.push(offer) > 0;
  const result = runCase(one, snapshotOf(one.before, one.kinds), { choose });
  return withdrawnWords(result, offers, caseSettings(one));
}

/** What comes out of a case otherwise than it should, or undefined. */
export function wrongCase(one: FixtureCase): string | undefined {
  const result = runCase(one, snapshotOf(one.before, one.kinds));
  if (result.withdrawn.length > 0) return withdrawnIn(one).join('\n');
  for (const path of new Set([...one.after.keys(), ...result.after.paths.keys()])) {
    const now = result.after.read(path);
    if (one.after.get(path) !== now) return `${path} is another:\n${now}`;
  }
  const { found, wanted } = findingsLeft(result, one.own.findings ?? []);
  if (found.join('\n') !== wanted.join('\n')) return `findings:\n${found.join('\n')}\nwanted:\n${wanted.join('\n')}`;
  const unsaid = wrongWords(one, result) ?? strangerIn(result);
  if (unsaid !== undefined) return unsaid;
  return runCase(one, result.after).applied.length > 0 ? 'a second run finds more' : undefined;
}

/** What a result names that its transform does not list. */
function strangerIn({ findings, applied }: FixResult): string | undefined {
  for (const { transform, diagnosis } of [...findings, ...applied]) {
    const { diagnoses = [] } = transforms.find(({ id }) => id === transform) ?? {};
    if (![...diagnoses, ...OWN_DIAGNOSES].includes(diagnosis)) return `${transform} does not list ${diagnosis.id}`;
  }
  return undefined;
}

/** All that is said of a fix that is made. */
export const saidOf = ({ fix }: AppliedFix): string => [fix.title, ...(fix.notes ?? []), fix.gain ?? ''].join('\n');

/** What the fixes of a result say otherwise than the case wants, or undefined. */
export function wrongWords({ own: { fixes } }: FixtureCase, { applied }: FixResult): string | undefined {
  const said = applied.map(saidOf);
  if (fixes === undefined) return undefined;
  if (said.length === fixes.length && fixes.every((part, at) => said[at]?.includes(part))) return undefined;
  return `fixes:\n${said.join('\n')}\nwanted:\n${fixes.join('\n')}`;
}

/** path:line:column of a finding in the file as it stood before. */
export function placeOf({ path, offset }: Finding, before: Snapshot): string {
  const { line, column } = lineColumn(before.read(path) ?? '', offset);
  return `${path}:${line}:${column}`;
}

/** The findings that a result has and those that it should have, each as one line, in one order; one that is wanted is told in its words. */
export function findingsLeft(
  { findings, before }: FixResult,
  wanted: readonly FindingLeft[],
): { readonly found: readonly string[]; readonly wanted: readonly string[] } {
  const open = [...wanted];
  const found = findings.map((finding): FindingLeft => {
    const at = placeOf(finding, before);
    const text = `${levelOf(finding)}: ${finding.message} ${finding.reason}`;
    const index = open.findIndex((one) => one.at === at && one.says !== '' && text.includes(one.says));
    return index < 0 ? { at, says: text } : open.splice(index, 1)[0]!;
  });
  const inOrder = (list: readonly FindingLeft[]): string[] => list.map(({ at, says }) => `${at} ${says}`).sort();
  return { found: inOrder(found), wanted: inOrder(wanted) };
}
