// Rows of split-dependency-copy: comments above what moves.

import type { Row } from './row.ts';
import { split } from './splitRow.ts';

const INSTALL = 'RUN pip install -r requirements.txt';
const LONG = `# Copy the code, ${'and so on '.repeat(60)}(needed for pip install)`;

const above = (name: string, before: readonly string[], after: readonly string[]): Row =>
  split({
    name,
    files: { LICENSE: 'MIT\n' },
    image: [...before, 'COPY . .', INSTALL],
    becomes: [
      ...after.slice(0, after.indexOf('-')),
      'COPY requirements.txt .',
      INSTALL,
      ...after.slice(after.indexOf('-') + 1),
      'COPY . .',
    ],
  });

const asIs = (name: string, lead: readonly string[]): Row => above(name, lead, [...lead, '-']);

/** The comment above an install whose project is left to a second one. */
const ofInstall = (comment: string, what: 'goes' | 'stays'): Row =>
  split({
    name: `above the first of two installs ${what === 'goes' ? 'does not stay' : 'stays'}: ${comment}`,
    files: {
      'pyproject.toml': '[project]\nname = "a"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\n',
      '.dockerignore': '.venv\n.pdm-python\n',
    },
    image: ['COPY . .', comment, 'RUN pdm install'],
    becomes: [
      'COPY pyproject.toml .',
      ...(what === 'stays' ? [comment] : []),
      'RUN pdm install --no-self',
      'COPY . .',
      ...(what === 'goes' ? [comment] : []),
      'RUN pdm install',
    ],
  });

export const splitComments: readonly Row[] = [
  split({
    name: 'what the code is needed for stays true where an install follows it',
    files: {
      'pyproject.toml': '[project]\nname = "a"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\n',
      '.dockerignore': '.venv\n.pdm-python\n',
    },
    image: ['# Copy the code (needed for pdm install)', 'COPY . .', 'RUN pdm install'],
    becomes: [
      'COPY pyproject.toml .',
      'RUN pdm install --no-self',
      '# Copy the code (needed for pdm install)',
      'COPY . .',
      'RUN pdm install',
    ],
  }),
  ofInstall('# Install the dependencies and the project', 'goes'),
  ofInstall('# install app.', 'goes'),
  ofInstall('# Sync everything, also the project itself', 'goes'),
  ofInstall('# Install the project dependencies', 'stays'),
  ofInstall('# Install what is needed for the app', 'stays'),
  ofInstall("# Install the project's packages", 'stays'),
  above('a long comment is moved as it is', [LONG], ['-', LONG]),
  above(
    'what the code is needed for beside the install stays true',
    ['# Copy the code (needed for the tests)'],
    ['-', '# Copy the code (needed for the tests)'],
  ),
  above(
    'a line that only says what the code is needed for goes',
    ['# Copy the code', '# (needed for pip install)'],
    ['-', '# Copy the code'],
  ),
  asIs('a comment above a blank line and another copy stays there', ['# Copy the code', 'COPY LICENSE ./', '']),
  asIs('a comment above a command stays there', ['# The project', 'RUN mkdir /data']),
  asIs('a comment on the first file stays above it', ['# The licence', 'COPY LICENSE ./']),
  asIs('a comment on what is installed stays above the files for it', [
    '# Install what the app needs',
    'COPY LICENSE ./',
  ]),
  asIs('a comment on files of the project stays above them', ['# Copy the project files', 'COPY LICENSE ./']),
];
