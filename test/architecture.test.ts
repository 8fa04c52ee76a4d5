// The house tests itself: imports point one way, side effects stay where they belong, files stay small, the map is true.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  readonly from: string;
  /** Repository path, or the package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const sources = ['src', 'transforms', 'bin'].flatMap(filesBelow);
const texts = new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const imports = sources.flatMap(importsOf);

function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length)).sort();
}

function importsOf(from: string): Import[] {
  const text = code(texts.get(from) ?? '');
  const found: Import[] = [];
  for (const [, type, to] of text.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]/gm)) {
    found.push({ from, to: resolve(from, to!), typeOnly: type !== undefined });
  }
  for (const [, to] of text.matchAll(/(?:^import\s+|\bimport\(\s*|\brequire\(\s*)['"]([^'"]+)['"]/gm)) {
    found.push({ from, to: resolve(from, to!), typeOnly: false });
  }
  return found;
}

function resolve(from: string, to: string): string {
  return to.startsWith('.') ? normalize(join(dirname(from), to)) : to;
}

/** The text without its comments and without what stands in templates. */
function code(text: string): string {
  return text
    .replaceAll(/`(?:\\[\s\S]|[^`\\])*`/g, '``')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
}

/** What a room may import beside itself: the street from `model` to the command line, and the rooms beside it. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/model.ts': [],
  'src/text': ['src/model.ts'],
  'src/parse': ['src/model.ts', 'src/text'],
  'src/edit': ['src/model.ts', 'src/text', 'src/parse'],
  'src/facts/baseImages': [],
  'src/facts': ['src/model.ts', 'src/text', 'src/parse', 'src/edit', 'src/facts/baseImages'],
  'src/fix': ['src/model.ts', 'src/text', 'src/parse', 'src/edit', 'src/facts'],
  'src/io': ['src/model.ts', 'src/text'],
  'src/report': ['src/model.ts', 'src/text'],
  'src/config': ['src/model.ts', 'src/text', 'src/facts/baseImages'],
  'src/index.ts': ['src/config'],
  'src/deliver': ['src/model.ts', 'src/text', 'src/edit', 'src/io', 'src/report'],
  'src/run.ts': [
    ...['src/model.ts', 'src/text', 'src/edit', 'src/fix', 'src/config', 'src/io', 'src/report', 'src/deliver'],
  ],
  'src/verify': [
    ...['src/model.ts', 'src/text', 'src/parse', 'src/facts', 'src/fix', 'src/config', 'src/io', 'src/report'],
    'src/run.ts',
  ],
  'src/bulk': [
    ...['src/model.ts', 'src/text', 'src/edit', 'src/facts', 'src/fix', 'src/config', 'src/io', 'src/report'],
    ...['src/deliver', 'src/run.ts', 'src/verify'],
  ],
  'src/cli': [
    ...['src/model.ts', 'src/text', 'src/edit', 'src/fix', 'src/config', 'src/io', 'src/report', 'src/deliver'],
    ...['src/run.ts', 'src/verify', 'src/bulk', 'transforms/index.ts', 'bin'],
  ],
  transforms: ['src/model.ts', 'src/text', 'src/parse', 'src/edit', 'src/facts', 'src/facts/baseImages'],
  'transforms/index.ts': ['src/model.ts', 'src/facts', 'transforms'],
  bin: ['src/cli', 'transforms/index.ts'],
};

/** The room that a file stands in. */
function roomOf(path: string): string | undefined {
  if (ROOMS[path]) return path;
  const folder = Object.keys(ROOMS).find((room) => path.startsWith(`${room}/`));
  return folder;
}

/** Files that import one another in a circle, types included. */
function circles(): string[][] {
  const next = new Map<string, string[]>(sources.map((path) => [path, []]));
  for (const { from, to } of imports) if (next.has(to)) next.get(from)!.push(to);
  const found: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const way: string[] = [];
  const visit = (path: string): void => {
    state.set(path, 'open');
    way.push(path);
    for (const to of next.get(path)!) {
      if (state.get(to) === 'open') found.push(way.slice(way.indexOf(to)));
      else if (state.get(to) === undefined) visit(to);
    }
    way.pop();
    state.set(path, 'done');
  };
  for (const path of sources) if (state.get(path) === undefined) visit(path);
  return found;
}

describe('imports', () => {
  test('are found at all', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports).toContainEqual({ from: 'src/fix/loop.ts', to: 'src/edit/textEdits.ts', typeOnly: false });
    expect(imports.some(({ from, to }) => from === 'src/config/typescriptConfig.ts' && to === 'ts-morph')).toBe(true);
  });

  test('point one way, from rooms that are listed', () => {
    expect(sources.filter((path) => roomOf(path) === undefined && path !== 'src/picomatch.d.ts')).toEqual([]);
    const wrong = imports.filter(({ from, to }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      return own !== undefined && other !== undefined && own !== other && !ROOMS[own]!.includes(other);
    });
    expect(wrong).toEqual([]);
  });

  test('of installers ask nothing of the trace, which asks them', () => {
    const own = imports.filter(({ from }) => from.startsWith('src/facts/installers/'));
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter(({ to }) => to.startsWith('src/facts/trace/'))).toEqual([]);
  });

  test('go in no circle', () => {
    expect(circles()).toEqual([]);
  });

  test('of transforms in src are the command line alone', () => {
    const wrong = imports.filter(({ from, to }) => from.startsWith('src/') && to.startsWith('transforms/'));
    expect(wrong.map(({ from }) => from).filter((from) => from !== 'src/cli/main.ts')).toEqual([]);
  });

  test('of transforms take one another nowhere but in the list, and nothing of the system', () => {
    const own = imports.filter(({ from }) => from.startsWith('transforms/'));
    const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');
    const crossing = own.filter(
      ({ from, to }) =>
        from !== 'transforms/index.ts' && to.startsWith('transforms/') && folderOf(from) !== folderOf(to),
    );
    expect(crossing).toEqual([]);
    expect(own.filter(({ to }) => to.startsWith('node:'))).toEqual([]);
  });

  test('of the command line come from the program alone', () => {
    const wrong = imports.filter(({ to }) => to === 'src/cli/main.ts').map(({ from }) => from);
    expect(wrong).toEqual(['bin/pyvenv-fix.ts']);
  });

  test('of the system stay in io', () => {
    const pure = ['node:path'];
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const system = to.startsWith('node:') || to === 'simple-git';
      return from.startsWith('src/') && !from.startsWith('src/io/') && system && !typeOnly && !pure.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  test('of ts-morph happen only when it is needed', () => {
    const all = [...texts].filter(
      ([, text]) => /from 'ts-morph'/.test(text) && !/import type [^;]*from 'ts-morph'/.test(text),
    );
    expect(all.map(([path]) => path)).toEqual([]);
  });
});

describe('every source', () => {
  test('says in its first line what it is', () => {
    const silent = [...texts].filter(([, text]) => !/^(#!.*\n)?\/\/ [^\n]{10,}/.test(text)).map(([path]) => path);
    expect(silent).toEqual([]);
  });

  test('touches `process` in the command line only', () => {
    const wrong = [...texts].filter(
      ([path, text]) =>
        path.startsWith('src/') && path !== 'src/cli/main.ts' && /(?<![.\w'`"-])process\.(?!s\b)\w/.test(code(text)),
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  test('decides by codes and never by what is said', () => {
    const asked =
      /\.(?:message|reason|cause)(?:\s*[!=]==(?!\s*(?:undefined\b|''|\w+\.(?:message|reason|cause)\b))|\??\.(?:startsWith|endsWith|includes|match)\()/;
    expect(sources.filter((path) => asked.test(code(texts.get(path) ?? '')))).toEqual([]);
  });

  test('is small, has no default export, no class and no `any`', () => {
    for (const [path, text] of texts) {
      expect(text.split('\n').length, path).toBeLessThanOrEqual(401);
      expect(code(text), path).not.toMatch(
        /^export default|^(export )?(abstract )?class (?!\w+ extends Error)|: any\b|\bas any\b|<any>/m,
      );
    }
  });

  test('has a name that says something', () => {
    expect(sources.filter((path) => /(utils?|helpers?|manager|misc|common)\b/i.test(path))).toEqual([]);
  });
});

/** Where names of one letter still stand in lambdas. */
const SHORT_NAMES = /^transforms\//;
const clean = [...sources, ...filesBelow('scripts')];

interface Declared {
  readonly name: string;
  readonly kind: 'type' | 'function' | 'value';
  readonly isExported: boolean;
}

function syntaxOf(path: string): ts.SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

const syntax = new Map(clean.map((path) => [path, syntaxOf(path)]));

/** What stands at the top of a file. */
function declaredIn(file: ts.SourceFile): Declared[] {
  return file.statements.flatMap((statement): Declared[] => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);
    if (ts.isFunctionDeclaration(statement) && statement.name)
      return [{ name: statement.name.text, kind: 'function', isExported }];
    if (
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isClassDeclaration(statement)
    )
      return [{ name: statement.name?.text ?? '', kind: 'type', isExported }];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name, initializer }): Declared[] => {
      const isFunction = initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer));
      return ts.isIdentifier(name) ? [{ name: name.text, kind: isFunction ? 'function' : 'value', isExported }] : [];
    });
  });
}

/** Names that more than one file declares, of those declarations that count. */
function declaredTwice(counts: (declared: Declared) => boolean): string[] {
  const files = new Map<string, Set<string>>();
  for (const [path, file] of syntax) {
    for (const declared of declaredIn(file).filter(counts)) {
      files.set(declared.name, (files.get(declared.name) ?? new Set()).add(path));
    }
  }
  return [...files].filter(([, paths]) => paths.size > 1).map(([name, paths]) => `${name}: ${[...paths].join(', ')}`);
}

/** Every node of the clean rooms that `finds` has a word about, with its place. */
function found(finds: (node: ts.Node) => string | undefined): string[] {
  const places: string[] = [];
  for (const [path, file] of syntax) {
    const visit = (node: ts.Node): void => {
      const word = finds(node);
      if (word !== undefined)
        places.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${word}`);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return places;
}

const isTruth = (type: ts.TypeNode | undefined): boolean =>
  type !== undefined &&
  (type.kind === ts.SyntaxKind.BooleanKeyword ||
    (ts.isUnionTypeNode(type) &&
      type.types.some(({ kind }) => kind === ts.SyntaxKind.BooleanKeyword) &&
      !hasWord(type)));
/** `boolean | 'unknown'` is no flag. */
const hasWord = (type: ts.UnionTypeNode): boolean =>
  type.types.some((one) => ts.isLiteralTypeNode(one) || ts.isTypeReferenceNode(one) || ts.isTypeOperatorNode(one));
const isTruthValue = (value: ts.Expression | undefined): boolean =>
  value?.kind === ts.SyntaxKind.TrueKeyword || value?.kind === ts.SyntaxKind.FalseKeyword;

/** An index that counts, the two sides of a comparison that sorts, or what is left out of the rest. */
function mayBeShort(node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement): boolean {
  const name = node.name.getText();
  if (name === '_' || name === 'i' || name === 'j' || name === 'n') return true;
  let around: ts.Node = node;
  while (!ts.isFunctionLike(around) && !ts.isSourceFile(around)) around = around.parent;
  return (
    /^[ab]$/.test(name) && ts.isCallExpression(around.parent) && /\.sort$/.test(around.parent.expression.getText())
  );
}

describe('every clean room', () => {
  test('has functions of at most four parameters', () => {
    expect(found((node) => (ts.isFunctionLike(node) && node.parameters.length > 4 ? 'too many' : undefined))).toEqual(
      [],
    );
  });

  test('has no boolean parameters', () => {
    const flags = found((node) =>
      ts.isParameter(node) && (isTruth(node.type) || isTruthValue(node.initializer)) ? node.getText() : undefined,
    );
    expect(flags).toEqual([]);
  });

  test('has no names of one letter but indices', () => {
    const short = found((node) =>
      (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) &&
      ts.isIdentifier(node.name) &&
      node.name.text.length === 1 &&
      !mayBeShort(node)
        ? node.name.text
        : undefined,
    );
    expect(short.filter((place) => !SHORT_NAMES.test(place))).toEqual([]);
  });

  test('exports no name twice', () => {
    // A program begins in its `main`.
    expect(declaredTwice(({ name, isExported }) => isExported && name !== 'main')).toEqual([]);
  });

  test('declares no type and no function in two files', () => {
    const twice = declaredTwice(({ name, kind }) => kind !== 'value' && name !== 'main');
    expect(twice).toEqual([]);
  });

  test('has files that their names tell apart', () => {
    // Installers each stand in a folder of their own, with the same files in it.
    const told = clean.filter((path) => !path.startsWith('src/facts/installers/'));
    const names = told.map((path) => basename(path)).filter((name) => name !== 'index.ts');
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});

const INSTALLER_NAMES = readNames();

function readNames(): ReadonlySet<string> {
  const file = syntax.get('src/facts/installers/installer.ts')!;
  const type = file.statements
    .filter(ts.isTypeAliasDeclaration)
    .find(({ name }) => name.text === 'InstallerName')!.type;
  return new Set([...type.getText().matchAll(/'(\w+)'/g)].map(([, name]) => name!));
}

/** Where a spelling of an installer stands outside of its value, and why it may. */
const SPELLED: Readonly<Record<string, string>> = {
  'src/facts/baseImages/': 'imports nothing: what an image holds, by the words of who makes it',
  'src/verify/': 'what the proof itself sets, and what it leaves out of a comparison',
  'transforms/freeze-uv-sync/': 'about uv, as its id says',
  'transforms/drop-pip-cache/': 'about pip, as its id says',
  'transforms/keep-venv-across-stages/uvChoice.ts': 'the Python that uv chooses, step by step as uv does',
  'transforms/fix-venv-volume/interpreters.ts': 'the Python that uv chooses, as far as it matters to a volume',
  'transforms/keep-venv-across-stages/userEnvironments.ts': 'the groups that uv installs where nothing is said',
  'src/facts/missedPackages.ts': 'the runs of which it is known that they ask for packages',
  'src/facts/trace/standing.ts': 'conda makes no file that is asked for as those of venv are',
  'transforms/create-venv/uvWithoutEnvironment.ts': 'about uv pip, as its name says',
  'transforms/keep-venv-across-stages/editableInstall.ts': 'the three that link a project, each by its own rules',
  'transforms/keep-venv-across-stages/editableFindings.ts': 'the three that link a project, each with its own remedy',
};

const isExcused = (place: string): boolean => Object.keys(SPELLED).some((path) => place.startsWith(path));

/** The literal is compared, a case, or one of a list that is asked. */
function isAsked(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isCaseClause(parent)) return true;
  if (ts.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.operatorToken.getText()))
    // an event says in its own words what it is
    return !/\.(what|code|problem)$/.test(`${parent.left.getText()}`) && !/^kind$/.test(parent.left.getText());
  return ts.isArrayLiteralExpression(parent) && /^\.(includes|some|every|has)\b/.test(behind(parent));
}

const behind = (node: ts.Node): string => node.getSourceFile().text.slice(node.getEnd());

/** A pattern for the names of installers of projects: half of what it fits at least. */
function isOfInstallers(node: ts.Node): boolean {
  if (!ts.isRegularExpressionLiteral(node)) return false;
  const [, inner] = /^\/(?:\(\^\|\\\/\)|\^(?:\([^)]*\\\/\)\?)?)\(?([^()]*)\)?\$\/\w*$/.exec(node.text) ?? [];
  const words = inner?.split('|') ?? [];
  const names = words.filter((word) => INSTALLER_NAMES.has(word));
  return names.some((name) => name !== 'pip' && name !== 'conda') && names.length * 2 >= words.length;
}

const VARIABLE = /^(?:UV|POETRY|PIPENV|PDM|PIP|HATCH|RYE)_[A-Z][A-Z_]+$/;

describe('what is known of an installer', () => {
  const spelled = found((node) => {
    if (ts.isStringLiteral(node)) {
      if (INSTALLER_NAMES.has(node.text) && isAsked(node)) return node.text;
      if (VARIABLE.test(node.text)) return node.text;
    }
    return isOfInstallers(node) ? node.getText() : undefined;
  }).filter((place) => !place.startsWith('src/facts/installers/') && !place.startsWith('scripts/'));

  test('is spelled in its value alone', () => {
    expect(INSTALLER_NAMES.size).toBeGreaterThan(5);
    expect(spelled.filter((place) => !isExcused(place))).toEqual([]);
  });

  test('is spelled elsewhere for a reason that still holds', () => {
    expect(Object.keys(SPELLED).filter((path) => !spelled.some((place) => place.startsWith(path)))).toEqual([]);
  });
});

test('the map names only what is there', () => {
  const map = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const named = [...map.matchAll(/`((?:src|transforms|fixtures|test|bin|scripts|schema|\.ci)\/[\w./-]*)`/g)].map(
    ([, path]) => path!,
  );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
