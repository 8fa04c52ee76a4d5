// Keeps what was given to a build or a start (tokens, above all) out of what is told about it.

import { textOf } from '../text/latin1.ts';
import type { ProcessLooked, SideLooked, StartLooked } from './looked.ts';
import type { SidePlan } from './subjects.ts';

const MASK = '***';
const SHORTEST_ARGUMENT = 4;
const SHORTEST_VARIABLE = 8;
const LONGEST_COMMAND = 160;
/** A version, not a secret. */
const VERSION = /^[\d.]{1,8}$/;
/** Name and password of an address. */
const CREDENTIALS = /:\/\/[^/\s"'`]*@/g;

/** A function that hides the values of the plans' build arguments and variables, and what stands before the @ of an address. */
export function maskOf(plans: readonly SidePlan[]): (text: string) => string {
  const values = new Set<string>();
  const add = (value: string) => {
    values.add(value);
    // What a program says is decoded; what was given is bytes.
    values.add(textOf(value).text);
  };
  for (const { build, start } of plans) {
    for (const value of build.args.values()) {
      if (value.length >= SHORTEST_ARGUMENT && !VERSION.test(value)) add(value);
    }
    for (const value of start?.environment.values() ?? []) if (value.length >= SHORTEST_VARIABLE) add(value);
  }
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (text) =>
    longestFirst.reduce((left, value) => left.replaceAll(value, MASK), text).replaceAll(CREDENTIALS, `://${MASK}@`);
}

/** The side with all free text masked and commands cut to a length for people; paths and packages stay as they are. */
export function maskedSide(side: SideLooked, mask: (text: string) => string): SideLooked {
  const command = (text: string): string => {
    const masked = mask(text);
    return masked.length > LONGEST_COMMAND ? `${masked.slice(0, LONGEST_COMMAND - 3)}...` : masked;
  };
  const processes = (ones: readonly ProcessLooked[]) => ones.map((one) => ({ ...one, command: command(one.command) }));
  const start = (one: StartLooked): StartLooked => ({
    ...one,
    processes: processes(one.processes),
    said: one.said.map(mask),
  });
  const { untold, change } = side;
  return {
    ...side,
    ...(untold === undefined ? {} : { untold: mask(untold) }),
    ...(change ? { change: { ...change, run: change.run.map(mask) } } : {}),
    log: side.log.map(mask),
    build: side.build.map((one) => ({ ...one, step: mask(one.step), command: command(one.command) })),
    ...(side.start ? { start: start(side.start) } : {}),
    ...(side.exec ? { exec: start(side.exec) } : {}),
  };
}
