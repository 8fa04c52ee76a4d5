// Starts that do not have the PATH of ENV: login shells, su, cron.

import { describe } from '../../src/facts/compare/sentences.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { anchorOf, filesOfImage, type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { hasOnPath } from '../../src/facts/onPath/envLines.ts';
import { needsOfCall } from '../../src/facts/outsideStarts.ts';
import { environmentsWithPackages } from '../../src/facts/projectPackages.ts';
import { enteringOf } from '../../src/facts/starts/enteringStarts.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import { PYTHON_PROGRAMS, pythonName } from '../../src/facts/trace/names.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { PATH_RESET } from './onPathDiagnoses.ts';

/** Where Debian's and Alpine's cron look. */
const CRON_FOLDER = /^\/etc\/cron\.d\/|^\/var\/spool\/cron\/|^\/etc\/crontabs\/|^\/etc\/crontab$/;

/** What runs with a PATH of its own although ENV has the environment on it. */
export function resetPaths(view: ImageView, facts: Facts): Finding[] {
  const { dockerfile, target } = view;
  const { final, base } = dockerfile.image.stages[target]!;
  const path = environmentsWithPackages(filesOfImage(view)).find((one) => hasOnPath(dockerfile, final, base, one));
  if (path === undefined) return [];
  const name = readable(path);
  const reset = startsWithin(view).find(isReset);
  const starts: Finding[] =
    reset === undefined
      ? []
      : [
          {
            diagnosis: PATH_RESET,
            ...anchorOf(reset, dockerfile),
            message: `${describe(reset)} runs the system Python: ${reset.pathReset!.words} sets PATH anew, without ${name}.`,
            reason: `Write the whole path (\`${name}/bin/${reset.words[0]}\`).`,
          },
        ];
  return [...starts, ...resetLines(view, name, facts), ...cronLines(view, name)];
}

const isReset = (event: RunEvent): boolean =>
  !event.implied &&
  !event.conditional &&
  event.pathReset !== undefined &&
  event.interpreter.kind === 'system' &&
  (event.what === 'python' || event.what === 'program');

/** What may start a shell of its own, or another user's. */
const RESETS = /^(.*\/)?(su|sudo|runuser|env|[bd]?ash|sh|zsh)$/;

/** Lines of scripts, Makefiles and pages that run something in a container with a PATH of its own. */
function resetLines(view: ImageView, name: string, facts: Facts): Finding[] {
  const lines = enteringOf(
    view,
    facts,
    facts.starts().filter(({ command = [] }) => command.some((word) => RESETS.test(word))),
  );
  for (const { start, events, view: own } of lines) {
    const event = events.find((one) => isReset(one) && (one.what === 'program' || needsOfCall(one, own) !== 'nothing'));
    if (event === undefined) continue;
    return [
      {
        diagnosis: PATH_RESET,
        path: start.path,
        offset: start.offset,
        message: `\`${start.said}\` runs the system Python: ${event.pathReset!.words} sets PATH anew, without ${name}.`,
        reason: `Write the whole path (\`${name}/bin/${event.words[0]}\`), or run it without that.`,
      },
    ];
  }
  return [];
}

/** Lines of crontabs that the image brings, and that find Python along cron's PATH. */
function cronLines(view: ImageView, name: string): Finding[] {
  const { dockerfile, target } = view;
  const stage = dockerfile.trace.stages[target]!;
  const places = new Set(
    stage.files.copies.flatMap(({ destination, sources }) =>
      sources.flatMap(({ path }) => [destination, `${destination}/${path.slice(path.lastIndexOf('/') + 1)}`]),
    ),
  );
  const loaded = stage.commands.flatMap(({ words }) => (/(^|\/)crontab$/.test(words[0] ?? '') ? words.slice(1) : []));
  const files = new Map(
    [...places].flatMap((place) => {
      const file = CRON_FOLDER.test(place) || loaded.includes(place) ? stage.readImage(place) : undefined;
      return file === undefined ? [] : [[file.path, file.text] as const];
    }),
  );
  return [...files].flatMap(([path, text]): Finding[] => {
    if (/^\s*(PATH|BASH_ENV)\s*=/m.test(text)) return [];
    for (const line of text.matchAll(/^[ \t]*(?:@\w+|(?:[\d*,/-]+[ \t]+){4}[\w*,/-]+)[ \t]+(.*)$/gm)) {
      const [program] = /(?<![\w./-])[\w.-]+(?=[ \t]|$)/g[Symbol.match](line[1]!)?.filter(isPython) ?? [];
      if (program === undefined || /activate|\bPATH=/.test(line[1]!)) continue;
      return [
        {
          diagnosis: PATH_RESET,
          path,
          offset: line.index,
          message: `cron starts \`${program}\` with a PATH of its own: it is the system's, without the packages in ${name}.`,
          reason: `Write the whole path (\`${name}/bin/${program}\`), or \`PATH=${name}/bin:/usr/local/bin:/usr/bin:/bin\` as the first line.`,
        },
      ];
    }
    return [];
  });
}

const isPython = (word: string): boolean => pythonName(word)?.kind === 'python' || PYTHON_PROGRAMS.has(word);
