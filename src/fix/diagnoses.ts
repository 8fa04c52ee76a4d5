// What the findings of the tool itself name: files that are not looked at, and suppressions.

import type { Diagnosis } from '../model.ts';

export const UNREAD_FILE: Diagnosis = {
  id: 'unread-file',
  level: 'advice',
  title: 'A file was left alone',
  means:
    'It cannot be read exactly, is a template, generated, vendored or test data. Nothing is said of it, and nothing in it is changed.',
  see: 'pyvenv-fix --dry-run',
  write: 'Nothing, or what the finding names.',
};

export const SUPPRESSION: Diagnosis = {
  id: 'suppression',
  level: 'advice',
  title: 'A suppression suppresses nothing, or gives no reason',
  means: 'A comment that holds nothing back misleads whoever reads it next.',
  see: 'pyvenv-fix --dry-run',
  write: '`# pyvenv-fix: ignore[ID] reason` above the instruction; or take the comment out.',
};

/** In the order of `explain`. */
export const OWN_DIAGNOSES: readonly Diagnosis[] = [UNREAD_FILE, SUPPRESSION];
