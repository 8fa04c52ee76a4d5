// Environments that cannot be made, because the package that has ensurepip is not there.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';

/** A `python3 -m venv` that fails. */
export interface FailedCreation {
  readonly event: RunEvent;
  /** What is missing. */
  readonly wanted: string;
  /** The package that brings its Python. */
  readonly python: string;
}

const CREATES = /^python(3(?:\.\d+)?) -m venv /;
/** Packages of Python that bring no other package with ensurepip. */
const PLAIN =
  /^(lib)?python3?(\.\d+)?(-(pip|dev|minimal|distutils|lib2to3|setuptools|wheel|dbg|stdlib|gdbm|tk|apt|yaml|requests|numpy|six|dbus|gi|venv|full))?(-dev|-minimal|-stdlib)?$|^python-is-python3$/;
/** What is no package of Python, and is known to bring none. */
const MAY_BRING = /py|pip|ros-|thonny|idle|spyder|ansible|tox|hatch|poetry|pdm|^uv$|build$/i;
const KNOWN_NOT = /^(build-essential|libpython3?(\.\d+)?(-dev)?|cython3?|libpython3-dev)$/;

/** The calls of venv that have no ensurepip: an apt Python of a known base, without its -venv. */
export const failedCreations = (dockerfile: DockerfileFacts): FailedCreation[] =>
  dockerfile.trace.events.filter(isRun).flatMap((event): FailedCreation[] => {
    const { base } = dockerfile.image.stages[event.stage]!;
    if (base.family !== 'distribution' || base.knownBy === 'nobody' || base.distribution === 'alpine') return [];
    if (event.when !== 'build' || event.conditional || event.interpreter.kind !== 'system') return [];
    const [, version = ''] = CREATES.exec(`${event.words.join(' ')} `) ?? [];
    if (version === '' || event.words.includes('--without-pip')) return [];
    if ([...event.sees].some((id) => id.startsWith('open:'))) return [];
    const packages = [...dockerfile.trace.stages[event.stage]!.files.systemPackages];
    if (packages.some((name) => MAY_BRING.test(name) && !PLAIN.test(name) && !KNOWN_NOT.test(name))) return [];
    const isDefault = version === '3' || version === base.python;
    const python = isDefault ? 'python3' : `python${version}`;
    if (!packages.includes(python)) return [];
    // with a tag that names no release, which version python3 is stays open
    if (version !== '3' && base.python === undefined) return [];
    const own = isDefault ? base.python : version;
    const brings = [
      ...(isDefault ? ['python3-venv', 'python3-full'] : []),
      ...(own === undefined ? [] : [`python${own}-venv`, `python${own}-full`]),
    ];
    if (packages.some((name) => brings.includes(name) || (own === undefined && /-(venv|full)$/.test(name)))) return [];
    return [{ event, python, wanted: `${python}-venv` }];
  });
