// Closed lists: the names of shells, and the words that a shell runs itself.

import type { Shell } from './shellState.ts';

const nameSet = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/** `sh` is what the base image makes of it. */
const SHELLS: ReadonlyMap<string, Shell['kind']> = new Map([
  ['bash', 'bash'],
  ['dash', 'dash'],
  ['ash', 'ash'],
  ['sh', 'unknown'],
]);

/** Which shell a word names, by whatever path; undefined: none. */
export const shellNamed = (word: string): Shell['kind'] | undefined =>
  SHELLS.get(word.slice(word.lastIndexOf('/') + 1));

/** sh, bash, dash or ash, by whatever path. */
export const isShell = (word: string): boolean => shellNamed(word) !== undefined;

/** The same by its bare name or in the system's folders: one by another path may lie in the code. */
export const isSystemShell = (word: string): boolean =>
  isShell(word) && /^(\/(usr\/(local\/)?)?bin\/)?[a-z]+$/.test(word);

/** `-c`, `-ec`: a text comes next. */
export const takesText = (option: string): boolean => /^-\w*c$/.test(option);

/** Words that the shell itself runs, in dash, ash or bash; also where a program of that name stands beside. */
export const RUN_BY_SHELL =
  nameSet(`! . : [ [[ alias bg bind break builtin caller case cd chdir command compgen complete compopt continue coproc declare dirs
disown do done echo elif else enable esac eval exec exit export false fc fg fi for function getopts hash help history if in jobs
kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test
then time times trap true type typeset ulimit umask unalias unset until wait while { } (`);

/** Builtins that no program of that name stands for. */
export const SHELL_ONLY = nameSet(
  '. source export eval deactivate set unset hash shift declare local readonly typeset popd pushd',
);

/** After them the shell is another for all that follows in it. */
export const CHANGES_SHELL = nameSet('cd export set unset . source pushd popd umask eval alias deactivate hash');

/** Does a shell text, or what stands around it, end at the first command that fails? */
export const setsErrexit = (text: string): boolean =>
  /\bset\s+(-\w+\s+)*-[a-z]*e|\berrexit\b|\bERR\b|\b(ba|da|a)?sh\s+(-\w+\s+)*-[a-z]*e/.test(text);

/** The same of one word of a list, as SHELL has them. */
export const isErrexit = (word: string): boolean => /^-[a-z]*e[a-z]*$|^errexit$/.test(word);
