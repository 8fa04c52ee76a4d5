// PYTHONUNBUFFERED=0: off, as Python reads it, under a comment that wants it on.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Finding } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineAt } from '../../src/text/positions.ts';
import { FLAG_OFF } from './pythonEnvDiagnoses.ts';
import { PYTHON_FLAGS, type PythonFlag } from './pythonFlags.ts';

/** Off is what reads as the number 0, and an empty value; every other text is on (measured, and Python/preconfig.c). */
const OFF = /^(["']?)\s*[+-]?0*\s*\1$/;

/** What a comment says that wants the flag on. */
const WANTED: Readonly<Record<PythonFlag, RegExp>> = {
  PYTHONUNBUFFERED:
    /\bunbuffer|\b(no|not|without|avoid|disable[sd]?|prevents?|turn(s|ing)? off|stop)\b[^.]*\bbuffer|\b(at once|immediate(ly)?|straight|real[- ]?time|directly|right away|flush)/i,
  PYTHONDONTWRITEBYTECODE:
    /\b(no|not|without|avoid|disable[sd]?|prevents?|turn(s|ing)? off|stop|don'?t|keeps?|never)\b[^.]*(\.py[co]\b|\bpyc\b|\bbyte-?code|__pycache__)/i,
};
/** It may want it off. */
const MEANS_OFF =
  /\b(enable|allow|keep|want|need)\w*\s+(the\s+)?(output\s+)?(buffering|buffered|byte-?code)|\bbuffer(ed|ing) (is )?(on|wanted|faster)|=\s*0\b.*\b(off|disable)/i;

/** The flags that a comment wants and the value turns off. */
export const flagsOff = (dockerfile: DockerfileFacts): Finding[] =>
  dockerfile.syntax.instructions
    .filter(({ keyword }) => keyword === 'ENV')
    .flatMap((env) =>
      env.pairs.flatMap((pair): Finding[] => {
        const flag = PYTHON_FLAGS.find((name) => name === pair.name);
        if (flag === undefined || pair.value === undefined || !OFF.test(pair.value.trim())) return [];
        const comment = commentFor(dockerfile, env, flag);
        if (comment === undefined || !WANTED[flag].test(comment) || MEANS_OFF.test(comment)) return [];
        return [
          {
            path: dockerfile.path,
            offset: env.start,
            diagnosis: FLAG_OFF,
            message: `${flag} is off: Python reads ${/\d/.test(pair.value) ? `\`${pair.value}\`` : 'an empty value'} as not set, and the comment above wants it on.`,
            reason: `Left alone: a value is an answer. Write \`ENV ${flag}=1\`, or change the comment.`,
          },
        ];
      }),
    );

/** The comment directly above the pair's line in a list, else directly above the instruction. */
function commentFor({ text }: DockerfileFacts, env: Instruction, flag: PythonFlag): string | undefined {
  const own = text.slice(env.start, env.end);
  const at = env.start + Math.max(0, own.indexOf(flag));
  const inside = commentAbove(text, at);
  return inside !== '' ? inside : env.pairs.length === 1 ? commentAbove(text, env.start) || undefined : undefined;
}

function commentAbove(text: string, offset: number): string {
  const lines: string[] = [];
  for (let { start } = lineAt(text, offset); start > 0; ) {
    const above = lineAt(text, start - 1);
    const [, words] = /^[ \t]*#+[ \t]*(.*?)\s*$/.exec(text.slice(above.start, above.end)) ?? [];
    if (words === undefined) break;
    lines.unshift(words);
    start = above.start;
  }
  return lines.join(' ');
}
