// Tells whether a uv.lock still records what its pyproject.toml asks for; a stale lock under --frozen installs less, silently.

import { bytesOf } from '../../text/latin1.ts';
import { cleanPath } from '../ignoreFile/goText.ts';
import type { UvLock } from './lockFiles.ts';
import { canonicalMarker, joinMarkers } from './marker.ts';
import { isUvPackage, type Pyproject, type UvSource } from './pyproject.ts';
import { normaliseName, parseRequirement, type Requirement } from './requirement.ts';
import { isTable, type TomlTable, tableAt, tablesAt, textAt, textsAt, valueAt } from './toml.ts';

export type LockAge = 'fresh' | 'stale' | 'unknown';

/** Where a requirement is taken from, in a spelling that both sides can be brought to; 'unknown': cannot be told. */
type PackageOrigin = {
  readonly kind: 'none' | 'url' | 'git' | 'index' | 'disk' | 'workspace' | 'unknown';
  readonly value: string;
};

type WantedPackage = Omit<Requirement, 'url' | 'marker'> & {
  readonly marker: string | undefined;
  readonly origin: PackageOrigin;
};

const NO_ORIGIN: PackageOrigin = { kind: 'none', value: '' };
const UNKNOWN_ORIGIN: PackageOrigin = { kind: 'unknown', value: '' };
/** What changes a resolution beyond the requirements; with any of them we do not compare. */
const OTHER_SETTINGS = [
  ...['environments', 'required-environments', 'conflicts', 'dependency-metadata'],
  ...[
    'resolution',
    'prerelease',
    'fork-strategy',
    'exclude-newer',
    'exclude-newer-package',
    'no-sources',
    'managed',
    'dependency-groups',
  ],
];
/** Settings that the lock keeps a copy of, under these names of its manifest. */
const KEPT_SETTINGS = [
  ['constraint-dependencies', 'constraints'],
  ['override-dependencies', 'overrides'],
  ['build-constraint-dependencies', 'build-constraints'],
] as const;
const KNOWN_MANIFEST_KEYS: ReadonlySet<string> = new Set([
  ...['members', 'excludes', 'dependency-groups'],
  ...KEPT_SETTINGS.map(([, kept]) => kept),
]);

/** One spelling for equal versions; undefined where it is not plain enough to tell. */
function canonicalSpecifier(specifier: string): string | undefined {
  const match = /^(===|==|~=|!=|<=|>=|<|>)v?(\d+(?:\.\d+)*)(\.\*)?$/.exec(specifier);
  if (match === null) return undefined;
  const [, operator = '', version = '', star = ''] = match;
  const keeps = operator === '===' || operator === '~=' || star !== '';
  return `${operator}${keeps ? version : version.replace(/(?:\.0)+$/, '')}${star}`;
}

function compareSpecifiers(one: readonly string[], other: readonly string[]): LockAge {
  if ([...one].sort().join() === [...other].sort().join()) return 'fresh';
  const [left, right] = [one.map(canonicalSpecifier), other.map(canonicalSpecifier)];
  if (left.includes(undefined) || right.includes(undefined)) return 'unknown';
  return [...new Set(left)].sort().join() === [...new Set(right)].sort().join() ? 'fresh' : 'stale';
}

function originOfUrl(url: string): PackageOrigin {
  const git = /^git\+([^@#]+(?:@[^/@#]+(?=\/)[^@#]*)?)(?:@([^@#/]+))?$/.exec(url);
  if (git !== null) return { kind: 'git', value: git[2] === undefined ? git[1]! : `${git[1]}?rev=${git[2]}` };
  return /^https?:/.test(url) ? { kind: 'url', value: url } : UNKNOWN_ORIGIN;
}

function originOfSource(sources: readonly UvSource[], project: Pyproject): PackageOrigin {
  const [source] = sources;
  if (source === undefined) return NO_ORIGIN;
  if (sources.length > 1) return UNKNOWN_ORIGIN;
  const table = tableAt(project.table, 'tool', 'uv', 'sources');
  const written = Object.keys(table ?? {}).filter((name) => normaliseName(name) === source.name);
  const value = valueAt(table, written[0] ?? '');
  const own = Array.isArray(value) ? value.find(isTable) : isTable(value) ? value : undefined;
  if (own === undefined || Object.hasOwn(own, 'marker') || Object.hasOwn(own, 'extra') || Object.hasOwn(own, 'group')) {
    return UNKNOWN_ORIGIN;
  }
  if (source.kind === 'path') return { kind: 'disk', value: cleanPath(source.value) };
  if (source.kind === 'workspace') return { kind: 'workspace', value: '' };
  if (source.kind === 'url') return { kind: 'url', value: source.value };
  if (source.kind === 'git') {
    const [key] = ['rev', 'tag', 'branch', 'subdirectory', 'lfs'].filter((name) => Object.hasOwn(own, name));
    const value = key === undefined ? undefined : textAt(own, key);
    return { kind: 'git', value: key === undefined ? source.value : `${source.value}?${key}=${bytesOf(value ?? '')}` };
  }
  if (source.kind === 'index') {
    const index = tablesAt(project.table, 'tool', 'uv', 'index').find(
      (one) => bytesOf(textAt(one, 'name') ?? '') === source.value,
    );
    const url = textAt(index, 'url');
    return url === undefined ? UNKNOWN_ORIGIN : { kind: 'index', value: bytesOf(url) };
  }
  return UNKNOWN_ORIGIN;
}

function compareOrigins(project: PackageOrigin, lock: PackageOrigin): LockAge {
  if (project.kind === 'unknown' || lock.kind === 'unknown') return 'unknown';
  if (project.kind === 'workspace') return lock.kind === 'disk' ? 'fresh' : 'stale';
  if (project.kind !== lock.kind) return 'stale';
  return project.value.replace(/\/$/, '') === lock.value.replace(/\/$/, '') ? 'fresh' : 'unknown';
}

/** The project's requirements as uv records them; undefined where one cannot be read. */
function wantedOf(texts: readonly string[], project: Pyproject, extra?: string): WantedPackage[] | undefined {
  const wanted: WantedPackage[] = [];
  for (const text of texts) {
    const requirement = parseRequirement(text);
    if (requirement === undefined) return undefined;
    const { name, extras, specifiers, url, marker } = requirement;
    const sources = (project.uv?.sources ?? []).filter((source) => source.name === name);
    const origin = url !== undefined && sources.length === 0 ? originOfUrl(url) : originOfSource(sources, project);
    wanted.push({ name, extras, specifiers, origin, marker: joinMarkers(marker, extra) });
  }
  return wanted;
}

function recordedOrigin(table: TomlTable): PackageOrigin {
  const one = (kind: PackageOrigin['kind'], key: string): PackageOrigin | undefined => {
    const value = textAt(table, key);
    return value === undefined
      ? undefined
      : { kind, value: kind === 'disk' ? cleanPath(bytesOf(value)) : bytesOf(value) };
  };
  const known = new Set(['name', 'extras', 'extra', 'specifier', 'marker']);
  if (Object.keys(table).every((key) => known.has(key))) return NO_ORIGIN;
  const disk = one('disk', 'editable') ?? one('disk', 'directory') ?? one('disk', 'virtual') ?? one('disk', 'path');
  return disk ?? one('url', 'url') ?? one('git', 'git') ?? one('index', 'index') ?? UNKNOWN_ORIGIN;
}

/** What the lock recorded; undefined where an entry cannot be read. */
function recordedOf(tables: readonly TomlTable[]): WantedPackage[] | undefined {
  const recorded: WantedPackage[] = [];
  for (const table of tables) {
    const requirement = parseRequirement(`${textAt(table, 'name') ?? ''}${textAt(table, 'specifier') ?? ''}`);
    if (requirement === undefined) return undefined;
    const extras = textsAt(table, 'extras').map(normaliseName).sort();
    const marker = textAt(table, 'marker');
    recorded.push({ ...requirement, extras, marker, origin: recordedOrigin(table) });
  }
  return recorded;
}

function worst(ages: readonly LockAge[]): LockAge {
  if (ages.includes('stale')) return 'stale';
  return ages.includes('unknown') ? 'unknown' : 'fresh';
}

function compareOne(one: WantedPackage, other: WantedPackage): LockAge {
  const [left, right] = [canonicalMarker(one.marker), canonicalMarker(other.marker)];
  const markers = left === right ? 'fresh' : (left === '') !== (right === '') ? 'stale' : 'unknown';
  return worst([
    compareSpecifiers(one.specifiers, other.specifiers),
    compareOrigins(one.origin, other.origin),
    markers,
  ]);
}

/** Compares two lists of requirements regardless of order. */
function compareLists(
  wanted: readonly WantedPackage[] | undefined,
  recorded: readonly WantedPackage[] | undefined,
): LockAge {
  if (wanted === undefined || recorded === undefined) return 'unknown';
  const byKey = (list: readonly WantedPackage[]): Map<string, WantedPackage[]> => {
    const groups = new Map<string, WantedPackage[]>();
    for (const one of list) {
      const key = `${one.name}[${one.extras}]`;
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    return groups;
  };
  const [left, right] = [byKey(wanted), byKey(recorded)];
  if ([...left.keys()].sort().join('\n') !== [...right.keys()].sort().join('\n')) return 'stale';
  const ages: LockAge[] = [];
  for (const [key, ours] of left) {
    const theirs = right.get(key) ?? [];
    const [first, other] = [ours[0]!, theirs[0]!];
    if (ours.length === 1 && theirs.length === 1) {
      ages.push(compareOne(first, other));
      continue;
    }
    // Several of one name (by marker): each needs an equal one on the other side.
    const paired = (some: readonly WantedPackage[], others: readonly WantedPackage[]): boolean =>
      some.every((one) => others.some((candidate) => compareOne(one, candidate) === 'fresh'));
    ages.push(paired(ours, theirs) && paired(theirs, ours) ? 'fresh' : 'unknown');
  }
  return worst(ages);
}

function compareGroups(
  groups: ReadonlyMap<string, readonly string[]>,
  table: TomlTable | undefined,
  project: Pyproject,
): LockAge {
  const recorded = new Map(Object.keys(table ?? {}).map((name) => [normaliseName(name), tablesAt(table, name)]));
  const names = new Set([...groups.keys(), ...recorded.keys()]);
  return worst(
    [...names].map((name) =>
      compareLists(wantedOf(groups.get(name) ?? [], project), recordedOf(recorded.get(name) ?? [])),
    ),
  );
}

/** Compares one project of the lock with its own pyproject.toml. */
function compareProject(lock: UvLock, project: Pyproject): LockAge {
  if (project.project?.name === undefined) return 'unknown';
  const name = normaliseName(project.project.name);
  if (!lock.metadata.has(name)) return lock.packages.some((one) => one.name === name) ? 'unknown' : 'stale';
  const { dynamic, dependencies, optional } = project.project;
  if (dynamic.some((field) => field === 'dependencies' || field === 'optional-dependencies')) return 'unknown';
  if (project.dependencyGroups === 'unknown') return 'unknown';
  const isVirtual = lock.packages.some((one) => one.name === name && one.source === 'virtual');
  const metadata = lock.metadata.get(name);
  const wanted = [
    wantedOf(dependencies, project),
    ...[...optional].map(([extra, texts]) => wantedOf(texts, project, extra)),
  ];
  const complete = wanted.every((list) => list !== undefined) ? wanted.flat() : undefined;
  const groups = new Map(project.dependencyGroups);
  const dev = project.uv?.devDependencies ?? [];
  if (dev.length > 0) groups.set('dev', [...(groups.get('dev') ?? []), ...dev]);
  return worst([
    // A project that became a package since is not installed under --frozen.
    isVirtual === isUvPackage(project) ? 'unknown' : 'fresh',
    compareLists(complete, recordedOf(tablesAt(metadata, 'requires-dist'))),
    compareGroups(groups, tableAt(metadata, 'requires-dev'), project),
  ]);
}

function compareSettings(lock: UvLock, root: Pyproject): LockAge {
  const uv = tableAt(root.table, 'tool', 'uv');
  if (OTHER_SETTINGS.some((key) => valueAt(uv, key) !== undefined) || lock.options !== undefined) return 'unknown';
  if (Object.keys(lock.manifest ?? {}).some((key) => !KNOWN_MANIFEST_KEYS.has(key))) return 'unknown';
  const names = (texts: readonly string[]): string => [...new Set(texts.map(normaliseName))].sort().join();
  const excludes = names(textsAt(uv, 'exclude-dependencies')) === names(textsAt(lock.manifest, 'excludes'));
  const groups = tableAt(lock.manifest, 'dependency-groups');
  if (root.dependencyGroups === 'unknown') return 'unknown';
  const rootGroups = root.project === undefined ? root.dependencyGroups : new Map<string, readonly string[]>();
  return worst([
    excludes ? 'fresh' : 'stale',
    // A workspace root that is no project has its groups recorded here.
    compareGroups(rootGroups, groups, root),
    ...KEPT_SETTINGS.map(([setting, kept]) =>
      compareLists(wantedOf(textsAt(uv, setting), root), recordedOf(tablesAt(lock.manifest, kept))),
    ),
  ]);
}

/** `==3.12.*` and `~=3.12.1` as the pair of bounds that they are. */
function boundsOf(specifier: string): string[] {
  const match = /^(?:==(\d+(?:\.\d+)*)\.\*|~=(\d+(?:\.\d+)+))$/.exec(specifier);
  if (match === null) return [specifier];
  const parts = (match[1] ?? match[2] ?? '').split('.').map(Number);
  const upper = match[1] === undefined ? parts.slice(0, -1) : parts;
  return [`>=${parts.join('.')}`, `<${[...upper.slice(0, -1), (upper.at(-1) ?? 0) + 1].join('.')}`];
}

function compareRequiresPython(lock: UvLock, projects: readonly Pyproject[]): LockAge {
  const words = (text: string): string[] => text.split(',').flatMap((part) => boundsOf(part.replace(/[ \t]/g, '')));
  const recorded = lock.requiresPython;
  const written = projects.map((one) => one.project?.requiresPython);
  if (recorded === undefined) return 'unknown';
  const same = written.some(
    (text) => text !== undefined && compareSpecifiers(words(text), words(recorded)) === 'fresh',
  );
  return same ? 'fresh' : 'unknown';
}

/**
 * Whether the lock records the requirements that the root's pyproject.toml has now. `members`: the pyproject files of the other
 * projects of its workspace; a lock with members that are not given is 'unknown'. 'unknown' on any doubt.
 * Judge: `uv lock --check`, which also looks at versions that the index has.
 */
export function isUvLockStale(lock: UvLock, root: Pyproject, members: readonly Pyproject[] = []): LockAge {
  if (lock.problems.length > 0 || lock.version !== 1) return 'unknown';
  const projects = [root, ...members];
  if (projects.some((one) => one.problems.length > 0)) return 'unknown';
  const names = new Set(
    projects.flatMap((one) => (one.project?.name === undefined ? [] : [normaliseName(one.project.name)])),
  );
  // The requirements of other projects on disk are part of the lock too.
  const missing = [...lock.members, ...lock.metadata.keys()].some((name) => !names.has(name));
  const isPlainRoot = root.project === undefined && members.length > 0;
  return worst([
    missing ? 'unknown' : 'fresh',
    ...(isPlainRoot ? members : projects).map((one) => compareProject(lock, one)),
    compareSettings(lock, root),
    compareRequiresPython(lock, projects),
  ]);
}
