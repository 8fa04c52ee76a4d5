// What the words of a host's shell text come to: variables that are set in the text itself, the folder, the repository's root.
import type { ShellWord, WordPart } from '../../parse/shell/shell.ts';
import { joinInRepository } from '../repositoryPlace.ts';
import { isKnown, unknown } from '../values.ts';

/** Stands for the absolute path of the repository on whatever machine. */
export const ROOT = unknown('repository');

/** What a text may ask for while its words are evaluated. */
export interface HostState {
  /** Set in the text; symbolic. */
  variables: Map<string, string>;
  /** Repository-relative folders in which the next command may run; one: it does; none: nobody knows. */
  folders: readonly string[];
  /** The folder of the text's own file. */
  readonly own: string;
}

export interface HostWord {
  /** Symbolic, quotes removed. */
  readonly value: string;
  /** It may come to any number of words. */
  readonly isOpen: boolean;
}

/** The absolute path of a folder of the repository, symbolic. */
export const hostFolder = (folder: string): string => (folder === '' ? ROOT : `${ROOT}/${folder}`);

const currentFolder = ({ folders }: HostState): string =>
  folders.length === 1 ? hostFolder(folders[0]!) : unknown('$PWD');

/** Repository-relative; undefined where the text (symbolic) leads out of the repository or to where nobody knows. */
export function hostPlace(text: string, folder: string): string | undefined {
  const path = text.replace(/^file:\/\//, '');
  if (path.startsWith(ROOT)) {
    const rest = path.slice(ROOT.length);
    return isKnown(rest) && /^(\/|$)/.test(rest) ? joinInRepository('', rest) : undefined;
  }
  if (!isKnown(path) || /^[/~\\]|^[A-Za-z]:[\\/]|^[a-z+]+:\/\/|^git@/.test(path)) return undefined;
  return joinInRepository(folder, path);
}

/** `$(pwd)`, `$(dirname "$0")` and the like, as they are mostly written; undefined for any other command. */
function substituted(text: string, state: HostState): string | undefined {
  const inner = text.replace(/^\$\(|^`|\)$|`$/g, '').trim();
  if (/^pwd( -[LP])?$/.test(inner)) return currentFolder(state);
  if (/^git rev-parse --show-toplevel$/.test(inner)) return ROOT;
  const there = /^cd(?: --)? "?(.+?)"? *(?:>\/dev\/null(?: 2>&1)? *)?&& *pwd(?: -[LP])?$/.exec(inner)?.[1] ?? inner;
  const zero = String.raw`"?\$\{?(?:0|BASH_SOURCE(?:\[0\])?)\}?"?`;
  const above = new RegExp(
    String.raw`^(?:\$\(|\`)?(?:dirname (?:-- )?(?:${zero}|"?\$\((?:realpath|readlink -f) ${zero}\)"?))(?:\)|\`)?"?((?:/[\w./-]*)?)$`,
  ).exec(there);
  const isPlace = above !== null && (there !== inner || /^dirname/.test(inner));
  const folder = isPlace ? joinInRepository(state.own, above[1] ?? '') : undefined;
  return folder === undefined ? undefined : hostFolder(folder);
}

function hostVariable(name: string, state: HostState): string {
  if (name === 'PWD') return currentFolder(state);
  if (name === 'GITHUB_WORKSPACE' || name === 'CI_PROJECT_DIR') return ROOT;
  return state.variables.get(name) ?? unknown(`$${name}`);
}

function hostPart(part: WordPart, state: HostState): string {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.map((inner) => hostPart(inner, state)).join('');
    case 'SimpleExpansion':
      return hostVariable(part.text.slice(1), state);
    case 'ParameterExpansion':
      return part.operation === undefined && part.prefix === undefined && part.index === undefined
        ? hostVariable(part.parameter, state)
        : unknown(part.text);
    case 'CommandExpansion':
      return substituted(part.text, state) ?? unknown(part.text);
    default:
      return unknown(part.text);
  }
}

const isSplitPart = (part: WordPart): boolean =>
  !/^(Literal|SingleQuoted|AnsiCQuoted|DoubleQuoted|LocaleString)$/.test(part.type);

/** The words that one word of the text becomes. `%cd%` is cmd's word for the folder. */
export function hostWords(word: ShellWord, state: HostState): HostWord[] {
  const parts = word.parts ?? [];
  const written = parts.length === 0 ? word.value : parts.map((part) => hostPart(part, state)).join('');
  const value = written.replace(/%cd%/gi, currentFolder(state));
  // what other readers put into the text before the shell sees it is not quoted either
  const isBare = parts.some(isSplitPart) || (parts.length === 0 && !isKnown(word.text));
  if (!isBare) return [{ value, isOpen: false }];
  if (isKnown(value) && parts.every(isSplitPart))
    return value
      .split(/[ \t\n]+/)
      .filter(Boolean)
      .map((one) => ({ value: one, isOpen: false }));
  const isWhole = /^\uE000[^\uE001]*\uE001$/.test(value) && value !== ROOT;
  return [{ value, isOpen: isWhole && !isFolderWord(word.text) }];
}

const isFolderWord = (text: string): boolean => /^(\$\{?PWD\}?|\$\(pwd\)|`pwd`|%cd%)$/i.test(text);
