// Whether an image visibly runs Python: by its base, by what starts it, or by what is built into it.

import type { Base } from './baseImages/base.ts';
import type { ServiceFacts } from './compose/serviceFacts.ts';
import type { DockerfileFacts } from './dockerfileFacts.ts';
import { type ImageFacts, type Stage, stageNamed } from './image.ts';
import { isRun, type RunEvent } from './trace/events.ts';

/** The stages that an image is made of, the one FROM an image first. `target` is a stage's index. */
export function chainOf(image: ImageFacts, target: number): Stage[] {
  const chain: Stage[] = [];
  for (let at: number | undefined = target; at !== undefined; ) {
    const stage: Stage = image.stages[at]!;
    chain.unshift(stage);
    at = stage.parent;
  }
  return chain;
}

const PYTHON_REPOSITORY = /^(python|pypy)(-?[\d.]+)?(-debian\d+)?$/;

/** Is this an image of Python, by what is known or by its own name (a mirror's, distroless, Lambda's)? */
export function isPythonBase(base: Base): boolean {
  if (base.family === 'python') return true;
  const plain = base.ref.replace(/\uE000[^\uE001]*\uE001/g, '').replace(/@.*$/, '');
  const [repository = '', tag = ''] = plain.slice(plain.lastIndexOf('/') + 1).split(':');
  return PYTHON_REPOSITORY.test(repository) || /^python-?[23]/.test(tag);
}

/** Services that start the stage with this index. */
export function servicesOfStage(dockerfile: DockerfileFacts, target: number): ServiceFacts[] {
  return dockerfile.services.filter((service) => {
    const named = service.build?.target;
    if (named === undefined) return target === dockerfile.image.stages.length - 1;
    return named.kind === 'known' && stageNamed(dockerfile.image, named.value) === target;
  });
}

/** Written in Python, or able to host it: an image with them need not hold Python code of anybody's own. */
const TOOLS = /(^|\/)(uwsgi|aws|ansible[\w-]*|meson|scons|supervisord?)$/;

/** Does this command run Python (or something that is known to be a Python program)? */
export const startsPython = (event: RunEvent): boolean =>
  event.what !== 'unknown' && event.implied === undefined && !(event.what === 'program' && TOOLS.test(event.words[0]!));

/** The commands that start a container of the stage: CMD, ENTRYPOINT, what scripts of the repository they run, services. */
export function startsOfStage(dockerfile: DockerfileFacts, target: number): RunEvent[] {
  const health = dockerfile.image.stages[target]!.final.healthcheck?.index;
  return dockerfile.trace.events
    .filter(isRun)
    .filter(
      (event) => event.stage === target && event.when === 'runtime' && !event.implied && event.instruction !== health,
    );
}

/** Commands that keep a container open for a person and say nothing about what it is for. */
const IDLE =
  /^(exec )?(\/(usr\/)?bin\/)?((ba|z|da|a)?sh( -[il]+)?|tail -[fF] \/dev\/null|sleep (infinity|\d+\w?)|cat)$/;
/** Images of other programs, which start those when nobody says otherwise. */
const OTHER_PROGRAM =
  /(^|\/)(node|nginx|httpd|postgres|postgis|mysql|mariadb|mongo|redis|memcached|php|golang|rust|ruby|openjdk|eclipse-temurin|amazoncorretto|maven|gradle|tomcat|jenkins|haproxy|traefik|caddy|rabbitmq|elasticsearch|kibana|logstash|grafana|prometheus|wordpress|dotnet|aspnet|sdk|erlang|elixir|perl|julia|r-base|swift|haskell|docker|vault|consul)(:|@|$)/;

function startCommand(dockerfile: DockerfileFacts, target: number): 'python' | 'other' | 'open' {
  const starts = startsOfStage(dockerfile, target);
  if (starts.some(startsPython)) return 'python';
  const { cmd, entrypoint } = dockerfile.image.stages[target]!.final;
  const texts = [entrypoint, cmd].map((i) =>
    i?.json ? i.json.map((word) => word.value).join(' ') : i?.logical.text.slice(i.argsAt, i.argsTo),
  );
  const commands = [
    ...texts,
    ...servicesOfStage(dockerfile, target).flatMap((service) =>
      [service.entrypoint, service.command].map((command) => command?.words?.join(' ')),
    ),
  ].filter((text) => text !== undefined && text !== '' && !IDLE.test(text));
  if (commands.length === 0) {
    const { base } = dockerfile.image.stages[target]!;
    return texts.every((text) => text === undefined) && OTHER_PROGRAM.test(base.ref) ? 'other' : 'open';
  }
  const open = starts.some((event) => event.what === 'unknown' && event.opaque !== 'entrypoint of the base');
  return open ? 'open' : 'other';
}

/** A folder, a wildcard, a Python file or manifest: no single script, archive or configuration file. */
function mayHoldPython(source: string): boolean {
  const name = source.slice(source.replace(/\/$/, '').lastIndexOf('/') + 1);
  return /^\.{0,2}\/?$/.test(name) || !name.includes('.') || /[*?[]|\.(py|toml|lock)$|requirement/i.test(name);
}

const REQUIREMENTS = /(^|[/=])[\w.-]*requirements?[\w./-]*\.(txt|in|lock)$/;

/** Some RUN installs what a project asks for, or runs its code, after files of the context came in: more than a tool that is named. */
function buildsPython(dockerfile: DockerfileFacts, chain: readonly Stage[]): boolean {
  const stages = new Set(chain.map((stage) => stage.index));
  const copies = dockerfile.trace.stages[chain.at(-1)!.index]!.files.copies.filter(
    (copy) =>
      copy.from !== 'image' && (copy.from !== 'context' || copy.sources.some(({ value }) => mayHoldPython(value))),
  );
  const first = Math.min(...copies.map((copy) => copy.instruction.index));
  return dockerfile.trace.events.filter(isRun).some((event) => {
    if (!stages.has(event.stage) || event.when !== 'build' || event.conditional || event.instruction < first)
      return false;
    if (event.install === undefined)
      return event.what === 'python' && event.words.some((word) => /(^|\/)manage\.py$/.test(word));
    const { toolsOnly, names, project } = event.install;
    return !toolsOnly && names === undefined && (project || event.words.some((word) => REQUIREMENTS.test(word)));
  });
}

/** Does the image that ends in this stage visibly run Python? What is known to start something else does not, save on a Python base. */
export function runsPython(dockerfile: DockerfileFacts, target: number): boolean {
  const chain = chainOf(dockerfile.image, target);
  const start = startCommand(dockerfile, target);
  if (isPythonBase(chain[0]!.base)) return start !== 'other' || !startsPlain(dockerfile, target);
  return (
    start === 'python' ||
    (start === 'open' &&
      (buildsPython(dockerfile, chain) ||
        (isShellStart(dockerfile, target) && hasInstalledPackages(dockerfile, chain))))
  );
}

/** Programs that start nothing else: what only runs them runs no Python, whatever it is built from. */
const PLAIN =
  /^(exec\s+)?["']?(\/\S*\/)?(true|echo|printf|cp|mv|tar|ls|zip|gzip|rsync|install|find|nginx|httpd|apachectl|apache2-foreground|node|npm|yarn|java|caddy|redis-server|postgres)(["'\s]|$)/;

/** Does every way in start only such a program? */
function startsPlain(dockerfile: DockerfileFacts, target: number): boolean {
  const texts = waysIn(dockerfile, target).flatMap((text) => text.split(/&&|\|\||[;|\n]/));
  const commands = texts
    .map((text) => text.trim().replace(/^(\/(usr\/)?bin\/)?(ba|da|a)?sh\s+-[a-z]*c\s+["']?/, ''))
    .filter((text) => text !== '');
  return commands.length > 0 && commands.every((character) => PLAIN.test(character));
}

/** CMD, ENTRYPOINT and what services start, as text; what is not set or keeps a container open is left out. */
function waysIn(dockerfile: DockerfileFacts, target: number): string[] {
  const { cmd, entrypoint } = dockerfile.image.stages[target]!.final;
  const texts = [entrypoint, cmd].map((i) =>
    i?.json ? i.json.map((word) => word.value).join(' ') : i?.logical.text.slice(i.argsAt, i.argsTo),
  );
  const services = servicesOfStage(dockerfile, target).flatMap((service) =>
    [service.entrypoint, service.command].map((command) => command?.words?.join(' ')),
  );
  return [...texts, ...services].filter((text) => text !== undefined && text !== '' && !IDLE.test(text)) as string[];
}

/** Does the image start a shell only (its CMD, or that of a distribution)? */
const isShellStart = (dockerfile: DockerfileFacts, target: number): boolean => {
  const { cmd, entrypoint } = dockerfile.image.stages[target]!.final;
  const { base } = dockerfile.image.stages[target]!;
  return (
    waysIn(dockerfile, target).length === 0 &&
    (cmd !== undefined || entrypoint !== undefined || base.family === 'distribution')
  );
};

/** Some environment is made in it, or packages that are no tools are installed. */
function hasInstalledPackages(dockerfile: DockerfileFacts, chain: readonly Stage[]): boolean {
  const stages = new Set(chain.map((stage) => stage.index));
  return dockerfile.trace.events.some(
    (event) =>
      stages.has(event.stage) &&
      event.when === 'build' &&
      (event.kind === 'create' ||
        (event.kind === 'run' && event.install !== undefined && !event.install.toolsOnly && !event.conditional)),
  );
}
