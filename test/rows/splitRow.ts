// A row of split-dependency-copy, written as the lines of its Dockerfile.

import { lines, type Row } from './row.ts';

interface Image extends Omit<Row, 'id' | 'files' | 'after'> {
  /** The Dockerfile below `FROM python:3.12-slim` and `WORKDIR /app`. */
  readonly image: readonly string[];
  /** The same as it shall be; absent: nothing changes. */
  readonly becomes?: readonly string[];
  /** Beside app.py and requirements.txt. */
  readonly files?: Readonly<Record<string, string>>;
}

const dockerfile = (image: readonly string[]): string => lines('FROM python:3.12-slim', 'WORKDIR /app', ...image);

export const split = ({ image, becomes, files, ...rest }: Image): Row => ({
  ...rest,
  id: 'split-dependency-copy',
  files: {
    'app.py': 'import flask\n',
    'requirements.txt': 'flask==3.0.0\n',
    Dockerfile: dockerfile(image),
    ...files,
  },
  ...(becomes === undefined ? {} : { after: { Dockerfile: dockerfile(becomes) } }),
});

const INSTALL = 'RUN pip install -r requirements.txt';

/** The code is copied, `steps` follow, then the install: it is left, for a reason that has the words `why`. */
export const heldBy = (name: string, steps: readonly string[], why: string, files?: Image['files']): Row =>
  split({
    name,
    image: ['COPY . .', ...steps, INSTALL],
    findings: [`Dockerfile:3:1 ${why}`],
    ...(files ? { files } : {}),
  });

/** The same, and the code goes behind the install. */
export const passed = (name: string, steps: readonly string[], files?: Image['files']): Row =>
  split({
    name,
    image: ['COPY . .', ...steps, INSTALL],
    becomes: ['COPY requirements.txt .', ...steps, INSTALL, 'COPY . .'],
    ...(files ? { files } : {}),
  });
