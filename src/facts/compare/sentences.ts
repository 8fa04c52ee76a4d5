// How commands, places and installs are called in what is said of two traces.

import type { PythonInterpreter } from '../pythonInterpreter.ts';
import type { RunEvent } from '../trace/events.ts';
import { readable } from '../values.ts';

export const short = (text: string): string => (text.length > 70 ? `${text.slice(0, 67)}...` : text);

/** A command as people read it. */
export function describe(event: RunEvent): string {
  if (event.implied && event.when === 'runtime') return '`docker exec` with `python`';
  return `\`${short(readable(event.words.join(' ')).replace(/\s+/g, ' '))}\``;
}

/** Programs whose first line is absolute, and which start others along PATH. */
const STARTERS = /^(\S*\/)?(supervisord|circusd|honcho)$/;

/** What would move when a command moves: it, or what it starts. */
export const mover = (event: RunEvent): string =>
  STARTERS.test(event.words[0] ?? '') ? `what ${describe(event)} starts` : describe(event);

/** A cause without the marks of an unknown part. */
export const plainly = (cause: string): string => readable(cause).replace(/[<>]/g, '');

/** `\`pip install x\` installs`, for a sentence that begins with "what". */
export function installWords(id: string): string {
  if (id.startsWith('package:')) return `the package ${id.slice(8)} installs`;
  const text = short(readable(id.replace(/^(open:may|open|tool):|#\d+$/g, '')).replace(/\s+/g, ' '));
  return id.startsWith('open:') ? `\`${text}\` may put into the system Python` : `\`${text}\` installs`;
}

/** An interpreter by the place that it stands in. */
export function placeWords(interpreter: PythonInterpreter): string {
  switch (interpreter.kind) {
    case 'environment':
      return interpreter.path;
    case 'system':
      return 'the system Python';
    case 'unknown':
      return `a place that is not known (${plainly(interpreter.cause)})`;
    case 'elsewhere':
      return readable(`another place: ${interpreter.place}`);
  }
}
