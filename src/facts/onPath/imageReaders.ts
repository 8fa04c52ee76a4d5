// What outside of the Dockerfile's own commands rests on where the image keeps its packages: images built upon it, files that name them.

import type { PathKind } from '../../model.ts';
import type { Blocker } from '../blocker.ts';
import { mayNameDockerfiles } from '../builds/namedContexts.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import type { Facts } from '../facts.ts';
import { filesBelow } from '../folders.ts';
import { isSameInterpreter } from '../pythonInterpreter.ts';
import { pathsFitting } from '../sourcePaths.ts';
import type { RunEvent } from '../trace/events.ts';
import type { Trace } from '../trace/input.ts';
import { PYTHON_PROGRAMS, pythonName } from '../trace/names.ts';
import { namedIn } from '../trace/systemPlaces.ts';
import { isWithin, readable } from '../values.ts';
import { childImageOf } from './childImages.ts';

/** An environment that shall come onto the PATH of an image. */
export interface OnPath {
  readonly dockerfile: DockerfileFacts;
  /** Where the environment is. */
  readonly path: string;
  readonly facts: Facts;
}

/** Why ENV for `path` is not proven although every command of the Dockerfile is; undefined where nothing stands in the way. */
export function outsideBlocker({ dockerfile, path, facts }: OnPath, now: Trace): Blocker | undefined {
  const trigger = dockerfile.syntax.instructions.find((i) => i.keyword === 'ONBUILD');
  if (trigger !== undefined)
    return {
      code: 'built upon',
      words: `its ONBUILD instructions run in images that are built upon it, and would run with ${path} there`,
    };
  const child = childImageOf(dockerfile, facts);
  if (child !== undefined)
    return {
      code: 'built upon',
      words: `${child.path} is built upon this image (\`${readable(child.ref)}\`), and what runs there would move to ${path} too`,
    };
  const moved = movedInstall(dockerfile.trace, now);
  if (moved === undefined) return undefined;
  const programs = new Set(moved.install?.names ?? []);
  const named = namedInFiles(dockerfile, facts, programs) ?? namedByHost(facts, programs);
  if (named === undefined) return undefined;
  const install = moved.words.join(' ').slice(0, 60);
  return {
    code: 'named elsewhere',
    at: moved,
    words: `${named.path} names ${named.name}, and \`${install}\` would no longer install there`,
  };
}

const installs = (trace: Trace): RunEvent[] =>
  trace.events.filter((event): event is RunEvent => event.kind === 'run' && event.install !== undefined);

function movedInstall(before: Trace, after: Trace): RunEvent | undefined {
  const now = new Map(installs(after).map((event) => [`${event.stage} ${event.install!.id}`, event.install!.target]));
  return installs(before).find(
    (event) => !isSameInterpreter(now.get(`${event.stage} ${event.install!.id}`), event.install!.target),
  );
}

/** Does a COPY, ADD or mount of the build context take this path? */
const isCopied = (path: string, dockerfile: DockerfileFacts): boolean =>
  /--mount=/.test(dockerfile.text) ||
  dockerfile.trace.stages.some(({ files }) =>
    files.copies.some(
      ({ from, sources }) =>
        from === 'context' &&
        sources.some(
          (source) =>
            source.path === '' || source.kind === 'unknown' || source.kind === 'pattern' || isWithin(path, source.path),
        ),
    ),
  );

const SETTINGS_FILE =
  /(^|[/._-])(crontab|cron|Procfile)([._-]|$)|\.(conf|ini|cfg|cron|service|sh|bash|toml|env|cnf|xml|json|ya?ml|[cm]?js|py|circusd)$|(^|\/)[^/.]+$/i;
const NOT_IN_IMAGES =
  /(^|\/)(\.github|\.git|\.circleci|node_modules|docs?)\/|(^|\/)(Makefile|LICENSE|README)[^/]*$|ockerfile|lock\.json$/;

const isProgramOf =
  (names: ReadonlySet<string>) =>
  (name: string): boolean =>
    PYTHON_PROGRAMS.has(name) || names.has(name) || !!pythonName(name);

const mayCall = (path: string, kind: PathKind): boolean =>
  mayNameDockerfiles(path) || kind === 'executable' || /\.(ya?ml|json)$/.test(path);

/** A script, workflow or deployment that calls or copies something of the system's packages in a container. */
function namedByHost(
  facts: Facts,
  names: ReadonlySet<string>,
): { readonly path: string; readonly name: string } | undefined {
  for (const path of pathsFitting(facts.snapshot, mayCall)) {
    const text = facts.snapshot.read(path) ?? '';
    const whole =
      /(^|\/)(devcontainer\.json|fly[\w.-]*\.toml|heroku\.yml)$/.test(path) ||
      text.includes('"containerDefinitions"') ||
      (/\.ya?ml$/.test(path) && /^[ \t]*containers:/m.test(text));
    const joined = text.replace(/\\\r?\n/g, ' ');
    const lines = whole ? [joined] : joined.split('\n').filter((line) => CONTAINER.test(line));
    for (const line of lines) {
      const name = namedIn(line, isProgramOf(names));
      if (name !== undefined) return { path, name };
    }
  }
  return undefined;
}

const CONTAINER = /^(?!\s*#).*(\b(docker|podman|nerdctl|kubectl)\b|\$[({](DOCKER|COMPOSE|PODMAN)\w*[)}])/i;

/** A file of the build context (a crontab, a supervisor's settings) that names a program or folder of the system's packages. */
function namedInFiles(
  dockerfile: DockerfileFacts,
  facts: Facts,
  names: ReadonlySet<string>,
): { readonly path: string; readonly name: string } | undefined {
  const { folder, ignored } = dockerfile.context;
  const prefix = folder === undefined || folder === '' ? '' : `${folder}/`;
  const isProgram = isProgramOf(names);
  for (const path of filesBelow(folder ?? '', facts.snapshot)) {
    if (!SETTINGS_FILE.test(path) || NOT_IN_IMAGES.test(path)) continue;
    const own = path.slice(prefix.length);
    if (ignored(own) || !isCopied(own, dockerfile)) continue;
    const name = namedIn(facts.snapshot.read(path) ?? '', isProgram);
    if (name !== undefined) return { path, name };
  }
  return undefined;
}
