// The image builds that commands ask for: `docker build`, `docker buildx build`, `podman build`.
import { flagTable, flagValues, readCommandFlags } from '../flags.ts';
import type { HostCommand } from '../hostCommands/hostShell.ts';
import { causes, isKnown, unknown } from '../values.ts';

/** One build as it is written. Paths are symbolic, and relative to the folder that it runs in. */
export interface WrittenBuild {
  /** Undefined: `Dockerfile` in the context. */
  readonly file: string | undefined;
  readonly context: string;
  /** Repository-relative folders in which it may run; none: nobody knows. */
  readonly folders: readonly string[];
  readonly offset: number;
  readonly target?: string;
  readonly args: ReadonlyMap<string, string>;
  readonly tags: readonly string[];
  readonly namedContexts: readonly string[];
}

/** Source: `docker buildx build --help`, with what `podman build` has in addition. */
const FLAGS = flagTable(
  `--add-host --allow --annotation --attest --build-arg --build-context --builder --cache-from --cache-to --call
  --cgroup-parent --cpu-period --cpu-quota --cpu-shares -c --cpuset-cpus --cpuset-mems --file -f --format --iidfile --isolation
  --label --memory -m --memory-swap --metadata-file --network --no-cache-filter --output -o --platform --progress --provenance
  --sbom --secret --security-opt --shm-size --ssh --tag -t --target --ulimit --volume -v`,
  `--check --compress --debug -D --disable-content-trust --force-rm --layers --load --no-cache --pull --push --quiet -q --rm
  --squash`,
);
/** Switches that take a value behind an equals sign. */
const WITH_VALUE =
  /^(--(?:no-cache|pull|push|load|rm|force-rm|squash|compress|quiet|layers))=(?:true|false|always|missing|never|newer|1|0)$/;

const ENGINES = /^(?:.*\/)?(docker|podman|nerdctl)(\.exe)?$/;
const ENGINE_VARIABLES =
  /^\$?\{?(DOCKER|PODMAN|(DOCKER|PODMAN|CONTAINER)_?(ENGINE|CMD|COMMAND|TOOL|RUNTIME|CLI|BIN|EXE|EXEC))\}?$/i;

/** Is the word a program that builds and starts containers, or a variable that is called so? */
export function isEngine(word: string): boolean {
  if (isKnown(word)) return ENGINES.test(word);
  const [only, ...more] = causes(word);
  return more.length === 0 && word === unknown(only!) && ENGINE_VARIABLES.test(only!);
}

/** The build of one command; undefined where it is none, or one that cannot be read. */
export function buildOfCommand(command: HostCommand, offset: number): WrittenBuild | undefined {
  const [program = '', ...more] = command.words;
  if (!isEngine(program)) return undefined;
  const at = /^(buildx|image|builder)$/.test(more[0] ?? '') ? 1 : 0;
  if (more[at] !== 'build') return undefined;
  const from = at + 2;
  const words = command.words.slice(from).map((word) => WITH_VALUE.exec(word)?.[1] ?? word);
  const read = readCommandFlags(words, FLAGS);
  const [context, ...others] = read.words;
  const files = flagValues(read, '--file', '-f');
  const isOpen = [...command.open].some((n) => n >= from && command.words[n] !== context);
  if (context === undefined || others.length > 0 || read.unknown.length > 0 || files.length > 1) return undefined;
  // a variable may hold flags: which file is built is then not known
  if ((isOpen && files.length === 0) || files[0] === '-' || (context === '-' && files.length === 0)) return undefined;
  const target = flagValues(read, '--target').at(-1);
  const pairs = flagValues(read, '--build-arg').map((pair) => pair.split(/=(.*)/s, 2));
  return {
    file: files[0],
    context: context === '-' ? unknown('standard input') : context,
    folders: command.folders,
    offset,
    ...(target === undefined ? {} : { target }),
    args: new Map(pairs.map(([name = '', value]) => [name, value ?? unknown(`$${name}`)])),
    tags: flagValues(read, '--tag', '-t'),
    namedContexts: flagValues(read, '--build-context').map((one) => one.split('=', 1)[0]!),
  };
}
