// Cuts hold in real shells: for generated lists, what remains runs the same commands and ends with the same status.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { shellText } from '../src/facts/shell/steps.ts';
import { fixRepository } from '../src/fix/loop.ts';
import type { Snapshot } from '../src/model.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';
import { activateToEnv } from '../transforms/activate-to-env/index.ts';

const ACTIVATION = '. /opt/venv/bin/activate';
const OPERATORS = [' && ', ' || ', '; ', ' & '];

/** Commands that say that they ran, and then succeed or fail: programs to the tool, found by name. */
const PROGRAMS = ['one', 'two', 'three'].flatMap((name) => [`${name}-ok`, `${name}-no`]);

function* lists(): Generator<string> {
  const outcomes = (names: readonly string[]): string[][] =>
    names.reduce<string[][]>(
      (all, name) =>
        all.flatMap((l) => [
          [...l, `${name}-ok`],
          [...l, `${name}-no`],
        ]),
      [[]],
    );
  for (const commands of outcomes(['one', 'two'])) {
    for (let at = 0; at <= 2; at++) {
      const words = [...commands.slice(0, at), ACTIVATION, ...commands.slice(at)];
      for (const a of OPERATORS) for (const b of OPERATORS) yield `${words[0]}${a}${words[1]}${b}${words[2]}`;
    }
    // two of them in a list
    for (const a of [' && ', '; ']) {
      for (const b of [' && ', '; ']) {
        for (const c of [' && ', '\n']) yield `${commands[0]}${a}${ACTIVATION}${b}${ACTIVATION}${c}${commands[1]}`;
      }
    }
  }
}

function* texts(): Generator<string> {
  for (const [n, list] of [...lists()].entries()) {
    yield list;
    if (n % 2 === 0) yield `set -e\n${list}`;
    // seven is prime to the numbers of operators and outcomes: all of them are met
    if (n % 7 !== 0) continue;
    yield `(${list})\nthree-ok`;
    yield `set -e\n{ ${list}; } && three-no\nthree-ok`;
    yield `set -e\n(${list})\nthree-ok`;
    yield `if ${list}; then three-ok; fi`;
    yield `bash -c '${list}' && three-ok`;
    yield `eval '${list}'\nthree-ok`;
  }
}

const fixed = (dockerfile: string): string => {
  const snapshot: Snapshot = {
    paths: new Map([['Dockerfile', 'file']]),
    read: (path) => (path === 'Dockerfile' ? dockerfile : undefined),
  };
  const { after, withdrawn } = fixRepository(snapshot, [activateToEnv], settingsOf({}), {
    ids: ['activate-to-env'],
    unsafe: false,
    prefix: '',
    editable: () => true,
  });
  expect(withdrawn).toEqual([]);
  return after.read('Dockerfile')!;
};

const dockerfile = (text: string): string =>
  `FROM python:3.12-slim\nRUN python -m venv /opt/venv\nRUN <<EOF\n${text}\nEOF\nCMD ["python"]\n`;

function stepOf(text: string): string | undefined {
  const steps = parseDockerfile(text).instructions.filter((i) => i.keyword === 'RUN' && i.heredocs.length > 0);
  return steps[0] === undefined ? undefined : shellText(steps[0], text).script.text;
}

test('what remains of a list runs as before, in dash and in bash', { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'cuts-'));
  try {
    mkdirSync(join(home, 'bin'));
    writeFileSync(join(home, 'activate'), ':\n');
    for (const name of PROGRAMS) {
      const status = name.endsWith('-no') ? 1 : 0;
      writeFileSync(join(home, 'bin', name), `#!/bin/sh\necho ${name}\nexit ${status}\n`, { mode: 0o755 });
    }
    const pairs: { before: string; after: string }[] = [];
    let left = 0;
    for (const before of texts()) {
      const changed = fixed(dockerfile(before));
      if (changed === dockerfile(before)) left++;
      else pairs.push({ before, after: stepOf(changed) ?? '' });
    }
    expect(pairs.length).toBeGreaterThan(150);
    expect(left).toBeGreaterThan(150);
    for (const [n, { before, after }] of pairs.entries()) {
      expect(after).not.toContain('activate');
      for (const [side, text] of [
        ['a', before],
        ['b', after],
      ] as const)
        writeFileSync(join(home, `${n}${side}`), text.replaceAll('/opt/venv/bin/activate', join(home, 'activate')));
    }
    const run = `i=0; while [ $i -lt ${pairs.length} ]; do for s in a b; do
      "$1" ${home}/$i$s 2> /dev/null | sort > ${home}/ran; e=\${PIPESTATUS[0]}
      echo $(cat ${home}/ran) = $e > ${home}/$i$s.$1; done; i=$((i+1)); done`;
    for (const shell of ['dash', 'bash']) {
      if (spawnSync(shell, ['-c', ':']).status !== 0) continue;
      spawnSync('bash', ['-c', run, 'run', shell], {
        env: { ...process.env, PATH: `${join(home, 'bin')}:${process.env.PATH}` },
      });
      for (const [n, { before, after }] of pairs.entries()) {
        const told = (side: string): string => readFileSync(join(home, `${n}${side}.${shell}`), 'utf8');
        expect({ shell, before, after, ran: told('b') }).toEqual({ shell, before, after, ran: told('a') });
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
