// RUN uv sync / CMD ["python", "app.py"]  ->  ENV VIRTUAL_ENV=/app/.venv, ENV PATH="$VIRTUAL_ENV/bin:$PATH" behind the RUN

import { isBlocker } from '../../src/facts/blocker.ts';
import { describe } from '../../src/facts/compare/sentences.ts';
import { lostVariables } from '../../src/facts/copies/lostVariables.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { anchorOf, filesOfImage, type ImageView } from '../../src/facts/imageView.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { hasOnPath } from '../../src/facts/onPath/envLines.ts';
import {
  activatedAtStart,
  isSystemOpen,
  type OutsideStart,
  outsideStarts,
  outsideSteps,
} from '../../src/facts/outsideStarts.ts';
import { environmentsWithPackages, packagesIn } from '../../src/facts/projectPackages.ts';
import { envKey } from '../../src/facts/pythonInterpreter.ts';
import { type OutsideLine, outsideLines } from '../../src/facts/starts/outsideLines.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding, Fix, Transform } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { placedCommand } from './commandPlace.ts';
import { endedSettings } from './endedSettings.ts';
import { EXEC_FORM_DIAGNOSES } from './execFormDiagnoses.ts';
import { lambdaHandler } from './lambdaHandler.ts';
import { execForms } from './oddExecForms.ts';
import { ON_PATH_DIAGNOSES, PROGRAM_OUTSIDE } from './onPathDiagnoses.ts';
import { type OnPathPlan, onPathPlan } from './onPathPlan.ts';
import { otherEnvironment } from './otherEnvironment.ts';
import { emptyVariables, hostPathsOfServices, pathEntries } from './pathEntries.ts';
import { resetPaths } from './resetPaths.ts';
import { shellOutside } from './shellOutside.ts';
import { strayEntries } from './strayEntries.ts';
import { unusedEnvironments } from './unusedEnvironment.ts';
import { userInstalls } from './userInstalls.ts';
import { linesToWrite } from './wayOut.ts';
import { withoutPython } from './withoutPython.ts';

export const venvOnPath: Transform<Facts> = {
  id: 'venv-on-path',
  title: 'Put the environment that has the packages on PATH',
  why: `Packages are installed into a virtual environment (\`uv sync\`, \`poetry install\`, \`/opt/venv/bin/pip install\`), and a program that is
found along PATH runs the system Python, which has none of them. \`ENV VIRTUAL_ENV\` and \`ENV PATH\` make the environment the one that every
later line, the container, \`docker exec\` and every child process use.

The lines go behind what makes the environment, or behind the last build step that they would change. They are written only where
everything that the system Python holds is known, so that nothing loses what it had.`,
  references: [
    'https://docs.astral.sh/uv/guides/integration/docker/#using-the-environment',
    'https://docs.docker.com/reference/dockerfile/#env',
  ],
  tier: 'S',
  diagnoses: [...ON_PATH_DIAGNOSES, ...EXEC_FORM_DIAGNOSES],
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) =>
      dockerfile.leftAlone === undefined
        ? [
            // an entry that is put right needs no lines beside it
            ...pathEntries(dockerfile, facts),
            ...dockerfile.targets.flatMap((target) => imageFindings({ dockerfile, target }, facts)),
            ...unusedEnvironments({ dockerfile, target: dockerfile.targets.at(-1)! }, facts),
            ...hostPathsOfServices(dockerfile, facts),
            ...emptyVariables(dockerfile),
            ...endedSettings(dockerfile),
            ...execForms(dockerfile),
          ]
        : [],
    ),
};

function imageFindings(view: ImageView, facts: Facts): Finding[] {
  const [missing] = [...withoutPython(view), ...userInstalls(view)];
  if (missing !== undefined) return [missing];
  const handler = lambdaHandler(view);
  const off = handler.length > 0 ? handler : offPath(view, facts);
  const isSaid = off.some(({ fix, level }) => fix?.safety === 'safe' || level === undefined);
  const stray = isSaid ? [] : strayEntries(view, facts);
  if (stray.length > 0) return stray;
  return off.length > 0 ? off : [...otherEnvironment(view, facts), ...resetPaths(view, facts)].slice(0, 1);
}

/** An environment that has the packages, and is not on PATH. */
function offPath(view: ImageView, facts: Facts): Finding[] {
  const { dockerfile, target } = view;
  const { final, base } = dockerfile.image.stages[target]!;
  // what reads packages from a folder has its own way to them
  if (final.env.has('PYTHONPATH') || isSystemOpen(view)) return [];
  const paths = environmentsWithPackages(filesOfImage(view));
  const [path] = paths;
  if (path === undefined || paths.some((one) => hasOnPath(dockerfile, final, base, one))) return [];
  // the variable that its COPY reads is set above that, and the environment stands where it was made
  const made = filesOfImage(view).environments.get(path)?.createdAt ?? path;
  if (lostVariables(dockerfile).some(({ stage, value }) => stage.index === target && value === made)) return [];
  const outside = [...outsideSteps(view, path), ...outsideStarts(view)];
  if (outside.length > 0) return [outsideFinding(view, path, { outside, facts })];
  // what `compose run` would start by the entry script is another transform's
  const isActivated = activatedAtStart(view, path) !== undefined;
  const [line] = outsideLines(view, facts).filter(({ start }) => !isActivated || start.form !== 'compose exec');
  if (line?.start.kind === 'machine' && !line.isOpen) return [lineFinding(view, path, { line, facts })];
  const inside = shellOutside(view, path, facts);
  const isMended = inside.some(({ fix }) => fix?.safety === 'safe');
  return isMended || line === undefined ? inside : [...inside, lineFinding(view, path, { line, facts })];
}

/** Of a line that runs something in a container; a page is read by people, and rests on more than it says. */
function lineFinding(
  view: ImageView,
  path: string,
  { line, facts }: { readonly line: OutsideLine; readonly facts: Facts },
): Finding {
  const { start, event, how, isOpen } = line;
  const does = how === 'missing' ? 'finds no such program along PATH (exit 127)' : 'runs the system Python';
  const who = event.file === undefined ? `\`${start.said}\`` : `\`${start.said}\` starts ${describe(event)}, which`;
  const assumed = start.starts?.assumed ? `, if its image is built from ${view.dockerfile.path}` : '';
  const finding = {
    diagnosis: PROGRAM_OUTSIDE,
    ...(how === 'perhaps' || isOpen || start.kind === 'docs' ? { level: 'fragile' as const } : {}),
    path: start.path,
    offset: start.offset,
    message: `${who} ${does}; ${whatInstalled(view, path, start.path)} went into ${readable(path)}${assumed}.`,
  };
  const plan = onPathPlan(view, path, facts);
  if (isBlocker(plan)) return { ...finding, reason: `Left alone: ${readable(plan.words)}. ${linesToWrite(path)}` };
  const { dockerfile } = view;
  if (start.kind === 'docs' || isOpen)
    return { ...finding, reason: linesToWrite(path, { behind: plan.behind, dockerfile, from: start.path }) };
  return { ...finding, ...ENV_HOLDS, fix: onPathFix(path, plan) };
}

const ENV_HOLDS = { reason: 'ENV holds for every later line, for the container, and for who enters it.' };

const onPathFix = (path: string, { edits, declares }: OnPathPlan): Fix => ({
  title: `Put ${readable(path)} on PATH with ENV`,
  safety: 'safe',
  edits,
  declares,
});

function outsideFinding(
  view: ImageView,
  path: string,
  { outside, facts }: { readonly outside: readonly OutsideStart[]; readonly facts: Facts },
): Finding {
  const { dockerfile } = view;
  const { event, how } = outside.find((one) => one.how !== 'perhaps') ?? outside[0]!;
  const does = how === 'missing' ? 'finds no such program along PATH (exit 127)' : 'runs the system Python';
  const anchor = anchorOf(event, dockerfile);
  const finding = {
    diagnosis: PROGRAM_OUTSIDE,
    ...(how === 'perhaps' ? { level: 'fragile' as const } : {}),
    ...anchor,
    message: `${placedCommand(event)} ${does}; ${whatInstalled(view, path, anchor.path)} went into ${readable(path)}.`,
  };
  const plan = onPathPlan(view, path, facts);
  if (isBlocker(plan)) return { ...finding, reason: `Left alone: ${readable(plan.words)}. ${linesToWrite(path)}` };
  return { ...finding, ...ENV_HOLDS, fix: onPathFix(path, plan) };
}

/** What put packages there, and where; said at a place in the file `from`. */
function whatInstalled({ dockerfile, target }: ImageView, path: string, from: string): string {
  const [id] = packagesIn(dockerfile.trace.stages[target]!.files, envKey(path));
  const install = dockerfile.trace.events.filter(isRun).find((event) => event.install?.id === id);
  if (install === undefined) return 'the packages';
  const of = from === dockerfile.path ? '' : ` of ${dockerfile.path}`;
  const line = `${lineMark(dockerfile.path, dockerfile.syntax.instructions[install.instruction]!.start)}${of}`;
  const { name, variables } = INSTALLERS.uv;
  const { env } = dockerfile.image.stages[install.stage]!.final;
  const system = install.key.startsWith(`${name} `) ? variables.others.find((one) => env.has(one)) : undefined;
  return `what ${describe(install)} (line ${line}) installs${system === undefined ? '' : `, whatever ${system} says,`}`;
}
