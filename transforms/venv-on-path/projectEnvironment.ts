// ENV VIRTUAL_ENV=/opt/venv / RUN uv sync  ->  ENV UV_PROJECT_ENVIRONMENT=/opt/venv above the RUN: uv's project commands go by no other variable

import { applyEdits, insertLinesAfter } from '../../src/edit/textEdits.ts';
import type { Blocker } from '../../src/facts/blocker.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { filesOfImage, type ImageView } from '../../src/facts/imageView.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { envInterpreter, envPathOf, interpreterKey } from '../../src/facts/pythonInterpreter.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { commandChange } from '../../src/facts/shell/commandChange.ts';
import { type CreateEvent, isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { isWithin, readable } from '../../src/facts/values.ts';
import type { Declaration, TextEdit } from '../../src/model.ts';
import { throughEdits } from '../../src/text/lines.ts';

const VARIABLE = INSTALLERS.uv.variables.environment!;

/** The project's environment at `from`, and the one at `to` that the start runs in. */
export interface Apart {
  readonly from: string;
  readonly to: string;
}

interface ProjectPlan {
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
}

/** The line that has uv's project commands use `to`, or what stands in its way. */
export function projectEnvironmentPlan(view: ImageView, apart: Apart, facts: Facts): ProjectPlan | Blocker {
  const { dockerfile, target } = view;
  const { from, to } = apart;
  const name = readable(from);
  if (!from.endsWith('/.venv')) return { code: 'target', words: `${name} is not where uv makes it by itself` };
  if (/["'\\$`\s#=]/.test(to)) return { code: 'text', words: `the path ${to} cannot be written plainly` };
  const named = whoNames(view, facts);
  if (named !== undefined) return { code: 'named elsewhere', words: `${named} names ${name}, or takes it along` };
  const chain = chainOf(dockerfile.image, target);
  if (chain.some(({ instructions }) => instructions.some(({ logical }) => isMountedAt(to, logical.text))))
    return { code: 'shadowed', words: `a mount of a RUN lies over ${readable(to)}` };
  const stages = new Set(chain.map(({ index }) => index));
  const events = dockerfile.trace.events.filter((event) => stages.has(event.stage) && event.when === 'build');
  const installs = events.filter(isRun).filter(({ install }) => install !== undefined);
  const first = installs.find(({ install }) => envPathOf(install!.target) === from);
  const made = events.find((event): event is CreateEvent => event.kind === 'create' && event.path === to);
  if (first === undefined || made === undefined || made.instruction >= first.instruction)
    return { code: 'order', words: `${readable(to)} is not made before ${name}` };
  const starts = dockerfile.image.stages[target]!.final.user;
  const syncs = starts === userAt(view, made) ? undefined : syncsFromOutside(facts);
  if (syncs !== undefined)
    return {
      code: 'owner',
      words: `${syncs} has \`uv\` sync it in a container, whose user did not make ${readable(to)}`,
    };
  const others = installs.find(({ install }) => envPathOf(install!.target) === to);
  if (others !== undefined || (filesOfImage(view).installs.get(interpreterKey(envInterpreter(to)))?.size ?? 0) > 0)
    return { code: 'swept', words: `${readable(to)} has packages that \`uv sync\` would take out of it` };
  return proven(view, apart, { first, made, facts });
}

const isMountedAt = (path: string, text: string): boolean =>
  [...text.matchAll(/\b(?:target|dst|destination)=["']?([^,"'\s]+)/g)].some(([, target]) => isWithin(path, target!));

/** Who else knows of the project's environment: the Dockerfile, another stage, or a file that may come to run. */
function whoNames({ dockerfile, target }: ImageView, { snapshot }: Facts): string | undefined {
  const chain = chainOf(dockerfile.image, target);
  const stages = new Set(chain.flatMap(({ name, index }) => [name?.toLowerCase() ?? '', String(index)]));
  for (const { logical } of dockerfile.syntax.instructions) {
    if (logical.text.includes('.venv')) return 'a line of the Dockerfile';
    const sources = [...logical.text.matchAll(/\bfrom=["']?([\w.-]+)/gi)].map(([, source]) => source!.toLowerCase());
    if (sources.some((source) => stages.has(source))) return 'a copy between stages';
  }
  return [...snapshot.paths.keys()].find((path) => naming(path)?.test(snapshot.read(path) ?? '') === true);
}

/** Scripts, files of compose and of process managers; what has no ending may be a script. */
const MAY_RUN =
  /\.(sh|bash|zsh|fish|ps1|ya?ml|json|jsonc|conf|ini|cfg|service|cron|mk|env|py|rb|js|ts|hcl|tf|nu|just|j2|tmpl|tpl)$|(^|\/)[^./]+$|(^|\/)\.env[\w.]*$|[Dd]ockerfile[^/]*$/;
const HOST_ONLY = /(^|\/)(\.github|\.vscode|\.idea|\.circleci|node_modules|docs?)\//;
const READ_BY_PEOPLE = /\.(md|rst|txt|toml|adoc)$/;

/** What in a file may name the container's environment; undefined: nothing in it. */
function naming(path: string): RegExp | undefined {
  if (/(^|\/)(\.github|\.circleci)\//.test(path)) return IN_A_WORKFLOW;
  if ((READ_BY_PEOPLE.test(path) && !path.endsWith('.toml')) || HOST_ONLY.test(path))
    return /\b(docker|podman|compose)\b.*\.venv\b|\/\.venv\/bin\//;
  // tasks
  if (path.endsWith('.toml')) return /\.venv\/bin\//;
  return MAY_RUN.test(path) ? /\.venv/ : undefined;
}
/** The environment of a job's machine has that name, too: it is the container's where a job runs one. */
const IN_A_WORKFLOW = /\b(docker|podman|container)\b.*\.venv|\.venv.*\b(docker|podman|container)\b/s;

function userAt({ dockerfile }: ImageView, { stage, instruction }: CreateEvent): string {
  const { instructions, before } = dockerfile.image.stages[stage]!;
  return before[instructions.findIndex(({ index }) => index === instruction)]!.user;
}

/** A file from which a person or a job may have uv sync the project in a container. */
const syncsFromOutside = ({ snapshot }: Facts): string | undefined =>
  [...snapshot.paths.keys()].find(
    (path) =>
      (MAY_RUN.test(path) || READ_BY_PEOPLE.test(path)) &&
      /\b(docker|podman|compose)\b.*\b(run|exec)\b.*\buv\s+(run|sync|add|remove)\b/.test(snapshot.read(path) ?? ''),
  );

interface SyncTrial {
  readonly first: RunEvent;
  readonly made: CreateEvent;
  readonly facts: Facts;
}

/** The line behind the ENV that names the environment, or behind what makes it, and what it changes. */
function proven(view: ImageView, { from, to }: Apart, { first, made, facts }: SyncTrial): ProjectPlan | Blocker {
  const { dockerfile, target } = view;
  const instructions = chainOf(dockerfile.image, target).flatMap((stage) => stage.instructions);
  const env = instructions.findLast(
    ({ keyword, index, logical }) =>
      keyword === 'ENV' && index < first.instruction && /\b(VIRTUAL_ENV|PATH)\b/.test(logical.text),
  );
  const anchor = env ?? dockerfile.syntax.instructions[made.instruction]!;
  const { text, path } = dockerfile;
  const offset = Math.max(anchor.start, anchor.end - 1);
  const edits = [insertLinesAfter({ path, text, offset, lines: [`ENV ${VARIABLE}=${to}`] })];
  const declares: Declaration = {
    instructions: { added: ['ENV'] },
    env: [VARIABLE],
    movesEnvironment: { from, to },
  };
  const now = { ...dockerfile, ...dockerfile.reread(applyEdits(text, edits)), text: applyEdits(text, edits) };
  const change = commandChange(dockerfile, now, declares);
  if (change !== undefined) return { code: 'cut', words: change };
  const bases = dockerfile.image.stages.map(({ base }) => base);
  const movesEnvironment = { from, to };
  const [blocker] = blockersBetween(dockerfile.trace, now.trace, { movesTo: [], movesEnvironment, bases });
  if (blocker !== undefined)
    return { ...blocker, words: throughEdits(blocker.words, { edits, before: facts.snapshot }) };
  const left = now.trace.events
    .filter(isRun)
    .find(
      ({ install, interpreter }) =>
        envPathOf(interpreter) === from || (install !== undefined && envPathOf(install.target) === from),
    );
  if (left !== undefined) return { code: 'in use', words: `${readable(from)} stays in use` };
  return { edits, declares };
}
