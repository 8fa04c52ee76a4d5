// Where the Python of an image stands: by its base, and by what its steps bring.

import type { DockerfileFacts } from './dockerfileFacts.ts';
import type { Stage } from './image.ts';
import { chainOf } from './runsPython.ts';
import type { Files } from './trace/imageFiles.ts';
import { versionInName } from './trace/systemPackages.ts';

/** `local`: /usr/local/bin, of Docker's own images of Python; `distribution`: /usr/bin; `open`: that is not known. */
export interface PythonPlace {
  readonly kind: 'local' | 'distribution' | 'none' | 'open';
  /** MAJOR.MINOR. */
  readonly version?: string;
}

const OPEN: PythonPlace = { kind: 'open' };
const NONE: PythonPlace = { kind: 'none' };

/** Images of which the table of bases has nothing, but that they have no Python. */
const WITHOUT_PYTHON =
  /^(?:docker\.io\/|index\.docker\.io\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/)?(?:library\/)?(?:nginx|httpd|caddy|busybox|redis)(?::|@|$)|^gcr\.io\/distroless\/(?!python)/;

/** The Python of a base as it is pulled. */
function placeOfBase({ ref, family, python, pythonStands }: Stage['base']): PythonPlace {
  const version = python === undefined ? {} : { version: python };
  if (family === 'python') return { kind: 'local', ...version };
  if (family === 'scratch' || pythonStands === false) return NONE;
  if (pythonStands === true) return { kind: 'distribution', ...version };
  return WITHOUT_PYTHON.test(ref) ? NONE : OPEN;
}

/** Steps that bring a Python by means that are not followed. */
const BRINGS_PYTHON =
  /\buv\s+python\s+install\b|\bpyenv\b|conda|mamba|\baltinstall\b|\bPython-\d|python-build|\basdf\b|\bmise\b|\brye\b|\bpython3?\.tar|\bln\s+-[a-zA-Z]*s[^&|;\n]*python/;
/** What a copy takes along where it takes a Python. */
const HOLDS_PYTHON =
  /^$|^(usr|usr\/local|usr\/bin|usr\/lib|usr\/local\/(bin|lib)|opt|root|home)(\/\*?)?$|(^|\/)python[\d.]*$|pyenv|conda/;

/** The Python of a stage, as it stands where its files are `files`. */
export function pythonPlaceIn(dockerfile: DockerfileFacts, stage: number, files: Files): PythonPlace {
  const chain = chainOf(dockerfile.image, stage);
  const steps = chain.flatMap(({ instructions }) => instructions);
  if (steps.some(({ keyword, logical }) => keyword === 'RUN' && BRINGS_PYTHON.test(logical.text))) return OPEN;
  const isBrought = files.copies.some(
    ({ from, sources }) =>
      from !== 'context' && sources.some(({ path, kind }) => kind !== 'path' || HOLDS_PYTHON.test(path)),
  );
  if (isBrought) return OPEN;
  const own = placeOfBase(chain[0]!.base);
  const named = [...files.systemPackages].filter((name) => /^python3(\.?\d+)?(-minimal)?$/.test(name));
  // a second one beside that of the base: both stand, and environments may be made with either
  const isJoined =
    own.kind === 'distribution' && named.some((name) => (versionInName(name) ?? own.version) !== own.version);
  if (isJoined) return { kind: 'distribution' };
  if (own.kind !== 'none' || !files.systemPython) return own;
  const { systemPythonVersion } = files;
  return new Set(named).size > 1 || systemPythonVersion === undefined
    ? { kind: 'distribution' }
    : { kind: 'distribution', version: systemPythonVersion };
}

/** Is the image FROM scratch, with nothing copied into it that could be a Python? One program, uv's too, brings none. */
export function isWithoutPython(dockerfile: DockerfileFacts, stage: number): boolean {
  const { files } = dockerfile.trace.stages[stage]!;
  if (chainOf(dockerfile.image, stage)[0]!.base.family !== 'scratch') return false;
  // a whole root may be made outside of the build, and come as a folder or an archive
  if (files.copies.some(({ from }) => from === 'context')) return false;
  return pythonPlaceIn(dockerfile, stage, files).kind === 'none';
}
