// How work with one repository's git can go wrong, in words that carry no credentials.

/** What a failed git said, sorted: `denied`: no right; `missing`: no such repository; `refused`: not taken as it is; `lost`: the network; `empty`: no commit yet. */
export type GitTrouble = 'denied' | 'missing' | 'refused' | 'lost' | 'empty';

/** `reason` is the same for all that fail so; `message` has git's own last words, redacted. */
export class BareProblem extends Error {
  readonly trouble: GitTrouble;
  readonly reason: string;
  /** A second try may help. */
  readonly again: boolean;
  /** The host takes no push from a repository that lacks the base. */
  readonly isShallow: boolean;

  constructor(
    trouble: GitTrouble,
    reason: string,
    words: string,
    { again = trouble === 'lost', isShallow = false } = {},
  ) {
    super(words);
    this.name = 'BareProblem';
    this.trouble = trouble;
    this.reason = reason;
    this.again = again;
    this.isShallow = isShallow;
  }
}

const LONGEST_WORDS = 500;

/** The text without userinfo in addresses, authorization headers and the given secrets, cut to a length fit for a report. */
export function redacted(text: string, secrets: readonly string[] = []): string {
  let clean = text.slice(0, 20 * LONGEST_WORDS);
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    clean = clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  }
  clean = clean
    .replace(/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@'"]{1,2000}@/gi, '$1')
    .replace(/\b(authorization:[ \t]*)\S[^\r\n]*/gi, '$1***')
    .replace(/\b(?:gh[pousr]_|github_pat_|glpat-|glptt-)\w{8,200}/g, '***');
  return clean.length > LONGEST_WORDS ? `${clean.slice(0, LONGEST_WORDS)}...` : clean;
}

const DENIED =
  /\b(?:401|403)\b|authentication failed|authorization failed|could not read (?:username|password)|permission denied|access denied|permission to .* denied|not allowed to push|terminal prompts disabled|host key verification failed|dubious ownership|invalid username or|write access to repository not granted/i;
const MISSING =
  /\b404\b|repository .*not found|does not appear to be a git repository|not a git repository|project .* could(?: not|n't) be found|no such file or directory/i;
const LOST =
  /could not resolve|connection (?:timed out|refused|reset|closed)|operation timed out|timed out|early eof|empty reply|recv failure|send failure|unexpected disconnect|the remote end hung up|rpc failed|http\/?[\d.]* ?5\d\d|error: 5\d\d|error 5\d\d|\b429\b|network is unreachable|no route to host|temporary failure|failed to connect|couldn't connect|gnutls|ssl_|tls|broken pipe|proxy/i;
const PROTECTED =
  /protected branch|gh006|gh013|repository rule|pre-receive hook declined|hook declined|remote rejected/i;

/** The problem that git's words tell of. `words` are its standard error, as it came. */
export function gitProblem(words: string, secrets: readonly string[]): BareProblem {
  const clean = redacted(essence(words), secrets);
  // A server that fails says so before git says what it could not read.
  if (/\b(?:http|error|code)\D{0,12}\b(?:5\d\d|429)\b/i.test(words))
    return new BareProblem('lost', 'the network or the host failed', clean);
  if (PROTECTED.test(words)) return new BareProblem('refused', 'the host does not take this branch', clean);
  if (DENIED.test(words)) return new BareProblem('denied', 'git was not let in', clean);
  if (LOST.test(words)) return new BareProblem('lost', 'the network or the host failed', clean);
  if (MISSING.test(words)) return new BareProblem('missing', 'there is no such repository', clean);
  return new BareProblem('refused', 'git failed', clean);
}

/** The lines that say what was wrong, less the advice. */
function essence(words: string): string {
  const lines = words
    .slice(-20_000)
    .split(/[\r\n]+/)
    .filter((line) => line !== '' && !/^hint:|^To |^warning: (?:redirecting|filtering)/.test(line));
  const telling = lines.filter((line) => /^(?:fatal|error|remote):|rejected|denied|refused/i.test(line));
  return (telling.length > 0 ? telling : lines)
    .slice(-4)
    .map((line) => line.replace(/^(?:fatal|error): /, '').replace(/[^\x20-\x7e\x80-\xff]/g, ' '))
    .join('; ')
    .trim();
}
