// Build arguments are there to be overridden: whether what an install reads depends on one.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { ContextCopy } from '../../src/facts/copies/repositoryCopies.ts';
import { type ImageFacts, imageFacts, lookupIn } from '../../src/facts/image.ts';
import { VARIABLE_PREFIXES } from '../../src/facts/installers/index.ts';
import { causes, isKnown, unknown } from '../../src/facts/values.ts';
import { expandWord } from '../../src/parse/dockerfile/expand.ts';
import type { DockerfileSyntax } from '../../src/parse/dockerfile/syntax.ts';
import { runSteps } from './commands.ts';
import type { InstructionAt } from './splitPlace.ts';
import { type Step, titleOfInstruction } from './step.ts';

const CAUSE = 'build argument ';

/** The image with the value of every ARG of a stage unknown; undefined where there is none. Bases stay as they are. */
export function withOpenArguments(syntax: DockerfileSyntax): ImageFacts | undefined {
  const first = syntax.instructions.findIndex((i) => i.keyword === 'FROM');
  let has = false;
  const instructions = syntax.instructions.map((i, n) => {
    if (i.keyword !== 'ARG' || n < first) return i;
    has = true;
    return { ...i, pairs: i.pairs.map((p) => ({ ...p, value: unknown(CAUSE + p.name) })) };
  });
  return has ? imageFacts({ ...syntax, instructions }) : undefined;
}

/** Flags whose value chooses where packages come from or which of them, not which file is read. */
const NO_FILE_FLAG =
  /^(-i|--index-url|--extra-index-url|--index|--default-index|--trusted-host|--timeout|--retries|--python|-p|--with|--without|--only|--extra|-E|--extras|--group|--no-group)$/;
/** `uvicorn==$VERSION` */
const PINNED = /^[A-Za-z0-9][\w.-]*(\[[\w,. -]*\])?(===?|>=|<=|~=|!=|<|>)/;
/** Variables of the installers that name files. */
const NAMES_FILES = new RegExp(
  `^(${VARIABLE_PREFIXES})_.*(REQUIREMENT|CONSTRAINT|OVERRIDE|EXCLUDE|FIND_LINKS|CONFIG|CERT|PROJECT|PIPFILE|EDITABLE|DIRECTORY|DIR$|ENV_FILE|SRC|TARGET|PREFIX|ROOT|GROUP)|^HOME$`,
);

const wordsOfArgument = (value: string): string | undefined => {
  const cause = causes(value).find((c) => c.startsWith(CAUSE));
  return cause === undefined
    ? undefined
    : `what it reads may depend on the build argument ${cause.slice(CAUSE.length)}`;
};

/** Why a build argument may change what the step of that index in its RUN reads; undefined: none can. */
export function whyOpenArgument(step: Step, index: number, { stage, n, place }: InstructionAt): string | undefined {
  const own = place.open?.stages[stage.index];
  if (own === undefined) return undefined;
  const other = runSteps(own, n, place.dockerfile.text).steps[index];
  if (other === undefined || other.range.start !== step.range.start)
    return 'which commands run depends on a build argument';
  const { cwd } = own.before[n]!;
  if (!isKnown(other.cwd) && !other.cwd.startsWith(cwd)) return wordsOfArgument(other.cwd);
  for (const [k, { value }] of other.words.entries()) {
    const isValue =
      NO_FILE_FLAG.test(other.words[k - 1]?.value ?? '') || NO_FILE_FLAG.test(value.slice(0, value.indexOf('=')));
    if (other.words.length === step.words.length && (isValue || PINNED.test(value))) continue;
    const why = wordsOfArgument(value);
    if (why !== undefined) return why;
  }
  for (const [name, value] of other.variables) {
    const why = NAMES_FILES.test(name) ? wordsOfArgument(value) : undefined;
    if (why !== undefined) return why;
  }
  return undefined;
}

/** That a build argument may change which files the copy, which stands at the place, brings. */
export function sourceBlocker(copy: ContextCopy, { stage, n, place }: InstructionAt): Blocker | undefined {
  const own = place.open?.stages[stage.index];
  if (own === undefined) return undefined;
  const lookup = lookupIn(own.before[n]!, own.base);
  for (const { written } of copy.sources) {
    const { value } = expandWord(written, lookup, place.dockerfile.syntax.escape);
    if (!isKnown(value))
      return {
        code: 'variable',
        words: `what ${titleOfInstruction(copy.instruction)} brings depends on a build argument`,
      };
  }
  return undefined;
}
