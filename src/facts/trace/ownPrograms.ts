// Programs of the repository's own under a name that people know for a Python program (`COPY flask /usr/local/bin/flask`).

import { isTool, PYTHON_PROGRAMS, pythonName } from './names.ts';
import type { Program } from './programEvents.ts';
import { effectivePath, environmentOfBin } from './searchPath.ts';
import { placeIn } from './tracer.ts';

export const SYSTEM_BIN = /^(\/usr)?(\/local)?\/s?bin$/;

const isKnownName = (name: string): boolean =>
  pythonName(name) !== undefined || isTool(name) || PYTHON_PROGRAMS.has(name);

/** The folder of the system's programs in which this Dockerfile put a file of its own under a known name, where PATH comes to that first. */
export function ownFolder(
  name: string,
  { tracer, shell, lookup }: Pick<Program, 'tracer' | 'shell' | 'lookup'>,
): string | undefined {
  if (!isKnownName(name)) return undefined;
  const isOwn = (folder: string): boolean => {
    const file = tracer.fileAt(`${folder}/${name}`);
    return tracer.readImage(`${folder}/${name}`) !== undefined || (file !== undefined && 'text' in file);
  };
  const path = effectivePath(lookup ?? shell.variables.get('PATH') ?? '', placeIn(tracer));
  const first = path.find(
    (entry) => environmentOfBin(entry, tracer.files) !== undefined || (SYSTEM_BIN.test(entry) && isOwn(entry)),
  );
  return first !== undefined && environmentOfBin(first, tracer.files) === undefined ? first : undefined;
}
