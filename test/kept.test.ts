// Holds our reading of the kept Dockerfiles against BuildKit's answers (test/oracle/keep.mjs renews them; no Go needed here).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';
import { type Case, textOfCase } from './oracle/cases/case.ts';
import { compareInstructions, type Judgement } from './oracle/compareInstructions.ts';
import { compareStates } from './oracle/compareStates.ts';
import { latin1Of } from './oracle/goText.ts';
import type { DockerfileAnswer } from './oracle/judge.ts';

interface Kept extends Case {
  readonly answer: DockerfileAnswer & { readonly lines?: readonly (readonly [string, number, number])[] };
}
const kept: readonly Kept[] = JSON.parse(readFileSync(new URL('./kept/dockerfile.json', import.meta.url), 'utf8'));
const whole = kept.filter((c) => c.parts === undefined);
const judgements = whole.map((c) => ({ c, judgement: compareInstructions(latin1Of(textOfCase(c)), c.answer) }));
const share = (all: readonly (Judgement | undefined)[], verdict: Judgement['verdict']): number =>
  all.filter((j) => j?.verdict === verdict).length / all.filter((j) => j !== undefined).length;

describe('instructions', () => {
  it('reads nearly all of what BuildKit reads', () => {
    const all = judgements.map((j) => j.judgement);
    expect(all.length).toBeGreaterThan(500);
    expect(share(all, 'agreed')).toBeGreaterThan(0.8);
    expect(share(all, 'refused')).toBeLessThan(0.03);
  });
  for (const { c, judgement } of judgements) {
    it(c.name, () => {
      expect(judgement.verdict, judgement.detail).not.toBe('disagreed');
    });
  }
});

describe('long files', () => {
  for (const c of kept.filter((k) => k.parts !== undefined)) {
    it(c.name, () => {
      const ours = parseDockerfile(latin1Of(textOfCase(c)));
      if (c.answer.error !== undefined) expect(ours.problems).not.toEqual([]);
      else if (ours.problems.length === 0)
        expect(ours.instructions.map((i) => [i.keyword, i.line, i.endLine])).toEqual(c.answer.lines);
    });
  }
});

describe('steps and images', () => {
  const states = whole.map((c) => ({ c, judgement: compareStates(latin1Of(textOfCase(c)), c, c.answer) }));
  it('knows nearly all of what BuildKit knows', () => {
    const all = states.map((s) => s.judgement);
    expect(all.filter((j) => j !== undefined).length).toBeGreaterThan(400);
    expect(share(all, 'agreed')).toBeGreaterThan(0.85);
  });
  for (const { c, judgement } of states) {
    if (judgement === undefined) continue;
    it(c.name, () => {
      expect(judgement.verdict, judgement.detail).not.toBe('disagreed');
    });
  }
});
