// One clear line for every file that is left alone because it is not read exactly.
import type { Facts } from '../facts/facts.ts';
import { testDataFolder } from '../facts/testData.ts';
import type { Finding } from '../model.ts';
import { isDockerfileName } from '../text/dockerNames.ts';
import { UNREAD_FILE } from './diagnoses.ts';

const NEXT = 'What is not read exactly is not edited; nothing in this file was changed.';

/** Findings (none has a fix) for Dockerfiles and compose files that cannot be read, or only in part. */
export function unreadFindings(facts: Facts): Finding[] {
  const { snapshot } = facts;
  const left = (path: string, offset: number, message: string): Finding => ({
    diagnosis: UNREAD_FILE,
    path,
    offset,
    message: `Left alone: ${message.replace(/[.]$/, '')}.`,
    reason: NEXT,
  });
  const found = facts.dockerfiles.flatMap((dockerfile) =>
    // an empty file, or one of comments, asks for nothing
    dockerfile.leftAlone === undefined ||
    dockerfile.leftAlone.code === 'test data' ||
    dockerfile.syntax.instructions.length + dockerfile.text.replace(/^[ \t]*#.*$/gm, '').trim().length === 0
      ? []
      : [left(dockerfile.path, dockerfile.leftAlone.offset, dockerfile.leftAlone.message)],
  );
  found.push(...testData(facts));
  const read = new Set(facts.dockerfiles.map((dockerfile) => dockerfile.path));
  const folders = new Set<string>();
  for (const [path, kind] of snapshot.paths) {
    const folder = /^(.*\/)?Dockerfile(?=\/)/.exec(path)?.[0];
    if (folder !== undefined) folders.add(folder);
    if (read.has(path) || !isDockerfileName(path)) continue;
    if (kind === 'symlink') found.push(left(path, 0, 'it is a symbolic link, and links are not followed'));
    else if (kind === 'other') found.push(left(path, 0, 'it is no regular file'));
    else if (kind !== 'submodule') found.push(left(path, 0, 'it cannot be read, or is too large'));
  }
  for (const folder of folders) found.push(left(folder, 0, 'it is a folder'));
  for (const issue of facts.compose.issues) found.push(left(issue.path, issue.offset, issue.message));
  return found;
}

/** One finding for all Dockerfiles of test data, at the first. */
function testData(facts: Facts): Finding[] {
  const all = facts.dockerfiles.filter((dockerfile) => dockerfile.leftAlone?.code === 'test data');
  const [first] = all;
  if (first === undefined) return [];
  const folders = [
    ...new Set(all.flatMap((dockerfile) => testDataFolder(dockerfile.path, facts.settings.named) ?? [])),
  ];
  const named = folders.slice(0, 3).map((folder) => `\`${folder}\``);
  const rest = folders.length > 3 ? ` and ${folders.length - 3} more folders` : '';
  return [
    {
      diagnosis: UNREAD_FILE,
      path: first.path,
      offset: 0,
      message: `Left alone: test data, ${all.length === 1 ? 'this Dockerfile' : `${all.length} Dockerfiles`} below ${named.join(', ')}${rest}.`,
      reason: 'What tests read is meant to be as it is.',
    },
  ];
}
