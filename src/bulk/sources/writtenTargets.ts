// The targets that folders and lists name.

import { join } from 'node:path';
import { realFolder, targetKind } from '../../io/files/targets.ts';
import type { ForgePlace } from '../../io/forge/forgePlaces.ts';
import type { Target } from '../bulkModel.ts';
import { looksLikeAddress, parseAddress, targetOfAddress } from './address.ts';
import { sourceLines } from './sourceLines.ts';

/** What a source names wrongly, as a line of the report. */
export function wrongTarget(name: string, why: string): Target {
  return { key: name, name, skip: why, wrong: true };
}

/** The target of a folder that is a repository. */
export function folderTarget(path: string): Target {
  const folder = realFolder(path);
  if (folder === undefined) return wrongTarget(path, 'there is no such folder');
  return { key: folder, name: join(path) === '.' ? folder : path, folder };
}

/**
 * The targets of a list with one path or address a line; paths are relative to the working directory. A line that names no
 * repository comes as `wrong`, named `list:line`; what stands in it is not said back, since it may hold a credential.
 */
export async function* listTargets(
  chunks: AsyncIterable<Uint8Array>,
  { name, own }: { readonly name: string; readonly own: ForgePlace | undefined },
): AsyncIterable<Target> {
  for await (const { number, text, problem } of sourceLines(chunks)) {
    const at = `${name}:${number}`;
    yield text === undefined ? wrongTarget(at, problem ?? 'the line is no text') : lineTarget(text, at, own);
  }
}

function lineTarget(text: string, at: string, own: ForgePlace | undefined): Target {
  if (looksLikeAddress(text)) {
    const address = parseAddress(text);
    const target = 'what' in address ? address : targetOfAddress(address, own);
    return 'what' in target ? wrongTarget(at, target.what) : target;
  }
  if (/^(?:github|github-search|gitlab|gitea):/.test(text)) {
    return wrongTarget(at, 'a list holds paths and addresses; name this on the command line');
  }
  switch (targetKind(text)) {
    case 'repository':
      return folderTarget(text);
    case 'absent':
      return wrongTarget(at, 'there is no such folder');
    case 'denied':
      return wrongTarget(at, 'the folder cannot be read');
    default:
      return wrongTarget(at, 'not a git repository');
  }
}
