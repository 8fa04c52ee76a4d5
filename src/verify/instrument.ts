// Lets the interpreters of RUN steps tell what they are, without anything of that reaching the image.

import { parseDockerfile } from '../parse/dockerfile/dockerfile.ts';
import type { Flag } from '../parse/dockerfile/syntax.ts';
import { offsetOf } from '../text/logical.ts';
import { PROBE_CONTEXT, PROBE_FOLDER } from './probe.ts';

const MOUNT = ` --mount=type=bind,from=${PROBE_CONTEXT},target=${PROBE_FOLDER}`;

/** A function that takes the instrumentation of one run out of a line of the build log. */
export function withoutOurs(run: string): (line: string) => string {
  const caches = new RegExp(`,id=${run.replaceAll(/[.+*?()[\]{}|\\^$]/g, '\\$&')}[^,\\s"']*`, 'g');
  return (line) =>
    line
      .replaceAll(MOUNT, '')
      .replaceAll(caches, '')
      .replaceAll(new RegExp(`${PROBE_FOLDER.replaceAll('.', '\\.')}:?`, 'g'), '');
}

/** Where line `line` (from 1) of an instrumented text stands in the repository's own one. */
export function ownLine(text: string, line: number): number {
  const above = text.split('\n').slice(0, line - 1);
  return (
    line - above.filter((one) => one === `ARG PYTHONPATH=${PROBE_FOLDER}` || /^ARG PYVENV_FIX_RUN=/.test(one)).length
  );
}

export interface Instrumentation {
  /** Text that makes the RUN steps this run's own, so that none of them comes from an older build. */
  readonly run: string;
  /** Whether the probe looks into the RUN steps. */
  readonly probe: boolean;
}

/**
 * The Dockerfile with the probe mounted into every RUN and PYTHONPATH set by ARG below every FROM: neither stays in the image,
 * and neither reaches COPY steps. An ENV of PYTHONPATH, which beats every ARG, gets the probe's folder in front (see
 * `withoutProbe`). Returns the text as it is where it cannot be read exactly.
 */
export function instrumented(text: string, { run, probe }: Instrumentation): string {
  const { instructions, problems } = parseDockerfile(text);
  if (problems.length > 0) return text;
  const parts: string[] = [];
  let at = 0;
  const insert = (place: number, added: string) => {
    parts.push(text.slice(at, place), added);
    at = place;
  };
  for (const { start, end, keyword, pairs, logical, flags } of instructions) {
    if (keyword === 'FROM') {
      insert(end, `${probe ? `\nARG PYTHONPATH=${PROBE_FOLDER}` : ''}\nARG PYVENV_FIX_RUN=${run}`);
    } else if (keyword === 'RUN' && text.slice(start, start + 3).toUpperCase() === 'RUN') {
      if (probe) insert(start + 3, MOUNT);
      for (const { at: place, text: added } of ownCaches(flags, run)) insert(offsetOf(logical, place - 1) + 1, added);
    } else if (probe && (keyword === 'ENV' || keyword === 'ARG')) {
      for (const { name, value, valueAt } of pairs) {
        // An empty value stays one place: behind a colon it would be the working folder.
        if (value === undefined) {
          if (name === 'PYTHONPATH') insert(offsetOf(logical, valueAt - 1) + 1, `=${PROBE_FOLDER}`);
          continue;
        }
        const place = `${PROBE_FOLDER}${value === '' || value === '""' || value === "''" ? '' : ':'}`;
        if (name === 'PYTHONPATH') insert(offsetOf(logical, valueAt), place);
      }
    }
  }
  return [...parts, text.slice(at)].join('');
}

/** (Offsets into the logical text.) A cache mount of its own: what the repository's steps leave in one must not reach other builds of the user, nor theirs these. */
function ownCaches(flags: readonly Flag[], run: string): { readonly at: number; readonly text: string }[] {
  return flags.flatMap(({ name, value = '', to }) => {
    const isCache = name === 'mount' && /(?:^|,)type=cache(?:,|$)/.test(value);
    const id = /(?:^|,)id=([^,]*)/.exec(value)?.[1] ?? /(?:^|,)(?:target|dst|destination)=([^,]*)/.exec(value)?.[1];
    // The last one of a key counts.
    return isCache && id !== undefined && !/["']$/.test(value) ? [{ at: to, text: `,id=${run}${id}` }] : [];
  });
}

/** The value of PYTHONPATH that an instrumented image has, as the image would have it without the probe. */
export const withoutProbe = (value: string): string =>
  value
    .split(':')
    .filter((place) => place !== PROBE_FOLDER)
    .join(':');

/** The Dockerfile without its `# syntax=` line, for an engine that cannot fetch another frontend. */
export function withoutSyntax(text: string): string {
  return text.replace(/^(\xEF\xBB\xBF)?#[ \t]*syntax[ \t]*=/im, (line) => line.replace('#', '# was:'));
}
