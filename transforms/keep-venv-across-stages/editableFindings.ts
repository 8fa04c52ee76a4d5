// Projects that are installed as a link to a source which the finished image has not, and `--no-editable` for uv.

import { describe } from '../../src/facts/compare/sentences.ts';
import { startsWithin } from '../../src/facts/imageView.ts';
import { isProjectsProgram } from '../../src/facts/outsideStarts.ts';
import { needsOfModule } from '../../src/facts/projectPackages.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { pythonWords } from '../../src/facts/pythonWords.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding, Fix } from '../../src/model.ts';
import { EDITABLE_SOURCE_LEFT } from './acrossDiagnoses.ts';
import { type AskedImage, fromOtherStages, isReworked, lineOfInstruction } from './copiedEnvironments.ts';
import { type EditableInstall, editableOf, mayHaveSource } from './editableInstall.ts';
import { fileAtStep } from './stepFiles.ts';

/** Findings of the environments that come without the source that they link to. */
export function editableFindings(view: AskedImage): Finding[] {
  const { dockerfile, target } = view;
  if (dockerfile.image.stages[target]!.final.env.has('PYTHONPATH')) return [];
  return fromOtherStages(view).flatMap((environment): Finding[] => {
    const install = isReworked(view, environment) ? undefined : editableOf(view, environment);
    if (install === undefined || mayHaveSource(view, install)) return [];
    const start = startsWithin(view).find(
      (event) => envPathOf(event.interpreter) === environment.path && needsProject(event, install, view),
    );
    if (start === undefined) return [];
    const { event, folder, tool } = install;
    const fix = tool === 'uv' ? notEditable(install, view) : undefined;
    const path = readable(environment.path);
    const write = {
      uv: '`--no-editable` behind `uv sync`',
      poetry: '`poetry install --no-root`, and `pip install --no-deps .` into the environment behind it',
      pip: '`pip install .` without `-e`',
    }[tool];
    return [
      {
        diagnosis: EDITABLE_SOURCE_LEFT,
        path: dockerfile.path,
        offset: dockerfile.syntax.instructions[event.instruction]!.start,
        message: `${describe(event)} installs the project as a link to ${readable(folder)}, and line ${lineOfInstruction(view, environment.instruction)} copies ${path} without that: ${describe(start)} (line ${lineOfInstruction(view, start.instruction)}) does not find it (ModuleNotFoundError).`,
        reason:
          fix === undefined
            ? `Write ${write}, or copy the source to ${readable(folder)}.`
            : 'With `--no-editable` the project lies in the environment.',
        ...(fix === undefined ? {} : { fix }),
      },
    ];
  });
}

/** Programs that import what their first operand names, also from their working folder. */
const TAKES_MODULE = /^(uvicorn|gunicorn|hypercorn|granian|daphne|celery)$/;

/** Does the start import the project, which the folder that it runs in has not? */
function needsProject(event: RunEvent, { module }: EditableInstall, { dockerfile, target }: AskedImage): boolean {
  if (event.implied || event.conditional || event.opaque !== undefined || event.service !== undefined) return false;
  const name = (event.words[0] ?? '').replace(/^.*\//, '');
  const stage = dockerfile.trace.stages[target]!;
  const { cwd } = dockerfile.image.stages[target]!.final;
  const isThere = (): boolean => needsOfModule(module, cwd, stage) !== 'packages';
  if ((event.what === 'program' || event.what === 'unknown') && isProjectsProgram(name, dockerfile)) return true;
  if (event.what === 'python') return pythonWords(event.words).module?.split('.')[0] === module && !isThere();
  const moves = event.words.some((word) => /^--(chdir|app-dir|working-dir)/.test(word));
  const asked = event.words.some((word) => word.split(/[.:]/)[0] === module && word.includes(':'));
  return event.what === 'program' && TAKES_MODULE.test(name) && asked && !moves && !isThere();
}

/** Versions of uv that have no `--no-editable`. */
const OLD_UV = /\buv(:|==|@|\/)0\.[0-4](\D|$)/;

/** The flag, where the source is there when uv runs, and nothing else has use for the link. */
function notEditable({ event, step, file }: EditableInstall, { dockerfile, target }: AskedImage): Fix | undefined {
  const { text, image, targets, trace, path } = dockerfile;
  const { index } = step.stage;
  const written = /^uv[ \t]+sync\b/.exec(text.slice(event.range.start, event.range.end))?.[0];
  if (written === undefined || file === undefined || OLD_UV.test(text)) return undefined;
  if (fileAtStep(file, step) === undefined || targets.includes(index)) return undefined;
  const isShared = image.stages.some(
    ({ index: other, parent }) =>
      parent === index ||
      (other !== target &&
        trace.stages[other]!.files.copies.some(({ from, stage }) => from === index && stage === other)),
  );
  const runs = trace.events.filter(isRun);
  const isRepeated = runs.filter(({ key }) => key === event.key).length > 1;
  const later = runs.some(
    ({ stage, when, instruction, conditional }) =>
      stage === index && when === 'build' && !conditional && instruction > event.instruction,
  );
  if (isShared || isRepeated || later || !event.key.startsWith('uv sync')) return undefined;
  const at = event.range.start + written.length;
  return {
    title: 'Install the project into the environment, not as a link (`--no-editable`)',
    safety: 'safe',
    edits: [{ path, start: at, end: at, newText: ' --no-editable' }],
    declares: {
      instructions: { changed: ['RUN'] },
      reorders: { commands: { [event.key]: [event.key.replace('uv sync', 'uv sync --no-editable')] } },
    },
  };
}
