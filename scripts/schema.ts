// Generates schema/*.json from the schemas in src; `--check` says whether they are fresh.

import { toJsonSchema } from '@valibot/to-json-schema';
import { bulkReportSchema } from '../src/bulk/display/bulkSchema.ts';
import { configSchema } from '../src/config/configSchema.ts';
import { reportSchema } from '../src/report/reportSchema.ts';
import { placeGenerated } from './generated.ts';

const SCHEMAS = {
  config: { title: 'Configuration of pyvenv-fix', schema: configSchema },
  bulk: { title: 'pyvenv-fix bulk --format json, version 1', schema: bulkReportSchema },
  report: { title: 'pyvenv-fix --format json, version 1', schema: reportSchema },
} as const;

/** Returns the exit code. */
export function main(argv: readonly string[]): number {
  const files = new Map<string, string>();
  for (const [name, { title, schema }] of Object.entries(SCHEMAS)) {
    // A read-only list is a list; JSON Schema has no word for it.
    const { $schema, ...rest } = toJsonSchema(schema, { ignoreActions: ['readonly'] });
    files.set(`schema/${name}.json`, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`);
  }
  return placeGenerated(files, { check: argv.includes('--check') });
}
