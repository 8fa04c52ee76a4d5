// The transforms, in the order in which they run.
import type { Facts } from '../src/facts/facts.ts';
import type { Transform } from '../src/model.ts';
import { activateToEnv } from './activate-to-env/index.ts';
import { avoidAlpine } from './avoid-alpine/index.ts';
import { createVenv } from './create-venv/index.ts';
import { dropPipCache } from './drop-pip-cache/index.ts';
import { fixVenvVolume } from './fix-venv-volume/index.ts';
import { freezeUvSync } from './freeze-uv-sync/index.ts';
import { ignoreVenv } from './ignore-venv/index.ts';
import { keepVenvAcrossStages } from './keep-venv-across-stages/index.ts';
import { preferComposeRun } from './prefer-compose-run/index.ts';
import { runAsNonRoot } from './run-as-non-root/index.ts';
import { setPythonEnv } from './set-python-env/index.ts';
import { splitDependencyCopy } from './split-dependency-copy/index.ts';
import { venvOnPath } from './venv-on-path/index.ts';

export const transforms: readonly Transform<Facts>[] = [
  activateToEnv,
  venvOnPath,
  createVenv,
  setPythonEnv,
  splitDependencyCopy,
  freezeUvSync,
  dropPipCache,
  keepVenvAcrossStages,
  ignoreVenv,
  fixVenvVolume,
  avoidAlpine,
  preferComposeRun,
  runAsNonRoot,
];

// Not here: the fix of run-as-non-root, which is a finding only. relocate-venv is a fix of fix-venv-volume.
