// When the text of a CMD is one program with plain words that starts the same from an exec-form list, without a shell.

import { replaceRange } from '../edit/textEdits.ts';
import type { TextEdit } from '../model.ts';
import type { Instruction } from '../parse/dockerfile/syntax.ts';
import { parseShell } from '../parse/shell/shell.ts';
import { isLiteral } from '../parse/shell/shellWord.ts';
import type { DockerfileFacts } from './dockerfileFacts.ts';
import type { Facts } from './facts.ts';
import { isFileName } from './folders.ts';
import type { Stage } from './image.ts';
import { nowhere } from './shell/interpreter.ts';
import { isShell, RUN_BY_SHELL } from './shell/shellNames.ts';
import type { ActivateEvent } from './trace/events.ts';
import { isKnown } from './values.ts';

/** The words of `text`, a leading `exec` dropped, where it is one simple command without expansions, globs, redirections or assignments. */
export function plainCommand(text: string): string[] | undefined {
  const { script } = parseShell(nowhere(text));
  const [only, more] = script?.commands ?? [];
  if (only === undefined || more !== undefined || only.background || only.command.type !== 'Command') return undefined;
  const { name, prefix, suffix } = only.command;
  if (prefix.length > 0) return undefined;
  const words: string[] = [];
  for (const word of [name, ...suffix]) {
    // anything beyond ASCII is not for a JSON list in latin1
    if (word?.type !== 'Word' || !isLiteral(word) || /[^\x20-\x7e]/.test(word.value)) return undefined;
    words.push(word.value);
  }
  if (words[0] === 'exec') words.shift();
  return words.length === 0 || words[0]!.startsWith('-') ? undefined : words;
}

/** `CMD . P/bin/activate && exec python app.py` as `CMD ["python", "app.py"]`, where nothing else is in it. */
export function execForm(
  dockerfile: DockerfileFacts,
  cmd: Instruction,
  event: ActivateEvent,
  facts: Facts,
): TextEdit | undefined {
  const { place } = event;
  if (place === undefined || place.previous !== undefined || place.operatorAfter !== '&&') return undefined;
  // a list has no room for a comment
  if (place.whyNotCut !== undefined || /\n[ \t]*#/.test(dockerfile.text.slice(cmd.start, cmd.end))) return undefined;
  const words = plainCommand(place.rest);
  if (words === undefined) return undefined;
  const isOverridden = dockerfile.services.some(({ entrypoint, gaps }) => entrypoint !== undefined || gaps.length > 0);
  for (const stage of dockerfile.image.stages.filter(({ final }) => final.cmd?.index === cmd.index)) {
    const start = { stage, path: stage.final.env.get('PATH'), environment: event.path };
    if (isOverridden || !startsWithoutShell(words, start, dockerfile, facts)) return undefined;
  }
  if (!isProgram(words[0]!, dockerfile, event.path, facts)) return undefined;
  const inside = cmd.json
    ? cmd.json.length === 3 && isShell(cmd.json[0]!.value) && /^-[eux]*c$/.test(cmd.json[1]!.value)
    : !event.child;
  const script = cmd.json ? cmd.json[2]?.value : cmd.logical.text.replace(/^\s*\w+\s+/, '');
  // of a shell in the shell, or of `eval`, it is not all
  if (!inside || !/^\s*(\.|source)\s/.test(script ?? '')) return undefined;
  const keyword = dockerfile.text.slice(cmd.start, cmd.start + 3);
  return replaceRange(
    dockerfile.path,
    { start: cmd.start, end: cmd.end },
    `${keyword} [${words.map((word) => JSON.stringify(word)).join(', ')}]`,
  );
}

/** How a container is started. `path`: its PATH; `environment`: the one that is on it. */
export interface ProgramStart {
  readonly stage: Stage;
  readonly path: string | undefined;
  readonly environment: string;
}

/** Do these words start the same without a shell, where no entrypoint is given them? */
export function startsWithoutShell(
  words: readonly string[],
  { stage, path, environment }: ProgramStart,
  dockerfile: DockerfileFacts,
  facts: Facts,
): boolean {
  if (stage.final.entrypoint !== undefined || stage.base.entrypoint === 'own') return false;
  // without a shell a relative entry of PATH finds nothing
  if (path !== undefined && isKnown(path) && path.split(':').some((entry) => !entry.startsWith('/'))) return false;
  return isProgram(words[0]!, dockerfile, environment, facts);
}

/**
 * A program that the system starts by itself. A script without a first line `#!`, or one that is not executable, starts from a
 * shell only: so nothing that the repository or a step of the Dockerfile may have put there.
 */
function isProgram(word: string, dockerfile: DockerfileFacts, environment: string, facts: Facts): boolean {
  if (RUN_BY_SHELL.has(word)) return false;
  const name = word.slice(word.lastIndexOf('/') + 1);
  // `["python", "app.py"]` behind an operator: words of a shell, and not what was meant
  if (!/^[\w.+-]+$/.test(name)) return false;
  const folder = word.slice(0, word.length - name.length);
  if (!['', `${environment}/bin/`, '/usr/bin/', '/bin/', '/usr/local/bin/', '/usr/sbin/', '/sbin/'].includes(folder))
    return false;
  if (/^(python|pip)[\d.]*$/.test(name)) return true;
  if (isFileName(name, facts.snapshot)) return false;
  const written = new RegExp(`/${name.replace(/[^\w]/g, '\\$&')}(?![\\w.-])`);
  return dockerfile.syntax.instructions.every(
    (i) => /^(CMD|ENTRYPOINT|HEALTHCHECK)$/.test(i.keyword) || !written.test(dockerfile.text.slice(i.start, i.end)),
  );
}
