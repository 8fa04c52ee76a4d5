// Generates fixtures/<id>/README.md from the transforms and their fixtures, and the README's diff; `--check` says whether all are fresh.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsOf } from '../src/config/resolve.ts';
import { fixRepository } from '../src/fix/loop.ts';
import type { PathKind, Snapshot } from '../src/model.ts';
import { unifiedDiff } from '../src/report/diff.ts';
import { type FixtureCase, transformPage } from '../src/report/page.ts';
import { bytesOf, textOf } from '../src/text/latin1.ts';
import { transforms } from '../transforms/index.ts';
import { placeGenerated } from './generated.ts';

/** Returns the exit code. */
export function main(argv: readonly string[]): number {
  const pages = transforms.map((one) => [`fixtures/${one.id}/README.md`, transformPage(one, casesOf(one.id))] as const);
  return placeGenerated(new Map([...pages, ['README.md', readme()]]), { check: argv.includes('--check') });
}

/** The README with the diff that its first command prints, less the path that leads to the repository. */
function readme(): string {
  const text = readFileSync('README.md', 'utf8');
  const block = /(<!-- diff: (\S+) -->\n)[\s\S]*?(<!-- \/diff -->\n)/;
  return text.replace(block, (_, open: string, folder: string, close: string) => {
    return `${open}\`\`\`diff\n${folderDiff(folder)}\`\`\`\n${close}`;
  });
}

function folderDiff(folder: string): string {
  const files = filesInFolder(folder);
  const paths = new Map<string, PathKind>([...files.keys()].map((path) => [path, 'file']));
  const snapshot: Snapshot = { paths, read: (path) => files.get(path) };
  const ids = transforms.filter((one) => !one.offByDefault).map(({ id }) => id);
  const { before, after, changed } = fixRepository(snapshot, transforms, settingsOf({}), {
    ids,
    unsafe: false,
    prefix: '',
    editable: () => true,
  });
  return textOf(unifiedDiff(before, after, changed)).text;
}

interface CaseFile {
  readonly findings?: readonly { readonly at: string; readonly says: string }[];
}

function casesOf(id: string): FixtureCase[] {
  const folder = join('fixtures', id);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.map(({ name }) => {
    const after = join(folder, name, 'after');
    const before = filesInFolder(join(folder, name, 'before'));
    const json = join(folder, name, 'case.json');
    const { findings = [] } = existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as CaseFile) : {};
    const says = findings.map((one) => `${one.at}: ${one.says}`);
    return {
      name,
      before,
      says,
      ...(existsSync(after) ? { after: new Map([...before, ...filesInFolder(after)]) } : {}),
    };
  });
}

function filesInFolder(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [bytesOf(path.slice(folder.length + 1)), readFileSync(path, 'latin1')]));
}
