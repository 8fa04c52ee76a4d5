// What a person's comment holds back besides the finding that hangs on its line: the rest of a fix that would reach that line.
import { isCopy } from '../facts/copies/copy.ts';
import type { Facts } from '../facts/facts.ts';
import type { Finding, Fix, Snapshot } from '../model.ts';
import { lineMark } from '../text/lines.ts';
import { applySuppressions, type Suppression, suppressionName, suppressions } from './suppressions.ts';

interface Held {
  readonly reason: string;
  /** Names of the suppressions that hold it. */
  readonly used: readonly string[];
}

/** Is `transform` suppressed on the line of an offset of this snapshot? */
export function heldIn(snapshot: Snapshot, transform: string): (path: string, offset: number) => boolean {
  return (path, offset) => applySuppressions([{ path, offset, transform }], snapshot).used.length > 0;
}

/** What holds a fix back although its finding hangs on another line; undefined where nothing does. */
export function heldBy(fix: Fix, id: string, finding: Finding, facts: Facts): Held | undefined {
  return heldEdit(fix, id, facts) ?? heldIgnoreLine(fix, id, finding, facts);
}

/** An edit inside of an instruction, or of a line of YAML, on which the transform is suppressed. */
function heldEdit(fix: Fix, id: string, facts: Facts): Held | undefined {
  for (const path of new Set(fix.edits.map((edit) => edit.path))) {
    const text = facts.snapshot.read(path) ?? '';
    const dockerfile = facts.dockerfileAt(path);
    const reaches = ({ target, ids }: Suppression): boolean => {
      if (target === undefined || !ids.includes(id)) return false;
      const whole =
        dockerfile?.syntax.instructions.find(
          (instruction) => target.start <= instruction.start && instruction.start <= target.end,
        ) ?? target;
      return fix.edits.some((edit) => {
        if (edit.path !== path) return false;
        if (edit.end > edit.start) return edit.start < whole.end && whole.start < edit.end;
        return (
          whole.start < edit.start &&
          (edit.start < whole.end || (edit.start === whole.end && !/^[\r\n]/.test(edit.newText)))
        );
      });
    };
    const found = suppressions(path, text).filter(reaches);
    const [first] = found;
    if (first?.target === undefined) continue;
    const reason = `Left alone, because it would change line ${lineMark(path, first.target.start)} of ${path}, where ${id} is suppressed.`;
    return { used: found.map((one) => suppressionName(one, id)), reason };
  }
  return undefined;
}

/** An ignore line that a person has suppressed above some COPY that it would hold for. */
function heldIgnoreLine(fix: Fix, id: string, finding: Finding, facts: Facts): Held | undefined {
  if (!fix.declares.ignores?.length) return undefined;
  const line = [...new Set(fix.declares.ignores)].join('`, `');
  const paths = fix.edits.map((edit) => edit.path);
  for (const dockerfile of facts.dockerfiles) {
    const isShared = dockerfile.context.ignorePath !== undefined && paths.includes(dockerfile.context.ignorePath);
    if (dockerfile.path !== finding.path && !isShared) continue;
    const copies = dockerfile.syntax.instructions.filter(isCopy).map((instruction) => ({
      path: dockerfile.path,
      offset: instruction.start,
      transform: 'ignore-venv',
    }));
    const { used } = applySuppressions(copies, facts.snapshot);
    if (used.length === 0) continue;
    const where = dockerfile.path === finding.path && id !== 'ignore-venv' ? 'this Dockerfile' : dockerfile.path;
    const reason = `Left alone, because it needs \`${line}\` in the ignore file, and ignore-venv is suppressed at a COPY of ${where}.`;
    return { used, reason };
  }
  return undefined;
}
