// The loop: transforms over facts, in the order of the list, until a round changes nothing; every fix behind the guard.
import { overlaid } from '../edit/overlay.ts';
import { checkEdits } from '../edit/textEdits.ts';
import { type Facts, factsOf, isBelow } from '../facts/facts.ts';
import { newMemory } from '../facts/memo.ts';
import { withoutOtherTestData } from '../facts/testData.ts';
import type { Finding, Fix, FixResult, Level, Settings, Snapshot, Transform } from '../model.ts';
import { bringingStep, linesOn, onDisk } from '../text/lines.ts';
import { repeatable, restoring, stagesOf, withoutEndless } from './endless.ts';
import { heldBy, heldIn } from './held.ts';
import { lookedAt } from './lookedAt.ts';
import { type MadeFixes, newMadeFixes } from './madeFixes.ts';
import { unreadFindings } from './skippedFindings.ts';
import { applySuppressions, unusedSuppressions } from './suppressions.ts';
import { NOTHING_CHANGED, tryFix } from './trial.ts';

export interface FixOptions {
  /** Ids of the transforms that run, in the order of the list. */
  readonly ids: readonly string[];
  /** Which unsafe fixes are made: all, none, or those of these transforms. */
  readonly unsafe: boolean | readonly string[];
  /** Repository-relative folder to which edits are confined; '' for the whole. */
  readonly prefix: string;
  /** May this path be edited (not dirty, not left out by the configuration)? */
  readonly editable: (path: string) => boolean;
  /** Interactive choice; without it every allowed fix is made. */
  readonly choose?: (offer: Offer) => boolean;
}

/** One fix that is about to be made to `snapshot`. */
export interface Offer {
  readonly transform: string;
  readonly fix: Fix;
  readonly snapshot: Snapshot;
}

/** More rounds than any chain of fixes needs; reaching it would be a bug. */
const MAX_ROUNDS = 30;

/** Fixes one repository in memory. Pure: nothing is written. */
export function fixRepository<F = Facts>(
  snapshot: Snapshot,
  transforms: readonly Transform<F>[],
  asked: Settings,
  options: FixOptions,
): FixResult {
  const settings: Settings = { ...asked, named: options.prefix };
  const enabled = transforms.filter((transform) => options.ids.includes(transform.id));
  const memory = newMemory();
  const applied = newMadeFixes();
  let serial = 0;
  const disk = onDisk(snapshot, applied);
  const withdrawn: { transform: string; fix: Fix; why: string }[] = [];
  const refused = new Set<string>();
  const whyWithdrawn = new Map<string, string>();
  const used = new Set<string>();
  // a later run may find more of the same snapshot: what this one understands of it is its own
  const known = withoutOtherTestData(snapshot, settings.named);
  let current: Snapshot = { paths: known.paths, read: (path) => known.read(path), rest: {} };
  let findings: Finding[] = [];
  // the memo is empty at first; later it is kept up to date fix by fix
  let seen: ReadonlySet<string> | undefined;
  const made = new Map<string, { readonly count: number; readonly snapshot: Snapshot; readonly serial: number }>();
  const endless = new Set<string>();
  const looked = lookedAt(settings);
  const mayEdit = lookedAt({ include: [], exclude: settings.exclude });
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = false;
    findings = [];
    for (const transform of enabled) {
      for (let pass = 0; pass < MAX_ROUNDS; pass++) {
        const facts: Facts = {
          ...factsOf(current, settings, memory, seen),
          within: options.prefix,
          held: heldIn(current, transform.id),
        };
        seen = NOTHING_CHANGED;
        const found = transform
          .run(facts as F)
          .filter((finding) => looked(finding.path))
          .map((finding) => ({ ...finding, transform: transform.id }));
        const { kept, used: names } = applySuppressions(found, current);
        for (const name of names) used.add(name);
        const touched = new Set<string>();
        const left: Finding[] = [];
        for (const finding of kept) {
          const { fix } = finding;
          // one fix a file in each pass: offsets of the next would be stale
          if (fix?.edits.some((edit) => touched.has(edit.path))) continue;
          if (fix?.advice && enabled.length > 1 && !isBesideAnother(fix, applied)) {
            left.push(withoutItsFix(finding));
            continue;
          }
          if (
            fix === undefined ||
            !isAllowed(fix, transform.id, options) ||
            !fix.edits.every((edit) => mayEdit(edit.path)) ||
            refused.has(signature(transform.id, fix))
          ) {
            const why = fix && whyWithdrawn.get(signature(transform.id, fix));
            left.push(why === undefined ? finding : withoutFix(finding, why));
            continue;
          }
          if (
            options.choose &&
            // what cannot be made is nobody's choice: it is withdrawn below
            checkEdits(current, fix.edits).length === 0 &&
            !options.choose({
              transform: transform.id,
              fix: told(fix, disk.sentence),
              snapshot: current,
            })
          ) {
            refused.add(signature(transform.id, fix));
            left.push(finding);
            continue;
          }
          const held = heldBy(fix, transform.id, finding, facts);
          if (held !== undefined) {
            for (const name of held.used) used.add(name);
            const { fix: _, ...rest } = finding;
            left.push({ ...rest, reason: held.reason });
            continue;
          }
          const tried = endless.has(repeatable(transform.id, fix))
            ? ENDLESS
            : tryFix(fix, current, { settings, memory });
          if ('why' in tried) {
            refused.add(signature(transform.id, fix));
            const why = disk.sentence(tried.why);
            whyWithdrawn.set(signature(transform.id, fix), why);
            withdrawn.push({ transform: transform.id, fix, why });
            left.push(withoutFix(finding, why));
            continue;
          }
          const again = repeatable(transform.id, fix);
          const first = made.get(again);
          if (first !== undefined && first.count >= stagesOf(facts, finding.path)) {
            endless.add(again);
            const { kept, gone, paths } = withoutEndless(fix, first.serial, applied.all());
            current = overlaid(current, restoring(paths, first.snapshot, current));
            applied.keep(kept);
            for (const { transform, fix } of gone) made.delete(repeatable(transform, fix));
            seen = undefined;
            for (const path of paths) touched.add(path);
            changed = true;
            break;
          }
          made.set(again, {
            count: (first?.count ?? 0) + 1,
            snapshot: first?.snapshot ?? current,
            serial: first?.serial ?? serial,
          });
          const { gain = fix.gain } = tried;
          applied.add({
            transform: transform.id,
            fix: { ...told(fix, disk.sentence), ...(gain === undefined ? {} : { gain }) },
            diagnosis: finding.diagnosis,
            level: levelOf(finding),
            at: { path: finding.path, offset: disk.offsetOf(finding) },
            step: { edits: fix.edits, before: current, at: finding },
            serial: serial++,
          });
          current = tried.next;
          for (const each of fix.edits) touched.add(each.path);
          changed = true;
        }
        if (touched.size === 0) {
          findings.push(...left);
          break;
        }
      }
    }
    if (!changed) break;
  }
  const facts = factsOf(current, settings, memory, seen);
  const paths = [...facts.dockerfiles.map((dockerfile) => dockerfile.path), ...facts.compose.files];
  const left = saidOnce(findings.filter((finding) => !isOfOwnFix(finding, applied)).map(disk.finding));
  const notes: Finding[] = [
    ...unreadFindings(facts),
    ...unusedSuppressions(current, {
      paths: [...new Set(paths)],
      used,
      ran: enabled.map((transform) => transform.id),
      known: transforms.map((transform) => transform.id),
      lines: linesOn(snapshot, [...applied.all().map(({ transform, at }) => ({ transform, ...at })), ...left]),
    }),
  ];
  const edited = new Set(applied.all().flatMap(({ fix }) => fix.edits.map((edit) => edit.path)));
  return {
    applied: applied.all().map(({ step: _, serial: __, ...made }) => made),
    findings: [...left, ...notes.map(disk.finding)].filter(
      (finding) => isBelow(finding.path, options.prefix) && looked(finding.path),
    ),
    withdrawn,
    before: snapshot,
    after: current,
    concerned: [...new Set(paths)],
    changed: [...edited].filter((path) => snapshot.read(path) !== current.read(path)).sort(),
  };
}

/** A fix may have written a second command like the one that the file has: what is said of both is said of that one. */
function saidOnce(findings: readonly Finding[]): Finding[] {
  const said = new Set<string>();
  return findings.filter((one) => {
    const key = JSON.stringify([one.transform, one.diagnosis.id, one.path, one.offset, one.message, one.reason]);
    return said.size < said.add(key).size;
  });
}

/** Advice about what a fix of the same transform has just written: its notes say that. */
function isOfOwnFix(finding: Finding, applied: MadeFixes): boolean {
  if (levelOf(finding) !== 'advice') return false;
  const steps = applied.in(finding.path).map(({ step, transform }) => ({ ...step, transform }));
  return bringingStep(finding.path, finding.offset, steps)?.transform === finding.transform;
}

function isAllowed(fix: Fix, id: string, options: FixOptions): boolean {
  if (
    fix.safety === 'unsafe' &&
    options.unsafe !== true &&
    !(Array.isArray(options.unsafe) && options.unsafe.includes(id))
  )
    return false;
  return fix.edits.every((edit) => isBelow(edit.path, options.prefix) && options.editable(edit.path));
}

/** The fix as people are told of it. */
const told = ({ assumption, notes, ...fix }: Fix, sentence: (text: string) => string): Fix => ({
  ...fix,
  ...(assumption === undefined ? {} : { assumption: sentence(assumption) }),
  ...(notes === undefined ? {} : { notes: notes.map(sentence) }),
});

/** Has something been fixed in the same files? */
const isBesideAnother = (fix: Fix, applied: MadeFixes): boolean =>
  fix.edits.every(({ path }) => applied.in(path).some((made) => !made.fix.advice));

/** How bad a finding is. */
export const levelOf = ({ level, diagnosis }: Pick<Finding, 'level' | 'diagnosis'>): Level => level ?? diagnosis.level;

const withoutItsFix = ({ fix: _, ...finding }: Finding): Finding => finding;

/** Kept by fix: thousands of findings may share one of thousands of edits. */
const signatures = new WeakMap<Fix, string>();

function signature(id: string, fix: Fix): string {
  const known = signatures.get(fix) ?? JSON.stringify([id, fix.title, fix.edits]);
  signatures.set(fix, known);
  return known;
}

/** What is said of a finding whose fix was withdrawn. */
function withoutFix({ fix: _, ...finding }: Finding, why: string): Finding {
  return { ...finding, reason: `The fix was withdrawn by its guard: ${why}. Please report this with the file.` };
}

const ENDLESS = { why: 'it finds the same to do again in what it has made' } as const;
