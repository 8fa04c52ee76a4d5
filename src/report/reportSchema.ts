// The shape of the JSON report, version 1; becomes schema/report.json, and tests hold real reports against it.

import * as v from 'valibot';
import { LEVELS } from '../model.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const fromOne = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Text, and what it is. */
export const about = (text: string) => v.pipe(v.string(), v.description(text));
const base64 = v.optional(about('The exact bytes, where they are not UTF-8.'));

const position = {
  line: v.pipe(fromOne, v.description('From 1, in the file as it stood on disk before the run.')),
  column: v.pipe(fromOne, v.description('From 1, in bytes.')),
};

const named = {
  diagnosis: about('What is wrong, by its id: `pyvenv-fix explain ID` tells of it.'),
  level: v.pipe(
    v.picklist(LEVELS),
    v.description(
      '`broken`: does not build, does not start, or starts without its packages; `fragile`: works by accident, or not everywhere; `slow`: right but redone; `advice`: right, and could be better.',
    ),
  ),
};

const edit = v.looseObject({
  path: about('Relative to the repository root (outside git: to the named folder).'),
  pathBase64: base64,
  start: v.pipe(count, v.description('First byte of the old file that is replaced.')),
  end: v.pipe(count, v.description('The byte of the old file after the last one that is replaced.')),
  newText: v.string(),
  newTextBase64: base64,
  create: v.optional(v.pipe(v.literal(true), v.description('The file did not exist; start and end are 0.'))),
});

const fix = v.looseObject({
  transform: v.string(),
  title: v.string(),
  safety: v.picklist(['safe', 'unsafe']),
  ...named,
  path: about('The file that its finding hangs in; a suppression stands above the line.'),
  pathBase64: base64,
  ...position,
  files: v.array(v.string()),
  edits: v.pipe(
    v.array(edit),
    v.description('The edits of all fixes together, applied to the old files, make the new ones.'),
  ),
  mergedInto: v.optional(
    v.pipe(count, v.description('Index of the fix whose edits hold this one too, where both touch the same place.')),
  ),
  notes: v.array(v.string()),
  gain: v.optional(v.string()),
});

const finding = v.looseObject({
  transform: v.optional(v.string()),
  ...named,
  path: v.string(),
  pathBase64: base64,
  ...position,
  message: v.string(),
  reason: v.string(),
  fixable: v.picklist(['safe', 'unsafe', 'no']),
});

const withdrawn = v.looseObject({
  transform: v.string(),
  title: v.string(),
  files: v.array(v.string()),
  why: v.string(),
});

const repository = v.looseObject({
  path: about('As it was named on the command line.'),
  pathBase64: base64,
  outcome: v.pipe(
    v.picklist(['changed', 'unchanged', 'refused', 'failed']),
    v.description('`changed` also where a dry run would change it.'),
  ),
  reason: v.optional(v.string()),
  where: v.optional(v.string()),
  next: v.optional(v.string()),
  base: v.optional(about('The commit that the fixes start from.')),
  branch: v.optional(about('The branch that has the commits.')),
  branchBase64: base64,
  commits: v.optional(v.pipe(v.array(v.string()), v.description('Ids of the commits made, oldest first.'))),
  written: v.pipe(v.boolean(), v.description('Whether the files on disk have the fixes.')),
  fixes: v.array(fix),
  findings: v.array(finding),
  withdrawn: v.pipe(
    v.array(withdrawn),
    v.description('Fixes that were not made because their guard found them wrong.'),
  ),
  diff: about('What `git apply` takes.'),
  diffBase64: base64,
});

const summary = v.looseObject({
  repositories: count,
  changed: count,
  unchanged: count,
  refused: count,
  failed: count,
  fixes: count,
  findings: count,
  levels: v.pipe(
    v.looseObject({ broken: count, fragile: count, slow: count, advice: count }),
    v.description('The findings, by how bad they are.'),
  ),
  withdrawn: count,
});

/** `pyvenv-fix --format json`. Later versions 1 may add fields. */
export const reportSchema = v.looseObject({
  version: v.literal(1),
  tool: v.looseObject({ name: v.literal('pyvenv-fix'), version: v.string() }),
  repositories: v.array(repository),
  summary,
});
