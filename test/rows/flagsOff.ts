// Flags of Python that a comment wants and the value turns off.

import { lines, type Row } from './row.ts';

const id = 'set-python-env';
const OTHER = 'ENV PYTHONDONTWRITEBYTECODE=1';
const START = 'CMD ["python", "app.py"]';

const wanted = (name: string, at: string, ...file: readonly string[]): Row => ({
  name,
  id,
  files: { Dockerfile: lines('FROM python:3.12', ...file, START) },
  findings: [`Dockerfile:${at} fragile: PYTHON`],
});

const left = (name: string, ...file: readonly string[]): Row => ({
  name,
  id,
  files: { Dockerfile: lines('FROM python:3.12', ...file, START) },
});

export const flagsOffRows: readonly Row[] = [
  wanted(
    '0 is off, and the comment wants output at once',
    '4:1',
    OTHER,
    '# prints come at once',
    'ENV PYTHONUNBUFFERED=0',
  ),
  wanted(
    'an empty value is off too',
    '4:1',
    OTHER,
    '# Prevents Python from buffering stdout',
    'ENV PYTHONUNBUFFERED=""',
  ),
  wanted(
    'in a list each line has its comment',
    '2:1',
    'ENV PYTHONUNBUFFERED=1 \\',
    '    # keeps Python from writing .pyc files',
    '    PYTHONDONTWRITEBYTECODE=0',
  ),
  left('every other word is on, also one that says no', OTHER, '# unbuffered output', 'ENV PYTHONUNBUFFERED=false'),
  left('without a comment it is an answer', OTHER, 'ENV PYTHONUNBUFFERED=0'),
  left(
    'a comment of another line says nothing of it',
    OTHER,
    '# unbuffered output',
    'ENV A=1',
    'ENV PYTHONUNBUFFERED=0',
  ),
  left(
    'a comment may want it off',
    OTHER,
    '# enable buffering, the logs are written at once by a thread',
    'ENV PYTHONUNBUFFERED=0',
  ),
];
