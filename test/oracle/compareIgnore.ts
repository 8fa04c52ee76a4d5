// Our ignore matcher held against moby's, over the paths of each request.
import { ignores, parseIgnore } from '../../src/parse/ignoreFile/ignoreFile.ts';
import type { Judgement } from './compareInstructions.ts';
import { latin1Of } from './goText.ts';
import type { IgnoreAnswer, IgnoreRequest } from './judge.ts';

/** @param request its texts are Unicode, as they were sent */
export function compareIgnore(request: IgnoreRequest, answer: IgnoreAnswer): Judgement {
  const file = parseIgnore(latin1Of(request.ignore));
  const problem = file.problems[0]?.message;
  if (answer.error !== undefined) return problem === undefined ? { verdict: 'onlyWeAccept', detail: answer.error } : { verdict: 'bothRefuse' };
  if (problem !== undefined) return { verdict: 'refused', detail: problem };
  const matches = ignores(file);
  const theirs = new Set(answer.ignored);
  const wrong = request.paths.filter((p) => matches(latin1Of(p)) !== theirs.has(p));
  if (wrong.length === 0) return { verdict: 'agreed' };
  return { verdict: 'disagreed', detail: `${JSON.stringify(request.ignore)} on ${JSON.stringify(wrong[0])}: moby ${theirs.has(wrong[0]!) ? 'ignores' : 'keeps'} it` };
}
