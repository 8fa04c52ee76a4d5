// Which build contexts workflows, Makefiles and scripts give a Dockerfile, and when that is not known.

import { describe, expect, test } from 'vitest';
import { namingsOf } from '../src/facts/builds/namedContexts.ts';
import type { Snapshot } from '../src/model.ts';

const PATH = 'services/api/Dockerfile';

function snapshotOf(files: Readonly<Record<string, string>>): Snapshot {
  const all: Readonly<Record<string, string>> = { [PATH]: 'FROM python:3.12\n', 'services/main.py': '', ...files };
  return { paths: new Map(Object.keys(all).map((path) => [path, 'file'])), read: (path) => all[path] };
}

/** The contexts that one file gives; 'none' where it does not name the Dockerfile, 'unknown' where it does for an unseen reason. */
function contextsBy(path: string, text: string): readonly string[] | 'none' | 'unknown' {
  const [naming] = namingsOf(PATH, snapshotOf({ [path]: text }));
  return naming ? (naming.contexts ?? 'unknown') : 'none';
}

const step = (lines: string) => `on: push\njobs:\n  image:\n    steps:\n${lines.replace(/^/gm, '      ')}\n`;
const action = (inputs: string) => step(`- uses: docker/build-push-action@v6\n  with: {${inputs}}`);

describe('a workflow', () => {
  const cases: Readonly<Record<string, [string, readonly string[] | 'none' | 'unknown']>> = {
    'with a context and no file': [action('context: ./services/api'), ['services/api']],
    'with a file and no context': [action('file: services/api/Dockerfile'), ['']],
    'with both': [action('context: services, file: services/api/Dockerfile'), ['services']],
    'with a folder of the default context': [
      `# ${PATH}\n${action('context: "{{defaultContext}}:services", file: api/Dockerfile')}`,
      ['services'],
    ],
    'with a context of a variable': [
      `${action('context: "$' + '{{ matrix.context }}"')}env: {A: services/api/Dockerfile}\n`,
      'unknown',
    ],
    'with any file in one context': [
      `${action('context: services, file: "$' + '{{ matrix.file }}"')}env: {A: services/api/Dockerfile}\n`,
      ['services'],
    ],
    'with a context of another repository': [
      action('context: "https://example.com/a.git", file: services/api/Dockerfile'),
      'unknown',
    ],
    'that names it as a trigger only': [`on: {push: {paths: [${PATH}]}}\njobs: {a: {steps: [{run: make}]}}\n`, 'none'],
    'that names it to another action': [
      step(`- uses: hadolint/hadolint-action@v3\n  with: {dockerfile: ${PATH}}`),
      'unknown',
    ],
    'that checks out into a folder': [
      step(
        `- uses: actions/checkout@v4\n  with: {path: src}\n- uses: docker/build-push-action@v6\n  with: {context: ., file: ${PATH}}`,
      ),
      'unknown',
    ],
    'that runs a build': [step(`- run: docker build -t api -f ${PATH} .`), ['']],
    'that runs a build in its folder': [
      step(`- run: |\n    cd services/api\n    docker build --tag "api:$TAG" .`),
      ['services/api'],
    ],
    'that cannot be read': [`${action(`file: ${PATH}`)}\n]`, 'unknown'],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(name, () => expect(contextsBy('.github/workflows/image.yml', text)).toEqual(expected));
  }
});

describe('a script', () => {
  const cases: readonly [string, readonly string[] | 'none' | 'unknown'][] = [
    [`docker build -f ${PATH} .`, ['']],
    [`docker buildx build --push --platform linux/amd64,linux/arm64 --file=${PATH} services`, ['services']],
    ['docker build -t api services/api', ['services/api']],
    ['podman build services/api', ['services/api']],
    ['cd services && docker build -f api/Dockerfile . # services/api/Dockerfile', 'unknown'],
    [`cd services && docker build -f api/Dockerfile .\n# ${PATH}\n`, ['services']],
    [`docker build -f ${PATH} "$CONTEXT"`, 'unknown'],
    [`docker build $ARGS -f ${PATH} .`, 'unknown'],
    [`docker build --unheard-of -f ${PATH} .`, 'unknown'],
    [`docker build -f ${PATH} ..`, 'unknown'],
    [`docker build -f ${PATH} - <context.tar`, 'unknown'],
    [`docker build -f ${PATH} .\nsed -i s/a/b/ ${PATH}`, 'unknown'],
    [`docker build -f ${PATH} .\ndocker build -f ${PATH} services`, ['', 'services']],
    [`echo ${PATH}`, 'unknown'],
    [`docker build -f other/${PATH} .`, 'none'],
    [`docker buildx bake -f ${PATH}`, 'unknown'],
    [`if true; then docker build -f ${PATH} .; fi`, ['']],
    [`docker build -f ${PATH} . ;; oops`, 'unknown'],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(contextsBy('scripts/image.sh', `${text}\n`)).toEqual(expected));
  }
});

describe('a Makefile', () => {
  const cases: readonly [string, readonly string[] | 'none' | 'unknown'][] = [
    [`image: ## ${PATH}\n\t@docker build -t api:$(TAG) \\\n\t  -f ${PATH} .\n`, ['']],
    [`image:\n\tcd services/api && docker build -t api .\n`, ['services/api']],
    [`FILE = ${PATH}\nimage:\n\tdocker build -f $(FILE) .\n`, 'unknown'],
    [`image: ${PATH}\n\tdocker build -f $< .\n`, 'unknown'],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(contextsBy('Makefile', text)).toEqual(expected));
  }
});

test('other files that name it are not read', () => {
  expect(contextsBy('docker-bake.hcl', `target "api" { dockerfile = "${PATH}" }`)).toBe('unknown');
  expect(contextsBy('README.md', `docker build -f ${PATH} .`)).toBe('none');
});
