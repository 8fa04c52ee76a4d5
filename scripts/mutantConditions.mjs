// The conditions of a source that hold something back, and the source with a switch at each.

import ts from 'typescript';

/**
 * Every condition that makes the code leave early or answer with a reason: each part of an `||` is one of its own.
 * `met`: the value on which it holds back; switched off, it is the other one.
 */
export function conditionsOf(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, met) => {
    const start = node.getStart(source);
    const { line } = source.getLineAndCharacterOfPosition(start);
    const own = text.slice(start, node.end).replace(/\s+/g, ' ');
    found.push({ path, line: line + 1, start, end: node.end, met, text: met ? own : `not: ${own}` });
  };
  const visit = (node) => {
    if (ts.isIfStatement(node) && leaves(node.thenStatement)) {
      for (const part of partsOf(node.expression, ts.SyntaxKind.BarBarToken)) add(part, true);
    } else if (ts.isConditionalExpression(node) && refuses(node.whenTrue) !== refuses(node.whenFalse)) {
      const met = refuses(node.whenTrue);
      const operator = met ? ts.SyntaxKind.BarBarToken : ts.SyntaxKind.AmpersandAmpersandToken;
      for (const part of partsOf(node.condition, operator)) add(part, met);
    } else if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken &&
      isReason(node.right)
    ) {
      add(node.left, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `text` with each condition handed to `globalThis.mutant`, which may turn it round. */
export function instrumented(text, conditions) {
  const inserts = conditions.flatMap(({ id, start, end, met }) => [
    { at: start, order: end, text: `mutated(${JSON.stringify(id)}, ${met}, ` },
    { at: end, order: -1, text: ')' },
  ]);
  // what ends here ends before anything begins; of two that begin here the longer one is the outer
  inserts.sort((a, b) => a.at - b.at || (a.order < 0 ? -1 : b.order < 0 ? 1 : b.order - a.order));
  let out = '';
  let from = 0;
  for (const one of inserts) {
    out += text.slice(from, one.at) + one.text;
    from = one.at;
  }
  const helper =
    'const mutated = <T>(id: string, met: boolean, value: T): T => (globalThis as any).mutant(id, !!value === met, value);\n';
  return helper + out + text.slice(from);
}

function partsOf(node, operator) {
  const inner = ts.isParenthesizedExpression(node) ? node.expression : node;
  return ts.isBinaryExpression(inner) && inner.operatorToken.kind === operator
    ? [...partsOf(inner.left, operator), ...partsOf(inner.right, operator)]
    : [node];
}

/** Does the branch end what it stands in? */
function leaves(statement) {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  if (last === undefined) return false;
  if (ts.isContinueStatement(last) || ts.isBreakStatement(last) || ts.isThrowStatement(last)) return true;
  return ts.isReturnStatement(last);
}

/** Nothing, or a reason. */
function refuses(node) {
  if (ts.isParenthesizedExpression(node)) return refuses(node.expression);
  if (ts.isIdentifier(node) && node.text === 'undefined') return true;
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  return node.kind === ts.SyntaxKind.FalseKeyword || isReason(node);
}

function isReason(node) {
  if (ts.isParenthesizedExpression(node)) return isReason(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node))
    return true;
  return (
    ts.isObjectLiteralExpression(node) &&
    node.properties.some((p) => p.name !== undefined && /^(why|problem|refused|reason|code)$/.test(p.name.getText()))
  );
}
