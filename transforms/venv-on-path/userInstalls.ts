// Programs of packages that pip installs for its user, whose folder of programs is not on PATH.

import { describe } from '../../src/facts/compare/sentences.ts';
import { anchorOf, filesOfImage, type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRootUser } from '../../src/facts/shell/shellState.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { PYTHON_PROGRAMS } from '../../src/facts/trace/names.ts';
import { absolute, isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { normaliseName } from '../../src/parse/manifests/requirement.ts';
import { lineMark } from '../../src/text/lines.ts';
import { USER_INSTALL_OFF_PATH } from './onPathDiagnoses.ts';

/** What may bring the program to where it is found, or the folder onto PATH. */
const OTHER_WAYS = /\.local|PYTHONUSERBASE|\bln\s|\bpipx\b|--target|--prefix|\bcp\s|\bmv\s|install\s+-m/;
/** What may give a user leave to write to the system's folders. */
const GIVES_LEAVE = /\b(setfacl|sudo|usermod|addgroup|adduser\s+\w+\s+(root|staff))\b/;
/** The words of a `chown` or `chmod`; a `COPY --chown` is of what it brings alone. */
const CHANGES = /(?<!--)\bch(?:own|mod)\s+([^&|;\n]*)/g;
/** Of some other folder than one of the system, for certain. */
const OWN_FOLDER = /^\/(?!usr(\/|$))[\w.-]+(\/[\w./-]*)?$/;

/** The start of a program that only such an install brings. */
export function userInstalls(view: ImageView): Finding[] {
  const { dockerfile, target } = view;
  const chain = chainOf(dockerfile.image, target);
  const { base } = chain[0]!;
  const { final } = dockerfile.image.stages[target]!;
  const files = filesOfImage(view);
  if (base.family !== 'python' || base.knownBy !== 'table' || base.brings === 'unknown' || files.environments.size > 0)
    return [];
  if (!isKnown(final.env.get('PATH') ?? '') || final.env.has('PYTHONUSERBASE')) return [];
  const text = chain
    .flatMap(({ instructions }) => instructions)
    .map(({ start, end }) => dockerfile.text.slice(start, end))
    .join('\n');
  if (OTHER_WAYS.test(text) || files.copies.some(({ from }) => from !== 'context')) return [];
  const stages = new Set(chain.map(({ index }) => index));
  const steps = dockerfile.trace.events
    .filter(isRun)
    .filter((event) => stages.has(event.stage) && event.when === 'build');
  if (steps.some(({ what }) => what === 'unknown')) return [];
  const installs = steps.filter(({ install }) => install !== undefined);
  for (const event of startsWithin(view)) {
    const name = event.words[0] ?? '';
    if (!startsProgram(event) || pathOfService(view, event)) continue;
    const bringing = installs.filter((one) => brings(view, one, name));
    const [install] = bringing;
    // another install may bring it to the system, as what it names needs it
    const isSure = installs.every((one) => isForItsUser(one, text) || one.install!.toolsOnly);
    if (install === undefined || !isSure || !hasPlainHome(install.user, text)) continue;
    const line = lineMark(dockerfile.path, dockerfile.syntax.instructions[install.instruction]!.start);
    const anchor = anchorOf(event, dockerfile);
    const of = anchor.path === dockerfile.path ? '' : ` of ${dockerfile.path}`;
    return [
      {
        diagnosis: USER_INSTALL_OFF_PATH,
        ...anchor,
        message: `${describe(event)} is not found (exit 127): ${describe(install)} (line ${line}${of}) puts it into \`~/.local/bin\`, which is not on PATH.`,
        reason: `Write \`ENV PATH="${homeFolder(install.user)}/.local/bin:$PATH"\`, or \`python -m ${readable(name)}\`.`,
      },
    ];
  }
  return [];
}

const NO_HOME = /\s(-M|-H|-r|-S|-d|-b|--(system|no-create-home|home|home-dir|base-dir)\b)/;

/** Root, or a user whom a step gives the home that is usual; pip puts nothing into a home that is not there. */
function hasPlainHome(user: string, text: string): boolean {
  const name = user.split(':')[0]!;
  const makes = [...text.matchAll(/\b(useradd|adduser)\s[^&|;\n]*/g)].find(([call]) =>
    call.split(/\s+/).includes(name),
  );
  if (isRootUser(user) || makes === undefined) return isRootUser(user);
  const [call, program] = makes;
  return !NO_HOME.test(call) && (program === 'adduser' || /\s(-[a-zA-Z]*m|--create-home)/.test(call));
}

const homeFolder = (user: string): string => (isRootUser(user) ? '/root' : `/home/${readable(user.split(':')[0]!)}`);

const startsProgram = (event: RunEvent): boolean =>
  !event.implied &&
  !event.conditional &&
  event.opaque === undefined &&
  event.file === undefined &&
  event.pathReset === undefined &&
  event.what === 'program' &&
  PYTHON_PROGRAMS.has(event.words[0] ?? '');

const pathOfService = ({ dockerfile }: ImageView, { service }: RunEvent): boolean =>
  service !== undefined &&
  dockerfile.services.some(({ name, environment }) => name === service && environment.has('PATH'));

function brings({ dockerfile }: ImageView, { install, instruction, stage, words }: RunEvent, name: string): boolean {
  const { instructions, before } = dockerfile.image.stages[stage]!;
  const at = instructions.findIndex(({ index }) => index === instruction);
  const listed = words.flatMap((word, n) => {
    const file = /^(-r|--requirement)$/.test(word) ? words[n + 1] : /^--requirement=(.+)/.exec(word)?.[1];
    if (file === undefined || !isKnown(file)) return [];
    return dockerfile.trace.stages[stage]!.readBefore(at, absolute(file, before[at]!.cwd))?.text.split(/\r?\n/) ?? [];
  });
  return [...(install?.names ?? []), ...listed].some(
    (one) => normaliseName(one.trim().replace(/[[<>=~!;@ ].*$/, '')) === normaliseName(name),
  );
}

function givesLeave(text: string): boolean {
  if (GIVES_LEAVE.test(text)) return true;
  return [...text.matchAll(CHANGES)].some(([, words = '']) =>
    words
      .split(/\s+/)
      .filter((word) => word !== '' && !word.startsWith('-'))
      // behind the owner, or the mode
      .slice(1)
      .some((word) => !OWN_FOLDER.test(word)),
  );
}

/** By `--user`, or because its user may write nowhere else. */
function isForItsUser(event: RunEvent, text: string): boolean {
  const { install, user } = event;
  if (event.what !== 'pip' && event.what !== 'python') return false;
  if (install!.toUser) return true;
  return install!.target.kind === 'system' && isKnown(user) && !isRootUser(user) && !givesLeave(text);
}
