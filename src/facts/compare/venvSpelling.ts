// How files spell the path of an environment: absolute, by its name in the folder of its project, behind a variable.

/** Where an environment is, and where it comes to be; absolute. */
export interface VenvPaths {
  readonly from: string;
  readonly to: string;
}

/** A word of a text that ends in the environment's name. */
export interface VenvWord {
  readonly at: number;
  readonly word: string;
  /** Something below it is meant. */
  readonly isBelow: boolean;
  /** More of the path stands before it, behind a quote or a command: `"$HOME"/.venv`. */
  readonly isGlued: boolean;
}

/** The text as a pattern that matches itself. */
export const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const venvName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The end of a quote or of a command; a quote that begins stands behind a blank, a bracket or the like. */
const GLUED = /[)`]$|[^\s=:,([{;&|"'][\\]?["']$/;

/** Every word of the text that ends in the environment's name, whatever it means there; not the module `venv` and the command. */
export function venvWords(text: string, path: string): VenvWord[] {
  const pattern = new RegExp(`(?<![\\w./${'$'}{}~-])[\\w./${'$'}{}~-]*?${literally(venvName(path))}(?![\\w.-])`, 'g');
  return [...text.matchAll(pattern)].flatMap(({ 0: word, index }) => {
    const isName = /(-m\s*|\b(uv|pdm|rye|hatch)\s+)$/.test(text.slice(0, index)) && !word.includes('/');
    // `python3-venv`, a package
    const isOther = !word.includes('/') && word !== venvName(path);
    return isName || isOther
      ? []
      : [
          {
            at: index,
            word,
            isBelow: text[index + word.length] === '/',
            isGlued: GLUED.test(text.slice(Math.max(0, index - 2), index)),
          },
        ];
  });
}

/** The absolute path as a word, or with something below it. */
export const absoluteSpelling = (path: string): RegExp => new RegExp(`(?<![\\w.-])${literally(path)}(?![\\w.-])`, 'g');

/** The text with every word that may spell the environment as its new path: for two sides of a comparison, not for a file. */
export function respelled(text: string, { from, to }: VenvPaths): string {
  const variable = new RegExp(`^(\\./|\\$\\{?\\w+\\}?/)?${literally(venvName(from))}$`);
  let result = '';
  let end = 0;
  for (const { at, word, isGlued } of venvWords(text, from)) {
    if (isGlued || (word !== from && !variable.test(word))) continue;
    result += text.slice(end, at) + to;
    end = at + word.length;
  }
  return result + text.slice(end);
}
