// The state of a shell after two ways that it may have gone.

import { unknownApart } from '../values.ts';
import { type Shell, setVariable } from './shellState.ts';

/** What a branch could have changed that matters to others. */
export const shellFingerprint = (shell: Shell): string =>
  [shell.variables.get('PATH'), shell.variables.get('VIRTUAL_ENV'), shell.cwd, shell.active].join('\0');

/** After two ways: what is not equal in both is unknown. */
export function joinShells(shell: Shell, other: Shell): void {
  if (shell.variables !== other.variables) joinVariables(shell, other);
  if (shell.cwd !== other.cwd) shell.cwd = eitherOf('cwd', shell.cwd, other.cwd);
  if (shell.active !== other.active) delete shell.active;
  for (const [name, path] of other.hashed) if (!shell.hashed.has(name)) shell.hashed.set(name, path);
}

function joinVariables(shell: Shell, other: Shell): void {
  for (const name of new Set([...shell.variables.keys(), ...other.variables.keys()])) {
    if (shell.variables.get(name) !== other.variables.get(name)) {
      setVariable(shell, name, eitherOf(name, shell.variables.get(name), other.variables.get(name)));
    }
  }
}

/** Unknown by its two possible values: their digest, not a place in the file, which an edit before it would move. */
function eitherOf(name: string, one: string | undefined, other: string | undefined): string {
  let digest = 0;
  for (const value of [one, other]) {
    for (const character of `${value ?? '\uE002'}\0`)
      digest = (Math.imul(digest, 16777619) ^ character.charCodeAt(0)) >>> 0;
  }
  return unknownApart(`${name} after a branch`, digest.toString(36));
}
