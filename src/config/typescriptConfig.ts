// Reads a pyvenv-fix.config.ts statically through ts-morph: its syntax tree is walked, nothing in it ever runs.

import type { ts as Ts } from 'ts-morph';
import { isUnreadable, type KeyPath, placeKey, type Read, type Unreadable } from './located.ts';

const LONGEST = 64 * 1024;
const MOST_NODES = 10_000;

/**
 * The value of `export default`: a plain object, or one given to `defineConfig` of `pyvenv-fix`. Literals, templates without
 * substitution, unary minus, lists, objects, spreads, `as`/`satisfies`/parentheses/`!` and local `const`s are read; all else would
 * need running and is an error at its place. Never throws. Loads ts-morph (half a second of CPU).
 */
export async function readTypescript(text: string): Promise<Read> {
  if (text.length > LONGEST) return { offset: 0, message: 'longer than 64 KB' };
  const { Project, ts } = await import('ts-morph');
  try {
    const project = new Project({
      useInMemoryFileSystem: true,
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
      skipLoadingLibFiles: true,
      compilerOptions: { noLib: true },
    });
    return evaluate(ts, project.createSourceFile('pyvenv-fix.config.ts', text).compilerNode);
  } catch (thrown) {
    if (thrown instanceof RangeError) return { offset: 0, message: 'nested too deeply' };
    if (isUnreadable(thrown)) return thrown;
    throw thrown;
  }
}

function evaluate(ts: typeof Ts, file: Ts.SourceFile): Read {
  // The parser mends syntax errors in silence and keeps them in a field that its types hide.
  const mended = (file as { parseDiagnostics?: readonly Ts.DiagnosticWithLocation[] }).parseDiagnostics?.[0];
  if (mended) return { offset: mended.start, message: ts.flattenDiagnosticMessageText(mended.messageText, ' ') };

  const { constants, makers, root } = readStatements(ts, file);
  const places = new Map<string, number>();
  let nodes = 0;

  function read(node: Ts.Expression, path: KeyPath, open: ReadonlySet<string>): unknown {
    if (++nodes > MOST_NODES) fail(node, file, 'too large to be read');
    const place = placeKey(path);
    if (!places.has(place)) places.set(place, node.getStart(file));
    const plain = unwrap(ts, node);
    if (ts.isStringLiteral(plain) || ts.isNoSubstitutionTemplateLiteral(plain)) return plain.text;
    if (ts.isNumericLiteral(plain)) return Number(plain.text);
    if (ts.isPrefixUnaryExpression(plain) && ts.isNumericLiteral(plain.operand)) {
      if (plain.operator === ts.SyntaxKind.MinusToken) return -Number(plain.operand.text);
    }
    if (plain.kind === ts.SyntaxKind.TrueKeyword) return true;
    if (plain.kind === ts.SyntaxKind.FalseKeyword) return false;
    if (plain.kind === ts.SyntaxKind.NullKeyword) return null;
    if (ts.isArrayLiteralExpression(plain)) return listOf(plain, path, open);
    if (ts.isObjectLiteralExpression(plain)) return objectOf(plain, path, open);
    if (ts.isIdentifier(plain)) return constantOf(plain, path, open);
    if (ts.isCallExpression(plain)) {
      const [argument] = plain.arguments;
      const maker = ts.isIdentifier(plain.expression) && makers.has(plain.expression.text);
      if (maker && plain.arguments.length === 1 && argument && path.length === 0) return read(argument, path, open);
    }
    return fail(plain, file, 'this would have to be run to be known; the configuration is read without running it');
  }

  function constantOf(name: Ts.Identifier, path: KeyPath, open: ReadonlySet<string>): unknown {
    if (name.text === 'undefined') return undefined;
    const initializer = constants.get(name.text);
    if (!initializer) return fail(name, file, `${name.text} is not a const of this file; only those can be read`);
    if (open.has(name.text)) return fail(name, file, `${name.text} is made of itself`);
    return read(initializer, path, new Set([...open, name.text]));
  }

  function listOf(node: Ts.ArrayLiteralExpression, path: KeyPath, open: ReadonlySet<string>): unknown[] {
    const list: unknown[] = [];
    for (const element of node.elements) {
      if (!ts.isSpreadElement(element)) list.push(read(element, [...path, list.length], open));
      else {
        const spread = read(element.expression, [...path, list.length], open);
        if (!Array.isArray(spread)) fail(element, file, 'only a list can be spread here');
        else for (const item of spread) list.push(item);
      }
      if (list.length > MOST_NODES) fail(element, file, 'too large to be read');
    }
    return list;
  }

  function objectOf(node: Ts.ObjectLiteralExpression, path: KeyPath, open: ReadonlySet<string>): unknown {
    const object: Record<string, unknown> = Object.create(null);
    const written = new Set<string>();
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        const spread = read(property.expression, path, open);
        if (typeof spread !== 'object' || spread === null || Array.isArray(spread)) {
          fail(property, file, 'only an object can be spread here');
        } else for (const [key, value] of Object.entries(spread)) set(object, key, value);
        continue;
      }
      const key = keyOf(property);
      if (written.has(key)) fail(property, file, `the key ${JSON.stringify(key)} stands twice`);
      written.add(key);
      const inner = [...path, key];
      places.set(placeKey(inner), property.name?.getStart(file) ?? property.getStart(file));
      if (ts.isPropertyAssignment(property)) set(object, key, read(property.initializer, inner, open));
      else if (ts.isShorthandPropertyAssignment(property)) set(object, key, constantOf(property.name, inner, open));
      else fail(property, file, 'a method or accessor would have to be run');
    }
    return object;
  }

  function set(object: Record<string, unknown>, key: string, value: unknown): void {
    if (value === undefined) delete object[key];
    else object[key] = value;
  }

  function keyOf(property: Ts.ObjectLiteralElementLike): string {
    const name = property.name;
    if (name && (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name))) return name.text;
    return fail(property, file, 'a computed key would have to be run');
  }

  return { value: read(root, [], new Set()), places };
}

interface Statements {
  readonly constants: ReadonlyMap<string, Ts.Expression>;
  /** Local names of `defineConfig`. */
  readonly makers: ReadonlySet<string>;
  readonly root: Ts.Expression;
}

function readStatements(ts: typeof Ts, file: Ts.SourceFile): Statements {
  const constants = new Map<string, Ts.Expression>();
  const makers = new Set<string>();
  let root: Ts.Expression | undefined;
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) {
      for (const name of readImport(ts, file, statement)) makers.add(name);
    } else if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) {
        const { name, initializer } = declaration;
        const isConst = (statement.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const;
        if (!isConst || !ts.isIdentifier(name) || !initializer) {
          return fail(declaration, file, 'only `const name = value` can be read');
        }
        constants.set(name.text, initializer);
      }
    } else if (ts.isExportAssignment(statement) && !statement.isExportEquals) root = statement.expression;
    else if (!isTypeOnly(ts, statement)) fail(statement, file, 'this statement would have to be run');
  }
  if (!root) return fail(file, file, 'there is no `export default`');
  return { constants, makers, root };
}

function readImport(ts: typeof Ts, file: Ts.SourceFile, node: Ts.ImportDeclaration): string[] {
  if (node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const named = node.importClause?.namedBindings;
  const from = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
  if (from !== 'pyvenv-fix' || node.importClause?.name || !named || !ts.isNamedImports(named)) {
    return fail(node, file, 'only `import { defineConfig } from "pyvenv-fix"` and type imports can be read');
  }
  const values = named.elements.filter((element) => !element.isTypeOnly);
  return values
    .filter((element) => (element.propertyName ?? element.name).text === 'defineConfig')
    .map((element) => element.name.text);
}

function isTypeOnly(ts: typeof Ts, node: Ts.Statement): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEmptyStatement(node);
}

function unwrap(ts: typeof Ts, node: Ts.Expression): Ts.Expression {
  let plain = node;
  while (
    ts.isAsExpression(plain) ||
    ts.isSatisfiesExpression(plain) ||
    ts.isParenthesizedExpression(plain) ||
    ts.isNonNullExpression(plain) ||
    ts.isTypeAssertionExpression(plain)
  ) {
    plain = plain.expression;
  }
  return plain;
}

function fail(node: Ts.Node, file: Ts.SourceFile, message: string): never {
  const fault: Unreadable = { offset: node.getStart(file), message };
  throw fault;
}
