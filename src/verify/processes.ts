// Understands what the probe wrote about a Python process.

import { TOOL_DISTRIBUTIONS } from '../facts/installers/distributions.ts';
import { readJson } from '../text/json.ts';
import { withoutProbe } from './instrument.ts';
import type { ProcessDetails, ProcessLooked } from './looked.ts';
import { INNER_VARIABLE, INVENTORY_VARIABLE, RECORDS_VARIABLE } from './probe.ts';

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
export const normalizedName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** One record of the probe (JSON, UTF-8 decoded); undefined where it is not one: the container may have written anything. */
export function processSeen(text: string): { readonly at: number; readonly process: ProcessLooked } | undefined {
  const value = readJson(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const { prefix, executable, child, virtualEnv, at, version, cwd, user } = record;
  if (typeof prefix !== 'string') return undefined;
  const packages = packagesOf(record.distributions);
  return {
    at: typeof at === 'number' ? at : 0,
    process: {
      command: commandName(texts(record.argv)),
      prefix,
      executable: typeof executable === 'string' ? executable : '',
      inEnvironment: record.environment === true,
      ...(typeof virtualEnv === 'string' ? { virtualEnv } : {}),
      path: texts(record.path),
      packages: [...packages.keys()].sort(),
      ...(typeof child === 'string' ? { child } : {}),
      hostEnvironments: texts(record.host),
      writesBytecode: record.bytecode === true,
      buffered: record.buffered === true,
      ...(typeof version === 'string' ? { version } : {}),
      ...(typeof cwd === 'string' ? { cwd } : {}),
      ...(typeof user === 'string' ? { user } : {}),
      details: processDetails(record, packages),
    },
  };
}

interface Package {
  readonly version: string;
  /** Normalised names. */
  readonly needs: readonly string[];
  /** Somebody named it to an installer. */
  readonly asked: boolean;
}

function packagesOf(value: unknown): ReadonlyMap<string, Package> {
  const packages = new Map<string, Package>();
  if (!Array.isArray(value)) return packages;
  for (const one of value.slice(0, 20_000) as unknown[]) {
    if (!Array.isArray(one)) continue;
    const [name, version, needs, asked] = one as unknown[];
    if (typeof name !== 'string' || name === '') continue;
    const key = normalizedName(name);
    // What stands earlier on the path is what is imported.
    if (packages.has(key)) continue;
    const names = texts(needs).flatMap((need) => /^[\w.-]+/.exec(need)?.[0] ?? []);
    packages.set(key, {
      version: typeof version === 'string' ? version : '',
      needs: names.map(normalizedName),
      asked: asked === true,
    });
  }
  return packages;
}

function processDetails(
  record: Readonly<Record<string, unknown>>,
  packages: ReadonlyMap<string, Package>,
): ProcessDetails {
  const { environ, pid, base } = record;
  const environment = new Map<string, string>();
  for (const [name, value] of Object.entries(typeof environ === 'object' && environ !== null ? environ : {})) {
    if (!OURS.has(name)) environment.set(name, String(value));
  }
  const path = withoutProbe(environment.get('PYTHONPATH') ?? '');
  if (path === '') environment.delete('PYTHONPATH');
  else environment.set('PYTHONPATH', path);
  return {
    command: commandName(texts(record.argv)),
    isFirst: pid === 1,
    first: texts(record.first),
    modules: texts(record.modules),
    base: typeof base === 'string' ? base : '',
    groups: texts(record.groups),
    environment,
    versions: new Map([...packages].map(([name, { version }]) => [name, version])),
    ofTools: toolPackages(packages),
  };
}

/** `PIP_RETRIES` is given to every start; see starts.ts. */
const OURS: ReadonlySet<string> = new Set([RECORDS_VARIABLE, INNER_VARIABLE, INVENTORY_VARIABLE, 'PIP_RETRIES']);

/** What makes and fills environments; it stands beside a project's packages and is none of them. */
const INSTALLER =
  /^(?:pip|setuptools|wheel|uv|poetry(?:-core|-plugin-.*|-dynamic-versioning)?|pipenv|pdm|hatch|hatchling|virtualenv(?:-clone)?|pip-tools|pipx|build|installer|flit|flit-core|tox|tox-uv|nox|twine|conda|mamba|micropipenv)$/;

const isOfInstallers = (name: string): boolean => INSTALLER.test(name) || TOOL_DISTRIBUTIONS.has(name);

/** Installers and what only they need: not what somebody asked for, nor what that needs. */
function toolPackages(packages: ReadonlyMap<string, Package>): ReadonlySet<string> {
  const needed = new Set([...packages.values()].flatMap(({ needs }) => needs));
  const waiting = [...packages].flatMap(([name, { asked }]) =>
    (asked || !needed.has(name)) && !isOfInstallers(name) ? [name] : [],
  );
  const own = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (own.has(name)) continue;
    own.add(name);
    waiting.push(...(packages.get(name)?.needs ?? []));
  }
  return new Set([...packages.keys()].filter((name) => !own.has(name)));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, 20_000).map(String) : [];
}
