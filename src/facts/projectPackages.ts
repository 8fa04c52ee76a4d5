// Where the packages of a project are in an image, and which of its Python files ask for any.

import { envKey, type InterpreterKey } from './pythonInterpreter.ts';
import { isStandardModule } from './standardLibrary.ts';
import type { Files } from './trace/imageFiles.ts';
import type { StageTrace } from './trace/input.ts';
import { absolute, isKnown } from './values.ts';

/** Ids of the installs of an interpreter that are known, and of no tool. */
export const packagesIn = (files: Files, interpreter: InterpreterKey): readonly string[] =>
  [...(files.installs.get(interpreter) ?? [])].filter((id) => !/^(tool|open|package):/.test(id));

/** The environments that stand in a stage and have packages, where their path is known. */
export const environmentsWithPackages = (files: Files): readonly string[] =>
  [...files.environments.keys()].filter((path) => isKnown(path) && packagesIn(files, envKey(path)).length > 0);

/** What a Python program asks for beside the standard library. `open`: it cannot be read. */
export type Needs = 'packages' | 'nothing' | 'open';

/** What a manage.py asks for in its `main`, whatever it is called with. */
const DJANGO_SCRIPT = /^[ \t]+from django\.core\.management import execute_from_command_line\b/m;

/** A program that says by itself where modules are. */
const OTHER_PLACES = /\bsys\.path\b|\bfrom sys import\b[^\n]*\bpath\b|\baddsitedir\b|\bactivate_this\b/;

/** Files that are read for one answer. */
const MOST_FILES = 40;

/** What the script at an absolute path of the finished image asks for, with what it imports of the repository. */
export function needsOf(script: string, stage: StageTrace): Needs {
  const first = stage.readImage(script);
  if (first === undefined) return 'open';
  if (DJANGO_SCRIPT.test(first.text)) return 'packages';
  let isElsewhere = false;
  const seen = new Set([script]);
  const queue = [{ path: script, text: first.text }];
  const folder = imageFolder(script);
  for (let at = 0; at < queue.length && at < MOST_FILES; at++) {
    const { path, text } = queue[at]!;
    isElsewhere ||= OTHER_PLACES.test(text);
    for (const { name, dots } of importsIn(text)) {
      if (dots === 0 && isStandardModule(name.split('.')[0]!)) continue;
      const from = dots === 0 ? folder : folderUp(imageFolder(path), dots - 1);
      const found = moduleFile(from, name, stage);
      if (found === undefined && dots === 0) return isElsewhere ? 'open' : 'packages';
      if (found === undefined || seen.has(found.path)) continue;
      seen.add(found.path);
      queue.push(found);
    }
  }
  return 'nothing';
}

/** What `python -m MODULE` asks for in a folder of the image. */
export function needsOfModule(module: string, cwd: string, stage: StageTrace): Needs {
  const own = moduleFile(cwd, `${module}.__main__`, stage) ?? moduleFile(cwd, module, stage);
  if (own !== undefined) return needsOf(own.path, stage);
  return isStandardModule(module.split('.')[0]!) ? 'nothing' : 'packages';
}

const imageFolder = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

const folderUp = (folder: string, levels: number): string =>
  levels <= 0 ? folder : folderUp(imageFolder(folder), levels - 1);

/** A module as a file below a folder: `a.b` is a/b.py or a/b/__init__.py; of a deeper one that is no file, the nearest package. */
function moduleFile(
  folder: string,
  name: string,
  stage: StageTrace,
): { readonly path: string; readonly text: string } | undefined {
  const parts = name.split('.').filter(Boolean);
  for (let n = parts.length; n > 0; n--) {
    for (const root of [folder, absolute('src', folder)]) {
      const stem = absolute(parts.slice(0, n).join('/'), root);
      for (const path of [`${stem}.py`, `${stem}/__init__.py`]) {
        const file = stage.readImage(path);
        if (file !== undefined) return { path, text: file.text };
      }
    }
  }
  return undefined;
}

interface Import {
  readonly name: string;
  /** Dots in front of it. */
  readonly dots: number;
}

/** What the lines at the left edge import: what stands in a `try`, a function or a test may be missing. */
function importsIn(text: string): Import[] {
  const plain = text.replace(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, '');
  const found: Import[] = [];
  for (const [, names, dots = '', from = ''] of plain.matchAll(
    /^(?:import[ \t]+([^\n#;]+)|from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import\b)/gm,
  )) {
    if (names === undefined) found.push({ name: from, dots: dots.length });
    else for (const one of names.split(',')) found.push({ name: one.trim().split(/\s/)[0]!, dots: 0 });
  }
  return found.filter(({ name, dots }) => name !== '' || dots > 0);
}
