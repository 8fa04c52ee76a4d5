// `[ -f P/bin/activate ]` and its kind: what a test of files comes to, where the image is known to have them.

import type { CommandNode, CompoundList, PipelineNode, ShellWord } from '../../parse/shell/shell.ts';
import { isKnown } from '../values.ts';
import type { Running } from './interpreter.ts';
import { pathIn } from './shellState.ts';
import { fields } from './words.ts';

/** Whether the test holds; undefined: it cannot be known, or it is no test of files. */
export type TestResult = boolean | undefined;

const negated = (result: TestResult): TestResult => (result === undefined ? undefined : !result);

/** What a member of a list comes to, before it runs. */
export function testResult(node: PipelineNode, running: Running): TestResult {
  if (node.type !== 'Pipeline') return ofNode(node, running);
  const [only, ...rest] = node.commands;
  if (only === undefined || rest.length > 0) return undefined;
  const result = ofNode(only, running);
  return node.prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1 ? negated(result) : result;
}

/** The same for the condition of an `if`. */
export function clauseResult({ commands }: CompoundList, running: Running): TestResult {
  const [only, ...rest] = commands;
  if (only === undefined || rest.length > 0 || only.background) return undefined;
  if (only.command.type !== 'AndOr') return testResult(only.command, running);
  const { operators } = only.command;
  const results = only.command.commands.map((one) => testResult(one, running));
  return operators.every((one) => one === operators[0]) ? ofSeveral(operators[0], results) : undefined;
}

/** Of several that are all asked for, or of which one is enough. */
function ofSeveral(operator: string | undefined, results: readonly TestResult[]): TestResult {
  const isAll = operator === '&&';
  if (results.includes(!isAll)) return !isAll;
  return results.includes(undefined) ? undefined : isAll;
}

function ofNode(node: CommandNode, running: Running): TestResult {
  if (node.type === 'TestCommand') return ofExpression(node.expression, running);
  if (node.type !== 'Command' || node.name === undefined) return undefined;
  const { value: name } = node.name;
  if (name !== '[' && name !== 'test') return undefined;
  const words: string[] = [];
  for (const word of node.args) {
    if (word.type !== 'Word') return undefined;
    words.push(...testWords(word, running));
  }
  if (name === '[' && words.pop() !== ']') return undefined;
  let isTurned = false;
  while (words.length > 2 && words[0] === '!') {
    isTurned = !isTurned;
    words.shift();
  }
  const [operator, path] = words;
  if (words.length !== 2) return undefined;
  const result = standing(operator!, path!, running);
  return isTurned ? negated(result) : result;
}

type BracketTest = Extract<CommandNode, { type: 'TestCommand' }>['expression'];

/** What stands between `[[` and `]]`. */
function ofExpression(expression: BracketTest, running: Running): TestResult {
  switch (expression.type) {
    case 'TestUnary': {
      const [path, ...rest] = testWords(expression.operand, running);
      return path === undefined || rest.length > 0 ? undefined : standing(expression.operator, path, running);
    }
    case 'TestNot': {
      const result = ofExpression(expression.operand, running);
      return expression.negations.length % 2 === 1 ? negated(result) : result;
    }
    case 'TestGroup':
      return ofExpression(expression.expression, running);
    case 'TestLogical':
      return ofSeveral(
        expression.operator,
        expression.operands.map((one) => ofExpression(one, running)),
      );
    default:
      return undefined;
  }
}

/** Its values; what a command in it prints is not known here, and the command runs when the test does. */
const testWords = (word: ShellWord, { shell }: Running): string[] =>
  fields(word, { shell, text: undefined, substitute: () => undefined }).map(({ value }) => value);

/** It holds only for certain: what is not known to stand there may stand there all the same. */
function standing(operator: string, path: string, { shell, tracer }: Running): TestResult {
  if (path === '' || !isKnown(path)) return undefined;
  return tracer.stands(pathIn(shell, path), operator, shell) ? true : undefined;
}
