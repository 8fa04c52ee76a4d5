// The image builds that shell text asks for: `docker build`, `docker buildx build`, `podman build`.
import { commandsOf, parseShell, type ShellWord } from '../../parse/shell/shell.ts';
import { flagTable, flagValues, readCommandFlags } from '../flags.ts';

/** One build as it is written. Paths are relative to the folder that the command runs in, which nobody tells. */
export interface WrittenBuild {
  /** Undefined: `Dockerfile` in the context. */
  readonly file: string | undefined;
  /** The file is a variable's; the context is relative to the repository's root. */
  readonly anyFile?: true;
  readonly context: string;
}

/** All builds of a text, and what of it does not belong to any of them. */
export interface ReadBuilds {
  readonly builds: readonly WrittenBuild[];
  /** The text less the words of its builds and of plain `cd`s: a Dockerfile that is named here is named for a reason that we do not see. */
  readonly rest: string;
  /** Folders that a `cd` or a workflow's `working-directory` goes to. */
  readonly folders: readonly string[];
  /** A build whose file or context is not written out, or text that is not read. */
  readonly unclear: boolean;
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

/** Stands for whatever a variable or a command may come to. */
const ANY = '\0';

/** Reads the builds of `text` (latin1, shell). A workflow's `${{ }}` is put in before the shell sees it. */
export function readShellBuilds(text: string): ReadBuilds {
  const shell = text.replace(/\$\{\{[^}]*\}\}/g, '"$EXPRESSION"');
  const { script } = parseShell({ text: shell, pieces: [{ at: 0, offset: 0, length: shell.length }] });
  if (!script) return { builds: [], rest: text, folders: [], unclear: /\bbuild\b/.test(text) };
  const builds: WrittenBuild[] = [];
  const folders: string[] = [];
  let unclear = false;
  let rest = '';
  let end = 0;
  for (const command of commandsOf(script)) {
    const written = [command.name, ...command.args].filter((word) => word !== undefined);
    const words = written.map((word) => (word.type === 'Word' ? writtenValue(word) : ANY));
    const read = buildOf(words);
    const [name, folder] = words;
    if (name === 'cd' && folder !== undefined && !folder.includes(ANY)) folders.push(folder);
    else if (read === undefined) continue;
    if (read === 'unclear') unclear = true;
    else if (read) builds.push(read);
    rest += shell.slice(end, Math.max(end, command.pos));
    end = Math.max(end, command.end);
  }
  return { builds, rest: withoutShellComments(rest + shell.slice(end)), folders, unclear };
}

function writtenValue(word: ShellWord): string {
  if (/^[\w./:@%+=,"'-]*$/.test(word.text)) return word.value;
  const quoted = (word.parts ?? []).every((part) => part.type === 'SingleQuoted' || part.type === 'Literal');
  if (quoted && !/[*?[~{]/.test(word.value)) return word.value;
  const equals = /^--[a-z-]+=/.exec(word.text)?.[0] ?? '';
  return equals + ANY;
}

/** The build of one command; undefined where it is none. */
function buildOf(words: readonly string[]): WrittenBuild | 'unclear' | undefined {
  const [program, ...more] = words[0] === 'sudo' ? words.slice(1) : words;
  if (program !== 'docker' && program !== 'podman') return undefined;
  const at = more[0] === 'buildx' || more[0] === 'image' ? 1 : 0;
  // `docker --context X build`, `docker $COMMAND`, a bake file.
  if (more[at] !== 'build')
    return more.includes('build') || more.includes('bake') || more[at] === ANY ? 'unclear' : undefined;
  const read = readCommandFlags(more.slice(at + 1), FLAGS);
  const [context, ...others] = read.words;
  const files = flagValues(read, '--file', '-f');
  const file = files.at(-1);
  if (context === undefined || others.length > 0 || read.unknown.length > 0 || files.length > 1) return 'unclear';
  if (context.includes(ANY) || file?.includes(ANY) || file === '-' || context === '-') return 'unclear';
  return { file, context };
}

/** The same for the recipes of a Makefile; make's own variables are what a shell's variables are. */
export function readRecipeBuilds(text: string): ReadBuilds {
  const joined = text.replace(/\\\n/g, ' ');
  const found: ReadBuilds[] = joined.split('\n').map((line) => {
    if (!line.startsWith('\t')) return textWithoutBuilds(line.replace(/(^|\s)#.*/, ''));
    const recipe = line
      .replace(/^[\t @+-]+/, '')
      .replace(/\$\$/g, '$')
      .replace(/\$\([^)]*\)/g, '"$MAKE"');
    return readShellBuilds(recipe);
  });
  return joinBuilds(found);
}

/** Lines that are nothing else; `#` in the middle of one may belong to a string. */
function withoutShellComments(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, '');
}

/** A text that builds nothing. */
export function textWithoutBuilds(rest: string): ReadBuilds {
  return { builds: [], rest, folders: [], unclear: false };
}

export function joinBuilds(found: readonly ReadBuilds[]): ReadBuilds {
  return {
    builds: found.flatMap(({ builds }) => builds),
    rest: found.map(({ rest }) => rest).join('\n'),
    folders: found.flatMap(({ folders }) => folders),
    unclear: found.some(({ unclear }) => unclear),
  };
}
