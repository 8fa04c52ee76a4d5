// What is said to the user when something is not done: what, where, and what to do next.

/** Plain text for people, one sentence each; latin1 like all text, so paths in it are as they stand in the repository. */
export interface Refusal {
  /** What is wrong. */
  readonly what: string;
  /** The path (or path:line:column) it hangs on. */
  readonly where?: string;
  /** What the user can do now. */
  readonly next: string;
}

/** Known to both bundles of the program. */
const MARK: unique symbol = Symbol.for('pyvenv-fix refusal');

/** Ends the work on this repository; whoever handles the repository reads the reason back with `refusalOf`. */
export function refuse(refusal: Refusal): never {
  throw Object.assign(new Error(refusal.what), { [MARK]: refusal });
}

/** The refusal that an error carries; undefined for any other error (a bug, or the system's). */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !(MARK in error)) return undefined;
  return error[MARK] as Refusal;
}
