// The interpreter of shell text against dash and bash: whatever a text prints, the commands that it yields say so, or say that they do not know.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { imageFacts } from '../src/facts/image.ts';
import { commandsOfRun } from '../src/facts/shell/runCommands.ts';
import { isKnown } from '../src/facts/values.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';

/** Every `echo` begins with a name of its own. */
const TEXTS = [
  'echo 1 $PWD && cd lib && echo 2 $PWD; cd ..; echo 3 $PWD',
  'cd -P lib && echo 1 $PWD; cd -- /usr/share; echo 2 $PWD',
  'command cd lib; echo 1 $PWD',
  'cd; echo 1 $PWD; cd -; echo 2 $PWD',
  '(cd lib; echo 1 $PWD); echo 2 $PWD; { cd share; echo 3 $PWD; }; echo 4 $PWD',
  'cd lib | cat; echo 1 $PWD; echo x | { cd share; echo 2 $PWD; }; echo 3 $PWD',
  'cd lib & wait; echo 1 $PWD',
  '[ -d /nowhere ] && cd lib; echo 1 $PWD',
  '[ -d /usr ] && cd lib; echo 1 $PWD',
  '! [ -d /usr ] && cd lib; echo 1 $PWD',
  '! [ -d /nowhere ] && cd lib; echo 1 $PWD',
  '[ -d /nowhere ] && [ -d /usr ] && A=1 && echo 1; echo 2 $A',
  '[ -d /nowhere ] && A=1 || A=2; echo 1 $A',
  '[ -d /nowhere ] || A=1; echo 1 $A; [ -d /usr ] || A=2; echo 2 $A',
  'A=0; [ -d /nowhere ] || A=1 && echo 1 $PWD; echo 2 $A',
  'false || true && echo 1; true || false && echo 2',
  'test -d /nowhere && cd lib || cd share; echo 1 $PWD',
  'if [ -d /nowhere ]; then cd lib; elif cd share; then A=1; else A=2; fi; echo 1 $PWD $A',
  'if cd lib; then echo 1 $PWD; fi; echo 2 $PWD',
  'if false; then echo 1; elif echo 2; then echo 3; else echo 4; fi',
  'for f in a b; do A=$f; done; echo 1 $A $f',
  'while [ -z "$A" ]; do A=1; cd lib; done; echo 1 $A $PWD',
  'case x in x) cd lib;; *) A=1;; esac; echo 1 $PWD $A',
  'f() { cd lib; A=$1; }; echo 1 $PWD; f x; echo 2 $PWD',
  'A=1; B=$A; A=2; echo 1 $A $B "$A" \'$A\' ${A} ${C:-d} ${A:+e}',
  'A=1 true; echo 1 $A; A=2 cd lib; echo 2 $PWD $A',
  'export A=1 B="2 3"; echo 1 $A "$B"; unset A; echo 2 ${A-none}',
  "export A=1; sh -c 'echo 1 $A $PWD; cd lib; A=2; echo 2 $A $PWD'; echo 3 $A $PWD",
  'export A=1; sh -c "echo 1 $A; cd lib && echo 2"; sh -ec \'echo 3 $1 $0\' zero one',
  "bash -o errexit -c 'cd lib; echo 1 $PWD'; echo 2 $PWD",
  "export A=1; env A=2 sh -c 'echo 1 $A'; env -u A sh -c 'echo 2 ${A-none}'; env -i sh -c 'echo 3 ${A-none}'",
  "nohup sh -c 'cd lib; echo 1 $PWD' 2>/dev/null; time -p true 2>/dev/null; echo 2 $PWD",
  'eval "cd lib; A=1"; echo 1 $PWD $A; eval cd ..; echo 2 $PWD',
  'set -e; cd lib; echo 1 $PWD; set -- a b; echo 2 $1 $2 $#; shift; echo 3 $1',
  'set -- a b; echo 1 "$@" $*',
  'A=$(cd lib; pwd); echo 1 $PWD; A=$(pwd); echo 2 $A; echo 3 `pwd`',
  'A=~; echo 1 $A; cd ~; echo 2 $PWD',
  'A="x y"; echo 1 $A "$A"; B=; echo 2 $B "$B" end',
  "exec sh -c 'cd lib; echo 1 $PWD'",
  'cd lib > /dev/null 2>&1 && echo 1 $PWD; (exit 1) || echo 2 $PWD',
  'read A < /etc/hostname; echo 1 $A; echo x | (read A; echo 2 $A)',
  'sh <<"EOF"\ncd lib\necho 1 $PWD\nEOF\necho 2 $PWD',
  'cd lib\n# a comment; cd share\necho 1 $PWD # cd share\necho "2 # $PWD"',
  'cd /usr/share/../lib/.; echo 1 $PWD; cd ./..; echo 2 $PWD',
];
/** What dash has not. */
const OF_BASH = [
  'pushd lib; echo 1 $PWD; popd; echo 2 $PWD',
  "builtin cd lib; echo 1 $PWD; exec -a name sh -c 'echo 2 $PWD'",
  'A=1; A+=2; echo 1 $A; export A+=3; echo 2 $A; declare B=4; echo 3 $B',
  '[[ -d /nowhere ]] && cd lib; echo 1 $PWD; [[ -d /usr ]] && cd share; echo 2 $PWD',
  '((1 == 2)) && A=1; echo 1 $A; f() { A=5; echo 2; }; f; echo 3 $A',
];

interface Said {
  readonly text: string;
  readonly conditional: boolean;
}

/** What the commands say that the text prints. */
function said(script: string, shell: string): Said[] {
  const text = `FROM python:3.12\nSHELL ["/bin/${shell}", "-c"]\nWORKDIR /usr\nRUN <<RUN\n${script}\nRUN\n`;
  const image = imageFacts(parseDockerfile(text));
  const stage = image.stages[0]!;
  const n = stage.instructions.findIndex((i) => i.keyword === 'RUN');
  return commandsOfRun(stage, n, text).commands.flatMap(({ words: [name, ...words], conditional, inConstruct }) =>
    name === 'echo' ? [{ text: words.join(' '), conditional: conditional || inConstruct === true }] : [],
  );
}

/** An empty word may be one of its own or none. */
const squeezed = (text: string): string => text.trim().replace(/ +/g, ' ');

/** `1 /usr/lib` by `1`. */
const nameOf = (text: string): string => text.split(' ')[0]!;

describe.each([
  ['dash', TEXTS],
  ['bash', [...TEXTS, ...OF_BASH]],
])('%s', (shell, texts) => {
  test.each(texts)('%s', (text) => {
    const real = spawnSync(`/bin/${shell}`, ['-c', text], {
      cwd: '/usr',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root' },
      encoding: 'utf8',
    });
    const printed = real.stdout.split('\n').filter((line) => /^\d/.test(line));
    const ours = said(text, shell);
    expect(printed.length).toBeGreaterThan(0);
    for (const line of printed) {
      const own = ours.filter((one) => nameOf(one.text) === nameOf(line));
      expect(own, line).not.toEqual([]);
      for (const one of own) if (isKnown(one.text)) expect(squeezed(one.text)).toBe(squeezed(line));
    }
    const names = new Set(printed.map(nameOf));
    for (const one of ours)
      if (!names.has(nameOf(one.text)) && /^\d/.test(one.text)) expect(one.conditional).toBe(true);
  });
});
