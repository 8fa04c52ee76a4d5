// Standard input line by line, and the files that the user names for reports and configuration.

import { readSync, statSync, writeFileSync } from 'node:fs';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { type FileStand, LARGEST_FILE, readFileAt, writeNew } from './files.ts';

/** Returns a function that waits for the next line of standard input (latin1, without its ending); undefined once it has ended. */
export function lineReader(): () => string | undefined {
  let waiting = '';
  let ended = false;
  const buffer = Buffer.alloc(4096);
  return () => {
    for (;;) {
      const newline = waiting.indexOf('\n');
      if (newline >= 0) {
        const line = waiting.slice(0, newline);
        waiting = waiting.slice(newline + 1);
        return line;
      }
      if (ended) return undefined;
      const count = readSome(buffer);
      if (count === 0) ended = true;
      else waiting += buffer.toString('latin1', 0, count);
    }
  };
}

/** Writes a report (latin1) where the user asked for it, over what stands there; refuses with the system's reason. */
export function writeReport(file: string, bytes: string): void {
  try {
    writeFileSync(file, bytes, 'latin1');
  } catch (error) {
    refuse({
      what: `the report cannot be written: ${reasonOf(error)}`,
      where: bytesOf(file),
      next: 'Name another file with --output.',
    });
  }
}

/** The text (latin1) of a configuration file that the user named; refuses where it cannot be read. */
export function readNamedFile(file: string): string {
  const stand: FileStand | string = readFileAt(file, LARGEST_FILE);
  if (typeof stand !== 'string') return stand.text;
  const folder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  const what =
    stand === 'absent' ? 'there is no such file' : `this file cannot be read (${folder ? 'a folder' : stand})`;
  return refuse({ what, where: bytesOf(file), next: 'Name an existing file with --config, or use --no-config.' });
}

/** Writes a file that must not exist yet; refuses otherwise. */
export function writeFresh(file: string, bytes: string): void {
  try {
    writeNew(file, { text: bytes });
  } catch (error) {
    refuse({
      what: `the file cannot be written: ${reasonOf(error)}`,
      where: bytesOf(file),
      next: 'Look at what stands there.',
    });
  }
}

function readSome(buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(0, buffer);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      // A terminal that another program has set to non-blocking: look again a little later.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function reasonOf(error: unknown): string {
  return bytesOf(error instanceof Error ? error.message : String(error));
}
