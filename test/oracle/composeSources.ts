// What is asked about compose: each file of a flat corpus alone, and the combinations of whole repositories.
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { composeLoader } from '../../src/facts/compose/composeLoad.ts';
import type { ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import { readCompose, servicesOf } from '../../src/facts/compose/services.ts';
import type { Snapshot } from '../../src/model.ts';
import { diskSnapshot } from './compareCompose.ts';
import type { ComposeRequest } from './judge.ts';
import { filesBelow, isComposeName } from './sources.ts';

export interface ComposeSource {
  readonly name: string;
  readonly request: ComposeRequest;
  readonly root: string;
  readonly services: readonly ServiceFacts[];
  readonly issues: readonly string[];
}

/** `folder/compose/**` of a corpus; a file is a repository of its own, so what it names besides is missing. */
export function* flatCompose(folder: string): Generator<ComposeSource> {
  for (const path of filesBelow(join(folder, 'compose'), isComposeName)) {
    const root = dirname(path);
    const file = basename(path);
    const disk = diskSnapshotOf(root, file);
    const loader = composeLoader(disk);
    const syntax = loader.syntax(file);
    const combination = { files: [file], folder: '', use: 'alone' as const };
    const problems = syntax === undefined ? ['unreadable'] : syntax.kind === 'compose' ? syntax.problems.map((p) => p.message) : [syntax.kind];
    const project = problems.length === 0 ? loader.load([file], '') : undefined;
    yield {
      name: path,
      root,
      request: { files: [path], env: {} },
      services: project ? servicesOf(disk, project, combination, () => undefined) : [],
      issues: [...problems, ...(project?.issues.map((i) => i.message) ?? [])],
    };
  }
}

/** A snapshot of one file of a folder that holds many. */
function diskSnapshotOf(root: string, file: string): Snapshot {
  const disk = snapshots.get(root) ?? diskSnapshot(root);
  snapshots.set(root, disk);
  return { paths: new Map([[file, 'file']]), read: (path) => (path === file ? disk.read(file) : undefined) };
}
const snapshots = new Map<string, Snapshot>();

/** Every combination that we see in every repository below `folder`. */
export function* wholeCompose(folder: string): Generator<ComposeSource> {
  for (const name of readdirSync(folder).sort()) {
    const root = join(folder, name);
    const { services, issues } = readCompose(diskSnapshot(root));
    const groups = new Map<string, ServiceFacts[]>();
    for (const s of services) {
      const key = s.files.join('\n');
      groups.set(key, [...(groups.get(key) ?? []), s]);
    }
    for (const [key, group] of groups) {
      const files = key.split('\n');
      const own = issues.filter((i) => files.includes(i.path)).map((i) => i.message);
      yield { name: `${name}: ${files.join(' + ')}`, root, request: { files: files.map((f) => join(root, f)), env: {} }, services: group, issues: own };
    }
  }
}
