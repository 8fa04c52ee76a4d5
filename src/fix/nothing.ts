// Why a run had nothing to do, where that is not because all is well: one sentence for the report.

import type { FixResult, Settings } from '../model.ts';
import { lookedAt } from './lookedAt.ts';

/** What was asked, beside the result. */
export interface RunScope {
  readonly settings: Pick<Settings, 'include' | 'exclude'>;
  /** True for paths that PATH covers. */
  within(path: string): boolean;
  /** With `--interactive`: how many fixes were offered, and none of them was taken. */
  readonly declined: number;
}

/** The reason why nothing changed (no full stop). */
export function whyNothing({ concerned, findings }: FixResult, { settings, within, declined }: RunScope): string {
  if (declined > 0) return declined === 1 ? 'the one fix was not chosen' : `none of the ${declined} fixes was chosen`;
  const here = concerned.filter(within);
  if (concerned.length === 0) return 'there is no Dockerfile and no compose file here';
  if (here.length === 0) return 'there is no Dockerfile and no compose file at this path';
  if (!here.some(lookedAt({ include: settings.include, exclude: [] })))
    return `include ${here.length === 1 ? 'does not match' : 'matches none of'} the ${countedFiles(here.length)} here`;
  if (!here.some(lookedAt(settings)))
    return `exclude leaves out ${here.length === 1 ? '' : 'all of '}the ${countedFiles(here.length)} here`;
  return findings.length > 0 ? 'no fix to make; what a person should look at follows' : 'nothing to fix';
}

const countedFiles = (count: number): string =>
  count === 1 ? 'one Dockerfile or compose file' : `${count} Dockerfiles and compose files`;
