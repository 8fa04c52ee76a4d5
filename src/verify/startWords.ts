// What a list of words starts, whatever its form: the same program with the same words has the same text.

import { plainCommand } from '../facts/commandForm.ts';

const SHELL = /^(?:\S*\/)?(?:ba|da|a|k|z)?sh$/;
/** `. P/bin/activate &&` and the like, before a program or between two. */
const ACTIVATION =
  /(^|&&|;|\n)([ \t]*)(?:\.|source)[ \t]+["']?[^\s;&|"']*\/?activate["']?[ \t]*(?:(?:&&|;|\n)[ \t]*|$)/g;

/** `text`: without an activation, a leading `exec`, and the bin folder of the program; `inShell`: a shell reads it. */
export function startText(words: readonly string[]): { readonly text: string; readonly inShell: boolean } {
  const lead = words.slice(0, -3);
  const [shell = '', flags = '', script] = words.slice(-3);
  if (!SHELL.test(shell) || !/^-[a-z]*c$/.test(flags) || script === undefined) {
    return { text: quotedCommand(words), inShell: false };
  }
  const rest = scriptWithoutActivation(script);
  // what an ENTRYPOINT is given it may look at: only the text of the shell is told from its activation
  if (lead.length > 0) return { text: quotedCommand([...lead, shell, flags, rest]), inShell: false };
  const own = plainCommand(rest);
  if (own) return { text: quotedCommand(own), inShell: !/^exec\s/.test(rest) };
  return { text: rest.replace(/^exec\s+/, '').replaceAll(/[ \t\n]+/g, ' '), inShell: true };
}

const scriptWithoutActivation = (script: string): string =>
  script
    .replaceAll(ACTIVATION, '$1$2')
    .replace(/^(?:&&|;|\s)+/, '')
    .trim();

/** Words of a health check: the first says how the others are read. */
export function healthText([kind, ...words]: readonly string[]): string {
  if (kind === undefined || kind === 'NONE') return '';
  return kind === 'CMD-SHELL' ? startText(['/bin/sh', '-c', words.join(' ')]).text : startText(words).text;
}

function quotedCommand([program = '', ...words]: readonly string[]): string {
  const name = program.replace(/^\S*\/s?bin\/(?=[^/]+$)/, '');
  return [name, ...words].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
