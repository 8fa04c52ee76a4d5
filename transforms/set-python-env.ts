// FROM python:3.12  ->  FROM python:3.12 + ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1; ENV KEY value -> ENV KEY=value.
import { insertLinesAfter } from '../src/edit.ts';
import { askedOf, type DockerfileFacts, type Facts } from '../src/facts/facts.ts';
import type { Stage } from '../src/facts/image.ts';
import {
  answered,
  FLAGS,
  type Flag,
  isArgument,
  swallows,
  worksWithBytecode,
} from '../src/facts/python/pythonFlags.ts';
import { builtHere, chainOf, runsPython, seemsBuiltHere } from '../src/facts/python/runsPython.ts';
import type { Finding, TextEdit, Transform } from '../src/model.ts';
import type { Pair } from '../src/parse/arguments.ts';
import type { Instruction } from '../src/parse/dockerfile.ts';
import { joinEnv, modernEnv } from '../src/parse/envList.ts';

const EFFECT: Readonly<Record<Flag, string>> = {
  PYTHONDONTWRITEBYTECODE: 'Python leaves __pycache__ folders in image layers and mounted folders',
  PYTHONUNBUFFERED: 'output waits in a buffer, so that logs come late, or not at all after a crash',
};

export const setPythonEnv: Transform<Facts> = {
  id: 'set-python-env',
  title: 'Set PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED for Python images',
  why: `In a container standard output is no terminal, so Python keeps what is printed in a buffer: \`docker logs\` shows it late, and what the buffer holds when the process is killed is lost. \`PYTHONUNBUFFERED=1\` writes it at once. \`PYTHONDONTWRITEBYTECODE=1\` keeps Python from writing \`.pyc\` files next to the sources, where they make layers larger, differ from build to build and litter mounted folders of the host; bytecode that a build compiles on purpose (\`compileall\`, \`UV_COMPILE_BYTECODE\`, pip by itself) is written all the same. What nobody compiles is compiled anew at every start: uv compiles only where \`UV_COMPILE_BYTECODE=1\` is set.

Both go directly behind FROM of the lowest stage of an image that runs Python, or into the ENV that has one of them already. A value that is there is an answer, also \`0\` or an empty one, which mean off. \`python -u\` and a compose service's \`environment:\` or \`env_file\` count too. The form \`ENV KEY value\`, which Docker has deprecated, becomes \`ENV KEY=value\` for these two.`,
  references: [
    'https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUNBUFFERED',
    'https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE',
    'https://docs.docker.com/reference/build-checks/legacy-key-value-format/',
  ],
  tier: 'S',
  run: (facts) =>
    askedOf(facts)
      .filter((d) => d.leftAlone === undefined)
      .flatMap((d) => [...legacyFindings(d), ...targetFindings(d, facts)]),
};

const isFlag = (name: string): name is Flag => (FLAGS as readonly string[]).includes(name);

/** The legacy form of the two flags, in every stage. */
function legacyFindings(d: DockerfileFacts): Finding[] {
  return d.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((env): Finding[] => {
      const [pair] = env.pairs;
      if (env.keyword !== 'ENV' || pair === undefined || pair.separator !== '') return [];
      if (!isFlag(pair.name))
        return FLAGS.filter((flag) => swallows(pair, flag)).map((flag) => swallowed(d, env, flag));
      const edit = modernEnv({ path: d.path, text: d.text, syntax: d.syntax, env });
      if (edit === undefined) {
        return [
          {
            path: d.path,
            offset: env.start,
            message: `The value of ${pair.name} is all of \`${pair.value}\`.`,
            reason: `In the form \`ENV KEY value\` the value runs to the end of the instruction, and what was meant cannot be known. Write \`${pair.name}=1\`, and what else stands there as an instruction or a comment of its own.`,
          },
        ];
      }
      return [
        {
          path: d.path,
          offset: stage.from.start,
          message: `\`ENV ${pair.name} ${pair.value}\` is written in the deprecated form without \`=\`.`,
          reason: 'The form with `=` means the same, and cannot swallow what is written behind it.',
          fix: {
            title: `Write ENV ${pair.name} in the KEY=value form`,
            safety: 'safe',
            edits: [edit],
            declares: { instructions: { changed: ['ENV'] } },
          },
        },
      ];
    }),
  );
}

function swallowed(d: DockerfileFacts, env: Instruction, flag: Flag): Finding {
  const name = env.pairs[0]!.name;
  return {
    path: d.path,
    offset: env.start,
    message: `${flag} is not set: it is part of the value of ${name}.`,
    reason: `In the form \`ENV KEY value\` the value runs to the end of the instruction. Write every pair of it as \`KEY=value\`.`,
  };
}

/** What the images lack that somebody builds: one finding for each stage that the ENV goes to. */
function targetFindings(d: DockerfileFacts, facts: Facts): Finding[] {
  const findings = new Map<number, Finding>();
  for (const target of d.targets) {
    if (!runsPython(d, target)) continue;
    const chain = chainOf(d.image, target);
    // an image of this repository gets the flags itself
    const { base: image } = chain[0]!;
    const base = image.complete ? undefined : builtHere(facts, image.ref);
    if (base !== undefined && base.d !== d && base.d.leftAlone === undefined && runsPython(base.d, base.target))
      continue;
    if (seemsBuiltHere(facts, d, image)) continue;
    // what another image FROM the same lowest stage sets for itself would be set twice
    const sharing = d.targets.filter((t) => chainOf(d.image, t)[0] === chain[0] && runsPython(d, t));
    const open = FLAGS.filter((flag) => sharing.every((t) => !answered(d, t, flag, facts.snapshot)));
    const shadowed = open.filter((flag) => isArgument(chain, flag));
    for (const flag of shadowed) {
      const arg = chain
        .flatMap((s) => s.instructions)
        .find((i) => i.keyword === 'ARG' && i.pairs.some((p) => p.name === flag))!;
      findings.set(-1 - arg.index, {
        path: d.path,
        offset: arg.start,
        message: `${flag} is an ARG, which holds while the image is built and not in its containers.`,
        reason: `Write it as \`ENV ${flag}=1\` if containers are meant too; an ARG may have been meant, so it is left alone.`,
      });
    }
    const handles = worksWithBytecode(chain);
    const missing = open.filter(
      (flag) => !shadowed.includes(flag) && !(handles !== undefined && flag === 'PYTHONDONTWRITEBYTECODE'),
    );
    const lowest = chain[0]!;
    if (missing.length > 0 && !findings.has(lowest.index))
      findings.set(lowest.index, missingFinding(d, chain, missing));
  }
  return [...findings.values()];
}

function missingFinding(d: DockerfileFacts, chain: readonly Stage[], missing: readonly Flag[]): Finding {
  const { edit, declares } = additionFor(d, chain, missing);
  const names = missing.join(' and ');
  return {
    path: d.path,
    offset: chain[0]!.from.start,
    message: `Python runs in this image without ${names}.`,
    reason: `${missing.map((flag) => EFFECT[flag]).join('; and ')}.`.replace(/^\w/, (c) => c.toUpperCase()),
    fix: {
      title: `Set ${names}`,
      safety: 'safe',
      edits: [edit],
      declares: { env: missing, instructions: { [declares]: ['ENV'] } },
    },
  };
}

interface Addition {
  readonly edit: TextEdit;
  readonly declares: 'added' | 'changed';
}

/** Into the ENV of the sibling, else behind FROM of the lowest stage. */
function additionFor(d: DockerfileFacts, chain: readonly Stage[], missing: readonly Flag[]): Addition {
  const { path, text, syntax } = d;
  const sibling = missing.length === 1 ? siblingOf(chain, missing[0]!) : undefined;
  if (sibling !== undefined) {
    const edit = joinEnv({ path, text, syntax, env: sibling.env }, sibling.pair, `${missing[0]}=1`);
    return { edit, declares: 'changed' };
  }
  const stage = chain[0]!;
  let last = stage.from;
  for (const i of stage.instructions) {
    if (i.keyword !== 'ARG' || i.line !== last.endLine + 1) break;
    last = i;
  }
  const next = d.syntax.instructions[last.index + 1];
  const pad = next === undefined ? '' : text.slice(text.lastIndexOf('\n', next.start - 1) + 1, next.start);
  const indent = next === undefined || next.keyword === 'FROM' ? '' : /^[ \t]*$/.test(pad) ? pad : '';
  const [first, ...rest] = missing.map((flag) => `${flag}=1`);
  const lines = [`${indent}${keywordOf(d)} ${first}`];
  for (const pair of rest) {
    lines.push(`${lines.pop()} ${syntax.escape}`, `${indent}    ${pair}`);
  }
  const behind = text.indexOf('\n', last.end) + 1;
  if (behind > 0 && /^[ \t]*\r?\n/.test(text.slice(behind, behind + 200))) lines.unshift('');
  return { edit: insertLinesAfter({ path, text, offset: last.end, lines }), declares: 'added' };
}

function siblingOf(chain: readonly Stage[], flag: Flag): { env: Instruction; pair: Pair } | undefined {
  for (const env of chain.flatMap((stage) => stage.instructions)) {
    if (env.keyword !== 'ENV') continue;
    const pair = env.pairs.find((p) => isFlag(p.name) && p.name !== flag && p.separator === '=');
    if (pair !== undefined) return { env, pair };
  }
  return undefined;
}

/** ENV in the case that most of the file's instructions have. */
function keywordOf(d: DockerfileFacts): string {
  const all = d.syntax.instructions.map((i) => d.text.slice(i.start, i.start + i.keyword.length));
  return all.filter((word) => word === word.toLowerCase()).length * 2 > all.length ? 'env' : 'ENV';
}
