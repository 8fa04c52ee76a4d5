// Names the running process so that a later run can tell whether the one that began a journal still lives.

import { readFileSync, readlinkSync, statSync } from 'node:fs';

/** `pid.start.namespace.boot`, or 'unknown' where the system does not tell. Plain characters, fit for a file name. */
export function ownToken(): string {
  return processToken('self') ?? 'unknown';
}

const LIKELY_DEAD_MILLISECONDS = 60_000;

/**
 * Whether the process that wrote `token` may still be at work on `folder`. Exact on this machine's own processes; for
 * others (another container, a system without /proc) a folder untouched for a minute counts as left behind.
 */
export function mayLive(token: string, folder: string): boolean {
  const own = processToken('self');
  const [pid, , namespace, boot] = token.split('.');
  const [, , ownNamespace, ownBoot] = own?.split('.') ?? [];
  const sameMachine = namespace !== undefined && namespace === ownNamespace && boot === ownBoot;
  if (sameMachine && /^[0-9]+$/.test(pid ?? '')) return processToken(pid!) === token;
  return isYoung(folder);
}

function isYoung(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && Math.abs(Date.now() - stat.mtimeMs) < LIKELY_DEAD_MILLISECONDS;
}

/** As `ownToken`, for any process by its id; undefined where there is none, or where the system does not tell. */
export function processToken(process: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
    const pid = stat.slice(0, stat.indexOf(' '));
    // The command, in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Dead, but not yet collected by its parent.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const start = fields[19];
    const namespace = readlinkSync('/proc/self/ns/pid').replace(/[^0-9]/g, '');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').replace(/[^0-9a-f]/g, '');
    return `${pid}.${start}.${namespace}.${boot}`;
  } catch {
    return undefined;
  }
}
