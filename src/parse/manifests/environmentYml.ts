// Reads conda's environment files as far as we need them: the pip sections and which files those read.

import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Problem } from '../../model.ts';
import { bytesOf, textOf } from '../../text/latin1.ts';

export interface CondaEnvironment {
  readonly name: string | undefined;
  /** As written. */
  readonly channels: readonly string[];
  /** conda's own package specifications, as written. */
  readonly dependencies: readonly string[];
  /** Lines of the `pip:` lists (latin1), each in pip's requirements format; relative to the file's folder. */
  readonly pip: readonly string[];
  readonly problems: readonly Problem[];
}

const LIMIT = 1024 * 1024;

/** The names that `conda env` itself looks for. */
export const CONDA_ENVIRONMENT_NAMES = ['environment.yml', 'environment.yaml'] as const;

/** Reads an environment.yml (latin1). Never throws. */
export function parseCondaEnvironment(source: string): CondaEnvironment {
  const failed = (message: string, offset = 0): CondaEnvironment => ({
    name: undefined,
    channels: [],
    dependencies: [],
    pip: [],
    problems: [{ offset, message }],
  });
  if (source.length > LIMIT) return failed('The file is too large');
  const { text, exact } = textOf(source);
  if (!exact) return failed('The file is not UTF-8');
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) return failed('The file is no YAML', bytesOf(text.slice(0, error.pos[0])).length);
  const root = document.contents;
  if (!isMap(root)) return failed('The file holds no mapping');
  const list = root.get('dependencies', true);
  const dependencies: string[] = [];
  const pip: string[] = [];
  const problems: Problem[] = [];
  for (const item of isSeq(list) ? list.items : []) {
    const lines = isMap(item) ? item.get('pip', true) : undefined;
    if (isScalar(item)) dependencies.push(String(item.value));
    else if (isSeq(lines) && lines.items.every(isScalar))
      pip.push(...lines.items.map((line) => bytesOf(String(line.value))));
    else problems.push({ offset: 0, message: 'A dependency is neither text nor a pip list' });
  }
  const name = root.get('name');
  const listed = root.get('channels', true);
  const channels = isSeq(listed) ? listed.items.filter(isScalar).map((one) => String(one.value)) : [];
  return { name: typeof name === 'string' ? name : undefined, channels, dependencies, pip, problems };
}
