// The words that start a compose service, before and after an edit: which activations went, and whether anything else did.

import { onlyCommand } from '../shell/shellActivations.ts';
import { type Difference, scriptDifference } from '../shell/shellCommands.ts';
import { isErrexit, isShell, takesText } from '../shell/shellNames.ts';
import type { CommandFacts, ServiceFacts } from './serviceFacts.ts';

/** A change of a service's command and entrypoint. */
export interface CommandChange {
  /** The activations that went, as their shell reads them. */
  readonly gone: readonly string[];
  /** The shell around them went, too. */
  readonly toList: boolean;
}

/** What went from the start of a service; or, in a sentence, what else differs. */
export function serviceCommandChange(was: ServiceFacts, now: ServiceFacts): CommandChange | { readonly why: string } {
  const gone: string[] = [];
  let toList = false;
  for (const key of ['command', 'entrypoint'] as const) {
    const found = oneCommandChange(was[key], now[key]);
    if ('why' in found) return { why: `the ${key} of service ${was.name}: ${found.why}` };
    gone.push(...found.gone);
    toList ||= found.toList;
  }
  return { gone, toList };
}

function oneCommandChange(
  was: CommandFacts | undefined,
  now: CommandFacts | undefined,
): CommandChange | { readonly why: string } {
  if (was === undefined || now === undefined)
    return was === now ? { gone: [], toList: false } : { why: 'it comes or goes' };
  const [old, words] = [knownWords(was), knownWords(now)];
  if (old === undefined || words === undefined)
    return was.words === now.words ? { gone: [], toList: false } : { why: 'its words are not known' };
  if (old.length !== words.length || (isShell(old[0] ?? '') && !isShell(words[0] ?? '')))
    return plainChange(old, words);
  const gone: string[] = [];
  const errexit = old.some(isErrexit);
  for (const [n, word] of old.entries()) {
    const found: Difference = scriptDifference(word, words[n]!, { replaced: {}, errexit });
    if ('why' in found) return found;
    gone.push(...found.gone);
  }
  return { gone, toList: false };
}

/** Known as a whole. */
const knownWords = ({ words }: CommandFacts): readonly string[] | undefined =>
  words?.every((word) => word !== undefined) ? (words as readonly string[]) : undefined;

/** `sh -c TEXT` as the one command of its text. */
function plainChange(old: readonly string[], now: readonly string[]): CommandChange | { readonly why: string } {
  const [shell = '', option = '', text] = old;
  const only =
    old.length === 3 && isShell(shell) && takesText(option) && text !== undefined ? onlyCommand(text) : undefined;
  return only !== undefined && JSON.stringify(only.words) === JSON.stringify(now)
    ? { gone: only.gone, toList: true }
    : { why: `\`${old.join(' ')}\` becomes \`${now.join(' ')}\`` };
}
