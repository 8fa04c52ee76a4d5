// What stands in two places: `npm run duplicates` fails on six lines in a row, or an exported name, that `scripts/duplicates.json` does not excuse.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** So many lines in a row are a copy. */
const SHARED = 6;

/** Fixtures and rows of tests are data, and a test says what it does in full: only the helpers of tests are looked at. */
const FOLDERS = ['src', 'transforms', 'scripts', 'bin', 'test'];
const isLookedAt = (path: string): boolean =>
  /\.(ts|mjs|cjs)$/.test(path) && !/\.test\.ts$|^test\/(rows|oracle\/cases)\/|Cases\.ts$/.test(path);

interface Line {
  readonly path: string;
  readonly number: number;
  readonly text: string;
}

/** The same lines twice; numbers are of the first and the last line. */
interface Duplicate {
  readonly lines: number;
  readonly places: readonly [Place, Place];
  /** The first of the lines that says something. */
  readonly begins: string;
}

interface Place {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** A duplicate that may stand for a while. */
interface Excuse {
  readonly files: readonly [string, string];
  readonly begins: string;
  readonly why: string;
}

interface Excuses {
  readonly copies: readonly Excuse[];
  /** Exported names that may stand in several files for a while. */
  readonly names: readonly string[];
}

/** Returns the exit code. */
export function main(): number {
  const { copies: excuses, names } = JSON.parse(readFileSync('scripts/duplicates.json', 'utf8')) as Excuses;
  const files = new Map(sourcePaths().map((path) => [path, readFileSync(path, 'utf8')]));
  const found = duplicatesOf(files);
  const excuseOf = ({ places, begins }: Duplicate): Excuse | undefined =>
    excuses.find((one) => one.begins === begins && one.files.join() === places.map(({ path }) => path).join());
  const open = found.filter((one) => excuseOf(one) === undefined);
  for (const { lines, places } of open) {
    const [here, there] = places.map(({ path, from, to }) => `${path}:${from}-${to}`);
    console.error(`${here} and ${there} share ${lines} lines`);
  }
  const needed = new Set(found.map(excuseOf));
  const idle = excuses.filter((one) => !needed.has(one));
  for (const { files, begins } of idle) {
    console.error(`scripts/duplicates.json: ${files.join(' and ')} share nothing any more that begins: ${begins}`);
  }
  const twice = namesTwice(files);
  const newNames = [...twice].filter(([name]) => !names.includes(name));
  for (const [name, paths] of newNames) console.error(`${name} is exported by ${paths.join(' and ')}`);
  const idleNames = names.filter((name) => !twice.has(name));
  for (const name of idleNames) console.error(`scripts/duplicates.json: ${name} is exported once`);
  console.log(`${found.length} duplicates, ${open.length} without an excuse`);
  console.log(`${twice.size} names exported twice, ${newNames.length} without an excuse`);
  return open.length + idle.length + newNames.length + idleNames.length > 0 ? 1 : 0;
}

function sourcePaths(): string[] {
  const entries = FOLDERS.flatMap((folder) => readdirSync(folder, { withFileTypes: true, recursive: true }));
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.filter(isLookedAt).sort();
}

/** The names that several files of the program export, with those files. */
export function namesTwice(files: ReadonlyMap<string, string>): Map<string, readonly string[]> {
  const exporters = new Map<string, string[]>();
  for (const [path, text] of files) {
    if (!/^(?:src|transforms|bin)\//.test(path)) continue;
    const names = text.matchAll(/^export (?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm);
    for (const name of new Set([...names].map(([, name]) => name!))) {
      exporters.set(name, [...(exporters.get(name) ?? []), path]);
    }
  }
  return new Map([...exporters].filter(([, paths]) => paths.length > 1).sort());
}

/** Every run of six or more lines that stands twice, as long as it is, in the order of the files. */
export function duplicatesOf(files: ReadonlyMap<string, string>): Duplicate[] {
  const lines = [...files].flatMap(([path, text]) => codeLines(path, text));
  const windows = new Map<string, number[]>();
  for (let at = 0; at + SHARED <= lines.length; at++) {
    if (lines[at]!.path !== lines[at + SHARED - 1]!.path) continue;
    const key = lines
      .slice(at, at + SHARED)
      .map(({ text }) => text)
      .join('\n');
    windows.set(key, [...(windows.get(key) ?? []), at]);
  }
  const found: Duplicate[] = [];
  for (const starts of windows.values()) {
    for (const [n, first] of starts.entries()) {
      for (const second of starts.slice(n + 1)) {
        const files = [lines[first]!.path, lines[second]!.path] as const;
        const isLongerAt = (step: number): boolean => isSame([lines[first + step], lines[second + step]], files);
        if (isLongerAt(-1) || (second - first < SHARED && files[0] === files[1])) continue;
        let count = SHARED;
        while (isLongerAt(count)) count++;
        const place = (start: number): Place => {
          const { path, number } = lines[start]!;
          return { path, from: number, to: lines[start + count - 1]!.number };
        };
        // a table of texts and numbers is no code, and neither is the end of blocks
        const words = lines.slice(first, first + count).filter(({ text }) => saysMore(text));
        if (words.length < count / 2) continue;
        found.push({ lines: count, places: [place(first), place(second)], begins: words[0]!.text });
      }
    }
  }
  return found;
}

/** Do both stand, each in the file that it is asked for, and read alike? */
function isSame(
  [one, other]: readonly [Line | undefined, Line | undefined],
  files: readonly [string, string],
): boolean {
  return one?.path === files[0] && other?.path === files[1] && one.text === other.text;
}

/** The lines that are code: without comments, imports and texts over lines. */
function codeLines(path: string, text: string): Line[] {
  const lines = withoutTexts(text).split('\n');
  return lines.map((line, at) => ({ path, number: at + 1, text: line.trim() })).filter((line) => line.text !== '');
}

/** Blanks what is no code, and keeps the lines. */
function withoutTexts(text: string): string {
  const file = ts.createSourceFile('source.ts', text, {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  const ranges: { readonly from: number; readonly to: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || (ts.isExportDeclaration(node) && node.moduleSpecifier)) {
      ranges.push({ from: node.getStart(file), to: node.end });
    } else if (
      ts.isNoSubstitutionTemplateLiteral(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    ) {
      const first = text.indexOf('\n', node.getStart(file));
      if (first >= 0 && first < node.end) ranges.push({ from: first, to: node.end });
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  let code = text;
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  for (const { from, to } of ranges) code = code.slice(0, from) + blank(code.slice(from, to)) + code.slice(to);
  return code.replaceAll(/^[ \t]*\/\*[\s\S]*?\*\//gm, blank).replaceAll(/^[ \t]*\/\/.*$/gm, '');
}

/** More than literals, keys, punctuation and the names of a list? */
const saysMore = (line: string): boolean => !/^\w+,$/.test(line) && /\w/.test(line.replaceAll(LITERALS, ''));

const LITERALS = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`$]*`|\b[\w-]+\??:|\b(?:true|false|\d[\w.]*)\b/g;
