// docker compose exec web python manage.py migrate  ->  a finding: docker compose run --rm web python manage.py migrate

import { describe } from '../../src/facts/compare/sentences.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { filesOfImage, type ImageView } from '../../src/facts/imageView.ts';
import { hasOnPath } from '../../src/facts/onPath/envLines.ts';
import { activatedAtStart, isSystemOpen } from '../../src/facts/outsideStarts.ts';
import { environmentsWithPackages } from '../../src/facts/projectPackages.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { enteringOf } from '../../src/facts/starts/enteringStarts.ts';
import { type OutsideLine, outsideLines } from '../../src/facts/starts/outsideLines.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding, Transform } from '../../src/model.ts';
import { EXEC_OUTSIDE } from './composeRunDiagnoses.ts';

export const preferComposeRun: Transform<Facts> = {
  id: 'prefer-compose-run',
  title: 'Say that `compose exec` passes the entry script by',
  why: `An entry script that activates the environment does so for what it starts. \`docker compose exec SERVICE python ...\` in a Makefile, a
script or a page relies on that activation and does not get it: the command runs in the system Python. \`docker compose run\` starts its command
by the entry script. It is said where ENV cannot put the environment on PATH, which is the better way.`,
  references: [
    'https://docs.docker.com/reference/cli/docker/compose/exec/',
    'https://docs.docker.com/reference/cli/docker/compose/run/',
  ],
  tier: 'F',
  diagnoses: [EXEC_OUTSIDE],
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) =>
      dockerfile.leftAlone === undefined
        ? dockerfile.targets.flatMap((target) => execFindings({ dockerfile, target }, facts))
        : [],
    ),
};

/** One for each file: pages and Makefiles repeat their lines. */
function execFindings(view: ImageView, facts: Facts): Finding[] {
  const { dockerfile, target } = view;
  const { final, base } = dockerfile.image.stages[target]!;
  if (isSystemOpen(view)) return [];
  const path = environmentsWithPackages(filesOfImage(view)).find((one) => activatedAtStart(view, one) !== undefined);
  if (path === undefined || hasOnPath(dockerfile, final, base, path)) return [];
  const found = new Map<string, Finding>();
  for (const line of outsideLines(view, facts)) {
    if (line.start.form !== 'compose exec' || found.has(line.start.path)) continue;
    const finding = execFinding(line, path, { view, facts });
    if (finding !== undefined) found.set(line.start.path, finding);
  }
  return [...found.values()];
}

function execFinding(
  { start, event, how, isOpen }: OutsideLine,
  path: string,
  { view, facts }: { readonly view: ImageView; readonly facts: Facts },
): Finding | undefined {
  const ran = enteringOf(view, facts, [{ ...start, form: 'compose run' }]);
  // an entry script may start something else than it is given
  const isInside = ({ words, interpreter }: RunEvent): boolean =>
    envPathOf(interpreter) === path && words.join(' ') === event.words.join(' ');
  if (ran.length === 0 || !ran.every(({ events }) => events.some(isInside))) return undefined;
  const script = activatedAtStart(view, path)?.file ?? '';
  const command = `docker compose run --rm ${start.service} ${(start.command ?? []).map(readable).join(' ')}`;
  const does = how === 'missing' ? 'finds no such program along PATH (exit 127)' : 'runs the system Python';
  const what = event.file === undefined ? '' : ` starts ${describe(event)}, which`;
  return {
    diagnosis: EXEC_OUTSIDE,
    ...(how === 'perhaps' || isOpen || start.kind === 'docs' ? { level: 'fragile' as const } : {}),
    path: start.path,
    offset: start.offset,
    message: `\`${start.said}\`${what} ${does}: ${script} activates ${readable(path)} for what it starts alone.`,
    reason: `Write \`${command}\`, which ${script} starts; or ENV PATH with ${readable(path)}/bin in ${view.dockerfile.path}.`,
  };
}
