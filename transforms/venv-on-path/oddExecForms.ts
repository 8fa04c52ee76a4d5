// Lists of CMD, ENTRYPOINT, RUN and HEALTHCHECK that are no JSON, or whose first word is a whole command.

import type { ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { chainOf, isPythonBase, servicesOfStage } from '../../src/facts/runsPython.ts';
import { isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { EXEC_FORM_NOT_JSON, EXEC_FORM_ONE_WORD } from './execFormDiagnoses.ts';

const KEYWORDS = new Set(['CMD', 'ENTRYPOINT', 'RUN', 'HEALTHCHECK']);

/** Findings on what no shell splits, or what a shell splits although a list is meant. */
export function execForms(dockerfile: DockerfileFacts): Finding[] {
  return dockerfile.image.stages
    .flatMap((stage) =>
      stage.instructions.flatMap((i): Finding[] => {
        if (!KEYWORDS.has(i.keyword) || !isAsked(dockerfile, stage.index, i)) return [];
        if (i.json === undefined) return quotedList(dockerfile, i);
        const [first] = i.json;
        if (i.keyword === 'CMD' && hasEntrypoint(dockerfile, stage.index)) return [];
        return first === undefined ? [] : oneWord(dockerfile, i, first.value);
      }),
    )
    .concat(servicesWithOneWord(dockerfile));
}

/** Does it run, in an image that has to do with Python? A CMD or ENTRYPOINT that a later one replaces does not. */
function isAsked(dockerfile: DockerfileFacts, stage: number, i: Instruction): boolean {
  const { keyword, index } = i;
  const targets = dockerfile.targets.filter((target) =>
    chainOf(dockerfile.image, target).some((one) => one.index === stage),
  );
  const key = keyword === 'CMD' ? 'cmd' : keyword === 'ENTRYPOINT' ? 'entrypoint' : 'healthcheck';
  const runs =
    keyword === 'RUN' || targets.some((target) => dockerfile.image.stages[target]!.final[key]?.index === index);
  if (!runs) return false;
  const [root] = chainOf(dockerfile.image, stage);
  const { files } = dockerfile.trace.stages[stage]!;
  return (
    isPythonBase(root!.base) ||
    files.environments.size > 0 ||
    /\b(python[\d.]*|pip3?|uv|poetry|pipenv|gunicorn|uvicorn|flask|celery|django)\b/.test(i.logical.text)
  );
}

/** Is there a program that may make something else of the words, or nothing at all? */
const hasEntrypoint = (dockerfile: DockerfileFacts, stage: number): boolean => {
  const { final, base } = dockerfile.image.stages[stage]!;
  return final.entrypoint !== undefined || base.entrypoint === 'own';
};

/** Quotes of a word processor, as bytes. */
const CURLY = '\u00e2\u0080[\u009c\u009d\u009e\u0098\u0099]';
const QUOTED = `'[^'"]*'|"[^'"]*"|${CURLY}[^'"]*?${CURLY}`;
const LIST = new RegExp(String.raw`^\[\s*(?:${QUOTED})(?:\s*,\s*(?:${QUOTED}))*\s*,?\s*\]$`);

/** What follows where its command is not found. */
function endOfFailed({ keyword }: Instruction): string {
  if (keyword === 'RUN') return 'the build ends here';
  return keyword === 'HEALTHCHECK' ? 'the check never succeeds' : 'the container does not start';
}

function quotedList(dockerfile: DockerfileFacts, i: Instruction): Finding[] {
  const text = i.logical.text.slice(i.argsAt, i.argsTo).trim();
  // `[ 'x' ]` is a test that holds
  if (!LIST.test(text) || /^\[\s[^,]*\]$/.test(text)) return [];
  const why = /^\[\s*"/.test(text) && !text.includes("'") ? 'a comma before the bracket' : 'its quotes are not `"`';
  const [word = ''] = text.replaceAll(/['"]/g, '').split(/\s/);
  const isTest = word === '[';
  const end = endOfFailed(i);
  const does = isTest ? 'takes `[` for a test of its own' : `looks for a program \`${word}\` (exit 127)`;
  const json = text
    .replaceAll(new RegExp(CURLY, 'g'), '"')
    .replaceAll("'", '"')
    .replace(/,\s*\]$/, ']');
  return [
    {
      diagnosis: EXEC_FORM_NOT_JSON,
      path: dockerfile.path,
      offset: i.start,
      message: `The list of this ${i.keyword} is no JSON (${why}), so that a shell reads it as text and ${does}: ${end}.`,
      reason: `Write \`${i.keyword === 'HEALTHCHECK' ? 'CMD' : i.keyword} ${json}\`.`,
    },
  ];
}

/** A command with its arguments in one word; a path may have blanks of its own. */
const COMMAND = /^(?:[\w.-]+|(?:[\w.-]*\/)*[\w.-]+)\s+\S/;
const isCommand = (word: string): boolean => {
  if (!isKnown(word) || !COMMAND.test(word)) return false;
  const [program = '', ...rest] = word.split(/\s+/);
  // `/opt/my app/run`
  return (
    !program.startsWith('/') || /\/s?bin\/[^/]+$|\.(sh|py)$/.test(program) || rest.every((one) => !one.includes('/'))
  );
};

function oneWord(dockerfile: DockerfileFacts, i: Instruction, word: string): Finding[] {
  if (!isCommand(word)) return [];
  const list = i.json!.map(({ value }) => value);
  const end = endOfFailed(i);
  return [
    {
      diagnosis: EXEC_FORM_ONE_WORD,
      path: dockerfile.path,
      offset: i.start,
      message: `No shell splits \`${readable(word)}\` in the list of this ${i.keyword}: it is the name of one program, which there is not, and ${end} (exit 127).`,
      reason: wayOutOfOneWord(i.keyword === 'HEALTHCHECK' ? 'HEALTHCHECK CMD' : i.keyword, list),
    },
  ];
}

/** The words one by one, or a shell where it takes one. */
function wayOutOfOneWord(keyword: string, list: readonly string[]): string {
  const whole = list.join(' ');
  if (/[|&;<>$`(){}*?~"'\\]/.test(whole)) return `Write \`${keyword} ${readable(whole)}\`, which a shell reads.`;
  return `Write \`${keyword} [${whole
    .split(/\s+/)
    .map((one) => `"${one}"`)
    .join(', ')}]\`.`;
}

/** `command: ["python app.py"]` */
function servicesWithOneWord(dockerfile: DockerfileFacts): Finding[] {
  const said = new Set<string>();
  return dockerfile.targets.flatMap((target) =>
    servicesOfStage(dockerfile, target).flatMap((service): Finding[] => {
      const command = commandOfService(service, dockerfile, target);
      const words = command?.words?.every((word) => word !== undefined) ? (command.words as string[]) : [];
      const [first] = words;
      if (command === undefined || command.form !== 'list' || first === undefined || !isCommand(first)) return [];
      const { path, range } = command.origin;
      const key = `${path} ${range.start}`;
      if (said.has(key)) return [];
      said.add(key);
      return [
        {
          diagnosis: EXEC_FORM_ONE_WORD,
          path,
          offset: range.start,
          message: `No shell splits \`${first}\` in the list of service ${service.name}: it is the name of one program, which there is not, and the container does not start (exit 127).`,
          reason: 'Write its words one by one, or the command as a text without a list.',
        },
      ];
    }),
  );
}

/** What is started first: the service's entrypoint, or its command where nothing stands before it. */
function commandOfService(
  { entrypoint, command, gaps }: ServiceFacts,
  dockerfile: DockerfileFacts,
  target: number,
): ServiceFacts['command'] {
  if (gaps.length > 0) return undefined;
  if (entrypoint !== undefined) return (entrypoint.words?.length ?? 0) > 0 ? entrypoint : undefined;
  return hasEntrypoint(dockerfile, target) ? undefined : command;
}
