// What one repository came to, in the form that every report is made from.

import { type Fixable, type FixResult, LEVELS, type Level, type Safety, type TextEdit } from '../model.ts';
import { lineColumns } from '../text/positions.ts';
import { rebase } from './rebase.ts';

/** A place in a file, line and column from 1. */
export interface FilePosition {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A fix that was made, or would be. */
export interface ReportedFix {
  readonly transform: string;
  readonly title: string;
  readonly safety: Safety;
  readonly notes: readonly string[];
  /** They are shown wherever the fix is. */
  readonly showsNotes?: true;
  readonly gain?: string;
  readonly files: readonly string[];
  /** Offsets of the old files; the edits of all fixes together make the new ones. */
  readonly edits: readonly TextEdit[];
  /** Index of the fix whose edits hold this one's too, where both touch the same place. */
  readonly mergedInto?: number;
  /** Where its finding hangs in the old file. */
  readonly at: FilePosition;
  /** Id of what it mends, and how bad that was. */
  readonly diagnosis: string;
  readonly level: Level;
}

/** Something left for a person, or for another run; `line` and `column` are those of the file as it stood on disk before the run. */
export interface ReportedFinding extends FilePosition {
  readonly transform?: string;
  /** Id of what it names, and how bad it is. */
  readonly diagnosis: string;
  readonly level: Level;
  readonly message: string;
  readonly reason: string;
  readonly fixable: Fixable;
}

/** A fix that its guard took back: an error of ours. */
export interface WithdrawnFix {
  readonly transform: string;
  readonly title: string;
  readonly files: readonly string[];
  readonly why: string;
}

/** How one repository ended. Text of the repository is latin1. */
export interface Outcome {
  /** As the user named it. */
  readonly path: string;
  /** `changed` also where a dry run would change it. */
  readonly outcome: 'changed' | 'unchanged' | 'refused' | 'failed';
  /** Why it was refused, or failed, or why nothing was to be done. */
  readonly reason?: string;
  /** Where (path:line:column) a refusal has its cause, and what to do next. */
  readonly where?: string;
  readonly next?: string;
  /** The commit that the fixes start from. */
  readonly base?: string;
  /** The branch that has the commits, once they are made. */
  readonly branch?: string;
  /** Ids of the commits made, oldest first. */
  readonly commits?: readonly string[];
  /** The branch that the user was on. */
  readonly from?: string;
  readonly fixes: readonly ReportedFix[];
  readonly findings: readonly ReportedFinding[];
  readonly withdrawn: readonly WithdrawnFix[];
  /** The unified diff, latin1; what `git apply` takes. */
  readonly diff: string;
  /** Whether the work tree has the fixes now. */
  readonly written: boolean;
  /** What happened beside the work: a journal put right, and the like. */
  readonly notices: readonly string[];
}

/** The parts of an outcome that come from the fixing. `written`: whether the files on disk are the new ones. */
export function describeResult(
  result: FixResult,
  { written }: { readonly written: boolean },
): Pick<Outcome, 'fixes' | 'findings' | 'withdrawn' | 'written'> {
  const rebased = rebase(result.applied);
  const places = positionsOf(result);
  const fixes = result.applied.map(({ transform, fix, at, diagnosis, level }, index): ReportedFix => {
    const { edits = [], mergedInto } = rebased.fixes[index] ?? {};
    return {
      transform,
      title: fix.title,
      safety: fix.safety,
      notes: fix.notes ?? [],
      ...(fix.showsNotes ? { showsNotes: true as const } : {}),
      ...(fix.gain === undefined ? {} : { gain: fix.gain }),
      files: filesOfFix(fix.edits),
      edits,
      ...(mergedInto === undefined ? {} : { mergedInto }),
      at: places(at.path, at.offset),
      diagnosis: diagnosis.id,
      level,
    };
  });
  const findings = result.findings.map((finding): ReportedFinding => {
    const { path, offset, transform, diagnosis, message, reason, fix } = finding;
    const level = finding.level ?? diagnosis.level;
    const at = places(path, offset);
    const fixable = fix?.safety ?? 'no';
    const named = { ...(transform === undefined ? {} : { transform }), diagnosis: diagnosis.id, level };
    return { ...named, ...at, message, reason, fixable };
  });
  findings.sort((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level));
  const withdrawn = result.withdrawn.map(({ transform, fix, why }) => {
    return { transform, title: fix.title, files: filesOfFix(fix.edits), why };
  });
  return { fixes, findings, withdrawn, written };
}

/** An outcome without any fixing: refused or failed. */
export function withoutResult(
  path: string,
  outcome: 'refused' | 'failed',
  why: { readonly reason: string; readonly where?: string; readonly next?: string },
): Outcome {
  const nothing = { fixes: [], findings: [], withdrawn: [], diff: '', written: false, notices: [] };
  return { path, outcome, ...why, ...nothing };
}

function filesOfFix(edits: readonly TextEdit[]): string[] {
  return [...new Set(edits.map((edit) => edit.path))];
}

/** Places in the files as they stood before the run. */
function positionsOf({ before }: FixResult) {
  const known = new Map<string, ReturnType<typeof lineColumns>>();
  return (path: string, offset: number): FilePosition => {
    let find = known.get(path);
    if (!find) {
      find = lineColumns(before.read(path) ?? '');
      known.set(path, find);
    }
    return { path, ...find(offset) };
  };
}
