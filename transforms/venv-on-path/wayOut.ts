// What findings tell to write.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { readable } from '../../src/facts/values.ts';
import { lineMark } from '../../src/text/lines.ts';

/** The ENV lines for the environment at `path`; `at`: behind which offset of which file, said in the file `from`. */
export function linesToWrite(
  path: string,
  at?: { readonly behind: number; readonly dockerfile: DockerfileFacts; readonly from?: string },
): string {
  const of = at?.from === undefined ? '' : ` of ${at.dockerfile.path}`;
  const where = at === undefined ? '' : ` behind line ${lineMark(at.dockerfile.path, at.behind)}${of}`;
  return `Write \`ENV VIRTUAL_ENV=${readable(path)}\` and \`ENV PATH="$VIRTUAL_ENV/bin:$PATH"\`${where}.`;
}
