// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

export const SYNC_NOT_FROZEN: Diagnosis = {
  id: 'uv-sync-not-frozen',
  level: 'advice',
  title: 'uv sync may install what uv.lock does not say',
  means:
    'Without `--frozen` or `--locked` uv compares the lock with the project in the build, and where they differ it resolves anew and installs something else than was tested. With `--frozen` it installs what the lock says.',
  see: 'uv lock --check',
  write: '`RUN uv sync --frozen`, with `uv.lock` copied before it.',
};

export const RUN_SYNCS: Diagnosis = {
  id: 'uv-run-syncs',
  level: 'advice',
  title: 'uv run syncs the environment at every start',
  means:
    '`uv run` compares the lock and the environment with the project before it starts the program, and installs what it thinks is missing: the dev group too, where the build left it out. That needs the network and a folder that can be written.',
  see: 'docker run --rm --network none IMAGE',
  write: '`CMD ["uv", "run", "--no-sync", ...]`, or `ENV UV_NO_SYNC=1`.',
};

export const FREEZE_DIAGNOSES = [SYNC_NOT_FROZEN, RUN_SYNCS];
