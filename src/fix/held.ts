// What a person's comment holds back besides the finding that hangs on its line: the rest of a fix that would reach that line.
import { isCopy } from '../facts/copies/copy.ts';
import type { Facts } from '../facts/facts.ts';
import type { Finding, Fix, Snapshot } from '../model.ts';
import { lineMark } from '../text/lines.ts';
import { applySuppressions, nameOf, type Suppression, suppressions } from './suppressions.ts';

interface Held {
  readonly reason: string;
  /** Names of the suppressions that hold it. */
  readonly used: readonly string[];
}

/** Is `transform` suppressed on the line of an offset of this snapshot? */
export function heldIn(snapshot: Snapshot, transform: string): (path: string, offset: number) => boolean {
  return (path, offset) =>
    applySuppressions([{ path, offset, transform, message: '', reason: '' }], snapshot).used.length > 0;
}

/** What holds a fix back although its finding hangs on another line; undefined where nothing does. */
export function heldBy(fix: Fix, id: string, finding: Finding, facts: Facts): Held | undefined {
  return heldEdit(fix, id, facts) ?? heldIgnoreLine(fix, id, finding, facts);
}

/** An edit inside of an instruction, or of a line of YAML, on which the transform is suppressed. */
function heldEdit(fix: Fix, id: string, facts: Facts): Held | undefined {
  for (const path of new Set(fix.edits.map((e) => e.path))) {
    const text = facts.snapshot.read(path) ?? '';
    const d = facts.dockerfiles.find((one) => one.path === path);
    const reaches = ({ target, ids }: Suppression): boolean => {
      if (target === undefined || !ids.includes(id)) return false;
      const whole = d?.syntax.instructions.find((i) => target.start <= i.start && i.start <= target.end) ?? target;
      return fix.edits.some((e) => {
        if (e.path !== path) return false;
        if (e.end > e.start) return e.start < whole.end && whole.start < e.end;
        return whole.start < e.start && (e.start < whole.end || (e.start === whole.end && !/^[\r\n]/.test(e.newText)));
      });
    };
    const found = suppressions(path, text).filter(reaches);
    const [first] = found;
    if (first?.target === undefined) continue;
    const reason = `Left alone, because it would change line ${lineMark(path, first.target.start)} of ${path}, where ${id} is suppressed.`;
    return { used: found.map((one) => nameOf(one, id)), reason };
  }
  return undefined;
}

/** An ignore line that a person has suppressed above some COPY that it would hold for. */
function heldIgnoreLine(fix: Fix, id: string, finding: Finding, facts: Facts): Held | undefined {
  if (!fix.declares.ignores?.length) return undefined;
  const line = [...new Set(fix.declares.ignores)].join('`, `');
  const paths = fix.edits.map((e) => e.path);
  for (const d of facts.dockerfiles) {
    const isShared = d.context.ignorePath !== undefined && paths.includes(d.context.ignorePath);
    if (d.path !== finding.path && !isShared) continue;
    const copies = d.syntax.instructions
      .filter(isCopy)
      .map((i) => ({ path: d.path, offset: i.start, transform: 'ignore-venv', message: '', reason: '' }));
    const { used } = applySuppressions(copies, facts.snapshot);
    if (used.length === 0) continue;
    const where = d.path === finding.path && id !== 'ignore-venv' ? 'this Dockerfile' : d.path;
    const reason = `Left alone, because it needs \`${line}\` in the ignore file, and ignore-venv is suppressed at a COPY of ${where}.`;
    return { used, reason };
  }
  return undefined;
}
