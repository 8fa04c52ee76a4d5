// Reads what a pyproject.toml says about dependencies, local sources and whether there is a package to build.

import type { Problem } from '../../model.ts';
import { bytesOf } from '../../text/latin1.ts';
import { readDependencyGroups } from './dependencyGroups.ts';
import { normaliseName, parseRequirement } from './requirement.ts';
import { pathOfFileUrl } from './requirements.ts';
import {
  booleanAt,
  isTable,
  listAt,
  parseToml,
  type TomlTable,
  type TomlValue,
  tableAt,
  tablesAt,
  textAt,
  textsAt,
  valueAt,
} from './toml.ts';

export const PYPROJECT = 'pyproject.toml';

/** Tables that name the programs which a project installs. */
export const PROGRAM_TABLES = [
  ['project', 'scripts'],
  ['project', 'gui-scripts'],
  ['tool', 'poetry', 'scripts'],
] as const;

/** A dependency that is a folder or file on disk. Paths are latin1, as written, relative to the file's folder. */
export interface LocalDependency {
  /** Normalised. */
  readonly name: string;
  readonly path: string;
  readonly via: 'uv' | 'poetry' | 'requirement';
}

/** One entry of [tool.uv.sources]; a name may have several (with markers). */
export interface UvSource {
  /** Normalised. */
  readonly name: string;
  readonly kind: 'path' | 'workspace' | 'git' | 'url' | 'index' | 'unknown';
  /** Path (latin1), URL or index name. */
  readonly value: string;
  readonly editable: boolean | undefined;
}

export interface ProjectTable {
  readonly name: string | undefined;
  readonly requiresPython: string | undefined;
  readonly dynamic: readonly string[];
  /** PEP 508 texts, as written. */
  readonly dependencies: readonly string[];
  /** By extra, normalised. */
  readonly optional: ReadonlyMap<string, readonly string[]>;
}

export interface PoetryTable {
  readonly name: string | undefined;
  /** False only where `package-mode = false` is written. */
  readonly packageMode: boolean;
  /** `packages` or `include` is written. */
  readonly namesPackages: boolean;
  /** Names of the [[tool.poetry.source]] entries. */
  readonly sources: readonly string[];
}

export interface UvTable {
  readonly sources: readonly UvSource[];
  /** Present: this is the root of a workspace. Globs, latin1. */
  readonly workspace: { readonly members: readonly string[]; readonly exclude: readonly string[] } | undefined;
  /** `package = true/false`, where written. */
  readonly package: boolean | undefined;
  readonly defaultGroups: readonly string[] | 'all' | undefined;
  /** [tool.uv.pip] system */
  readonly pipSystem: boolean | undefined;
  /** Legacy `dev-dependencies`, PEP 508 texts. */
  readonly devDependencies: readonly string[];
}

export interface Pyproject {
  readonly project: ProjectTable | undefined;
  readonly hasBuildSystem: boolean;
  readonly buildBackend: string | undefined;
  readonly poetry: PoetryTable | undefined;
  readonly uv: UvTable | undefined;
  /** `distribution` as [tool.pdm] has it. */
  readonly pdm: { readonly distribution: boolean | undefined } | undefined;
  /** [dependency-groups]: PEP 508 texts of each, by normalised name, includes followed; 'unknown' where one is malformed or cyclic. */
  readonly dependencyGroups: ReadonlyMap<string, readonly string[]> | 'unknown';
  /** Normalised names, sorted, by group: 'main', 'extra:NAME', 'group:NAME'. 'python' is no dependency. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly localDependencies: readonly LocalDependency[];
  /** Files named as readme or licence (latin1; licence files may be globs). */
  readonly readmes: readonly string[];
  readonly licenseFiles: readonly string[];
  /** The whole document; undefined where it could not be read. */
  readonly table: TomlTable | undefined;
  readonly problems: readonly Problem[];
}

function readProject(table: TomlTable): ProjectTable {
  const optional = new Map<string, string[]>();
  const extras = tableAt(table, 'optional-dependencies');
  for (const extra of Object.keys(extras ?? {})) optional.set(normaliseName(extra), textsAt(extras, extra));
  return {
    name: textAt(table, 'name'),
    requiresPython: textAt(table, 'requires-python'),
    dynamic: textsAt(table, 'dynamic'),
    dependencies: textsAt(table, 'dependencies'),
    optional,
  };
}

function readUvSource(name: string, value: TomlValue): UvSource {
  const table = isTable(value) ? value : undefined;
  const common = { name: normaliseName(name), editable: booleanAt(table, 'editable') };
  for (const kind of ['path', 'git', 'url', 'index'] as const) {
    const text = textAt(table, kind);
    if (text !== undefined) return { ...common, kind, value: bytesOf(text) };
  }
  return { ...common, kind: booleanAt(table, 'workspace') === true ? 'workspace' : 'unknown', value: '' };
}

function readUv(table: TomlTable): UvTable {
  const sources = Object.entries(tableAt(table, 'sources') ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => readUvSource(name, one)),
  );
  const workspace = tableAt(table, 'workspace');
  const defaultGroups = valueAt(table, 'default-groups');
  return {
    sources,
    workspace: workspace && {
      members: textsAt(workspace, 'members').map(bytesOf),
      exclude: textsAt(workspace, 'exclude').map(bytesOf),
    },
    package: booleanAt(table, 'package'),
    defaultGroups:
      defaultGroups === 'all' ? 'all' : defaultGroups === undefined ? undefined : textsAt(table, 'default-groups'),
    pipSystem: booleanAt(table, 'pip', 'system'),
    devDependencies: textsAt(table, 'dev-dependencies'),
  };
}

/** The [tool.poetry] dependency tables by group name ('main', 'group:NAME'). */
function poetryDependencyTables(poetry: TomlTable): [string, TomlTable][] {
  const tables: [string, TomlTable][] = [];
  const add = (group: string, table: TomlTable | undefined): void => {
    if (table !== undefined) tables.push([group, table]);
  };
  add('main', tableAt(poetry, 'dependencies'));
  add('group:dev', tableAt(poetry, 'dev-dependencies'));
  const groups = tableAt(poetry, 'group');
  for (const name of Object.keys(groups ?? {}))
    add(`group:${normaliseName(name)}`, tableAt(groups, name, 'dependencies'));
  return tables;
}

function namesOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => parseRequirement(text)?.name ?? []);
}

function readGroups(
  project: ProjectTable | undefined,
  poetry: TomlTable | undefined,
  uv: UvTable | undefined,
  dependencyGroups: ReadonlyMap<string, readonly string[]> | 'unknown',
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, Set<string>>();
  const add = (group: string, names: readonly string[]): void => {
    const set = groups.get(group) ?? new Set();
    for (const name of names) set.add(name);
    groups.set(group, set);
  };
  if (project !== undefined) add('main', namesOf(project.dependencies));
  for (const [extra, texts] of project?.optional ?? []) add(`extra:${extra}`, namesOf(texts));
  if (dependencyGroups !== 'unknown') {
    for (const [name, texts] of dependencyGroups) add(`group:${name}`, namesOf(texts));
  }
  if (uv !== undefined && uv.devDependencies.length > 0) add('group:dev', namesOf(uv.devDependencies));
  for (const [group, table] of poetry === undefined ? [] : poetryDependencyTables(poetry)) {
    add(
      group,
      Object.keys(table)
        .map(normaliseName)
        .filter((name) => name !== 'python'),
    );
  }
  return new Map([...groups].map(([group, names]) => [group, [...names].sort()]));
}

function readLocalDependencies(
  requirements: readonly string[],
  poetry: TomlTable | undefined,
  uv: UvTable | undefined,
): LocalDependency[] {
  const local: LocalDependency[] = [];
  for (const text of requirements) {
    const requirement = parseRequirement(text);
    if (requirement?.url === undefined || !/^(?:\w+\+)?file:/i.test(requirement.url)) continue;
    const url = requirement.url.replace(/^\w+\+/, '');
    local.push({
      name: requirement.name,
      path: bytesOf(pathOfFileUrl(url) ?? url),
      via: 'requirement',
    });
  }
  for (const source of uv?.sources ?? []) {
    if (source.kind === 'path') local.push({ name: source.name, path: source.value, via: 'uv' });
  }
  for (const [, table] of poetry === undefined ? [] : poetryDependencyTables(poetry)) {
    for (const [name, value] of Object.entries(table)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        const path = isTable(one) ? textAt(one, 'path') : undefined;
        if (path !== undefined) local.push({ name: normaliseName(name), path: bytesOf(path), via: 'poetry' });
      }
    }
  }
  return local;
}

function readReadmes(project: TomlTable | undefined, poetry: TomlTable | undefined): string[] {
  const direct = [textAt(project, 'readme'), textAt(project, 'readme', 'file'), textAt(poetry, 'readme')];
  return [...direct.filter((path) => path !== undefined), ...textsAt(poetry, 'readme')].map(bytesOf);
}

function readLicenseFiles(project: TomlTable | undefined): string[] {
  const direct = textAt(project, 'license', 'file');
  const lists = [[], ['globs'], ['paths']].flatMap((keys) => textsAt(project, 'license-files', ...keys));
  return [...(direct === undefined ? [] : [direct]), ...lists].map(bytesOf);
}

/** Reads a pyproject.toml (latin1). Never throws; with problems everything is empty. */
export function parsePyproject(source: string): Pyproject {
  const { table, problems } = parseToml(source);
  const projectTable = tableAt(table, 'project');
  const poetryTable = tableAt(table, 'tool', 'poetry');
  const uvTable = tableAt(table, 'tool', 'uv');
  const pdmTable = tableAt(table, 'tool', 'pdm');
  const project = projectTable && readProject(projectTable);
  const uv = uvTable && readUv(uvTable);
  const dependencyGroups = readDependencyGroups(tableAt(table, 'dependency-groups'));
  const requirements = [
    ...(project?.dependencies ?? []),
    ...[...(project?.optional.values() ?? [])].flat(),
    ...(dependencyGroups === 'unknown' ? [] : [...dependencyGroups.values()].flat()),
    ...(uv?.devDependencies ?? []),
  ];
  return {
    project,
    hasBuildSystem: tableAt(table, 'build-system') !== undefined,
    buildBackend: textAt(table, 'build-system', 'build-backend'),
    poetry: poetryTable && {
      name: textAt(poetryTable, 'name'),
      packageMode: booleanAt(poetryTable, 'package-mode') !== false,
      namesPackages: Object.hasOwn(poetryTable, 'packages') || Object.hasOwn(poetryTable, 'include'),
      sources: tablesAt(poetryTable, 'source').flatMap((one) => textAt(one, 'name') ?? []),
    },
    uv,
    pdm: pdmTable && { distribution: booleanAt(pdmTable, 'distribution') },
    dependencyGroups,
    groups: readGroups(project, poetryTable, uv, dependencyGroups),
    localDependencies: readLocalDependencies(requirements, poetryTable, uv),
    readmes: readReadmes(projectTable, poetryTable),
    licenseFiles: readLicenseFiles(projectTable),
    table,
    problems: [
      ...problems,
      ...(listAt(table, 'project').length > 0 ? [{ offset: 0, message: '[[project]] is no table' }] : []),
    ],
  };
}

/** Whether uv has a package to build for this project. Source: uv's `tool.uv.package`, else whether there is a build system. */
export function isUvPackage(pyproject: Pyproject): boolean {
  return pyproject.uv?.package ?? pyproject.hasBuildSystem;
}
