// split-dependency-copy against a small builder of its own: the image that comes out is the same, file by file.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { fixRepository } from '../src/fix/loop.ts';
import type { FixResult, PathKind, Snapshot } from '../src/model.ts';
import { ignores, parseIgnore } from '../src/parse/ignoreFile/ignoreFile.ts';
import { splitDependencyCopy } from '../transforms/split-dependency-copy/index.ts';

const REPOSITORY: Readonly<Record<string, string>> = {
  'app.py': 'app',
  'setup.sh': '#!/bin/sh\n',
  'requirements.txt': '-r base.txt\nflask\n',
  'base.txt': 'click\n',
  'dev.txt': 'pytest\n',
  'shop/__init__.py': 'shop',
  'other/requirements.txt': 'django\n',
};

function fixed(files: Readonly<Record<string, string>>): FixResult {
  const paths = new Map<string, PathKind>(Object.keys(files).map((path) => [path, 'file']));
  const snapshot: Snapshot = { paths, read: (path) => files[path] };
  return fixRepository(snapshot, [splitDependencyCopy], settingsOf({}), {
    ids: [splitDependencyCopy.id],
    unsafe: false,
    prefix: '',
    editable: () => true,
  });
}

type Image = Map<string, string>;

/** What `pip install -r FILE` in /app brings: all that the files say. */
function installed(image: Image, file: string): string | undefined {
  const text = image.get(`/app/${file}`);
  if (text === undefined) return undefined;
  const parts: string[] = [];
  for (const line of text.split('\n')) {
    const include = /^-r (\S+)/.exec(line)?.[1];
    const more = include === undefined ? line : installed(image, include);
    if (more === undefined) return undefined;
    parts.push(more);
  }
  return parts.filter(Boolean).sort().join(',');
}

const below = (image: Image, folder: string): string =>
  JSON.stringify([...image].filter(([path]) => path.startsWith(folder)).sort());

/** Builds what the generator below writes (WORKDIR is /app); undefined: a step fails. */
function build(dockerfile: string, context: Readonly<Record<string, string>>, ignoreText: string): Image | undefined {
  const isOut = ignores(parseIgnore(ignoreText));
  const image: Image = new Map();
  for (const line of dockerfile.split('\n')) {
    const [keyword = '', ...words] = line.split(' ');
    if (keyword === 'COPY') {
      const to = words.pop()!;
      const folder = to === '.' || to === './' ? '/app' : to.replace(/\/$/, '').replace(/^\.\//, '/app/');
      for (const source of words) {
        if (context[source] !== undefined) {
          if (isOut(source)) return undefined;
          image.set(
            /\/$|^\.$/.test(to) || words.length > 1 ? `${folder}/${source.replace(/^.*\//, '')}` : folder,
            context[source],
          );
          continue;
        }
        const lead = source === '.' ? '' : `${source}/`;
        for (const [path, text] of Object.entries(context)) {
          if (path.startsWith(lead) && !isOut(path)) image.set(`${folder}/${path.slice(lead.length)}`, text);
        }
      }
    }
    for (const command of keyword === 'RUN' ? words.join(' ').split(' && ') : []) {
      const pip = /^(\.venv\/bin\/)?pip install -r (\S+)$/.exec(command);
      if (pip !== null) {
        const what = installed(image, pip[2]!);
        if (what === undefined || (pip[1] && !image.has('/app/.venv/bin/pip'))) return undefined;
        image.set(`${pip[1] ? '/app/.venv' : '/usr/local'}/lib/${pip[2]}`, what);
      } else if (command === 'python -m venv .venv') image.set('/app/.venv/bin/pip', 'made');
      else if (command === './setup.sh') image.set('/out', below(image, '/app'));
      else if (command === 'rm dev.txt') {
        if (!image.delete('/app/dev.txt')) return undefined;
      } else if (command === 'cp app.py base.txt') {
        if (!image.has('/app/app.py')) return undefined;
        image.set('/app/base.txt', image.get('/app/app.py')!);
      } else if (command === 'chmod +x app.py') {
        if (!image.has('/app/app.py')) return undefined;
        image.set('/app/app.py', `${image.get('/app/app.py')} (executable)`);
      } else if (command === 'date > base.txt') image.set('/app/base.txt', 'today');
      else if (command === 'apt-get install -y curl') image.set('/usr/bin/curl', 'curl');
      else if (command !== 'true') throw new Error(`the builder does not know ${command}`);
    }
  }
  return image;
}

const commands = fc.constantFrom(
  'pip install -r requirements.txt',
  'pip install -r dev.txt',
  'pip install -r other/requirements.txt',
  'python -m venv .venv',
  '.venv/bin/pip install -r requirements.txt',
  'apt-get install -y curl',
  'true',
  './setup.sh',
  'rm dev.txt',
  'cp app.py base.txt',
  'chmod +x app.py',
  'date > base.txt',
);
const instructions = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'COPY . .',
      'COPY . /app',
      'COPY shop ./shop',
      'COPY app.py requirements.txt base.txt ./',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'COPY requirements.txt base.txt ./',
      'COPY other/requirements.txt /app/requirements.txt',
      'COPY other /app',
      'ENV A=1',
    ),
  },
  { weight: 4, arbitrary: fc.array(commands, { minLength: 1, maxLength: 2 }).map((all) => `RUN ${all.join(' && ')}`) },
);
const dockerfiles = fc
  .array(instructions, { minLength: 2, maxLength: 7 })
  .map((lines) => ['FROM python:3.12-slim', 'WORKDIR /app', ...lines, 'CMD ["python", "app.py"]', ''].join('\n'));
const ignoreFiles = fc.constantFrom(
  undefined,
  '',
  '*.md\n',
  '.venv\n',
  '*\n!*.txt\n!**/*.py\n!setup.sh\n',
  'base.txt\n',
);

describe('split-dependency-copy', () => {
  test('the image holds the same files, and no file of a host environment comes into one of its own', () => {
    let changed = 0;
    fc.assert(
      fc.property(dockerfiles, ignoreFiles, (dockerfile, ignore) => {
        const files = {
          ...REPOSITORY,
          Dockerfile: dockerfile,
          ...(ignore === undefined ? {} : { '.dockerignore': ignore }),
        };
        const old = build(dockerfile, REPOSITORY, ignore ?? '');
        fc.pre(old !== undefined);
        const { after, withdrawn, applied } = fixed(files);
        expect(withdrawn).toEqual([]);
        if (applied.length === 0) return;
        changed++;
        const text = after.read('Dockerfile')!;
        const ignored = after.read('.dockerignore') ?? '';
        const now = build(text, REPOSITORY, ignored);
        expect(now && [...now].sort(), text).toEqual([...old!].sort());
        const host = { ...REPOSITORY, '.venv/bin/pip': 'of the host', '.venv/lib/requirements.txt': 'of the host' };
        const dirty = build(text, host, ignored);
        const was = build(dockerfile, host, ignore ?? '');
        if (was !== undefined && !below(was, '/app/.venv').includes('host'))
          expect(below(dirty!, '/app/.venv')).not.toContain('host');
      }),
      { numRuns: 200 },
    );
    expect(changed).toBeGreaterThan(5);
  }, 120_000);

  test('many copies and steps cost no more than they are', () => {
    const lines = Array.from(
      { length: 120 },
      (_, n) => `COPY shop ./shop${n}\nRUN pip install -r requirements.txt && true${n}`,
    );
    const dockerfile = `FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n${lines.join('\n')}\n`;
    const start = process.cpuUsage();
    fixed({ ...REPOSITORY, Dockerfile: dockerfile });
    const { user } = process.cpuUsage(start);
    expect(user / 1e6).toBeLessThan(10);
  });

  test('says what a code change runs again', () => {
    const { applied } = fixed({
      ...REPOSITORY,
      Dockerfile:
        'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN apt-get update\nRUN pip install -r requirements.txt\n',
    });
    expect(applied[0]?.fix.gain).toMatch(/re-runs 1 .* instead of 3 /);
    expect(applied[0]?.fix.title).toBe(
      'Install the dependencies before the code is copied (`pip install -r requirements.txt`)',
    );
  });
});
