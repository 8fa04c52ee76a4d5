// A report that is written while the run goes on: to a file that the user named, or to a stream that may be slow.

import { closeSync, openSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { arrayOf, bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';

export interface ReportFile {
  /** Takes bytes (latin1); refuses with the system's reason. */
  write(bytes: string): void;
  close(): void;
}

/** Opens the file, over what stands there; refuses with the system's reason. */
export function openReport(file: string): ReportFile {
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      return refuse({
        what: `the report cannot be written: ${bytesOf(error instanceof Error ? error.message : String(error))}`,
        where: bytesOf(file),
        next: 'Name another file with --output.',
      });
    }
  };
  const descriptor = guarded(() => openSync(file, 'w'));
  return {
    write(bytes) {
      const array = arrayOf(bytes);
      for (let at = 0; at < array.length; ) at += guarded(() => writeSync(descriptor, array, at));
    },
    close: () => closeSync(descriptor),
  };
}

const waits = new WeakMap<Writable, Promise<void>>();

/** Resolves once the reader has taken what was written, or has gone. */
export function drained(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
  const waiting = waits.get(stream) ?? oneOf(stream, ['drain', 'error', 'close']).then(() => void waits.delete(stream));
  waits.set(stream, waiting);
  return waiting;
}

function oneOf(stream: Writable, events: readonly string[]): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      for (const event of events) stream.off(event, end);
      done();
    };
    for (const event of events) stream.once(event, end);
  });
}
