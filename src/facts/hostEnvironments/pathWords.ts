// Words of a text that name a folder (`.venv`): the words of commands and settings, not of what removes, makes or leaves out.

export interface PathWord {
  readonly word: string;
  readonly at: number;
}

const DELIMITERS = new Set(' \t\r\n"\'`=:,;()&|<>[]{}');
/** The word before says that the folder is made, removed or left out here. */
const NO_USE =
  /(^|[\s;&|"'[,=(])(-m|-m\s*["',\s]*venv|uv venv|virtualenv(?!\s*=)|pip3? install|uv|rm(\s+-\w+)*|rmdir|mkdir(\s+-\w+)*|-path|-name|-prune|--[\w-]*(exclude|ignore|omit|skip)[\w-]*|exclude|ignore|test\s+-[def]|\[\s+-[def]|!\s*-[def])["',\s=]*$/;

/** Words of `text` in which a segment is `name`. Comment lines are no text; blanks stand for them where they were. */
export function pathWords(text: string, name: string): PathWord[] {
  const found: PathWord[] = [];
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + Math.max(1, name.length))) {
    let start = at;
    while (start > 0 && !DELIMITERS.has(text[start - 1]!)) start--;
    let end = at + name.length;
    while (end < text.length && !DELIMITERS.has(text[end]!)) end++;
    // ${APP}/.venv: the variable belongs to the word
    const braced = text[start - 1] === '}' ? text.lastIndexOf('${', start) : -1;
    if (braced >= 0 && !/\s/.test(text.slice(braced, start))) start = braced;
    const word = text.slice(start, end).replace(/\\+$/, '');
    if (!word.split('/').includes(name)) continue;
    const line = text.lastIndexOf('\n', start - 1) + 1;
    const before = text.slice(Math.max(line, start - 200), start);
    if (/^\s*(#|;|\/\/|@?REM\b)/.test(text.slice(line, start)) || NO_USE.test(before)) continue;
    found.push({ word, at: start });
  }
  return found;
}
