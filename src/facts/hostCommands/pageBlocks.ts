// The shell texts that a page of documentation shows: fenced code, reST's code blocks, indented lines with a prompt or with commands of an engine.

export interface PageBlock {
  readonly text: string;
  /** File offset of each line of `text`. */
  readonly offsets: readonly number[];
}

interface PageLine {
  readonly text: string;
  readonly offset: number;
}

const SHELL_LANGUAGE =
  /^(|sh|shell|bash|zsh|fish|console|shell-session|sh-session|terminal|text|txt|plain|none|cmd|bat|batch|powershell|pwsh|ps1|command|commandline)$/i;
const PROMPT = /^[ \t]*(?:\(\S+\)\s*)?[$%][ \t]+/;

/** What begins an indented block that is no text of a list. */
const COMMAND =
  /^[ \t]+(?:sudo[ \t]+|[A-Z_]+=\S*[ \t]+)*(?:(?:docker|podman)(?:-compose)?[ \t]+[a-z-]+|cd[ \t]+\S+|git[ \t]+clone)[ \t]*(?:\S|$)/;

/** A sentence ends with a mark behind a word. */
const isCommandLine = (line: string): boolean => COMMAND.test(line) && !/\w[.:,;!?]$/.test(line);

/** The blocks of a page (latin1), in order. */
export function pageBlocks(text: string, kind: 'markdown' | 'rst'): PageBlock[] {
  const found: PageLine[][] = [];
  let open:
    | { readonly lines: PageLine[]; readonly ends: (line: string) => boolean; readonly isShell: boolean }
    | undefined;
  let prompted: PageLine[] = [];
  let before = '';
  let offset = 0;
  const close = (): void => {
    if (open?.isShell) found.push(open.lines);
    open = undefined;
  };
  for (const written of text.split('\n')) {
    const line = written.replace(/\r$/, '');
    const at = offset;
    offset += written.length + 1;
    if (open?.ends(line)) {
      const isFence = /^[ \t>]*(`{3,}|~{3,})/.test(line);
      close();
      if (isFence) continue;
    }
    if (open !== undefined) {
      open.lines.push({ text: line, offset: at });
      continue;
    }
    const fence = /^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(`{3,}|~{3,})[ \t]*\{?\.?([\w-]*)[^`]*$/.exec(line);
    if (fence !== null) {
      const [, mark = '', language = ''] = fence;
      const end = new RegExp(`^[ \\t>]*${mark[0] === '`' ? '`' : '~'}{${mark.length},}[ \\t]*$`);
      open = { lines: [], ends: (one) => end.test(one), isShell: SHELL_LANGUAGE.test(language) };
      continue;
    }
    const directive =
      kind === 'rst'
        ? /^([ \t]*)(?:\.\. (?:code-block|code|sourcecode|parsed-literal|prompt)::[ \t]*(\S*)|(?!\.\.).*::[ \t]*)$/.exec(
            line,
          )
        : null;
    if (directive !== null) {
      const { length: depth } = directive[1]!;
      const isShell = SHELL_LANGUAGE.test(directive[2] ?? '');
      open = { lines: [], ends: (one) => one.trim() !== '' && one.search(/\S/) <= depth, isShell };
      continue;
    }
    const goesOn = prompted.at(-1)?.text.endsWith('\\') ?? false;
    const isCode = kind === 'markdown' && (before.trim() === '' || prompted.length > 0) && isCommandLine(line);
    before = line;
    if (/^(?: {4,}|\t)/.test(line) && (PROMPT.test(line) || goesOn || isCode))
      prompted.push({ text: line, offset: at });
    else if (line.trim() !== '' && prompted.length > 0) {
      found.push(prompted);
      prompted = [];
    }
  }
  close();
  if (prompted.length > 0) found.push(prompted);
  return found.map(blockOfLines).filter((block) => block.text.trim() !== '');
}

/** Where lines have a prompt, the others are what the commands print. */
function blockOfLines(lines: readonly PageLine[]): PageBlock {
  const quoted = lines.map((line) => ({ ...line, text: line.text.replace(/^[ \t]*>[ \t]/, '') }));
  const isSession = quoted.some(({ text }) => PROMPT.test(text));
  let goesOn = false;
  const kept = quoted
    .filter(({ text }) => {
      const isCommand = !isSession || PROMPT.test(text) || goesOn;
      goesOn = isCommand && text.endsWith('\\');
      return isCommand;
    })
    .map(({ text, offset }) => ({ text: text.replace(PROMPT, ''), offset }));
  return { text: kept.map(({ text }) => text).join('\n'), offsets: kept.map(({ offset }) => offset) };
}
