// Whether somebody wants what an ignore line would leave out: a COPY that names it, an image that uses it, an exception for it.

import type { Snapshot } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { trimGoSpace } from '../../parse/ignoreFile/goText.ts';
import { lineMark } from '../../text/lines.ts';
import type { BuildContext } from '../buildContext.ts';
import { fromElsewhere, namingSources } from '../copies/contextCopies.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { matchesGlobName } from '../globs.ts';
import { hostUse } from '../hostEnvironments/hostUses.ts';
import { looseDockerfiles, type ReadDockerfile } from '../hostEnvironments/looseDockerfiles.ts';
import { stageNamed } from '../image.ts';
import { joinInRepository } from '../repositoryPlace.ts';

/** Do builds of this Dockerfile read the ignore file of that context, or may they, where its own context is not known? */
function mayShare(dockerfile: ReadDockerfile, { folder, ignorePath }: BuildContext, snapshot: Snapshot): boolean {
  if (dockerfile.context.folder !== undefined) return dockerfile.context.ignorePath === ignorePath;
  if (snapshot.paths.has(`${dockerfile.path}.dockerignore`)) return ignorePath === `${dockerfile.path}.dockerignore`;
  return folder !== undefined && (dockerfile.context.possible?.includes(folder) ?? true);
}

const where = (path: string, offset: number, text: string): string =>
  `line ${lineMark(path, offset)} of ${path} (\`${text}\`)`;

/** Who wants the environment at `path` of the context in an image, as a clause; undefined where nobody does. */
export function whyUsed(
  path: string,
  context: BuildContext,
  snapshot: Snapshot,
  dockerfiles: readonly DockerfileFacts[],
): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const exception = exceptionFor(name, context, snapshot);
  if (exception !== undefined) return `${exception} keeps it on purpose`;
  const all: readonly ReadDockerfile[] = [
    ...mayTakeFrom(dockerfiles, context),
    ...looseDockerfiles(snapshot, dockerfiles),
  ];
  for (const dockerfile of all) {
    const { above = 0 } = dockerfile;
    const named = ofNamedContext(dockerfile, path);
    if (named !== undefined)
      return `${where(dockerfile.path, named.instruction.start + above, named.source)} takes it into an image from a context of its own`;
    if (!mayShare(dockerfile, context, snapshot)) continue;
    const open =
      dockerfile.context.folder === undefined && dockerfile.above === undefined
        ? `, and that its build reads another ignore file is not known: ${dockerfile.context.reason}`
        : '';
    const [source] = namingSources(dockerfile, name);
    if (source !== undefined)
      return `${where(dockerfile.path, source.instruction.start + above, source.source)} takes it into an image on purpose${open}`;
    const use = hostUse(dockerfile, { path, name }, snapshot);
    if (use !== undefined)
      return `${where(use.path, use.offset + (use.path === dockerfile.path ? above : 0), use.word)} uses it, and nothing that can be read there makes it${open}`;
  }
  return undefined;
}

/** Dockerfiles by what makes one matter to an ignore file, each with its place among all. */
interface ByContext {
  readonly ofFile: ReadonlyMap<string, readonly number[]>;
  /** Those whose context is not known, or that may copy from a context of a name. */
  readonly others: readonly number[];
}

const byContext = new WeakMap<readonly DockerfileFacts[], ByContext>();

/** Those of the Dockerfiles that may read the ignore file of this context, or take from it by a name, in their order. */
function mayTakeFrom(dockerfiles: readonly DockerfileFacts[], { ignorePath = '' }: BuildContext): DockerfileFacts[] {
  const known = byContext.get(dockerfiles) ?? indexed(dockerfiles);
  byContext.set(dockerfiles, known);
  const places = new Set([...(known.ofFile.get(ignorePath) ?? []), ...known.others]);
  return [...places].sort((one, other) => one - other).map((place) => dockerfiles[place]!);
}

function indexed(dockerfiles: readonly DockerfileFacts[]): ByContext {
  const ofFile = new Map<string, number[]>();
  const others: number[] = [];
  for (const [place, dockerfile] of dockerfiles.entries()) {
    const { folder, ignorePath = '' } = dockerfile.context;
    if (folder === undefined || fromElsewhere(dockerfile).length > 0) others.push(place);
    const own = ofFile.get(ignorePath);
    if (own) own.push(place);
    else ofFile.set(ignorePath, [place]);
  }
  return { ofFile, others };
}

/** `COPY --from=NAME .venv`, where NAME is no stage and may be a named context: that of a folder reads the folder's ignore file. */
function ofNamedContext(
  dockerfile: ReadDockerfile,
  path: string,
): { instruction: Instruction; source: string } | undefined {
  for (const { instruction, from, sources } of fromElsewhere(dockerfile)) {
    if (!/^[\w-]+$/.test(from) || stageNamed(dockerfile.image, from) !== undefined) continue;
    const source = sources.find((source) =>
      `${joinInRepository('', source.replace(/^\/+/, ''))}/`.startsWith(`${path}/`),
    );
    if (source !== undefined) return { instruction, source };
  }
  return undefined;
}

/** `!.venv` in the ignore file itself. */
function exceptionFor(
  name: string,
  { ignoreFile, ignorePath = '' }: BuildContext,
  snapshot: Snapshot,
): string | undefined {
  const own = ignoreFile?.patterns.find(
    ({ pattern, negated }) =>
      negated && pattern.split('/').some((part) => /[\w]/.test(part) && matchesGlobName(part, name)),
  );
  if (own === undefined) return undefined;
  const text = snapshot.read(ignorePath) ?? '';
  return where(ignorePath, own.start, trimGoSpace(text.slice(own.start, own.end)));
}
