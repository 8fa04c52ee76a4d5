// Asks the judge about every case and gives the text of test/kept/dockerfile.json.
import { allCases, textOfCase } from './cases/index.ts';
import { askJudge, type DockerfileAnswer } from './judge.ts';

/** Lines only, for files too long to be kept in full. */
const brief = (answer: DockerfileAnswer): unknown =>
  answer.error !== undefined
    ? answer
    : { escape: answer.escape, lines: answer.instructions?.map((i) => [i.cmd, i.start, i.end]), stagesError: answer.stagesError };

/** One case a line, so that a renewed answer is one line of a diff. */
export async function keptText(): Promise<string> {
  const answers = await askJudge(
    'dockerfile',
    allCases.map((c) => ({ text: textOfCase(c), args: c.args ?? {}, ...(c.baseEnv ? { baseEnv: c.baseEnv } : {}) })),
  );
  const names = new Set(allCases.map((c) => c.name));
  if (names.size !== allCases.length) throw new Error('two cases have one name');
  const rows = allCases.map((c, i) => JSON.stringify({ ...c, answer: c.parts ? brief(answers[i]!) : answers[i] }));
  return `[\n${rows.join(',\n')}\n]\n`;
}
