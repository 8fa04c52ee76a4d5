// What lies at a path of a container; what a volume edit reaches; what a container's start leaves to the next one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { volumeEdits } from '../src/edit/composeVolumes.ts';
import { composeReach } from '../src/facts/compose/composeReach.ts';
import type { MountFacts, MountSource, ServiceFacts } from '../src/facts/compose/serviceFacts.ts';
import { readCompose } from '../src/facts/compose/services.ts';
import { factsOf } from '../src/facts/facts.ts';
import { interpreterKey } from '../src/facts/pythonInterpreter.ts';
import type { PathKind, Snapshot } from '../src/model.ts';
import { isSurelyAbsent } from '../transforms/fix-venv-volume/absence.ts';
import { imageVolumes, shadowOf } from '../transforms/fix-venv-volume/venvMounts.ts';
import { boundServices, usesEnvironment } from '../transforms/fix-venv-volume/venvUse.ts';

function snapshotOf(files: Readonly<Record<string, string>>): Snapshot {
  const paths = new Map<string, PathKind>(Object.keys(files).map((path) => [path, 'file']));
  return { paths, read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined) };
}

function serviceOf(volumes: readonly string[], more = ''): ServiceFacts {
  const list = volumes.length === 0 ? '' : `    volumes:\n${volumes.map((v) => `      - ${v}\n`).join('')}`;
  const [service] = readCompose(
    snapshotOf({ 'compose.yaml': `services:\n  web:\n    image: x\n${list}${more}` }),
  ).services;
  if (service === undefined) throw new Error('no service');
  return service;
}

describe('shadowOf', () => {
  test.each([
    ['nothing', [], [], 'image', ''],
    ['a bind beside it', ['./src:/app/src'], [], 'image', ''],
    ['a folder whose name only begins alike', ['./a:/app/.venv-old', './b:/ap'], [], 'image', ''],
    ['a bind above it', ['.:/app/'], [], 'bind', '/app'],
    ['the root', ['.:/'], [], 'bind', '/'],
    ['a bind at it', ['.:/app', './.venv:/app/.venv'], [], 'bind', '/app/.venv'],
    ['an anonymous volume at it', ['/app/.venv', '.:/app'], [], 'volume', '/app/.venv'],
    ['a named volume at it', ['.:/app', 'venv:/app/.venv'], [], 'volume', '/app/.venv'],
    ['a volume that is not filled', ['.:/app', 'venv:/app/.venv:nocopy'], [], 'empty', '/app/.venv'],
    ['a volume of the image at it', ['.:/app'], ['/app/.venv'], 'volume', '/app/.venv'],
    ['a bind over a volume of the image', ['.:/app'], ['/app'], 'bind', '/app'],
    ['a mount of unknown kind', ['$SRC:/app'], [], 'unknown', '/app'],
  ])('%s', (_, volumes, own, kind, target) => {
    const cover = shadowOf('/app/.venv', serviceOf(volumes), own);
    expect([cover.kind, cover.kind === 'image' ? '' : cover.target]).toEqual([kind, target]);
  });

  test('a tmpfs covers too', () => {
    expect(shadowOf('/app/.venv', serviceOf(['.:/app'], '    tmpfs: /app/.venv\n'), []).kind).toBe('empty');
  });

  test('agrees with mounting everything in the order of depth', () => {
    const part = fc.constantFrom('a', 'b', '.venv');
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    const source: fc.Arbitrary<MountSource> = fc.constantFrom<MountSource[]>(
      { kind: 'anonymous' },
      { kind: 'tmpfs' },
      { kind: 'bind', place: { kind: 'inside', path: '' } },
    );
    const origin = { path: 'compose.yaml', range: { start: 0, end: 0 } };
    const mounts = fc.uniqueArray(fc.tuple(path, source), { maxLength: 6, selector: ([target]) => target });
    fc.assert(
      fc.property(path, mounts, (at, list) => {
        const facts = list.map(([target, from], index): MountFacts => {
          const piece = { kind: 'known', value: target, assumed: false, origin } as const;
          return {
            target: piece,
            source: from,
            readOnly: false,
            noCopy: false,
            createHostPath: true,
            form: 'short',
            index,
            assumed: false,
            origin,
          };
        });
        let seen = 'image';
        const depth = (p: string): number => p.split('/').length;
        for (const [target, from] of [...list].sort(([a], [b]) => depth(a) - depth(b))) {
          if (`${at}/`.startsWith(`${target}/`)) seen = from.kind;
        }
        const names = { image: 'image', bind: 'bind', volume: 'anonymous', empty: 'tmpfs', unknown: '?' };
        expect(names[shadowOf(at, { ...serviceOf([]), mounts: facts }, []).kind]).toBe(seen);
      }),
    );
  });
});

const DOCKERFILE = `FROM python:3.12-slim AS base
VOLUME /data
FROM base
ARG HOME_DIR=/srv
WORKDIR /srv
VOLUME ["/srv/cache", "$HOME_DIR/x"]
RUN python -m venv /srv/.venv
ENV PATH="/srv/.venv/bin:$PATH"
CMD ["sh", "-c", "python -m venv /srv/other && rm -rf /srv/.venv"]
`;

test('volumes of the image come from all stages below, variables replaced', () => {
  const snapshot = snapshotOf({ Dockerfile: DOCKERFILE });
  const [dockerfile] = factsOf(snapshot, settingsOf({})).dockerfiles;
  expect(imageVolumes(dockerfile!.syntax, dockerfile!.image, 1)).toEqual(['/srv/cache', '/srv/x', '/data']);
  expect(imageVolumes(dockerfile!.syntax, dockerfile!.image, 0)).toEqual(['/data']);
});

test('what one container makes or removes is not in the image, nor in the next container', () => {
  const compose = `services:
  first:
    build: .
    volumes: [".:/srv"]
  second:
    build: .
    command: python app.py
    volumes: [".:/srv"]
`;
  const facts = factsOf(snapshotOf({ Dockerfile: DOCKERFILE, 'compose.yaml': compose }), settingsOf({}));
  expect([...facts.dockerfiles[0]!.trace.stages[1]!.files.environments.keys()]).toEqual(['/srv/.venv']);
  const second = boundServices(facts).find((b) => b.service.name === 'second')!;
  expect(second.events.map((e) => [e.service, e.kind === 'run' ? interpreterKey(e.interpreter) : e.kind])).toEqual([
    ['second', 'env:/srv/.venv'],
  ]);
  expect(usesEnvironment(second, second.files.environments.get('/srv/.venv')!)).toBe(true);
});

describe('isSurelyAbsent', () => {
  const absent = (lines: string, ignore?: string): boolean => {
    const files: Record<string, string> = {
      Dockerfile: `FROM python:3.12-slim\nWORKDIR /app\n${lines}\n`,
      'compose.yaml': 'services:\n  web:\n    build: .\n    volumes: [".:/app", "/app/.venv"]\n',
    };
    if (ignore !== undefined) files['.dockerignore'] = ignore;
    const [bound] = boundServices(factsOf(snapshotOf(files), settingsOf({})));
    return isSurelyAbsent(bound!, '/app/.venv');
  };

  test.each([
    ['nothing is done', 'EXPOSE 80', undefined, true],
    ['files are copied', 'COPY requirements.txt poetry.lock* Pipfile ./', undefined, true],
    ['a folder is copied beside it', 'COPY src /app/src', undefined, true],
    ['all is copied and it is ignored', 'COPY . .', '.venv\n', true],
    ['all is copied', 'COPY . .', undefined, false],
    ['it is copied', 'COPY .venv /app/.venv', undefined, false],
    ['a folder is copied into the project', 'COPY src .', '.venv\n', false],
    ['it comes from another image', 'COPY --from=tools /app /app', undefined, false],
    ['something unknown ran', 'RUN make install', undefined, false],
    ['it is made on a branch', 'RUN if true; then python -m venv .venv; fi', undefined, false],
  ])('%s', (_, lines, ignore, expected) => {
    expect(absent(lines, ignore)).toBe(expected);
  });
});

test('an edit reaches all services that extend the list, in every combination', () => {
  const files = {
    'compose.yaml':
      'services:\n  base:\n    image: x\n    volumes:\n      - .:/app\n  web:\n    extends: base\n  db:\n    image: y\n',
    'compose.dev.yaml': 'services:\n  base:\n    environment:\n      A: b\n',
  };
  const snapshot = snapshotOf(files);
  const edits = volumeEdits({ path: 'compose.yaml', text: files['compose.yaml'] }, [
    { kind: 'add', service: 'base', entry: '/app/.venv' },
  ]);
  const reached = typeof edits === 'string' ? edits : composeReach(edits, factsOf(snapshot, settingsOf({})));
  if (typeof reached === 'string') throw new Error(reached);
  expect(
    reached.map((r) => `${r.service.name} ${r.service.use} +${r.added.length} -${r.removed.length}`).sort(),
  ).toEqual(['base default +1 -0', 'base variant +1 -0', 'web default +1 -0', 'web variant +1 -0']);
});

test('an edit of anything but mounts is told', () => {
  const text = 'services:\n  web:\n    image: x\n    volumes: [".:/app"]\n';
  const snapshot = snapshotOf({ 'compose.yaml': text });
  const at = text.indexOf('image: x') + 'image: '.length;
  const edit = { path: 'compose.yaml', start: at, end: at + 1, newText: 'y' };
  expect(composeReach([edit], factsOf(snapshot, settingsOf({})))).toContain('more than its mounts');
});
