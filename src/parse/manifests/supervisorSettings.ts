// The programs of supervisord's configuration, as written: each with what it starts, where and with which variables.

import { parseIni } from './ini.ts';

/** One `[program:x]`, `[fcgi-program:x]` or `[eventlistener:x]`; all values as written, `%(...)s` in them. */
export interface SupervisedProgram {
  readonly name: string;
  readonly command: string;
  readonly directory: string | undefined;
  readonly user: string | undefined;
  /** Undefined where the value is no list of `NAME=value`. */
  readonly environment: ReadonlyMap<string, string> | undefined;
  /** supervisord starts it itself. */
  readonly startsAlone: boolean;
}

export interface SupervisorSettings {
  readonly programs: readonly SupervisedProgram[];
  /** Variables that all programs get. */
  readonly environment: ReadonlyMap<string, string> | undefined;
  /** Patterns of further files. */
  readonly include: readonly string[];
}

const PROGRAM = /^(program|fcgi-program|eventlistener):(.+)$/;

/** Reads such a file; undefined where supervisord would not. Source: https://supervisord.org/configuration.html */
export function supervisorSettings(text: string): SupervisorSettings | undefined {
  const sections = parseIni(text);
  if (sections === undefined) return undefined;
  const programs = [...sections].flatMap(([section, options]): SupervisedProgram[] => {
    const name = PROGRAM.exec(section)?.[2];
    const command = optionIn(options, 'command');
    if (name === undefined || command === undefined) return [];
    return [
      {
        name,
        command,
        directory: optionIn(options, 'directory'),
        user: optionIn(options, 'user'),
        environment: variablesIn(optionIn(options, 'environment') ?? ''),
        startsAlone: !/^(false|no|off|0)$/i.test(optionIn(options, 'autostart') ?? ''),
      },
    ];
  });
  const own = sections.get('supervisord');
  const files = optionIn(sections.get('include'), 'files') ?? '';
  return {
    programs,
    environment: variablesIn(optionIn(own, 'environment') ?? ''),
    include: files.split(/\s+/).filter(Boolean),
  };
}

/** An option without the comment behind it: one begins with `;` or `#` behind a blank. */
function optionIn(options: ReadonlyMap<string, string> | undefined, name: string): string | undefined {
  const value = options
    ?.get(name)
    ?.split('\n')
    .map((line) => line.replace(/(^|\s)[;#].*$/, '').trim())
    .join('\n')
    .trim();
  return value === '' ? undefined : value;
}

/** `A="x",B=y`; undefined where it is no such list. */
function variablesIn(text: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  const pair = /\s*([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,"'\s]*))\s*(?:,|$)/y;
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text);
    if (match === null) return undefined;
    const [, name = '', double, single, plain] = match;
    found.set(name, double ?? single ?? plain ?? '');
  }
  return found;
}
