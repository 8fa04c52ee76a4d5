// Starts that call what stayed in the stage that builds: uv, poetry and the like, or an environment that is never copied.

import { describe } from '../../src/facts/compare/sentences.ts';
import { anchorOf, filesOfImage, startsWithin } from '../../src/facts/imageView.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Installer } from '../../src/facts/installers/installer.ts';
import { isSystemOpen, outsideStarts } from '../../src/facts/outsideStarts.ts';
import { environmentsWithPackages } from '../../src/facts/projectPackages.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { pathsFitting } from '../../src/facts/sourcePaths.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { PROGRAM_LEFT, VENV_LEFT } from './acrossDiagnoses.ts';
import { type AskedImage, lineOfInstruction } from './copiedEnvironments.ts';

/** The installer of projects that a program is, or comes with. */
const projectToolOf = (program: string): Installer | undefined =>
  Object.values(INSTALLERS).find(
    ({ name, project, companions }) => project !== undefined && (name === program || companions.includes(program)),
  );

/** Findings of the image's starts, and of environments that it lacks. */
export const leftFindings = (view: AskedImage): Finding[] => [...programFindings(view), ...environmentFindings(view)];

function programFindings(view: AskedImage): Finding[] {
  const seen = new Set<string>();
  return startsWithin(view).flatMap((event): Finding[] => {
    const name = event.words[0] ?? '';
    if (
      event.implied ||
      event.conditional ||
      event.opaque !== undefined ||
      projectToolOf(name) === undefined ||
      seen.has(name)
    )
      return [];
    if (event.pathReset !== undefined || isAskedFor(event, view) || mayHave(name, view)) return [];
    seen.add(name);
    const [made] = chainOf(view.dockerfile.image, view.target);
    const builder = broughtIn(name, view);
    return [
      {
        diagnosis: PROGRAM_LEFT,
        ...anchorOf(event, view.dockerfile),
        message: `${describe(event)} calls ${name}, which the image from line ${lineOfInstruction(view, made!.from.index)} has not${builder === undefined ? '' : ` (line ${lineOfInstruction(view, builder)} brings it to another stage)`}: exit 127.`,
        reason: wayOutOf(event, view),
      },
    ];
  });
}

/** The start looks for the program first, or has another way: `command -v uv`, `||`. */
function isAskedFor({ file, instruction, service, words }: RunEvent, { dockerfile, facts }: AskedImage): boolean {
  const text =
    file === undefined
      ? service === undefined
        ? dockerfile.syntax.instructions[instruction]!.logical.text
        : (dockerfile.services.find(({ name }) => name === service)?.command?.words ?? []).join(' ')
      : (facts.snapshot.read(file) ?? '');
  return new RegExp(`\\|\\||\\b(command|which|type|hash)\\s+(-\\w+\\s+)*${words[0]}\\b`).test(text);
}

/** The call without the tool in front, or the tool. */
function wayOutOf(event: RunEvent, { dockerfile }: AskedImage): string {
  const [name, run, ...rest] = event.words;
  const isPlain = run === 'run' && rest.length > 0 && !rest[0]!.startsWith('-') && rest.every(isKnown);
  const tool = projectToolOf(name ?? '');
  const isScript = tool?.name === name && tool?.run?.scripts === 'given to Python' && /\.py$/.test(rest[0] ?? '');
  const words = isScript ? ['python', ...rest] : rest;
  const own = isPlain ? `Call the program itself: \`${JSON.stringify(words).replaceAll('","', '", "')}\`` : undefined;
  const from = new RegExp(`--from=\\S*/${tool?.name}(:|@|\\s)`);
  const copied = dockerfile.syntax.instructions.find(
    ({ keyword, logical }) => keyword === 'COPY' && from.test(logical.text),
  )?.logical.text;
  const bringing = tool?.broughtBy === undefined ? `\`RUN pip install ${name}\`` : `\`${copied ?? tool.broughtBy}\``;
  return own === undefined ? `Write ${bringing} in this stage.` : `${own}, or write ${bringing} in this stage.`;
}

/** The step that brings the program to another stage of the file. */
function broughtIn(name: string, { dockerfile, target }: AskedImage): number | undefined {
  const chain = new Set(chainOf(dockerfile.image, target).map(({ index }) => index));
  const word = new RegExp(`(^|[\\s/'"=])${name}($|[\\s:@'"=<>~/])`);
  return dockerfile.image.stages
    .filter(({ index }) => !chain.has(index))
    .flatMap(({ instructions }) => instructions)
    .find(({ keyword, logical }) => (keyword === 'RUN' || keyword === 'COPY') && word.test(logical.text))?.index;
}

/** Files of a project that name what it depends on. */
const NAMES_PACKAGES = /(^|\/)(requirements[^/]*\.(txt|in)|pyproject\.toml|[^/]*\.lock|Pipfile|setup\.(py|cfg))$/;
/** Folders of programs, and those above them. */
const HOLDS_PROGRAMS = /^(usr(\/local)?(\/s?bin)?|s?bin|opt|root|home|)(\/\*?)?$|\.local|(^|\/)s?bin$/;

/** May the image have the program, by its base, a step, a copy, or among the project's packages? */
function mayHave(name: string, { dockerfile, target, facts }: AskedImage): boolean {
  const chain = chainOf(dockerfile.image, target);
  const { base } = chain[0]!;
  const { knownBy, brings, tools } = base;
  if (
    knownBy === 'nobody' ||
    brings === 'unknown' ||
    tools.some((one) => one === name || INSTALLERS[one].companions.includes(name))
  )
    return true;
  const tool = projectToolOf(name)?.name ?? name;
  const word = new RegExp(`(?<![\\w-])${tool}x?(?![\\w-])`, 'i');
  const own = chain
    .flatMap(({ instructions }) => instructions)
    .some(
      ({ keyword, logical: { text } }) =>
        (keyword === 'RUN' && (word.test(text) || /\|\s*(ba)?sh\b|-r\s|--requirement/.test(text))) ||
        (/^(COPY|ADD)$/.test(keyword) && new RegExp(`/${tool}x?(\\s|:|@|/|$)`).test(text)) ||
        (keyword === 'ENV' && new RegExp(`${tool}_home`, 'i').test(text)),
    );
  if (own) return true;
  const isCopied = filesOfImage({ dockerfile, target }).copies.some(
    ({ from, sources, destination }) =>
      from !== 'context' &&
      (!isKnown(destination) || sources.some(({ kind, path }) => kind !== 'path' || HOLDS_PROGRAMS.test(path))),
  );
  return isCopied || isInEnvironment(word, dockerfile) || isPackage(tool, facts);
}

/** Did some stage install it into an environment, which may come along with a copy? */
const isInEnvironment = (word: RegExp, { trace }: AskedImage['dockerfile']): boolean =>
  trace.events
    .filter(isRun)
    .some(
      ({ install, words }) =>
        install !== undefined &&
        install.target.kind !== 'system' &&
        words.slice(1).some((one) => !/^[-/]/.test(one) && word.test(one)),
    );

const mayNamePackages = (path: string): boolean => NAMES_PACKAGES.test(path);

/** Does some project of the repository depend on it? */
function isPackage(name: string, { snapshot }: AskedImage['facts']): boolean {
  const named = new RegExp(`(^|["'])${name}(\\[[\\w,-]*\\])?\\s*(["'=<>~!;@]|$)`, 'm');
  return pathsFitting(snapshot, mayNamePackages).some((path) => named.test(snapshot.read(path) ?? ''));
}

/** The start needs packages, and the only ones there are lie in an environment of another stage. */
function environmentFindings(view: AskedImage): Finding[] {
  const { dockerfile, target } = view;
  const { image, trace } = dockerfile;
  const chain = chainOf(image, target);
  const files = filesOfImage(view);
  if (isSystemOpen(view) || files.environments.size > 0 || image.stages[target]!.final.env.has('PYTHONPATH')) return [];
  const takes = files.copies.some(
    ({ from, sources }) => from !== 'context' && sources.some(({ kind, path }) => kind !== 'path' || mayHoldCode(path)),
  );
  const installs = [...files.installs.values()].some((ids) => [...ids].some((id) => !id.startsWith('tool:')));
  const runs = chain.some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'RUN'));
  if (takes || installs || runs) return [];
  const start = outsideStarts(view).find(({ how, event }) => how !== 'perhaps' && event.service === undefined);
  if (start === undefined) return [];
  const own = new Set(chain.map(({ index }) => index));
  const builder = image.stages.findLast(
    ({ index }) => index < target && !own.has(index) && environmentsWithPackages(trace.stages[index]!.files).length > 0,
  );
  if (builder === undefined) return [];
  const [path = ''] = environmentsWithPackages(trace.stages[builder.index]!.files);
  const name = builder.name ?? String(builder.index);
  return [
    {
      diagnosis: VENV_LEFT,
      ...anchorOf(start.event, dockerfile),
      message: `${describe(start.event)} ${start.how === 'missing' ? 'finds no such program (exit 127)' : 'finds no packages (ModuleNotFoundError)'}: they are in ${path} of stage ${name} (line ${lineOfInstruction(view, builder.from.index)}), and no COPY brings it to the stage of line ${lineOfInstruction(view, chain[0]!.from.index)}.`,
      reason: `Write \`COPY --from=${name} ${path} ${path}\` and \`ENV PATH="${path}/bin:$PATH"\` above this line.`,
    },
  ];
}

/** Anything but a single program or file by its name. */
const mayHoldCode = (path: string): boolean => !/^((usr\/local\/)?bin\/)?(uvx?|tini|gosu|dumb-init)$/.test(path);
