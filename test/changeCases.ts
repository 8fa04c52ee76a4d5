// Shell texts and Dockerfiles before and after a change: which commands went, or why the change must not stand.

import { commandChange } from '../src/facts/shell/commandChange.ts';
import { commandText, onlyCommand } from '../src/facts/shell/shellActivations.ts';
import { type MayDiffer, scriptDifference } from '../src/facts/shell/shellCommands.ts';
import type { Declaration } from '../src/model.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';
import { lineMark } from '../src/text/lines.ts';

/** One row: what comes out, and what should. */
export interface ChangeCase {
  readonly name: string;
  readonly came: () => unknown;
  readonly wanted: unknown;
}

const A = '. /v/bin/activate';
const NOTHING: MayDiffer = { replaced: {}, errexit: false };
const UNDER_E: MayDiffer = { ...NOTHING, errexit: true };

/** The second text is the first without these commands, and runs as it did. */
const stands = (old: string, now: string, gone: readonly string[], may = NOTHING): ChangeCase => ({
  name: `stands: ${old} -> ${now}`,
  came: () => scriptDifference(old, now, may),
  wanted: { gone },
});

const refused = (old: string, now: string, why: string, may = NOTHING): ChangeCase => ({
  name: `is refused: ${old} -> ${now}`,
  came: () => scriptDifference(old, now, may),
  wanted: { why },
});

const UNREADABLE = 'shell text that cannot be read changes';
const ENDS = 'the list ends with another command, so it succeeds or fails otherwise';
const LONG = `x ${'y'.repeat(70)}`;

const lists: readonly ChangeCase[] = [
  stands('if then', 'if then', []),
  refused('if then', 'x', UNREADABLE),
  refused('x', 'if then', UNREADABLE),
  stands(`${A} && x`, 'x', [A]),
  stands(`x && ${A} && y`, 'x && y', [A]),
  stands(`x; ${A}; y`, 'x; y', [A]),
  stands(`x || y; ${A}; z`, 'x || y; z', [A]),
  stands(`x & ${A}; y`, 'x & y', [A]),
  refused(`x & ${A}; y`, 'x; y', '`&` before `y` becomes `;`'),
  refused(`x && ${A}; y`, 'x && y', '`&&` before `y` becomes `&&`'),
  stands(`x && ${A}; y`, 'x; y', [A]),
  refused(`x && ${A}; y`, 'x; y', '`&&` before `y` becomes `;`', UNDER_E),
  refused(`set -e; x && ${A}; y`, 'set -e; x; y', '`&&` before `y` becomes `;`'),
  refused(`x || ${A}; y`, 'x; y', '`||` before `y` becomes `;`'),
  refused(`x && ${A} || y`, 'x; y', '`&&` before `y` becomes `;`'),
  refused(`${A} || x`, 'x', '`x` ran on a branch only'),
  refused('x; y', 'x', '`y` is gone'),
  refused('x', 'x; y', '`y` is new'),
  refused(A, '', 'nothing is left of a list of commands'),
  stands('# one', '# two', []),
  refused(`x || ${A}`, 'x', ENDS),
  refused(`x && ${A} &`, 'x', ENDS),
  stands(`x && ${A}`, 'x', [A]),
  stands(`(x && ${A}); y`, '(x); y', [A]),
  refused(`(x && ${A}); y`, '(x); y', 'under `set -e` a group ends otherwise', UNDER_E),
  // what was looked up before is forgotten, where the activation had done so
  stands(`x && ${A} && y`, 'x && hash -r && y', [A]),
  stands(`${A}; ${A}; y`, 'hash -r; y', [A, A]),
  refused(`x; ${A} && y`, 'x && hash -r && y', '`hash -r` stands elsewhere'),
  refused('x; y', 'hash -r; y', '`x` becomes `hash -r`'),
];

const activations: readonly ChangeCase[] = [
  stands('bash /v/bin/activate; x', 'x', ['bash /v/bin/activate']),
  stands('/v/bin/activate; x', 'x', ['/v/bin/activate']),
  stands(`eval '${A}'; x`, 'x', [`eval '${A}'`]),
  stands(`sh -c '${A}; deactivate' && x`, 'x', [`sh -c '${A}; deactivate'`]),
  stands(`${A} > /dev/null 2>&1; x`, 'x', [`${A} >/dev/null 2>&1`]),
  refused(`${A} > /log; x`, 'x', '`. /v/bin/activate >/log` becomes `x`'),
  refused(`V=1 ${A}; x`, 'x', '`V=1 . /v/bin/activate` becomes `x`'),
  refused('. $(x)/bin/activate; y', 'y', '`. $(x)/bin/activate` becomes `y`'),
  refused(`(${A}) && x`, 'x', '`(Subshell)` becomes `x`'),
  refused('python /v/bin/activate; x', 'x', '`python /v/bin/activate` becomes `x`'),
  refused("eval ''; x", 'x', "`eval ''` becomes `x`"),
  refused("eval 'if then'; x", 'x', "`eval 'if then'` becomes `x`"),
  refused(`sh -c '${A}' x; y`, 'y', `\`sh -c '${A}' x\` becomes \`y\``),
  // either way it is active
  stands(`source /v/bin/activate || ${A}; x`, 'x', ['source /v/bin/activate', A]),
  refused(`source /v/bin/activate || . /w/bin/activate; x`, 'x', '`x` ran on a branch only'),
  refused(`source /v/bin/activate || V=1 ${A}; x`, 'x', '`V=1 . /v/bin/activate` becomes `x`'),
  refused('source /v/setup || . /v/setup; x', 'x', '`source /v/setup` becomes `x`'),
];

const trees: readonly ChangeCase[] = [
  stands(`if ${A}; x; then y; fi`, 'if x; then y; fi', [A]),
  refused('if x; then y; fi', 'if x; then z; fi', '`y` becomes `z`'),
  refused('if x; then y; fi', 'if x; then y; else z; fi', '`(If)` changes'),
  refused('if x; then y; else z; fi', 'if x; then y; fi', '`(If)` changes'),
  refused('for i in a; do x; done', 'for i in b; do x; done', '`(Word)` changes'),
  refused('for i in a b; do x; done', 'for i in a; do x; done', '`(For)` changes'),
  refused('for i in a; do x; done', 'for i in a b; do x; done', '`(For)` changes'),
  refused('case a in b) x ;; esac', 'case a in b) y ;; esac', '`x` becomes `y`'),
  stands(`case a in b) ${A}; x ;; esac`, 'case a in b) x ;; esac', [A]),
  refused(`case $(${A}; x) in b) y ;; esac`, 'case $(x) in b) y ;; esac', '`(Word)` changes'),
  refused('x', '(x)', '`x` becomes `(Subshell)`'),
  refused('{ x; }', '(x)', '`(BraceGroup)` becomes `(Subshell)`'),
  refused('V=1', 'V=2', '`V=1` becomes `V=2`'),
  refused('x > /a', 'x > /b', '`x >/a` becomes `x >/b`'),
  refused(LONG, 'x', `\`${LONG.slice(0, 67)}...\` becomes \`x\``),
];

const BODY = (start: string, text: string): string => `${start}\n${text}\nEOF\n`;

const childTexts: readonly ChangeCase[] = [
  stands(`sh -c '${A} && x'`, "sh -c 'x'", [A]),
  stands(`su app -c '${A} && x'`, "su app -c 'x'", [A]),
  stands(`eval '${A} && x' 2> /dev/null`, "eval 'x' 2> /dev/null", [A]),
  refused(`sh -c '${A} && x'`, "sh -c 'x' y", `\`sh -c '${A} && x'\` becomes \`sh -c 'x' y\``),
  refused(`sh -c '${A} && x' y`, "sh -c 'x' z", `\`sh -c '${A} && x' y\` becomes \`sh -c 'x' z\``),
  refused(`eval '${A} && x' y`, "eval 'x' y", `\`eval '${A} && x' y\` becomes \`eval 'x' y\``),
  refused(`python -c '${A} && x'`, "python -c 'x'", `\`python -c '${A} && x'\` becomes \`python -c 'x'\``),
  stands(BODY('sh <<EOF', `${A}; x`), BODY('sh <<EOF', 'x'), [A]),
  refused(BODY('sh <<EOF', `${A}; x`), BODY("sh <<'EOF'", 'x'), '`sh <<` becomes `sh <<`'),
  refused(BODY('sh -s a <<EOF', 'x'), BODY('sh -s b <<EOF', 'x'), '`sh -s a <<` becomes `sh -s b <<`'),
  refused(BODY('cat <<EOF', `${A}; x`), BODY('cat <<EOF', 'x'), '`cat <<` becomes `cat <<`'),
  refused(BODY("sh -c 'x' <<EOF", `${A}; x`), BODY("sh -c 'x' <<EOF", 'x'), "`sh -c 'x' <<` becomes `sh -c 'x' <<`"),
];

const only = (text: string, wanted: unknown): ChangeCase => ({
  name: `the only command of ${text}`,
  came: () => onlyCommand(text),
  wanted,
});

const onlyCommands: readonly ChangeCase[] = [
  only(`${A} && x a`, { words: ['x', 'a'], gone: [A] }),
  only(`${A}; exec x`, { words: ['x'], gone: [A] }),
  only('if then', undefined),
  only('# x', undefined),
  only(A, undefined),
  only(`${A} && x && y`, undefined),
  only(`x && ${A}`, undefined),
  only(`${A} || x`, undefined),
  only(`${A} && x &`, undefined),
  only(`${A} && (x)`, undefined),
  only(`${A} && x > /log`, undefined),
  only(`${A} && x $V`, undefined),
  { name: 'the text of a command', came: () => commandText('x   y'), wanted: 'x y' },
  { name: 'a text that cannot be read', came: () => commandText('if  then'), wanted: 'if  then' },
];

/** Where the only instruction stands. */
const FIRST = `line ${lineMark('Dockerfile', 0)}`;

/** Dockerfiles: `wanted` is the reason, or undefined where the change stands. */
function inFile(old: string, now: string, declares: Declaration, wanted: string | undefined): ChangeCase {
  const side = (text: string) => ({ path: 'Dockerfile', text, syntax: parseDockerfile(text) });
  const name = `${old.slice(0, 100)} -> ${now.slice(0, 100)}`.replaceAll('\n', ' / ');
  return { name, came: () => commandChange(side(old), side(now), declares), wanted };
}

const GONE: Declaration = { commandsGone: [A] };
const SPLIT: Declaration = { reorders: { commands: { 'x install': ['x install --first', 'x install'] } } };

const files: readonly ChangeCase[] = [
  inFile(`RUN ${A} && x\n`, 'RUN x\n', GONE, undefined),
  inFile(`RUN ${A} && x\n`, 'RUN x\n', {}, `\`${A}\` is gone, which the fix does not declare`),
  inFile(`RUN ${A} && x && ${A} && y\n`, 'RUN x && y\n', GONE, `\`${A}\` is gone, which the fix does not declare`),
  inFile(`RUN ${A}\nRUN x\n`, 'RUN x\n', GONE, undefined),
  inFile(`RUN ["sh", "-c", "${A}"]\nRUN x\n`, 'RUN x\n', GONE, undefined),
  inFile(`RUN ["python", "-c", "${A}"]\nRUN x\n`, 'RUN x\n', GONE, `${FIRST}: this RUN is gone`),
  inFile(`CMD ${A}\n`, '', GONE, `${FIRST}: this CMD is gone`),
  inFile('RUN x\n', '', {}, `${FIRST}: this RUN is gone`),
  inFile('RUN x\n', 'CMD x\n', {}, `${FIRST}: RUN becomes CMD x`),
  inFile('RUN x\n', 'RUN --network=none x\n', {}, `${FIRST}: RUN becomes RUN --network=none x`),
  inFile('HEALTHCHECK CMD x\n', 'HEALTHCHECK NONE\n', {}, `${FIRST}: HEALTHCHECK becomes HEALTHCHECK NONE`),
  inFile(`ONBUILD RUN ${A} && x\n`, 'ONBUILD RUN x\n', GONE, undefined),
  inFile(`ONBUILD RUN ${A} && x\n`, 'ONBUILD RUN y\n', GONE, `${FIRST}: \`x\` becomes \`y\``),
  inFile(`CMD ["sh", "-c", "${A} && x"]\n`, 'CMD ["sh", "-c", "x"]\n', GONE, undefined),
  inFile(`CMD ["sh", "-c", "${A} && x"]\n`, 'CMD ["sh", "-c", "y"]\n', GONE, `${FIRST}: \`x\` becomes \`y\``),
  inFile('CMD ["x", "a"]\n', 'CMD ["x"]\n', { toList: true }, `${FIRST}: CMD becomes CMD ["x"]`),
  inFile(`CMD ${A} && x\n`, 'CMD ["x"]\n', { ...GONE, toList: true }, undefined),
  inFile(`CMD ${A} && x\n`, 'CMD ["x"]\n', GONE, `${FIRST}: CMD becomes CMD ["x"]`),
  inFile(`CMD ${A} && x\n`, 'CMD ["y"]\n', { ...GONE, toList: true }, `${FIRST}: CMD becomes CMD ["y"]`),
  inFile(
    `ENTRYPOINT ${A} && x\n`,
    'ENTRYPOINT ["x"]\n',
    { ...GONE, toList: true },
    `${FIRST}: ENTRYPOINT becomes ENTRYPOINT ["x"]`,
  ),
  inFile('CMD ["x"]\n', 'CMD x\n', {}, `${FIRST}: CMD becomes CMD x`),
  inFile('RUN <<EOF\n#!/bin/bash\nx\nEOF\n', 'RUN <<EOF\n#!/bin/dash\nx\nEOF\n', {}, `${FIRST}: RUN becomes RUN <<EOF`),
  // a split: what the installer does second is done behind the code
  inFile('RUN x install\n', 'RUN x install --first\nRUN x install\n', SPLIT, undefined),
  inFile(
    'RUN cd /app && x install\n',
    'RUN cd /app && x install --first\nRUN cd /app && x install\n',
    SPLIT,
    undefined,
  ),
  inFile('RUN x install\n', 'RUN x install\nRUN x install\n', {}, 'a RUN is new: RUN x install'),
  inFile('RUN x install\n', 'RUN x install\nRUN y\n', SPLIT, 'a RUN is new: RUN y'),
  inFile('RUN x install\n', 'RUN x install\nCMD x install\n', SPLIT, 'a CMD is new: CMD x install'),
  inFile(
    'RUN --network=none x install\nCMD y\n',
    'RUN --network=none x install\nRUN x install\nCMD y\n',
    SPLIT,
    'a RUN is new: RUN x install',
  ),
  inFile(
    'RUN ["x", "install"]\n',
    'RUN ["x", "install"]\nRUN ["x", "install"]\n',
    SPLIT,
    'a RUN is new: RUN ["x", "install"]',
  ),
];

export const CHANGES: readonly ChangeCase[] = [
  ...lists,
  ...activations,
  ...trees,
  ...childTexts,
  ...onlyCommands,
  ...files,
];
