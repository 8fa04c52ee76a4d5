// Understands what the probe wrote about a Python process.

import type { ProcessSeen } from '../report/proof.ts';

/** A command line without interpreter and folders, so that the same program has one name before and after. Not masked, not cut. */
export function commandName(argv: readonly string[]): string {
  const [first = '', second, ...rest] = argv;
  const name = baseName(first);
  const words = /^(?:python|pypy)[\d.]*$/.test(name)
    ? second !== undefined && /(?:^|\/)s?bin\/[^/]+$/.test(second)
      ? [baseName(second), ...rest]
      : ['python', ...argv.slice(1)]
    : [name, ...argv.slice(1)];
  return words.join(' ');
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** As PyPI compares names. */
export const normalName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** One record of the probe (JSON, UTF-8 decoded); undefined where it is not one: the container may have written anything. */
export function processSeen(text: string): { readonly at: number; readonly process: ProcessSeen } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const { prefix, executable, child, virtualEnv, at } = record;
  if (typeof prefix !== 'string') return undefined;
  return {
    at: typeof at === 'number' ? at : 0,
    process: {
      command: commandName(texts(record.argv)),
      prefix,
      executable: typeof executable === 'string' ? executable : '',
      inEnvironment: record.environment === true,
      ...(typeof virtualEnv === 'string' ? { virtualEnv } : {}),
      path: texts(record.path),
      packages: [...new Set(texts(record.packages).map(normalName))].sort(),
      ...(typeof child === 'string' ? { child } : {}),
      hostEnvironments: texts(record.host),
      writesBytecode: record.bytecode === true,
      buffered: record.buffered === true,
    },
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, 20_000).map(String) : [];
}
