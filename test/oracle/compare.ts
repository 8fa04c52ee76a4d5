// Holds our readers against the judge over kept, fixture, generated and corpus files, and counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCases, textOfCase } from './cases/index.ts';
import { compareCompose } from './compareCompose.ts';
import { compareIgnore } from './compareIgnore.ts';
import { compareInstructions } from './compareInstructions.ts';
import { compareShell, shellTexts } from './compareShell.ts';
import { compareStates } from './compareStates.ts';
import { type ComposeSource, flatCompose, wholeCompose } from './composeSources.ts';
import { generatedDockerfiles, generatedIgnores } from './generate.ts';
import { goText, latin1Of } from './goText.ts';
import { askJudge } from './judge.ts';
import { filesBelow, isIgnoreName, type Source, sourcesBelow } from './sources.ts';
import { count, newTally, type Tally } from './tally.ts';

export interface Plan {
  /** The project's root. */
  readonly root: string;
  readonly corpus: string | undefined;
  /** A folder of whole repositories. */
  readonly wholes: string | undefined;
  /** How many generated files of each kind. */
  readonly generated: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Answers of a batch are in memory at once; a corpus has tens of thousands of files. */
const BATCH = 2_000;
const IGNORE_PATHS = [
  'a', 'a/b', 'a/b/c', '.venv', '.venv/bin/python', 'svc/.venv', 'svc/.venv/lib/x.py', 'venv', 'venv/bin', 'env', 'env/x', 'x.pyc', 'a/x.pyc', '__pycache__', 'a/__pycache__/b.pyc',
  'Dockerfile', 'README.md', 'docs/README.md', '.git', '.git/config', '.gitignore', '.env', '.env.local', 'node_modules', 'node_modules/x', 'a/node_modules/x', 'src/app.py', 'app', 'app/main.py',
  'requirements.txt', 'pyproject.toml', 'uv.lock', 'poetry.lock', 'tests', 'tests/x.py', '.dockerignore', 'docker-compose.yml', 'build', 'dist', 'x.egg-info', '.idea', '.DS_Store', 'a/.DS_Store', 'media/x', 'static/x.css',
];

const fromText = (name: string, text: string): Source => ({ name, request: { text }, text: latin1Of(text) });

async function judgeDockerfiles(what: string, sources: Iterable<Source>): Promise<Tally[]> {
  const lists = newTally(`instructions: ${what}`);
  const states = newTally(`steps and images: ${what}`);
  const shell = newTally(`shell texts: ${what}`);
  let batch: Source[] = [];
  const flush = async (): Promise<void> => {
    const answers = await askJudge('dockerfile', batch.map((s) => s.request));
    for (const [i, s] of batch.entries()) {
      count(lists, s.name, compareInstructions(s.text, answers[i]!));
      const judgement = compareStates(s.text, s.request, answers[i]!);
      if (judgement) count(states, s.name, judgement);
    }
    const texts = [...new Set(batch.flatMap((s) => shellTexts(s.text)))].filter((t) => !goText(t).includes('\ufffd'));
    const commands = await askJudge('shell', texts.map((text) => ({ text: goText(text) })));
    for (const [i, text] of texts.entries()) {
      const judgement = compareShell(text, commands[i]!);
      if (judgement) count(shell, '', judgement);
      else shell.skipped++;
    }
    batch = [];
  };
  for (const s of sources) {
    batch.push(s);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return [lists, states, shell];
}

async function judgeIgnores(what: string, requests: readonly { name: string; ignore: string; paths: readonly string[] }[]): Promise<Tally> {
  const tally = newTally(`ignore files: ${what}`);
  const answers = await askJudge('ignore', requests);
  for (const [i, r] of requests.entries()) count(tally, r.name, compareIgnore(r, answers[i]!));
  return tally;
}

/**
 * Not judged: compose rejects the files for what is not in them (variables and env files of whoever starts it, the files that
 * these are laid over).
 */
const NOT_THERE =
  /env file .* not found|no such file or directory|required variable|failed to cast|empty section between colons|No port specified|neither an image nor a build|depends on undefined/;

async function judgeCompose(what: string, sources: Iterable<ComposeSource>): Promise<Tally> {
  const tally = newTally(`compose services: ${what}`);
  const all = [...sources];
  const answers = await askJudge('compose', all.map((s) => s.request));
  for (const [i, s] of all.entries()) {
    const answer = answers[i]!;
    if (answer.error !== undefined && NOT_THERE.test(answer.error)) {
      tally.skipped++;
      continue;
    }
    count(tally, s.name, compareCompose(s.services, s.issues, answer, s.root));
  }
  return tally;
}

/** All comparisons of the plan, in order. */
export async function compareAll({ root, corpus, wholes, generated, seed, say }: Plan): Promise<Tally[]> {
  const tallies: Tally[] = [];
  const add = async (what: string, work: Promise<Tally | Tally[]>): Promise<void> => {
    tallies.push(...[await work].flat());
    say(`judged: ${what}`);
  };
  const kept = allCases.map((c) => ({ ...fromText(c.name, textOfCase(c)), c }));
  await add('kept', judgeDockerfiles('kept', kept.map(({ c, ...s }) => ({ ...s, request: { ...s.request, args: c.args ?? {}, baseEnv: c.baseEnv } }))));
  await add('fixtures', judgeDockerfiles('fixtures', sourcesBelow(join(root, 'fixtures'))));
  const soups = generatedDockerfiles(generated, seed, allCases.filter((c) => c.text !== undefined).map((c) => c.text!));
  for (const [kind, texts] of Object.entries(soups)) {
    await add(kind, judgeDockerfiles(`generated, ${kind}`, texts.map((t) => fromText(JSON.stringify(t), t))));
  }
  await add('ignore files', judgeIgnores('generated', generatedIgnores(generated, seed).map((r) => ({ name: '', ...r }))));
  if (corpus !== undefined) {
    await add('corpus', judgeDockerfiles('corpus', sourcesBelow(corpus)));
    const files = filesBelow(corpus, isIgnoreName).map((path) => ({ name: path, ignore: readFileSync(path, 'utf8'), paths: IGNORE_PATHS }));
    await add('ignore files of the corpus', judgeIgnores('corpus', files));
    await add('compose files of the corpus', judgeCompose('corpus', flatCompose(corpus)));
  }
  if (wholes !== undefined) await add('compose files of whole repositories', judgeCompose('whole repositories', wholeCompose(wholes)));
  return tallies;
}
