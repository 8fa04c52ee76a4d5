// Starts whose Python has no packages, while another one has them: no environment off PATH, which is a matter of ENV.

import { isBlocker } from '../../src/facts/blocker.ts';
import { describe, placeWords } from '../../src/facts/compare/sentences.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { anchorOf, type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Installer } from '../../src/facts/installers/installer.ts';
import { missedPackages } from '../../src/facts/missedPackages.ts';
import { packagesIn } from '../../src/facts/projectPackages.ts';
import { envPathOf, type InterpreterKey } from '../../src/facts/pythonInterpreter.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { OTHER_ENVIRONMENT } from './onPathDiagnoses.ts';
import { type Apart, projectEnvironmentPlan } from './projectEnvironment.ts';

/** The first start that is apart from the packages. */
export function otherEnvironment(view: ImageView, facts: Facts): Finding[] {
  for (const event of startsWithin(view)) {
    const missed = missedPackages(event, view);
    if (missed === undefined) continue;
    const { needs, holder } = missed;
    const install = installOf(view, holder);
    if (install === undefined) continue;
    const { path, syntax } = view.dockerfile;
    const line = lineMark(path, syntax.instructions[install.instruction]!.start);
    const finding: Finding = {
      diagnosis: OTHER_ENVIRONMENT,
      ...(needs === 'open' ? { level: 'fragile' as const } : {}),
      ...anchorOf(event, view.dockerfile),
      message: `${describe(event)} ${runsIn(event)}; what ${describe(install)} (line ${line}) installs went into ${holderWords(holder)}.`,
      reason: wayTogether(event, holder, install),
    };
    return [withProjectEnvironment(finding, { view, facts, apart: projectApart(event, holder, install) })];
  }
  return [];
}

/** uv's project commands made the environment that has the packages, beside the one that the start runs in. */
function projectApart({ interpreter }: RunEvent, holder: InterpreterKey, install: RunEvent): Apart | undefined {
  const to = envPathOf(interpreter);
  const isUvs = /^uv (?!pip\b)/.test(install.key) && holder.startsWith('env:');
  return isUvs && to !== undefined && isKnown(to) ? { from: holder.slice('env:'.length), to } : undefined;
}

interface ProjectFix {
  readonly view: ImageView;
  readonly facts: Facts;
  readonly apart: Apart | undefined;
}

function withProjectEnvironment(finding: Finding, { view, facts, apart }: ProjectFix): Finding {
  const plan = apart === undefined ? undefined : projectEnvironmentPlan(view, apart, facts);
  if (plan === undefined) return finding;
  if (isBlocker(plan)) return { ...finding, reason: `Left alone: ${readable(plan.words)}. ${finding.reason}` };
  const title = `Have uv's project commands use ${readable(apart!.to)}`;
  const reason = 'UV_PROJECT_ENVIRONMENT is the one variable that they go by.';
  return { ...finding, reason, fix: { title, safety: 'safe', ...plan } };
}

const installOf = ({ dockerfile, target }: ImageView, key: InterpreterKey): RunEvent | undefined => {
  const ids = packagesIn(dockerfile.trace.stages[target]!.files, key);
  return dockerfile.trace.events.filter(isRun).find(({ install }) => install !== undefined && ids.includes(install.id));
};

function runsIn({ what, words, interpreter }: RunEvent): string {
  const path = envPathOf(interpreter);
  // all that the system has is known: a program of a package is not there
  if (what === 'program' && interpreter.kind === 'system') return 'finds no such program along PATH (exit 127)';
  if (what !== 'tool') return `runs in ${placeWords(interpreter)}`;
  return path === undefined
    ? `makes an environment of its own at the start, in the cache of ${words[0]}`
    : `makes ${readable(path)} at the start`;
}

function holderWords(key: InterpreterKey): string {
  if (key === 'system') return 'the system Python';
  return key.startsWith('env:')
    ? readable(key.slice('env:'.length))
    : `an environment in the cache of ${cachingInstaller(key).name}`;
}

/** The installer whose cache holds the environment of this key. */
const cachingInstaller = (key: InterpreterKey): Installer =>
  key.includes('poetry') ? INSTALLERS.poetry : INSTALLERS.pipenv;

function wayTogether(event: RunEvent, holder: InterpreterKey, install: RunEvent): string {
  const own = readable(envPathOf(event.interpreter) ?? '');
  if (holder.startsWith('env:')) {
    const isUvs = /^uv (?!pip\b)/.test(install.key);
    return isUvs
      ? `Write \`ENV UV_PROJECT_ENVIRONMENT=${own}\` before ${describe(install)}: uv's project commands go by that variable.`
      : `Write \`ENV VIRTUAL_ENV=${holderWords(holder)}\` and \`ENV PATH="$VIRTUAL_ENV/bin:$PATH"\`, or install into ${own}.`;
  }
  if (holder !== 'system') {
    const { name, variables } = cachingInstaller(holder);
    return `Start it with \`${name} run\`, or write \`ENV ${variables.inProject}=1\` before the install and put the project's .venv on PATH.`;
  }
  if (event.what === 'tool') {
    const rest = event.words.slice(event.words.indexOf('run') + 1).join(' ');
    return `Name the program itself (\`${readable(rest)}\`): what is installed into the system needs no \`${event.words[0]} run\`.`;
  }
  return `Write \`ENV VIRTUAL_ENV=${own}\` before ${describe(install)}, which goes by that variable and not by PATH.`;
}
