// Starts of Python in images that have none, or none of that name: distributions come without it.

import { describe } from '../../src/facts/compare/sentences.ts';
import { anchorOf, filesOfImage, hasOpenStep, type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { isSystemOpen } from '../../src/facts/outsideStarts.ts';
import { pythonPlaceIn } from '../../src/facts/pythonPlace.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import { pythonName } from '../../src/facts/trace/names.ts';
import { isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { NO_PYTHON_IN_IMAGE } from './onPathDiagnoses.ts';

/** Packages of Debian, Ubuntu and Alpine that neither are a Python nor ask for one. */
const OTHER_PACKAGES =
  /^(apk-tools|bash|build-base|build-essential|bzip2|ca-certificates|curl|dumb-init|g\+\+|gcc|git|gnupg2?|gosu|gzip|jq|less|libffi-dev|libpq-dev|libpq5|libssl-dev|locales|make|musl-dev|nano|netcat-openbsd|openssl|procps|su-exec|tar|tini|tzdata|unzip|wget|xz-utils|zip|zlib1g-dev)$/;
/** Those of Python 3 that bring no program `python`. */
const OF_PYTHON_3 = /^python3(\.\d+)?(-(pip|venv|dev|setuptools|wheel|minimal|full|distutils|virtualenv))?$/;
const ANOTHER_NAME =
  /\balias\b|update-alternatives|\bln\s|\bcp\s[^&|;\n]*python|\bmv\s[^&|;\n]*python|\buv\b|virtualenv|\bvenv\b/;
/** Single programs that are copied from other images. */
const ONE_PROGRAM = /(^|\/)(uvx?|tini|gosu|dumb-init)$/;

/** A start that finds no Python. */
export function withoutPython(view: ImageView): Finding[] {
  const { dockerfile, target } = view;
  const [root] = chainOf(dockerfile.image, target);
  const files = filesOfImage(view);
  // what a list of packages or a mount brings may be a Python
  if (!isAllKnown(view) || isSystemOpen(view)) return [];
  const place = pythonPlaceIn(dockerfile, target, files);
  for (const event of startsWithin(view)) {
    const name = event.words[0] ?? '';
    if (!isSureStart(event) || pythonName(name)?.kind !== 'python') continue;
    const isNone = place.kind === 'none' && [...files.systemPackages].every((one) => OTHER_PACKAGES.test(one));
    const isOther = name === 'python' && place.kind === 'distribution' && hasOnlyPython3(view);
    if (!isNone && !isOther) continue;
    const { path, offset } = anchorOf(event, dockerfile);
    const of = path === dockerfile.path ? '' : ` of ${dockerfile.path}`;
    const base = `\`${readable(root!.base.ref)}\` (line ${lineMark(dockerfile.path, root!.from.start)}${of})`;
    const isAlpine = root!.base.distribution === 'alpine';
    const packages = isAlpine ? 'apk add --no-cache python3' : 'apt-get update && apt-get install -y python3';
    return [
      {
        diagnosis: NO_PYTHON_IN_IMAGE,
        path,
        offset,
        message: isNone
          ? `${describe(event)} finds no Python: ${base} has none, and nothing installs one (exit 127).`
          : `${describe(event)} finds no program \`python\`: the Python of ${base} is \`python3\` alone (exit 127).`,
        reason: isNone
          ? `Write \`RUN ${packages}\`, or start from an image of Python (\`FROM python:3.12-slim\`).`
          : 'Write `python3`, or install `python-is-python3` too.',
      },
    ];
  }
  return [];
}

const isSureStart = (event: RunEvent): boolean =>
  !event.implied &&
  !event.conditional &&
  event.opaque === undefined &&
  event.file === undefined &&
  event.pathReset === undefined &&
  event.interpreter.kind === 'system';

/** Is all that the image was given known, and none of it an environment or another Python? */
function isAllKnown(view: ImageView): boolean {
  const { dockerfile, target } = view;
  const chain = chainOf(dockerfile.image, target);
  const { base } = chain[0]!;
  const { files } = dockerfile.trace.stages[target]!;
  const { final } = dockerfile.image.stages[target]!;
  if (base.knownBy !== 'table' || !base.complete || base.family !== 'distribution' || base.pythonStands !== false)
    return false;
  if (files.environments.size > 0 || !isKnown(final.env.get('PATH') ?? '')) return false;
  const isOpen = files.copies.some(({ from, sources }) =>
    from === 'context'
      ? sources.some(
          ({ kind, path }) => kind === 'unknown' || kind === 'address' || /\.(tar|tgz|gz|xz|bz2|deb|apk)\b/.test(path),
        )
      : sources.some(({ kind, path }) => kind !== 'path' || !ONE_PROGRAM.test(path)),
  );
  if (isOpen) return false;
  return !hasOpenStep(view);
}

/** The release has no program `python` by itself any more, and no step makes one. */
function hasOnlyPython3(view: ImageView): boolean {
  const { dockerfile, target } = view;
  const chain = chainOf(dockerfile.image, target);
  const { distribution, python, externallyManaged } = chain[0]!.base;
  if (distribution !== 'debian' && distribution !== 'ubuntu') return false;
  // Debian 11 and Ubuntu 20.04 on: https://www.debian.org/releases/bullseye/amd64/release-notes/ch-information.en.html#noteworthy-obsolete-packages
  if (python === undefined ? !externallyManaged : Number(python.split('.')[1]) < 8) return false;
  const steps = chain.flatMap(({ instructions }) => instructions);
  if (steps.some(({ keyword, logical }) => keyword === 'RUN' && ANOTHER_NAME.test(logical.text))) return false;
  return [...filesOfImage(view).systemPackages].every((one) => OTHER_PACKAGES.test(one) || OF_PYTHON_3.test(one));
}
