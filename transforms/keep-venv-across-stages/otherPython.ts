// Environments whose Python the image has not: of another version, at another place, or left behind in the builder.

import { describe } from '../../src/facts/compare/sentences.ts';
import { filesOfImage } from '../../src/facts/imageView.ts';
import { isSystemOpen } from '../../src/facts/outsideStarts.ts';
import { type PythonPlace, pythonPlaceIn } from '../../src/facts/pythonPlace.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRootUser, userName } from '../../src/facts/shell/shellState.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import type { Finding, Level } from '../../src/model.ts';
import { OTHER_PYTHON, UV_PYTHON_CLOSED, UV_PYTHON_LEFT, UV_PYTHON_REFUSED } from './acrossDiagnoses.ts';
import {
  type AskedImage,
  fromOtherStages,
  isReworked,
  lineOfInstruction,
  pythonOfEnvironment,
  surelyThere,
} from './copiedEnvironments.ts';
import { type EnvironmentUse, isMeantForUse, usesOf } from './environmentUses.ts';
import { commandAt, stepAt } from './stepFiles.ts';
import { type PythonChoice, uvChoice } from './uvChoice.ts';

/** Findings of the image's environments, by the Python that each is of. */
export const otherPythonFindings = (view: AskedImage): Finding[] => [
  ...fromOtherStages(view).flatMap((environment) => copiedFindings(view, environment)),
  ...closedFindings(view),
];

/** What comes of an environment that does not run. */
interface UseOutcome {
  readonly level: Level;
  /** A clause. */
  readonly words: string;
}

/** What the image starts out of it, and how sure it is that this fails; undefined: nobody is meant to use it. */
export function useOutcome(view: AskedImage, path: string): UseOutcome | undefined {
  const uses = usesOf(view, path);
  const sure = uses.find((use) => isSure(use, view)) ?? uses[0];
  if (sure !== undefined) {
    const { event } = sure;
    const line = event.service === undefined ? ` (line ${lineOfInstruction(view, event.instruction)})` : '';
    const end = sure.how === 'script' ? 'does not start' : 'does not find its packages';
    return { level: isSure(sure, view) ? 'broken' : 'fragile', words: `${describe(event)}${line} ${end}` };
  }
  return isMeantForUse(view, path)
    ? { level: 'fragile', words: 'what is started from it does not run, or not with its packages' }
    : undefined;
}

/** What is named by its path is found nowhere else; the system may have a program of the same name. */
const isSure = ({ event, how }: EnvironmentUse, view: AskedImage): boolean =>
  how !== 'open' && (event.words[0]!.startsWith('/') || !isSystemOpen(view));

function copiedFindings(view: AskedImage, environment: Environment): Finding[] {
  const { path, instruction, stage } = environment;
  const { dockerfile, target } = view;
  if (isReworked(view, environment)) return [];
  const choice = pythonOfEnvironment(view, environment);
  const place = pythonPlaceIn(dockerfile, target, filesOfImage(view));
  const why = missedPython(choice, place, view);
  const outcome = useOutcome(view, path);
  if (why === undefined || outcome === undefined) return [];
  const builder = chainOf(dockerfile.image, stage)[0]!;
  const [made] = chainOf(dockerfile.image, target);
  const lines = {
    builder: lineOfInstruction(view, builder.from.index),
    own: lineOfInstruction(view, made!.from.index),
  };
  const at = { path: dockerfile.path, offset: dockerfile.syntax.instructions[instruction]!.start };
  if (choice.kind === 'managed') {
    const from = dockerfile.image.stages[stage]!;
    const name = from.name ?? String(stage);
    return [
      {
        diagnosis: UV_PYTHON_LEFT,
        level: outcome.level,
        ...at,
        message: `${path} is of a Python that uv downloads${choice.folder === undefined ? '' : ` into ${choice.folder}`} (line ${lines.builder}: ${choice.why}), and it is copied without it: ${outcome.words}.`,
        reason: `Write \`ENV UV_PYTHON_INSTALL_DIR=/python\` below line ${lines.builder} and \`COPY --from=${name} /python /python\` above this line${otherWay(choice, place, lines)}.`,
      },
    ];
  }
  return [
    {
      diagnosis: OTHER_PYTHON,
      // packages of another version are not looked for, whatever it is that asks for some
      level:
        isOtherVersion(choice, place) && !isSystemOpen(view) && usesOf(view, path).length > 0
          ? 'broken'
          : outcome.level,
      ...at,
      message: `${path} is of the Python of \`${builder.base.ref}\` (line ${lines.builder}), and ${why} (\`${made!.base.ref}\`, line ${lines.own}): ${outcome.words}.`,
      reason: wayToOnePython(choice, place, lines),
    },
  ];
}

const isOtherVersion = (choice: PythonChoice, place: PythonPlace): boolean =>
  place.kind === choice.kind && choice.version !== undefined && place.version !== undefined;

interface StageLines {
  readonly builder: string;
  readonly own: string;
}

/** What beside taking it along keeps uv from downloading a Python. */
function otherWay({ why = '' }: PythonChoice, { kind, version }: PythonPlace, lines: StageLines): string {
  if (kind === 'none' || kind === 'open') return '';
  if (!why.includes('.python-version')) return `, or build on the same Python as line ${lines.own}`;
  return `, or have \`.python-version\` ask for the Python of line ${lines.own}${version === undefined ? '' : ` (${version})`}`;
}

function wayToOnePython({ version }: PythonChoice, place: PythonPlace, lines: StageLines): string {
  if (place.kind === 'local' && version !== undefined && version !== place.version)
    return `One version for both: \`ARG PYTHON=${place.version ?? version}\` above the first FROM, and \`\${PYTHON}\` for the version in lines ${lines.builder} and ${lines.own}.`;
  return `Build and run on the same Python: one image for lines ${lines.builder} and ${lines.own}.`;
}

/** Why the image has not the Python of the environment; undefined: it has, or that is not known. */
function missedPython(choice: PythonChoice, place: PythonPlace, view: AskedImage): string | undefined {
  if (choice.kind === 'open' || choice.refused !== undefined || place.kind === 'open') return undefined;
  if (choice.kind === 'managed') return bringsFolder(choice.folder, view) ? undefined : 'it is left behind';
  if (choice.kind === 'none') return undefined;
  if (place.kind === 'none') return 'this image has none';
  const base = view.dockerfile.image.stages[view.target]!.base.ref;
  // it may be the one of the distribution
  if (choice.kind === 'foreign' && place.kind === 'distribution') return undefined;
  if (place.kind !== choice.kind) {
    // the full images of Python have that of the distribution beside their own
    if (place.kind === 'local' && !/slim|alpine/.test(base)) return undefined;
    return `this image has its own at ${place.kind === 'local' ? '/usr/local/bin' : '/usr/bin'}`;
  }
  if (choice.version === undefined || place.version === undefined || choice.version === place.version) return undefined;
  return `this image has Python ${place.version} where that one is ${choice.version}`;
}

/** Does a copy of the image bring the folder, or part of it? Not known: it may. */
const bringsFolder = (folder: string | undefined, view: AskedImage): boolean =>
  folder === undefined ||
  !isKnown(folder) ||
  filesOfImage(view).copies.some(
    ({ from, sources }) =>
      from !== 'context' &&
      sources.some(({ kind, path }) => kind !== 'path' || isWithin(folder, `/${path}`) || isWithin(`/${path}`, folder)),
  );

/** The Python that uv downloaded lies in root's home, and somebody else runs the image. */
function closedFindings(view: AskedImage): Finding[] {
  const { dockerfile, target } = view;
  const chain = chainOf(dockerfile.image, target);
  const { user } = dockerfile.image.stages[target]!.final;
  if (!isKnown(user) || isRootUser(user)) return [];
  const opens = chain.some(({ instructions }) =>
    instructions.some(({ keyword, logical }) => keyword === 'RUN' && /\b(chmod|setfacl|usermod)\b/.test(logical.text)),
  );
  if (opens) return [];
  return surelyThere(view).flatMap((environment): Finding[] => {
    const { path, copied, instruction } = environment;
    if (copied || isReworked(view, environment)) return [];
    const choice = pythonOfEnvironment(view, environment);
    const outcome = useOutcome(view, path);
    if (choice.kind !== 'managed' || !choice.folder?.startsWith('/root/') || outcome === undefined) return [];
    return [
      {
        diagnosis: UV_PYTHON_CLOSED,
        level: outcome.level,
        path: dockerfile.path,
        offset: dockerfile.syntax.instructions[instruction]!.start,
        message: `${path} is of a Python that uv downloads into ${choice.folder} (${choice.why}), and /root is closed to ${userName(user)}, as whom the image runs: ${outcome.words}.`,
        reason: 'Write `ENV UV_PYTHON_INSTALL_DIR=/python` above this line.',
      },
    ];
  });
}

/** uv may take no Python that is there, and download none. */
export function refusedFindings(dockerfile: AskedImage['dockerfile'], facts: AskedImage['facts']): Finding[] {
  const seen = new Set<number>();
  return dockerfile.trace.events.filter(isRun).flatMap((event): Finding[] => {
    if (event.when !== 'build' || event.conditional || event.file !== undefined || seen.has(event.stage)) return [];
    const step = stepAt(dockerfile, facts, event.instruction);
    const command = commandAt(event, dockerfile);
    const choice = step === undefined || command === undefined ? undefined : uvChoice(command, step);
    if (choice?.refused === undefined) return [];
    seen.add(event.stage);
    return [
      {
        diagnosis: UV_PYTHON_REFUSED,
        path: dockerfile.path,
        offset: step!.instruction.start,
        message: `${describe(event)} finds no Python (${choice.refused}) and may not download one: the build ends here.`,
        reason: 'Write a base with the Python that is asked for, or let uv download one (no `UV_PYTHON_DOWNLOADS`).',
      },
    ];
  });
}
