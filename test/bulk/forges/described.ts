// Holds values against the types that a forge's client package ships, so that a double cannot answer what the forge would not.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';

/** One operation of an interface, as its description has it. */
export interface Operation {
  readonly method: string;
  readonly path: RegExp;
  readonly query: readonly string[];
  readonly body?: ts.TypeNode;
  readonly answer?: ts.TypeNode;
}

export interface Described {
  /** What is wrong with a value that should be of the named type; empty where nothing is. */
  problems(type: string | ts.TypeNode, value: unknown): string[];
  /** Of packages generated from a swagger file: the operations with their `@request`. */
  readonly operations: readonly Operation[];
}

const require = createRequire(import.meta.url);

/** Reads the types beside a package's entry. Fields that are optional may be null as well: that is how they come in JSON. */
export function describedBy(name: string, types: string): Described {
  const file = require.resolve(name).replace(/[^/]+$/, types);
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const declared = new Map<string, ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.EnumDeclaration>();
  for (const statement of source.statements) {
    const isType =
      ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || ts.isEnumDeclaration(statement);
    if (isType) declared.set(statement.name.text, statement);
  }

  function membersOf(node: ts.Node): Map<string, ts.PropertySignature> {
    const members = new Map<string, ts.PropertySignature>();
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const called = ts.isTypeReferenceNode(node) ? node.typeName.getText() : node.expression.getText();
      const [first, second] = node.typeArguments ?? [];
      if (called === 'Record') return members;
      if (/^(?:Pick|Omit|MappedOmit)$/.test(called)) {
        const names = [...(second?.getText() ?? '').matchAll(/['"]([^'"]+)['"]/g)].map(([, one]) => one);
        for (const [key, member] of membersOf(first!)) {
          if (names.includes(key) === (called === 'Pick')) members.set(key, member);
        }
        return members;
      }
      const declaration = declared.get(called);
      if (!declaration) throw new Error(`no type ${called}`);
      return membersOf(declaration);
    }
    if (ts.isInterfaceDeclaration(node)) {
      const parents = node.heritageClauses?.flatMap(({ types: all }) => [...all]) ?? [];
      for (const parent of parents) for (const [key, member] of membersOf(parent)) members.set(key, member);
    }
    if (ts.isTypeAliasDeclaration(node)) return membersOf(node.type);
    if (ts.isInterfaceDeclaration(node) || ts.isTypeLiteralNode(node)) {
      for (const member of node.members) {
        if (ts.isPropertySignature(member)) members.set(member.name.getText().replaceAll(/['"]/g, ''), member);
      }
    }
    return members;
  }

  function objectProblems(members: ReadonlyMap<string, ts.PropertySignature>, value: unknown, at: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: no object`];
    return Object.entries(value).flatMap(([key, one]) => {
      const member = members.get(key);
      if (!member) return [`${at}.${key}: not described`];
      if (one === null && member.questionToken) return [];
      return member.type ? typeProblems(member.type, one, `${at}.${key}`) : [];
    });
  }

  function typeProblems(node: ts.TypeNode, value: unknown, at: string): string[] {
    if (ts.isArrayTypeNode(node)) {
      if (!Array.isArray(value)) return [`${at}: no list`];
      return value.flatMap((one, index) => typeProblems(node.elementType, one, `${at}[${index}]`));
    }
    if (ts.isParenthesizedTypeNode(node)) return typeProblems(node.type, value, at);
    if (ts.isUnionTypeNode(node)) {
      const all = node.types.map((one) => typeProblems(one, value, at));
      return all.find((problems) => problems.length === 0) ?? all[0]!;
    }
    if (ts.isTypeLiteralNode(node)) return objectProblems(membersOf(node), value, at);
    if (ts.isLiteralTypeNode(node)) {
      const expected =
        node.literal.kind === ts.SyntaxKind.NullKeyword ? 'null' : node.literal.getText().replaceAll("'", '"');
      return JSON.stringify(value) === expected ? [] : [`${at}: not ${expected}`];
    }
    if (ts.isTypeReferenceNode(node)) {
      const called = node.typeName.getText();
      const declaration = declared.get(called);
      if (called === 'Record') return typeof value === 'object' ? [] : [`${at}: no object`];
      if (declaration && ts.isEnumDeclaration(declaration)) {
        const words = declaration.members.map(({ initializer }) => initializer?.getText().replaceAll("'", '"'));
        return words.includes(JSON.stringify(value)) ? [] : [`${at}: none of ${words.join(', ')}`];
      }
      const isWhole = declaration && ts.isTypeAliasDeclaration(declaration) && !declaration.typeParameters;
      if (isWhole) return typeProblems(declaration.type, value, at);
      return objectProblems(membersOf(node), value, at);
    }
    const word = node.getText();
    if (word === 'any' || word === 'unknown') return [];
    const isPlain = ['string', 'number', 'boolean'].includes(word);
    if (!isPlain) throw new Error(`${at}: ${word} cannot be checked`);
    return typeof value === word ? [] : [`${at}: no ${word}`];
  }

  return {
    problems(type, value) {
      if (typeof type !== 'string') return typeProblems(type, value, 'answer');
      const declaration = declared.get(type);
      if (!declaration) throw new Error(`no type ${type}`);
      if (ts.isTypeAliasDeclaration(declaration)) return typeProblems(declaration.type, value, type);
      return objectProblems(membersOf(declaration), value, type);
    },
    operations: operationsOf(source),
  };
}

function operationsOf(source: ts.SourceFile): Operation[] {
  const found: Operation[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && node.type && ts.isFunctionTypeNode(node.type)) {
      const [, method, path] = /@request ([A-Z]+):(\S+)/.exec(node.getFullText()) ?? [];
      if (method !== undefined && path !== undefined)
        found.push({ method, path: patternOf(path), ...partsOf(node.type) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  // `/pulls/{index}/reviews` before `/pulls/{base}/{head}`.
  const open = ({ path }: Operation): number => path.source.split('([^').length;
  return found.sort((a, b) => open(a) - open(b));
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '([^/]+)')}$`);
}

function partsOf(type: ts.FunctionTypeNode): Pick<Operation, 'query' | 'body' | 'answer'> {
  const named = (name: string): ts.TypeNode | undefined =>
    type.parameters.find((parameter) => parameter.name.getText() === name)?.type;
  const query = named('query');
  const body = named('body');
  // Promise<HttpResponse<Answer, Error>>
  const response = ts.isTypeReferenceNode(type.type) ? type.type.typeArguments?.[0] : undefined;
  const answer = response && ts.isTypeReferenceNode(response) ? response.typeArguments?.[0] : undefined;
  return {
    query: query && ts.isTypeLiteralNode(query) ? query.members.map((member) => member.name?.getText() ?? '') : [],
    ...(body && { body }),
    ...(answer && { answer }),
  };
}
