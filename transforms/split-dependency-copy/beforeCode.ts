// Installs of a project whose code comes later: what they need and do not find, and where the same command finds it.

import { isCopy } from '../../src/facts/copies/copy.ts';
import {
  type AnyCopy,
  inRepository,
  isContextCopy,
  isRepositoryFile,
  providedAt,
} from '../../src/facts/copies/repositoryCopies.ts';
import { runMounts } from '../../src/facts/copies/stepMounts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { isFolder } from '../../src/facts/folders.ts';
import type { Stage } from '../../src/facts/image.ts';
import { INSTALLERS, installReads, VARIABLE_PREFIXES } from '../../src/facts/installers/index.ts';
import type { PackageLook } from '../../src/facts/installers/installer.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { type Pyproject, parsePyproject } from '../../src/parse/manifests/pyproject.ts';
import { tableAt, tablesAt, textAt } from '../../src/parse/manifests/toml.ts';
import { copiesBefore, imageFiles } from './checks.ts';
import { runSteps } from './commands.ts';
import { earlierBlocker } from './earlier.ts';
import { eventOf } from './eventOf.ts';
import { type DependencyInstall, withoutCode } from './install.ts';
import { MAX_INSTRUCTIONS, type SecondInstall, splitPlaceOf } from './plan.ts';
import { bringsTriggers } from './refusal.ts';
import type { InstructionAt, SplitPlace } from './splitPlace.ts';
import { type Step, titleOfInstruction } from './step.ts';

export interface InstallBeforeCode {
  readonly stage: Stage;
  readonly run: Instruction;
  readonly install: DependencyInstall;
  /** The command as the trace names it. */
  readonly key: string;
  /** What it needs and does not find, relative to the project. */
  readonly missing: readonly string[];
  /** The build stops there, whatever version of the tool it is. */
  readonly isCertain: boolean;
  /** The instruction behind which the same command finds all of it. */
  readonly code?: Instruction;
  /** The command once more, behind it; absent: one stands there already, or none is needed. */
  readonly second?: SecondInstall;
  /** Why nothing is done. */
  readonly why?: string;
}

/** Commands that make or bring files: what stands there behind them is not known. */
const MAKES_FILES =
  /\b(touch|mkdir|cp|mv|ln|tee|tar|unzip|rsync|dd)\s|\bgit\s+(clone|init|checkout|pull)\b|\binstall\s+-[dDmt]|(?<![<>=~])>(?!=|\s*(\/dev\/null|&\d))/;

/** Every install of a Dockerfile that is to install a project before its code. */
export function installsBeforeCode(dockerfile: DockerfileFacts, facts: Facts): InstallBeforeCode[] {
  if (dockerfile.syntax.instructions.length > MAX_INSTRUCTIONS || dockerfile.context.folder === undefined) return [];
  if ((dockerfile.context.ignoreFile?.problems.length ?? 0) > 0) return [];
  const place = splitPlaceOf(dockerfile, facts);
  return dockerfile.image.stages.flatMap((stage) => {
    if (bringsTriggers(stage) || !stage.base.complete) return [];
    return stage.instructions.flatMap((i, n) => (i.keyword === 'RUN' ? (beforeCode({ stage, n, place }) ?? []) : []));
  });
}

function beforeCode(at: InstructionAt): InstallBeforeCode | undefined {
  const { stage, n, place } = at;
  const run = stage.instructions[n]!;
  const { steps, problem } = runSteps(stage, n, place.dockerfile.text);
  if (
    problem !== undefined ||
    runMounts(run, stage.before[n]!, stage, place.dockerfile.syntax.escape).some((m) => m.type === 'bind')
  )
    return undefined;
  const copies = copiesBefore(at);
  const image = imageFiles(copies, place);
  for (const step of steps) {
    const event = eventOf(step, at);
    const install = withoutCode(step, image, event);
    if (install === undefined || event === undefined) continue;
    const manifests = install.reads.files.filter((file) => file.endsWith('/pyproject.toml'));
    if (manifests.length !== 1) continue;
    const wanted = wantedBy(install, folderAbove(manifests[0]!) || '/', { at, step });
    if (wanted === undefined || wanted.paths.some((path) => mayStand(path, at))) continue;
    const found = { stage, run, install, key: event.key, missing: wanted.names, isCertain: wanted.isCertain };
    const blocker = earlierBlocker({ at, moved: [], installs: [install], creates: [], steps, looks: [] });
    if (blocker?.code === 'already split') return undefined;
    if (blocker !== undefined) return { ...found, why: blocker.words };
    if (wanted.isNone || hasSecond(at, install)) return found;
    const behind = stage.instructions.findIndex(
      (i, m) =>
        m > n && isCopy(i) && wanted.all.every((path) => stands(path, copiesBefore({ stage, n: m + 1, place }), place)),
    );
    if (behind < 0)
      return {
        ...found,
        ...(comesLater(wanted.all, at) ? { why: 'its code comes in parts, between other steps' } : {}),
      };
    const code = stage.instructions[behind]!;
    const why = whyNotAgain(at, behind, install);
    if (why !== undefined) return { ...found, code, why };
    return { ...found, code, second: { install, key: event.key, isWhole: steps.length === 1 } };
  }
  return undefined;
}

const stands = (path: string, copies: readonly AnyCopy[], place: SplitPlace): boolean =>
  providedAt(path, copies, place) !== undefined;

/** May something stand at the path when the instruction runs? */
function mayStand(path: string, at: InstructionAt): boolean {
  const { stage, n, place } = at;
  const copies = copiesBefore(at);
  if (stands(path, copies, place)) return true;
  if (copies.some((copy) => !isContextCopy(copy) && (!isKnown(copy.destination) || isWithin(path, copy.destination))))
    return true;
  if (copies.some((copy) => isContextCopy(copy) && copy.isPattern && isWithin(path, copy.destination))) return true;
  for (let one: Stage | undefined = stage; one !== undefined; one = place.stages[one.parent ?? -1]) {
    const end = one === stage ? n + 1 : one.instructions.length;
    if (one.instructions.slice(0, end).some((i) => i.keyword === 'RUN' && MAKES_FILES.test(i.logical.text)))
      return true;
  }
  return false;
}

/** Does a part of it come later at all? */
const comesLater = (paths: readonly string[], { stage, place }: InstructionAt): boolean => {
  const all = copiesBefore({ stage, n: stage.instructions.length, place });
  return paths.some((path) => stands(path, all, place));
};

interface NeededCode {
  /** What must be missing for the finding. */
  readonly paths: readonly string[];
  readonly names: readonly string[];
  /** What the second command needs. */
  readonly all: readonly string[];
  readonly isCertain: boolean;
  /** The repository has no such package: there is nothing to install later. */
  readonly isNone: boolean;
}

/** What an install needs beside the manifests; undefined: that is not known. */
function wantedBy(
  { reads, leaving }: DependencyInstall,
  folder: string,
  { at, step }: { readonly at: InstructionAt; readonly step: Step },
): NeededCode | undefined {
  const { place } = at;
  const { halves, project: own } = INSTALLERS[reads.tool];
  if (halves === undefined || own === undefined) return undefined;
  const { members: membersOf, look } = halves;
  const ofProject = halves.without[0]![0]!.flag;
  const isMore = leaving.some((flag) => flag !== ofProject);
  // other folders that it installs may be there
  if (isMore && membersOf === undefined) return undefined;
  const copies = copiesBefore(at);
  const one = providedAt(absolute('pyproject.toml', folder), copies, place);
  if (one === undefined) return undefined;
  const source = folderAbove(inRepository(place.context, one.path));
  const inSource = (name: string): string => (source === '' ? name : `${source}/${name}`);
  const has = (name: string): boolean =>
    isRepositoryFile(place.snapshot, inSource(name)) || isFolder(inSource(name), place.snapshot);
  const pyproject = parsePyproject(place.snapshot.read(inSource('pyproject.toml')) ?? '');
  const members = isMore ? own.locks.flatMap((lock) => membersOf!(place.snapshot.read(inSource(lock)) ?? '')) : [];
  const image = (name: string): string => absolute(name, folder);
  if (members.length > 0) {
    if (!members.every(has)) return undefined;
    const argv = step.words.map((word) => word.value);
    const packages = argv.includes(ofProject) ? [] : packageOf(pyproject, has);
    return {
      paths: members.map(image),
      names: members,
      all: [...members, ...packages].map(image),
      isCertain: true,
      isNone: false,
    };
  }
  const readmes = pyproject.readmes.filter((name) => !/[*?[]/.test(name));
  const named = packageOf(pyproject, has);
  if (tableAt(pyproject.table, 'tool', 'setuptools') !== undefined) return undefined;
  if (named.length === 0 || !readmes.every(has))
    return look !== undefined && named.length === 0 && pyproject.poetry?.namesPackages !== true
      ? nothing(pyproject)
      : undefined;
  const all = [...named, ...readmes];
  return {
    paths: named.map(image),
    names: all,
    all: all.map(image),
    isCertain: isCertainly(look, pyproject, place),
    isNone: false,
  };

  function nothing({ project, poetry }: Pyproject): NeededCode | undefined {
    const name = project?.name ?? poetry?.name;
    const bringsFolders = copies.some(
      (copy) => !isContextCopy(copy) || copy.sources.some(({ kind }) => kind === 'folder'),
    );
    if (name === undefined || bringsFolders) return undefined;
    const module = moduleName(name);
    return {
      paths: [image(module), image(`src/${module}`)],
      names: [`${module}/`],
      all: [],
      isCertain: isCertainly(look, pyproject, place),
      isNone: true,
    };
  }
}

const moduleName = (name: string): string => name.replace(/[-_.]+/g, '_').toLowerCase();

/** The packages of the project as its build looks for them: those that it names, or by its name beside pyproject.toml or below src. */
function packageOf({ project, poetry, table }: Pyproject, has: (name: string) => boolean): string[] {
  if (poetry?.namesPackages === true) {
    const listed = tablesAt(tableAt(table, 'tool', 'poetry'), 'packages').map((one) =>
      [textAt(one, 'from'), textAt(one, 'include')].filter((part) => part !== undefined && part !== '.').join('/'),
    );
    return listed.every((name) => name !== '' && has(name)) ? listed : [];
  }
  const name = project?.name ?? poetry?.name;
  if (name === undefined) return [];
  const module = moduleName(name);
  const found = [`src/${module}`, module, `${module}.py`].find(has);
  return found === undefined ? [] : [found];
}

/** An installer that looks itself may stop; hatchling and uv's own build do, where nothing tells them what belongs to the package. */
function isCertainly(
  look: PackageLook | undefined,
  { buildBackend, table }: Pyproject,
  { dockerfile }: SplitPlace,
): boolean {
  if (look !== undefined) return look.stops(dockerfile.text);
  if (buildBackend === 'hatchling.build') return tableAt(table, 'tool', 'hatch', 'build') === undefined;
  return buildBackend === 'uv_build' && tableAt(table, 'tool', 'uv', 'build-backend') === undefined;
}

/** Does a later command of the stage install the project? */
function hasSecond({ stage, n, place }: InstructionAt, { reads }: DependencyInstall): boolean {
  return stage.instructions.some((i, m) => {
    if (m <= n || i.keyword !== 'RUN') return false;
    const image = imageFiles(copiesBefore({ stage, n: m, place }), place);
    return runSteps(stage, m, place.dockerfile.text).steps.some((step) => {
      const later = installReads({ argv: step.words.map((word) => word.value), cwd: step.cwd }, image);
      return later?.tool === reads.tool && later.ofProject && later.needsProject !== false;
    });
  });
}

/** Between the two an instruction of these changes nothing that the state does not show. */
const SHOWN = /^(LABEL|EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK|STOPSIGNAL|MAINTAINER|COPY|ADD|ENV|ARG|USER|WORKDIR)$/;
/** Variables by which the installers go. */
const OF_INSTALLERS = new RegExp(
  `^(PATH|HOME|VIRTUAL_ENV|CONDA_\\w+|XDG_\\w+|PYTHON\\w*|(${VARIABLE_PREFIXES})_\\w+)$`,
);

/** Why the same command may be another one behind the code. */
function whyNotAgain({ stage, n }: InstructionAt, behind: number, { step }: DependencyInstall): string | undefined {
  const [was, is] = [stage.before[n]!, stage.before[behind]!];
  const between = stage.instructions.slice(n + 1, behind);
  const other = between.find((i) => !SHOWN.test(i.keyword));
  if (other !== undefined) return `what ${titleOfInstruction(other)} does between it and the code is not known`;
  if (step.cwd !== was.cwd) return 'it runs in another folder than its RUN';
  if (was.cwd !== is.cwd) return 'the code is copied in another working folder';
  if (was.user !== is.user) return 'the code is copied for another user';
  const names = [...new Set([...was.buildEnv.keys(), ...is.buildEnv.keys()])];
  const changed = names.find((name) => OF_INSTALLERS.test(name) && was.buildEnv.get(name) !== is.buildEnv.get(name));
  return changed === undefined ? undefined : `${changed} is another one where the code is copied`;
}
