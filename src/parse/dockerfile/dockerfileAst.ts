// A second reading of the Dockerfile by dockerfile-ast: where the two disagree the file is not edited.
import { DockerfileParser } from 'dockerfile-ast';
import type { Problem } from '../../model.ts';
import type { DockerfileSyntax } from './syntax.ts';

/**
 * The first place where dockerfile-ast sees another instruction list (keyword and first line of each) or other flags, or
 * undefined. It fails on known inputs (here-documents with a space, escaped escapes): those files are left alone.
 */
export function astProblem(text: string, syntax: DockerfileSyntax): Problem | undefined {
  const disagree = (offset: number, what: string): Problem => ({
    offset,
    message: `read differently by a second parser (${what})`,
  });
  const bom = text.startsWith('\xEF\xBB\xBF') ? 3 : 0;
  try {
    const others = DockerfileParser.parse(text.slice(bom)).getInstructions();
    const own = syntax.instructions;
    for (let n = 0; n < Math.max(own.length, others.length); n++) {
      const mine = own[n];
      const theirs = others[n];
      if (mine === undefined || theirs === undefined) return disagree(mine?.start ?? text.length, 'instruction count');
      if (theirs.getKeyword() !== mine.keyword || theirs.getRange().start.line + 1 !== mine.line)
        return disagree(mine.start, `${mine.keyword} / ${theirs.getKeyword()}`);
    }
    return undefined;
  } catch {
    return disagree(0, 'it fails');
  }
}
