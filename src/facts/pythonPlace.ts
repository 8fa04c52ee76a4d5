// Where the Python of an image stands: by its base, and by what its steps bring.

import type { DockerfileFacts } from './facts.ts';
import type { Stage } from './image.ts';
import { chainOf } from './runsPython.ts';
import type { Files } from './trace/imageFiles.ts';

/** `local`: /usr/local/bin, of Docker's own images of Python; `distribution`: /usr/bin; `open`: that is not known. */
export interface PythonPlace {
  readonly kind: 'local' | 'distribution' | 'none' | 'open';
  /** MAJOR.MINOR. */
  readonly version?: string;
}

const OPEN: PythonPlace = { kind: 'open' };
const NONE: PythonPlace = { kind: 'none' };

const DEBIAN: Readonly<Record<string, string>> = {
  '11': '3.9',
  bullseye: '3.9',
  '12': '3.11',
  bookworm: '3.11',
  '13': '3.13',
  trixie: '3.13',
};

const ofDistribution = (release: string | undefined): PythonPlace => {
  const version = DEBIAN[release ?? ''];
  return version === undefined ? { kind: 'distribution' } : { kind: 'distribution', version };
};

const OFFICIAL = /^(?:docker\.io\/|index\.docker\.io\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/)?(?:library\/)?/;
/** Docker's images over buildpack-deps, whose mercurial brings a Python; their slim ones and those of Alpine have none. */
const OVER_BUILDPACK = /^(buildpack-deps|rust|golang|node|ruby|gcc):?(.*)$/;
const WITHOUT_PYTHON = /^(nginx|httpd|caddy|busybox|redis):?/;

/** The Python of a base as it is pulled. */
function placeOfBase({ ref, family, python }: Stage['base']): PythonPlace {
  if (family === 'python') return { kind: 'local', ...(python === undefined ? {} : { version: python }) };
  if (family === 'scratch') return NONE;
  const plain = ref.replace(/@sha256:[0-9a-f]+$/, '');
  const [, image, debian] = /^gcr\.io\/distroless\/(\w+)(?:-debian(\d+))?(?::|$)/.exec(plain) ?? [];
  if (image !== undefined) return image === 'python3' ? ofDistribution(debian) : NONE;
  const uv = /^(?:ghcr\.io\/astral-sh|astral|docker\.io\/astral)\/uv(?::(.*))?$/.exec(plain);
  if (uv !== null) {
    const tag = (uv[1] ?? '').replace(/^\d[\w.]*?(-|$)/, '');
    if (/^(latest)?$|slim|alpine/.test(tag)) return NONE;
    return /^(debian|bookworm|trixie|bullseye)$/.test(tag) ? ofDistribution(tag) : OPEN;
  }
  const name = plain.replace(OFFICIAL, '');
  const [, , tag] = OVER_BUILDPACK.exec(name) ?? [];
  if (tag !== undefined) {
    if (/windows|nanoserver/.test(tag)) return OPEN;
    if (/slim|alpine|curl/.test(tag)) return NONE;
    return ofDistribution(/(?:^|-)(bullseye|bookworm|trixie)(?:-|$)/.exec(tag)?.[1]);
  }
  return family === 'distribution' || WITHOUT_PYTHON.test(name) ? NONE : OPEN;
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
  if (own.kind !== 'none' || !files.systemPython) return own;
  const named = [...files.systemPackages].filter((name) => /^python3(\.\d+)?(-minimal)?$/.test(name));
  const { systemPythonVersion } = files;
  return new Set(named).size > 1 || systemPythonVersion === undefined
    ? { kind: 'distribution' }
    : { kind: 'distribution', version: systemPythonVersion };
}
