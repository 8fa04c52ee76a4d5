// Images whose distribution manages its Python (PEP 668): pip and uv refuse to install into it.

import type { Base } from './baseImages/base.ts';

export interface ManagedPython {
  readonly distribution: 'debian' | 'ubuntu' | 'alpine';
  /** MAJOR.MINOR of the distribution's python3, where the tag tells it. */
  readonly python?: string;
}

/** The Python that the distribution of this image manages; undefined: it does not, or that is not known. */
export function managedPythonOf({ externallyManaged, distribution, family, python }: Base): ManagedPython | undefined {
  if (externallyManaged !== true || family === 'python' || family === 'scratch') return undefined;
  if (distribution !== 'debian' && distribution !== 'ubuntu' && distribution !== 'alpine') return undefined;
  return { distribution, ...(python === undefined ? {} : { python }) };
}
