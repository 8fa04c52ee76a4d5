// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

export const PIP_CACHE_KEPT: Diagnosis = {
  id: 'pip-cache-kept',
  level: 'advice',
  title: "pip's cache becomes part of the image",
  means:
    'pip keeps what it downloads and builds in its cache (`/root/.cache/pip`), which no later step of the build uses: the layer holds every package twice.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'du -sh /root/.cache/pip'",
  write:
    '`pip install --no-cache-dir ...`, or `RUN --mount=type=cache,target=/root/.cache/pip pip install ...`, which keeps the cache for the next build.',
};

export const PIP_CACHE_DIAGNOSES = [PIP_CACHE_KEPT];
