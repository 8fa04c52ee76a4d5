// Which commands are compose's, and where the flags of a command end.
import { isEngine } from '../builds/shellBuilds.ts';
import { type FlagTable, type ReadFlags, readCommandFlags } from '../flags.ts';
import { causes, isKnown, unknown } from '../values.ts';

const COMPOSE = /^(?:.*\/)?(docker|podman)-compose(\.exe)?$/;
const COMPOSE_VARIABLES = /^\$?\{?(DOCKER_?COMPOSE|COMPOSE|DC)(_(CMD|COMMAND|BIN|EXEC))?\}?$/i;

function isCompose(word: string): boolean {
  if (isKnown(word)) return COMPOSE.test(word);
  const [only, ...more] = causes(word);
  return more.length === 0 && word === unknown(only!) && COMPOSE_VARIABLES.test(only!);
}

/** Index of the first word behind `docker compose` or `docker-compose`; undefined: it is another command. */
export function composeWordsFrom([program = '', second]: readonly string[]): number | undefined {
  if (isCompose(program)) return 1;
  return second === 'compose' && isEngine(program) ? 2 : undefined;
}

interface SplitWords {
  readonly read: ReadFlags;
  /** The first word that is no flag, and its index in the command. */
  readonly word: string;
  readonly first: number;
}

/** The flags from a word on; undefined where one of them is not known, so that nobody can say where they end, or nothing stands behind them. */
export function splitAt(words: readonly string[], at: number, table: FlagTable): SplitWords | undefined {
  const given = words.slice(at).map((word) => /^(--[a-z-]+)=(?:true|false)$/.exec(word)?.[1] ?? word);
  const read = readCommandFlags(given, table, 'first word');
  const first = at + read.firstWord;
  const word = words[first];
  return read.unknown.length > 0 || word === undefined ? undefined : { read, word, first };
}
