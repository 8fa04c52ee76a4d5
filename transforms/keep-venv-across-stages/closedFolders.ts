// Steps behind USER that make or fill an environment in a folder of root's.

import { describe } from '../../src/facts/compare/sentences.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRootUser, userName } from '../../src/facts/shell/shellState.ts';
import { type CreateEvent, isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { type AskedImage, lineOfInstruction } from './copiedEnvironments.ts';
import { closedFolder } from './imageUsers.ts';
import { stepAt } from './stepFiles.ts';
import { FOLDER_CLOSED } from './userDiagnoses.ts';

/** Index of the USER that holds at an instruction. */
export const userLineBefore = ({ dockerfile, target }: AskedImage, instruction: number): number | undefined =>
  chainOf(dockerfile.image, target)
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword, index }) => keyword === 'USER' && index < instruction)?.index;

/** The first step of the image that cannot write where it has to. */
export function closedFolderFindings(view: AskedImage): Finding[] {
  const { dockerfile, target } = view;
  const chain = new Set(chainOf(dockerfile.image, target).map(({ index }) => index));
  for (const event of dockerfile.trace.events.filter(isRun)) {
    if (!chain.has(event.stage) || event.when !== 'build' || event.conditional || isRootUser(event.user)) continue;
    const path = writtenBy(event, view);
    const line = userLineBefore(view, event.instruction);
    const folder = path === undefined || line === undefined ? undefined : closedFolder(view, path, event);
    if (path === undefined || folder === undefined) continue;
    const user = userName(event.user);
    return [
      {
        diagnosis: FOLDER_CLOSED,
        path: dockerfile.path,
        offset: dockerfile.syntax.instructions[event.instruction]!.start,
        message: `${describe(event)} runs as ${user} (line ${lineOfInstruction(view, line!)}) and writes ${readable(path)}, and ${folder} belongs to root: the build ends with "Permission denied".`,
        reason: `Write \`RUN mkdir -p ${path} && chown -R ${user} ${path}\` above line ${lineOfInstruction(view, line!)}, or move this step there.`,
      },
    ];
  }
  return [];
}

/** Where the command makes an environment, or installs. */
function writtenBy(event: RunEvent, { dockerfile, facts }: AskedImage): string | undefined {
  const made = dockerfile.trace.events.find(
    (one): one is CreateEvent =>
      one.kind === 'create' &&
      one.when === 'build' &&
      one.instruction === event.instruction &&
      one.range.start === event.range.start,
  );
  const files = stepAt(dockerfile, facts, event.instruction)?.files;
  if (made !== undefined) return files?.environments.has(made.path) ? undefined : made.path;
  const { install } = event;
  if (install === undefined || install.unread !== undefined) return undefined;
  if (install.target.kind === 'elsewhere') return /^\//.test(install.target.place) ? install.target.place : undefined;
  const path = envPathOf(install.target);
  const environment = files?.environments.get(path ?? '');
  const isOfRoot =
    environment !== undefined &&
    !environment.mixed &&
    !environment.conditional &&
    isKnown(environment.owner) &&
    environment.owner !== '*' &&
    isRootUser(environment.owner);
  return isOfRoot ? path : undefined;
}
