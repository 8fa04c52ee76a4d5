// The one schema of all configuration files: checks a value, and becomes schema/config.json.

import * as v from 'valibot';
import { wrongBase } from '../facts/baseImages/baseImages.ts';
import { nearest } from '../text/nearest.ts';
import type { Config } from './config.ts';

const ids = v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.readonly());
const globs = v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.readonly());

/** Shape of a configuration; transform ids are checked against the list by `checkConfig`. */
export const configSchema = v.strictObject({
  $schema: v.optional(v.pipe(v.string(), v.description('Address of this schema, for editors; not read.'))),
  only: v.optional(v.pipe(ids, v.description('Run these transforms only, also ones that are off by default.'))),
  skip: v.optional(v.pipe(ids, v.description('Run all but these transforms.'))),
  unsafe: v.optional(
    v.pipe(
      v.union([v.boolean(), ids]),
      v.description('Also apply fixes of the unsafe tier: all, or those of these transforms. Default: false.'),
    ),
  ),
  include: v.optional(v.pipe(globs, v.description('Globs of the files to look at. Default: all.'))),
  exclude: v.optional(
    v.pipe(globs, v.description('Globs of files to leave out, in addition to vendored and generated ones.')),
  ),
  branch: v.optional(
    v.pipe(v.string(), v.minLength(1), v.description('Name of the branch for the commits. Default: pyvenv-fix.')),
  ),
  squash: v.optional(v.pipe(v.boolean(), v.description('One commit for all instead of one a transform.'))),
  contexts: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description('Dockerfile to the folder it is built in. Default: read from the repository.'),
    ),
  ),
  bases: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description(
        'Base image (* for any text) to a known one that it is as good as. Default: what is known of public images.',
      ),
    ),
  ),
  venvVolume: v.optional(
    v.pipe(
      v.picklist(['volume', 'relocate', 'off']),
      v.description('What to do about a bind mount that hides the environment. Default: volume.'),
    ),
  ),
  recommendedIgnores: v.optional(
    v.pipe(v.boolean(), v.description('ignore-venv also adds caches, .git and .env. Default: false.')),
  ),
});

/** One thing that is wrong with a value; `path` leads to it from the root of the configuration. */
export interface ConfigIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const WORDS: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  Array: 'a list',
  string: 'a string',
  Object: 'a table of keys',
  Record: 'a table of keys',
};

/**
 * Checks a value read from a file. `transforms`: ids of all transforms there are. Returns the configuration, or every
 * issue in the order of the file's keys.
 */
export function checkConfig(
  value: unknown,
  transforms: readonly string[],
): { readonly config: Config } | { readonly issues: readonly ConfigIssue[] } {
  // A list passes for an object in the schema library.
  const lists: ConfigIssue[] = [
    { path: [], message: 'expected a table of keys, found a list' },
    { path: ['contexts'], message: 'contexts: expected a table of keys, found a list' },
    { path: ['bases'], message: 'bases: expected a table of keys, found a list' },
  ].filter(({ path: [key] }) =>
    Array.isArray(key === undefined ? value : (value as Partial<Record<string, unknown>> | null)?.[key]),
  );
  if (lists.length > 0) return { issues: lists };
  const result = v.safeParse(configSchema, value);
  if (!result.success) return { issues: result.issues.map(explainIssue) };
  const issues = [...unknownIds(result.output, transforms), ...wrongBases(result.output)];
  return issues.length > 0 ? { issues } : { config: result.output };
}

function explainIssue(issue: v.BaseIssue<unknown>): ConfigIssue {
  const path = (issue.path ?? []).map((item) => (typeof item.key === 'number' ? item.key : String(item.key)));
  const last = path.at(-1);
  if (issue.type === 'strict_object' && issue.expected === 'never' && last !== undefined) {
    const near = nearest(String(last), Object.keys(configSchema.entries));
    return { path, message: `unknown key ${shownValue(last)}${near ? `; the nearest known one is "${near}"` : ''}` };
  }
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  return { path, message: `${where}expected ${expectation(issue)}, found ${shownValue(issue.input)}` };
}

function expectation(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'min_length') return 'something not empty';
  if (issue.type === 'union') return 'true, false or a list of transform ids';
  const words = issue.expected ?? 'another value';
  return WORDS[words] ?? words.replaceAll(/[()]/g, '').replaceAll(' | ', ' or ');
}

function shownValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  if (typeof value === 'object' && value !== null) return 'a table of keys';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return String(value);
}

function wrongBases({ bases = {} }: Config): ConfigIssue[] {
  return Object.entries(bases).flatMap(([pattern, answer]) => {
    const message = wrongBase(pattern, answer);
    return message === undefined ? [] : [{ path: ['bases', pattern], message: `bases: ${message}` }];
  });
}

function unknownIds(config: Config, transforms: readonly string[]): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  for (const key of ['only', 'skip', 'unsafe'] as const) {
    const list = config[key];
    if (typeof list !== 'object') continue;
    list.forEach((id, at) => {
      if (transforms.includes(id)) return;
      const near = nearest(id, transforms);
      issues.push({
        path: [key, at],
        message: `unknown transform ${shownValue(id)}${near ? `; the nearest known one is "${near}"` : ''}`,
      });
    });
  }
  return issues;
}
