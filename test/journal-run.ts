// A run of its own process, to be killed: fixes every `*.txt` of a folder, in place or as files only. Not a test.

import { readdirSync } from 'node:fs';
import { deliverFiles, deliverInPlace } from '../src/deliver/deliver.ts';
import { createFile } from '../src/edit/textEdits.ts';
import { openRepository } from '../src/io/worktree/repository.ts';
import { resultOf } from './repositories.ts';

const [path = '', way = ''] = process.argv.slice(2);
const opened = await openRepository(path, { write: true, env: process.env });
const edits = readdirSync(path)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ path: name, start: 0, end: 3, newText: 'new!' }));
const result = resultOf(opened, [{ transform: 'one', edits: [...edits, createFile('made/here', 'x\n')] }]);
process.stdout.write('ready\n');
const options = { branch: 'pyvenv-fix', squash: false, allowDirty: false, message: () => 'Fix\n' };
const ended = way === 'files' ? await deliverFiles(opened, result) : await deliverInPlace(opened, result, options);
process.stdout.write(`${JSON.stringify(ended)}\n`);
