// FROM python:3.12  ->  FROM python:3.12 + ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1; ENV KEY value -> ENV KEY=value.

import { joinEnv, modernEnv } from '../../src/edit/envList.ts';
import { builtHere, seemsBuiltHere } from '../../src/facts/builtHere.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import type { Stage } from '../../src/facts/image.ts';
import { isWithoutPython } from '../../src/facts/pythonPlace.ts';
import { chainOf, runsPython } from '../../src/facts/runsPython.ts';
import type { Finding, Transform } from '../../src/model.ts';
import type { Instruction, Pair } from '../../src/parse/dockerfile/syntax.ts';
import { type Bytecode, bytecodeOf } from './bytecode.ts';
import { addEnv, type EnvAddition } from './envPlace.ts';
import { flagsOff } from './flagsOff.ts';
import {
  ENV_SWALLOWS,
  FLAG_IS_ARGUMENT,
  FLAGS_MISSING,
  LEGACY_ENV,
  PYTHON_ENV_DIAGNOSES,
} from './pythonEnvDiagnoses.ts';
import { answered, isArgument, PYTHON_FLAGS, type PythonFlag, swallows } from './pythonFlags.ts';

const EFFECT: Readonly<Record<PythonFlag, string>> = {
  PYTHONDONTWRITEBYTECODE: 'Python leaves __pycache__ folders in image layers and mounted folders',
  PYTHONUNBUFFERED: 'output waits in a buffer, so that logs come late, or not at all after a crash',
};

export const setPythonEnv: Transform<Facts> = {
  id: 'set-python-env',
  title: 'Set PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED for Python images',
  why: `In a container standard output is no terminal, so Python keeps what is printed in a buffer: \`docker logs\` shows it late, and what the buffer holds when the process is killed is lost. \`PYTHONUNBUFFERED=1\` writes it at once. \`PYTHONDONTWRITEBYTECODE=1\` keeps Python from writing \`.pyc\` files next to the sources, where they make layers larger, differ from build to build and litter mounted folders of the host; bytecode that a build compiles on purpose (\`compileall\`, \`UV_COMPILE_BYTECODE\`, pip by itself) is written all the same. What nobody compiles would be compiled anew at every start: where uv installs, \`UV_COMPILE_BYTECODE=1\` comes with it, and where bytecode is off on purpose or nobody compiles (\`--no-compile\`, poetry, \`*.pyc\` removed from the packages), or somebody works with the files, only \`PYTHONUNBUFFERED\` is written.

Both go into the lowest stage of an image that runs Python: into the ENV that has one of them already, beside another ENV of Python's, or as a block behind FROM and the comments that belong to it. A value that is there is an answer, also \`0\` or an empty one, which mean off. \`python -u\` and a compose service's \`environment:\` or \`env_file\` count too. The form \`ENV KEY value\`, which Docker has deprecated, becomes \`ENV KEY=value\` for these two where something else of the file changes.`,
  references: [
    'https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUNBUFFERED',
    'https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE',
    'https://docs.docker.com/reference/build-checks/legacy-key-value-format/',
  ],
  tier: 'S',
  diagnoses: PYTHON_ENV_DIAGNOSES,
  run: (facts) =>
    askedOf(facts)
      .filter((dockerfile) => dockerfile.leftAlone === undefined)
      .flatMap((dockerfile) => [
        ...legacyFindings(dockerfile),
        ...flagsOff(dockerfile),
        ...targetFindings(dockerfile, facts),
      ]),
};

const isFlag = (name: string): name is PythonFlag => (PYTHON_FLAGS as readonly string[]).includes(name);

/** The legacy form of the two flags, in every stage. */
function legacyFindings(dockerfile: DockerfileFacts): Finding[] {
  return dockerfile.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((env): Finding[] => {
      const [pair] = env.pairs;
      if (env.keyword !== 'ENV' || pair?.separator !== '') return [];
      if (!isFlag(pair.name))
        return PYTHON_FLAGS.filter((flag) => swallows(pair, flag)).map((flag) => swallowed(dockerfile, env, flag));
      const edit = modernEnv({ path: dockerfile.path, text: dockerfile.text, syntax: dockerfile.syntax, env });
      if (edit === undefined) {
        return [
          {
            path: dockerfile.path,
            offset: env.start,
            diagnosis: ENV_SWALLOWS,
            message: `The value of ${pair.name} is all of \`${pair.value}\`.`,
            reason: `In the form \`ENV KEY value\` the value runs to the end of the instruction, and what was meant cannot be known. Write \`${pair.name}=1\`, and what else stands there as an instruction or a comment of its own.`,
          },
        ];
      }
      return [
        {
          path: dockerfile.path,
          offset: env.start,
          diagnosis: LEGACY_ENV,
          message: `\`ENV ${pair.name} ${pair.value}\` is written in the deprecated form without \`=\`.`,
          reason:
            'The form with `=` means the same, and cannot swallow what is written behind it. It is written where something else of the file changes, or with `--only set-python-env`.',
          fix: {
            title: `Write ENV ${pair.name} in the KEY=value form`,
            safety: 'safe',
            advice: true,
            edits: [edit],
            declares: { instructions: { changed: ['ENV'] } },
          },
        },
      ];
    }),
  );
}

function swallowed(dockerfile: DockerfileFacts, env: Instruction, flag: PythonFlag): Finding {
  const name = env.pairs[0]!.name;
  return {
    path: dockerfile.path,
    offset: env.start,
    diagnosis: ENV_SWALLOWS,
    message: `${flag} is not set: it is part of the value of ${name}.`,
    reason: `In the form \`ENV KEY value\` the value runs to the end of the instruction. Write every pair of it as \`KEY=value\`.`,
  };
}

/** What the images lack that somebody builds: one finding for each stage that the ENV goes to. */
function targetFindings(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  const findings = new Map<number, Finding>();
  for (const target of dockerfile.targets) {
    if (!runsPython(dockerfile, target) || isWithoutPython(dockerfile, target)) continue;
    const chain = chainOf(dockerfile.image, target);
    // an image of this repository gets the flags itself
    const { base: image } = chain[0]!;
    const base = builtHere(facts, image.ref);
    if (
      base !== undefined &&
      base.dockerfile !== dockerfile &&
      base.dockerfile.leftAlone === undefined &&
      runsPython(base.dockerfile, base.target)
    )
      continue;
    if (seemsBuiltHere(facts, dockerfile, image)) continue;
    const sharing = dockerfile.targets.filter(
      (t) => chainOf(dockerfile.image, t)[0] === chain[0] && runsPython(dockerfile, t),
    );
    const lacks = (stage: number, flag: PythonFlag): boolean => !answered(dockerfile, stage, flag, facts.snapshot);
    const open = PYTHON_FLAGS.filter((flag) => lacks(target, flag));
    const shadowed = open.filter((flag) => isArgument(chain, flag));
    for (const flag of shadowed) {
      const arg = chain
        .flatMap((s) => s.instructions)
        .find((i) => i.keyword === 'ARG' && i.pairs.some((p) => p.name === flag))!;
      findings.set(-1 - arg.index, {
        path: dockerfile.path,
        offset: arg.start,
        diagnosis: FLAG_IS_ARGUMENT,
        message: `${flag} is an ARG, which holds while the image is built and not in its containers.`,
        reason: `Write it as \`ENV ${flag}=1\` if containers are meant too; an ARG may have been meant, so it is left alone.`,
      });
    }
    // not below another image that has its own answer: it would be set twice
    const stageFor = (flag: PythonFlag): Stage => {
      const answering = sharing.filter((t) => !lacks(t, flag)).flatMap((t) => chainOf(dockerfile.image, t));
      return chain.find((s) => !answering.includes(s)) ?? chain[0]!;
    };
    const all = open.filter((flag) => !shadowed.includes(flag));
    const [lowest = chain[0]!] = all.map(stageFor);
    const missing = all.filter((flag) => stageFor(flag) === lowest);
    // what has its own answer is not asked
    const asked = sharing.filter(
      (t) => chainOf(dockerfile.image, t).includes(lowest) && lacks(t, 'PYTHONDONTWRITEBYTECODE'),
    );
    const bytecode = missing.includes('PYTHONDONTWRITEBYTECODE')
      ? bytecodeOf(dockerfile, asked, facts.snapshot)
      : NO_BYTECODE;
    const written = missing.filter((flag) => bytecode.blocker === undefined || flag !== 'PYTHONDONTWRITEBYTECODE');
    if (written.length === 0) continue;
    const lacking = sharing.filter((t) => lacks(t, written[0]!)).map((t) => chainOf(dockerfile.image, t));
    const shared = chain.filter((s) => lacking.every((c) => c.includes(s)));
    const own = chain.slice(chain.indexOf(lowest));
    findings.set(lowest.index, missingFinding(dockerfile, own, { ...bytecode, written, shared }));
  }
  return [...findings.values()];
}

/** Where PYTHONDONTWRITEBYTECODE is answered already. */
const NO_BYTECODE: Bytecode = { bySetting: [] };

interface Missing extends Bytecode {
  readonly written: readonly PythonFlag[];
  /** Stages that all images without the flags are made of. */
  readonly shared: readonly Stage[];
}

function missingFinding(
  dockerfile: DockerfileFacts,
  chain: readonly Stage[],
  { written, blocker, bySetting, flags, shared }: Missing,
): Finding {
  const sibling = siblingOf(shared, written[0]!);
  const additions = additionsFor(dockerfile, chain, { written, bySetting, sibling });
  const count = (what: 'added' | 'changed'): string[] =>
    additions.filter((a) => a.declares === what).flatMap((a) => new Array<string>(a.count).fill('ENV'));
  const names = [...written, ...new Set(bySetting.map(({ variable }) => variable))];
  const left = blocker === undefined ? [] : [`PYTHONDONTWRITEBYTECODE is left out: ${blocker.words}.`];
  const set = bySetting.map(
    ({ tool, variable }) => `${tool} compiles what it installs only where ${variable}=1 is set.`,
  );
  const flagged = [...(flags?.byTool ?? [])].map(
    ([tool, flag]) => `${tool} compiles what it installs only with \`${flag}\`.`,
  );
  const compiled = [...new Set(set), ...flagged];
  const effect = `${written.map((flag) => EFFECT[flag]).join('; and ')}.`.replace(/^\w/, (c) => c.toUpperCase());
  return {
    path: dockerfile.path,
    offset: chain[0]!.from.start,
    diagnosis: FLAGS_MISSING,
    message: `Python runs in this image without ${written.join(' and ')}.`,
    reason: [effect, ...compiled, ...left].join(' '),
    fix: {
      title: `Set ${written.length > 1 && bySetting.length > 0 ? names.join(', ').replace(/, (?=\w+$)/, ' and ') : names.join(' and ')}${flags === undefined ? '' : `, and have ${[...flags.byTool.keys()].join(' and ')} compile`}`,
      safety: 'safe',
      notes: [...compiled, ...left],
      edits: [...additions.map((a) => a.edit), ...(flags?.edits ?? [])],
      declares: {
        env: names,
        instructions: { added: count('added'), changed: [...count('changed'), ...(flags?.changed ?? [])] },
        ...(flags === undefined ? {} : { reorders: { commands: flags.commands } }),
      },
    },
  };
}

/** Into the ENV of the sibling, else where ENV goes in the lowest stage; an installer's into that of the stage that installs. */
function additionsFor(
  dockerfile: DockerfileFacts,
  chain: readonly Stage[],
  { written, bySetting, sibling }: Pick<Missing, 'written' | 'bySetting'> & { readonly sibling: Sibling | undefined },
): EnvAddition[] {
  const { path, text, syntax } = dockerfile;
  const lowest = chain[0]!;
  // a builder FROM the same lowest stage has what stands there
  const isOwn = (stage: number): boolean => chainOf(dockerfile.image, stage).includes(lowest);
  const pairsOf = (installs: Missing['bySetting']): string[] => [
    ...new Set(installs.map((one) => `${one.variable}=1`)),
  ];
  const bottomOf = ({ stage }: { readonly stage: number }): Stage => chainOf(dockerfile.image, stage)[0]!;
  const apart = bySetting.filter(({ stage }) => !isOwn(stage));
  const others = [...new Set(apart.map(bottomOf))].map((bottom) =>
    addEnv(dockerfile, bottom, pairsOf(apart.filter((one) => bottomOf(one) === bottom))),
  );
  const pairs = [...written.map((flag) => `${flag}=1`), ...pairsOf(bySetting.filter(({ stage }) => isOwn(stage)))];
  const install = lowest.instructions.find((i) => i.keyword === 'RUN');
  const isAbove = sibling !== undefined && (install === undefined || sibling.env.index < install.index);
  if (sibling === undefined || (isAbove && pairs.length > 1)) return [addEnv(dockerfile, lowest, pairs), ...others];
  const edit = joinEnv({ path, text, syntax, env: sibling.env }, sibling.pair, pairs[0]!);
  // what an installer reads has to stand above its install
  const more = pairs.length > 1 ? [addEnv(dockerfile, lowest, pairs.slice(1))] : [];
  return [{ edit, declares: 'changed', count: 1 }, ...more, ...others];
}

interface Sibling {
  readonly env: Instruction;
  readonly pair: Pair;
}

function siblingOf(chain: readonly Stage[], flag: PythonFlag): Sibling | undefined {
  for (const env of chain.flatMap((stage) => stage.instructions)) {
    if (env.keyword !== 'ENV') continue;
    const pair = env.pairs.find((p) => isFlag(p.name) && p.name !== flag && p.separator === '=');
    if (pair !== undefined) return { env, pair };
  }
  return undefined;
}
