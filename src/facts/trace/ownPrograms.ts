// Programs of the repository's own under a name that people know for a Python program (`COPY flask /usr/local/bin/flask`).

import type { Shell } from '../shell/shellState.ts';
import { isTool, PYTHON_PROGRAMS, pythonName } from './names.ts';
import { effectivePath, environmentOfBin } from './searchPath.ts';
import { placeIn, type Tracer } from './tracer.ts';

export const SYSTEM_BIN = /^(\/usr)?(\/local)?\/s?bin$/;

const isKnownName = (name: string): boolean =>
  pythonName(name) !== undefined || isTool(name) || PYTHON_PROGRAMS.has(name);

/** The folder of the system's programs in which this Dockerfile put a file of its own under a known name, where PATH comes to that first. */
export function ownFolder(
  name: string,
  { t, shell, lookup }: { readonly t: Tracer; readonly shell: Shell; readonly lookup?: string | undefined },
): string | undefined {
  if (!isKnownName(name)) return undefined;
  const isOwn = (folder: string): boolean => {
    const file = t.fileAt(`${folder}/${name}`);
    return t.readImage(`${folder}/${name}`) !== undefined || (file !== undefined && 'text' in file);
  };
  const path = effectivePath(lookup ?? shell.variables.get('PATH') ?? '', placeIn(t));
  const first = path.find((e) => environmentOfBin(e, t.files) !== undefined || (SYSTEM_BIN.test(e) && isOwn(e)));
  return first !== undefined && environmentOfBin(first, t.files) === undefined ? first : undefined;
}
