// Makes the three places of a new transform, with a case that fails until it is written: npm run new ID

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const LIST = 'transforms/index.ts';
const CASE = 'says-in-its-name-what-becomes-of-it';

/** Returns the exit code. */
export function main(argv: readonly string[]): number {
  const [id = '', ...more] = argv;
  const why = more.length > 0 || id === '' ? 'name one transform: npm run new ID' : whyNot(id);
  if (why !== undefined) {
    console.error(why);
    return 2;
  }
  const name = id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const listed = withTransform(readFileSync(LIST, 'utf8'), id, name);
  const files = { ...template(id, name), [LIST]: listed };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(path);
  }
  console.log(`Now write the case, then the transform: npx vitest run test/fixtures.test.ts -t ${id}`);
  return 0;
}

function whyNot(id: string): string | undefined {
  if (!/^[a-z][a-z\d]*(?:-[a-z\d]+)+$/.test(id)) {
    return `${JSON.stringify(id)} is no id: two or more words of lower-case letters and digits with - between them, as in ignore-venv`;
  }
  const folder = [`transforms/${id}`, `fixtures/${id}`].find((path) => existsSync(path));
  return folder && `${id} exists: ${folder}`;
}

/** The list with one more at its end, and its import in the order of the paths. */
function withTransform(list: string, id: string, name: string): string {
  const lines = list.split('\n');
  const own = `import { ${name} } from './${id}/index.ts';`;
  const pathOf = (line: string): string | undefined => /^import \{ \w+ \} from '\.\/(.+)\/index\.ts';$/.exec(line)?.[1];
  const later = lines.findIndex((line) => (pathOf(line) ?? '') > id);
  lines.splice(later < 0 ? lines.findLastIndex((line) => line.startsWith('import ')) + 1 : later, 0, own);
  const end = lines.indexOf('];');
  if (end < 0) throw new Error(`${LIST} has no list that ends in a line of its own`);
  lines.splice(end, 0, `  ${name},`);
  return lines.join('\n');
}

function template(id: string, name: string): Record<string, string> {
  const before = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "app.py"]\n';
  return {
    [`transforms/${id}/index.ts`]: `// What stands there  ->  what becomes of it: a sketch in one line.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import type { Diagnosis, Finding, Transform } from '../../src/model.ts';

const WHAT_IS_WRONG: Diagnosis = {
  id: '${id}-needed',
  level: 'fragile',
  title: 'What is wrong',
  means: 'What will be seen, and when.',
  see: 'One command that shows it',
  write: 'What to write.',
};

export const ${name}: Transform<Facts> = {
  id: '${id}',
  title: 'Begin with a verb',
  why: 'What goes wrong without it, and what the fix rests on.',
  references: [],
  tier: 'S',
  diagnoses: [WHAT_IS_WRONG],
  run: (facts) => askedOf(facts).flatMap(findingsIn),
};

function findingsIn(d: DockerfileFacts): Finding[] {
  if (d.leftAlone !== undefined) return [];
  return [];
}
`,
    [`fixtures/${id}/${CASE}/before/Dockerfile`]: before,
    [`fixtures/${id}/${CASE}/after/Dockerfile`]: `# Write before/ and after/ as they shall be, and name the folder as a sentence.\n${before}`,
  };
}
