// FROM python:3.12-alpine / RUN apk add gcc musl-dev / RUN pip install pandas  ->  a finding: python:3.12-slim

import { describe } from '../../src/facts/compare/sentences.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import type { Stage } from '../../src/facts/image.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { absolute, isKnown, readable } from '../../src/facts/values.ts';
import type { Finding, Transform } from '../../src/model.ts';
import { normaliseName } from '../../src/parse/manifests/requirement.ts';
import { parseRequirements } from '../../src/parse/manifests/requirements.ts';
import { lineMark } from '../../src/text/lines.ts';
import { ALPINE_DIAGNOSES, MUSL_COMPILES } from './alpineDiagnoses.ts';
import { WITHOUT_MUSL_WHEELS } from './glibcPackages.ts';

export const avoidAlpine: Transform<Facts> = {
  id: 'avoid-alpine',
  title: 'Say what a musl base costs a Python image',
  why: `Alpine has musl in place of glibc. A package that has no \`musllinux\` wheel is compiled in the build: that takes minutes, a compiler and
headers, and for some packages it cannot be done. It is said where the file installs a compiler beside its pip, and where a package is named that
has no wheel for musl at all; another base is a person's choice.`,
  references: ['https://peps.python.org/pep-0656/', 'https://pythonspeed.com/articles/alpine-docker-python/'],
  tier: 'F',
  diagnoses: ALPINE_DIAGNOSES,
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) =>
      dockerfile.leftAlone === undefined
        ? dockerfile.image.stages.flatMap((stage) => alpineFinding(dockerfile, stage))
        : [],
    ),
};

const COMPILERS = /^(gcc|g\+\+|clang|build-base|alpine-sdk|musl-dev)$/;

/** One for each stage FROM an Alpine image, at its FROM. */
function alpineFinding(dockerfile: DockerfileFacts, stage: Stage): Finding[] {
  if (stage.parent !== undefined || stage.base.distribution !== 'alpine') return [];
  const own = dockerfile.image.stages.filter(({ index }) => chainOf(dockerfile.image, index)[0] === stage);
  const installs = dockerfile.trace.events
    .filter(isRun)
    .filter(
      (event) =>
        event.when === 'build' &&
        event.install !== undefined &&
        !event.install.toolsOnly &&
        own.some(({ index }) => index === event.stage),
    );
  const [first] = installs;
  if (first === undefined) return [];
  const lacking = installs
    .flatMap((event) => namedPackages(event, dockerfile).map((name) => ({ event, name })))
    .find(({ name }) => WITHOUT_MUSL_WHEELS.has(name));
  const compiler = own
    .flatMap(({ index }) => dockerfile.trace.stages[index]!.commands)
    .find(({ words, when }) => when === 'build' && words[0] === 'apk' && words.some((word) => COMPILERS.test(word)));
  if (lacking === undefined && compiler === undefined) return [];
  const line = (instruction: number): string =>
    lineMark(dockerfile.path, dockerfile.syntax.instructions[instruction]!.start);
  const ref = readable(stage.base.ref);
  const message =
    lacking !== undefined
      ? `${lacking.name}, which line ${line(lacking.event.instruction)} installs, has no wheel for musl, the C library of ${ref}: pip finds none, or compiles it.`
      : `${ref} has musl in place of glibc: line ${line(compiler!.instruction)} installs a compiler, and ${describe(first)} (line ${line(first.instruction)}) compiles what has no wheel for musl.`;
  return [
    {
      diagnosis: MUSL_COMPILES,
      path: dockerfile.path,
      offset: stage.from.start,
      message,
      reason: `Left alone: the base is a person's choice. ${slimOf(stage.base.ref)}`,
    },
  ];
}

/** Names that an install is given, or that its requirements files list. */
function namedPackages({ install, words, stage }: RunEvent, dockerfile: DockerfileFacts): string[] {
  const files = words.flatMap((word, n) => (/^(-r|--requirement)$/.test(words[n - 1] ?? '') ? [word] : []));
  const { cwd } = dockerfile.image.stages[stage]!.final;
  const listed = files.filter(isKnown).flatMap((file) => {
    const text = dockerfile.trace.stages[stage]!.readImage(absolute(file, cwd))?.text ?? '';
    return parseRequirements(text).entries.flatMap((entry) => {
      const name = /^([A-Za-z0-9][\w.-]*)\s*([[=<>~!;]|$)/.exec('value' in entry ? String(entry.value) : '')?.[1];
      return name === undefined ? [] : [normaliseName(name)];
    });
  });
  return [...(install?.names ?? []), ...listed];
}

/** The Debian image of the same Python. */
function slimOf(ref: string): string {
  const slim = /^(.*python:\d+\.\d+(?:\.\d+)?)-alpine[\d.]*$/.exec(readable(ref))?.[1];
  return slim === undefined ? 'Write a Debian base, `FROM python:3.12-slim`.' : `Write \`FROM ${slim}-slim\`.`;
}
