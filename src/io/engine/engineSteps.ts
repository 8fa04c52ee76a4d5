// Ends the running steps of a Podman build, so that the build fails and tidies up by itself.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { kill } from 'node:process';

/**
 * Kills what runs in containers below the process `pid`. Podman does the building in its own process: ended by a signal it would
 * leave its working container and folder, which carry no label. Returns whether there was any; never where the system has no /proc.
 */
export function endSteps(pid: number): boolean {
  const own = namespaceOf('self');
  if (own === undefined) return false;
  let any = false;
  for (const one of descendantsOf(pid)) {
    const namespace = namespaceOf(one);
    if (namespace === undefined || namespace === own) continue;
    any = true;
    try {
      kill(Number(one), 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  return any;
}

function namespaceOf(process: string): string | undefined {
  try {
    return readlinkSync(`/proc/${process}/ns/pid`);
  } catch {
    return undefined;
  }
}

function descendantsOf(pid: number): string[] {
  const children = new Map<string, string[]>();
  for (const one of processes()) {
    const parent = parentOf(one);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  const found: string[] = [];
  const waiting = [String(pid)];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const below = children.get(one) ?? [];
    found.push(...below);
    waiting.push(...below);
  }
  return found;
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^[1-9]\d*$/.test(name));
  } catch {
    return [];
  }
}

function parentOf(process: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
    // The command, in brackets, may hold spaces and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined;
  }
}
