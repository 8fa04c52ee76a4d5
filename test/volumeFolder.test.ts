// fix-venv-volume where one folder is asked for: what the services of other folders do with it counts all the same.

import { expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { fixRepository } from '../src/fix/loop.ts';
import { transforms } from '../transforms/index.ts';
import { snapshotOf } from './fixtureCases.ts';
import { lines } from './rows/row.ts';
import { image, RUNS, services } from './rows/volumeFiles.ts';

const files = new Map(
  Object.entries({
    'compose.yaml': `include:\n  - shop/compose.yaml\n${services({
      setup: ['build: setup', 'command: sh -c "uv sync; true"', 'volumes:', '  - ./shop:/app'],
    })}`,
    'setup/Dockerfile': lines('FROM python:3.12-slim', 'RUN pip install uv', 'WORKDIR /app'),
    'shop/compose.yaml': services({ web: ['build: .', 'volumes:', '  - .:/app'] }),
    'shop/Dockerfile': image(RUNS),
  }),
);

test.each(['', 'shop'])('asked for in "%s"', (prefix) => {
  const options = { ids: ['fix-venv-volume'], unsafe: false, prefix, editable: () => true };
  const { applied, findings } = fixRepository(snapshotOf(files), transforms, settingsOf({}), options);
  expect(applied).toEqual([]);
  expect(findings.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('service setup installs into the mounted folder'),
  );
});
