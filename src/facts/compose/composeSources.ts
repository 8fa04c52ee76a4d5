// Reads compose files and `.env` files of a snapshot once each, variables replaced, for every project they take part in.

import type { Snapshot } from '../../model.ts';
import { type ComposeSyntax, type IncludeSyntax, parseCompose, readInclude } from '../../parse/compose/compose.ts';
import { readDotEnv } from '../../parse/compose/dotenv.ts';
import { type ComposeLookup, UNKNOWN } from '../../parse/compose/interpolate.ts';
import {
  childOf,
  type MapEntry,
  type MapNode,
  type Node,
  type ScalarNode,
  type YamlSource,
} from '../../parse/compose/yamlNodes.ts';
import { resolvePlace } from '../repositoryPlace.ts';
import { interpolateTree } from './composeMerge.ts';

export interface Issue {
  readonly path: string;
  readonly offset: number;
  readonly message: string;
}

export interface LoadedService {
  readonly name: string;
  readonly nameRange: { readonly start: number; readonly end: number };
  readonly node: MapNode;
  /** Why anything of this service may be otherwise than it looks. */
  readonly gaps: readonly string[];
}

/** The variables of one project: its `.env`, and those of the project that includes it. */
export interface ComposeVariables {
  readonly id: number;
  readonly lookup: ComposeLookup;
}

export interface FileTree {
  readonly services: Node | undefined;
  readonly volumes: Node | undefined;
  readonly include: readonly IncludeSyntax[];
  readonly issues: readonly Issue[];
  /** The services as bases of `extends` in other files, resolved as they are asked for. */
  readonly bases: Map<string, LoadedService>;
}

export interface ComposeSources {
  /** Undefined where nothing readable stands. */
  syntax(path: string): ComposeSyntax | undefined;
  /** The variables of these `.env` files (absent ones are empty), those of `parent` before them. */
  environmentOf(files: readonly string[], parent?: ComposeVariables): ComposeVariables;
  /** The file with variables replaced, relative paths starting in `folder`; undefined where it cannot be used. */
  tree(path: string, folder: string, environment: ComposeVariables): FileTree | undefined;
}

/** Everything is cached; the same arguments give the same objects. `texts` keeps the syntax of a text for others too. */
export function composeSources(snapshot: Snapshot, texts: Map<string, unknown>): ComposeSources {
  const parsed = new Map<string, ComposeSyntax | undefined>();
  const environments = new Map<string, ComposeVariables>();
  const trees = new Map<string, FileTree>();

  const syntax = (path: string): ComposeSyntax | undefined => {
    if (!parsed.has(path)) {
      const text = snapshot.read(path);
      parsed.set(path, text === undefined ? undefined : parsedOnce(text, texts));
    }
    return parsed.get(path);
  };

  const environmentOf = (files: readonly string[], parent?: ComposeVariables): ComposeVariables => {
    const key = JSON.stringify([parent?.id ?? -1, files]);
    const known = environments.get(key);
    if (known) return known;
    const values = new Map<string, string>();
    const outer: ComposeLookup = (name) => parent?.lookup(name);
    const lookup: ComposeLookup = (name) => outer(name) ?? values.get(name);
    for (const file of files) {
      const text = snapshot.read(file);
      if (text !== undefined)
        for (const [name, value] of readDotEnv(text, outer, values).values) values.set(name, value);
    }
    const environment = { id: environments.size, lookup };
    environments.set(key, environment);
    return environment;
  };

  /** The file's services with variables replaced; undefined where the file cannot be used. */
  const tree = (path: string, folder: string, environment: ComposeVariables): FileTree | undefined => {
    const key = JSON.stringify([path, folder, environment.id]);
    const known = trees.get(key);
    if (known) return known;
    const file = syntax(path);
    if (!file?.root || file.kind !== 'compose' || file.version1 || file.problems.length > 0) return undefined;
    const issues: Issue[] = [];
    const source: YamlSource = { path, folder };
    const report = (offset: number, message: string): void => {
      issues.push({ path, offset, message });
    };
    const { lookup } = environment;
    const raw = childOf(file.root, 'services');
    let services = raw;
    if (raw?.kind === 'map') {
      const entries = new Map<string, MapEntry>();
      for (const [name, entry] of raw.entries) {
        entries.set(name, {
          ...entry,
          value: interpolateTree(entry.value, lookup, { ...source, service: name }, report),
        });
      }
      services = { ...raw, entries };
    }
    const rawVolumes = childOf(file.root, 'volumes');
    const rawInclude = childOf(file.root, 'include');
    const volumes = rawVolumes ? interpolateTree(rawVolumes, lookup, source, report) : undefined;
    const include = rawInclude ? readInclude(interpolateTree(rawInclude, lookup, source, report), []) : [];
    const result = { services, volumes, include, issues, bases: new Map<string, LoadedService>() };
    trees.set(key, result);
    return result;
  };

  return { syntax, environmentOf, tree };
}

function parsedOnce(text: string, texts: Map<string, unknown>): ComposeSyntax {
  const key = `compose\n${text}`;
  const known = (texts.get(key) as ComposeSyntax | undefined) ?? parseCompose(text);
  texts.set(key, known);
  return known;
}

/** The file a path leads to; undefined where none of the repository can be read there. */
export function composeSourceFile(snapshot: Snapshot, scalar: ScalarNode): string | undefined {
  if (scalar.unknown !== undefined || scalar.text === '') return undefined;
  const place = resolvePlace(snapshot, scalar.text, scalar.source?.folder);
  return place.kind === 'inside' && snapshot.read(place.path) !== undefined ? place.path : undefined;
}

/** For a message: without the marks of unknown pieces. */
export function printablePath(text: string): string {
  return text
    .replaceAll(UNKNOWN, '?')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 80);
}
