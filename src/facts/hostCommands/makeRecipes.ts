// The shell texts of a Makefile's (or justfile's) recipes, its own variables replaced where the file says what they are.
import { unknown } from '../values.ts';
import { hostFolder } from './hostWords.ts';

/** One line of a recipe, continuation lines joined, as its shell gets it. */
export interface RecipeLine {
  readonly text: string;
  /** Where the line begins in the file. */
  readonly offset: number;
}

export interface ReadRecipes {
  readonly lines: readonly RecipeLine[];
  /** What is no recipe, no comment and no variable of a known value. */
  readonly rest: string;
}

/** The folder that make runs in: undefined where the file is a part of another. */
export interface RecipePlace {
  readonly own: string;
  readonly folder: string | undefined;
  readonly kind: 'make' | 'just';
}

const ASSIGNMENT = /^(?:export[ \t]+|override[ \t]+)*([\w.-]+)[ \t]*(\?=|\+=|:{0,3}=|!=)[ \t]*(.*?)[ \t]*$/;
const OF_TARGET = /^[^=\t#]*:[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[:+?]?=/;
const DEEPEST = 8;

/** A variable's name as a word that the shell takes for plain text. */
const openWord = (name: string): string => unknown(name.replace(/[^\w.-]+/g, '_'));

/** Reads a Makefile's text (latin1). */
export function readRecipes(text: string, place: RecipePlace): ReadRecipes {
  const joined = text.replace(/\\\r?\n/g, (end) => ' '.repeat(end.length));
  const values = new Map<string, string | undefined>();
  const recipes: RecipeLine[] = [];
  const rest: { readonly text: string; readonly name?: string }[] = [];
  let offset = 0;
  for (const line of joined.split('\n')) {
    const isRecipe = place.kind === 'just' ? /^[ \t]+\S/.test(line) : line.startsWith('\t');
    if (isRecipe) recipes.push({ text: line, offset: offset + line.search(/[^\t @+-]|$/) });
    else {
      const plain = line.replace(/(^|\s)#.*/, '');
      const [, name, operator = '', value = ''] =
        (place.kind === 'just' ? justLine(plain) : ASSIGNMENT.exec(plain)) ?? [];
      if (name !== undefined) {
        const isSet = operator.endsWith('=') && !/[?+!]/.test(operator) && !values.has(name);
        values.set(name, isSet ? value : undefined);
      }
      const target = name === undefined ? OF_TARGET.exec(plain)?.[1] : undefined;
      if (target !== undefined) values.set(target, undefined);
      rest.push(name === undefined ? { text: plain } : { text: plain, name });
    }
    offset += line.length + 1;
  }
  const expand = expansion(values, place);
  return {
    lines: recipes.map((recipe) => ({
      ...recipe,
      text: expand(recipe.text.replace(/^[\t @+-]+/, '')).replace(/\r$/, ''),
    })),
    rest: rest
      .flatMap(({ text, name }) => (name !== undefined && values.get(name) !== undefined ? [] : [text]))
      .join('\n'),
  };
}

/** `name := "value"`. */
const justLine = (line: string): RegExpExecArray | null =>
  /^(?:export )?([\w-]+)[ \t]*(:=)[ \t]*["']([^"'{}]*)["'][ \t]*$/.exec(line);

function expansion(values: ReadonlyMap<string, string | undefined>, place: RecipePlace): (text: string) => string {
  if (place.kind === 'just')
    return (text) =>
      text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, name: string) =>
        name === 'justfile_directory()' ? hostFolder(place.own) : (values.get(name) ?? openWord(name)),
      );
  const here = place.folder === undefined ? undefined : hostFolder(place.folder);
  const meaningOf = (name: string, depth: number): string => {
    if (/^(CURDIR|PWD|shell pwd)$/.test(name)) return here ?? openWord('PWD');
    if (name === 'MAKE') return 'make';
    if (
      /^(?:realpath |abspath |patsubst %\/,%,|shell dirname |\$\(|dir ?|lastword |firstword |MAKEFILE_LIST|\)| )+$/.test(
        name,
      ) &&
      /MAKEFILE_LIST/.test(name) &&
      /dir/.test(name)
    )
      return hostFolder(place.own);
    const value = values.get(name);
    return value === undefined || depth > DEEPEST ? openWord(name) : replaced(value, depth + 1);
  };
  const replaced = (text: string, depth: number): string => {
    let out = '';
    for (let at = 0; at < text.length; at++) {
      if (text[at] !== '$') {
        out += text[at];
        continue;
      }
      const next = text[at + 1];
      if (next === '$') {
        out += '$';
        at++;
      } else if (next === '(' || next === '{') {
        const end = closing(text, at + 1);
        out += meaningOf(text.slice(at + 2, end), depth);
        at = end;
      } else if (next !== undefined) {
        out += openWord(next === '@' ? 'target' : next === '<' ? 'prerequisite' : next);
        at++;
      }
    }
    return out;
  };
  return (text) => replaced(text, 0);
}

/** Where the bracket closes that opens at `from`. */
function closing(text: string, from: number): number {
  const [open, close] = text[from] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === open) depth++;
    else if (text[at] === close && --depth === 0) return at;
  }
  return text.length;
}
