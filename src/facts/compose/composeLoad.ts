// Loads a compose project from a snapshot: interpolation, include, extends and the order of several files.

import type { Snapshot } from '../../model.ts';
import type { ComposeSyntax, IncludeSyntax } from '../../parse/compose/compose.ts';
import { childOf, isNull, type MapEntry, type MapNode, type Node } from '../../parse/compose/yamlNodes.ts';
import { folderAbove, joinInRepository, resolvePlace } from '../repositoryPlace.ts';
import { enforceUnicity, identity, mergeService, pruneResets } from './composeMerge.ts';
import {
  type ComposeVariables,
  composeSourceFile,
  composeSources,
  type FileTree,
  type Issue,
  type LoadedService,
  printablePath,
} from './composeSources.ts';

export interface LoadedProject {
  readonly services: ReadonlyMap<string, LoadedService>;
  /** Top-level `volumes:` merged. */
  readonly volumes: ReadonlyMap<string, MapEntry>;
  readonly environment: ComposeVariables;
  /** What makes compose reject the project, or could not be read; those that reach every service are in `gaps` too. */
  readonly issues: readonly Issue[];
  readonly gaps: readonly string[];
}

/** Reads each file once for all combinations it takes part in. */
export interface Loader {
  readonly snapshot: Snapshot;
  syntax(path: string): ComposeSyntax | undefined;
  /** The project of `files`, relative paths starting in `folder`. */
  load(files: readonly string[], folder: string): LoadedProject;
}

const FILE_LIMIT = 300;
const DEPTH_LIMIT = 20;

interface Draft {
  readonly services: Map<string, LoadedService>;
  readonly volumes: Map<string, MapEntry>;
}

interface Context {
  readonly environment: ComposeVariables;
  readonly folder: string;
  readonly depth: number;
  readonly issues: Issue[];
  readonly gaps: string[];
  readonly reported: Set<object>;
  readonly budget: { files: number };
}

/** A loader over one snapshot; `texts` keeps what texts come to for other loaders. */
export function composeLoader(snapshot: Snapshot, texts: Map<string, unknown> = new Map()): Loader {
  const { syntax, environmentOf, tree } = composeSources(snapshot, texts);

  const loadInto = (files: readonly string[], context: Context, included: readonly string[]): Draft => {
    let draft: Draft = { services: new Map(), volumes: new Map() };
    for (const path of files) {
      const gapAll = (message: string): void => {
        context.issues.push({ path, offset: 0, message });
        context.gaps.push(message);
      };
      if (++context.budget.files > FILE_LIMIT) {
        gapAll('too many files are included');
        return draft;
      }
      const file = tree(path, context.folder, context.environment);
      if (!file) {
        gapAll(`${path} cannot be read as a compose file`);
        continue;
      }
      report(file, context);
      const own: Draft = { services: new Map(), volumes: new Map() };
      if (file.services?.kind === 'map') {
        for (const entry of file.services.entries.values()) {
          const node =
            entry.value.kind === 'map' ? entry.value : isNull(entry.value) ? emptyMap(entry.value) : undefined;
          if (node) own.services.set(entry.key, { name: entry.key, nameRange: entry.keyRange, node, gaps: [] });
        }
      }
      if (file.volumes?.kind === 'map') for (const [name, entry] of file.volumes.entries) own.volumes.set(name, entry);
      for (const entry of file.include) addIncluded(own, entry, { path, context }, included);
      draft = pruneDraft(draft, file.services, own);
      for (const name of [...own.services.keys()]) extend(name, { services: own.services, path }, context, new Set());
      for (const [name, service] of own.services) {
        const old = draft.services.get(name);
        draft.services.set(name, finish(old ? combineServices(old, service) : service));
      }
      for (const [name, entry] of own.volumes) {
        if (!draft.volumes.has(name) || !isNull(entry.value)) draft.volumes.set(name, entry);
      }
    }
    return draft;
  };

  const addIncluded = (
    own: Draft,
    entry: IncludeSyntax,
    { path, context }: { readonly path: string; readonly context: Context },
    included: readonly string[],
  ): undefined => {
    const issue = (message: string): undefined => {
      context.issues.push({ path, offset: entry.range.start, message });
      context.gaps.push(message);
    };
    const files: string[] = [];
    for (const scalar of entry.paths) {
      const file = composeSourceFile(snapshot, scalar);
      if (file === undefined)
        return issue(`the included ${printablePath(scalar.text)} is not a file of the repository`);
      files.push(file);
    }
    const main = files[0] ?? '';
    if (context.depth >= DEPTH_LIMIT || included.includes(main)) return issue('files include each other in a circle');
    let folder = folderAbove(main);
    if (entry.projectDirectory) {
      const place = resolvePlace(snapshot, entry.projectDirectory.text, context.folder);
      if (place.kind !== 'inside') return issue('the project directory of an included file cannot be told');
      folder = place.path;
    }
    const envFiles: string[] = [];
    for (const scalar of entry.envFiles) {
      if (scalar.text === '/dev/null') continue;
      const file = composeSourceFile(snapshot, scalar);
      if (file === undefined) issue(`the env_file ${printablePath(scalar.text)} is not a file of the repository`);
      else envFiles.push(file);
    }
    const usual = joinInRepository(folder, '.env') ?? '.env';
    const environment = environmentOf(entry.envFiles.length > 0 ? envFiles : [usual], context.environment);
    const draft = loadInto(files, { ...context, environment, folder, depth: context.depth + 1 }, [...included, main]);
    for (const [name, service] of draft.services) {
      const conflict = own.services.get(name);
      if (!conflict) own.services.set(name, service);
      else if (identity(conflict.node) !== identity(service.node)) {
        own.services.set(
          name,
          combineServices({ ...service, node: pruneResets(service.node, conflict.node) }, conflict),
        );
      }
    }
    for (const [name, volume] of draft.volumes) if (!own.volumes.has(name)) own.volumes.set(name, volume);
  };

  /** Resolves `extends` of one service in place, its bases first. */
  const extend = (
    name: string,
    { services, path }: { readonly services: Map<string, LoadedService>; readonly path: string },
    context: Context,
    trail: ReadonlySet<string>,
  ): LoadedService | undefined => {
    const service = services.get(name);
    const value = service ? childOf(service.node, 'extends') : undefined;
    if (!service || !value) return service;
    const stop = (message: string): LoadedService => {
      context.issues.push({ path, offset: value.range.start, message });
      const stopped = { ...service, node: withoutKey(service.node, 'extends'), gaps: [...service.gaps, message] };
      services.set(name, stopped);
      return stopped;
    };
    const reference = value.kind === 'map' ? childOf(value, 'service') : value;
    const fileValue = value.kind === 'map' ? childOf(value, 'file') : undefined;
    if (reference?.kind !== 'scalar' || isNull(reference)) return stop('extends names no service');
    const hop = `${path}\n${name}`;
    if (trail.has(hop) || trail.size > DEPTH_LIMIT) return stop('services extend each other in a circle');
    let bases = services;
    let from = path;
    if (fileValue && !isNull(fileValue)) {
      const file = fileValue.kind === 'scalar' ? composeSourceFile(snapshot, fileValue) : undefined;
      const loaded = file === undefined ? undefined : tree(file, folderAbove(file), context.environment);
      if (file === undefined || loaded?.services?.kind !== 'map') return stop('the extended file cannot be read');
      report(loaded, context);
      bases = loaded.bases;
      for (const entry of bases.size > 0 ? [] : loaded.services.entries.values()) {
        if (entry.value.kind !== 'map') continue;
        bases.set(entry.key, finish({ name: entry.key, nameRange: entry.keyRange, node: entry.value, gaps: [] }));
      }
      from = file;
    }
    if (!bases.has(reference.text)) return stop(`the extended service ${printablePath(reference.text)} is not there`);
    const base = extend(reference.text, { services: bases, path: from }, context, new Set([...trail, hop]));
    if (!base) return stop('the extended service cannot be read');
    const merged = combineServices({ ...base, node: pruneResets(base.node, service.node) }, service);
    const done = { ...merged, node: withoutKey(merged.node, 'extends') };
    services.set(name, done);
    return done;
  };

  return {
    snapshot,
    syntax,
    load: (files, folder) => {
      const environment = environmentOf([joinInRepository(folder, '.env') ?? '.env']);
      const issues: Issue[] = [];
      const gaps: string[] = [];
      const context: Context = {
        environment,
        folder,
        depth: 0,
        issues,
        gaps,
        reported: new Set(),
        budget: { files: 0 },
      };
      const draft = loadInto(files, context, files.slice(0, 1));
      return { services: draft.services, volumes: draft.volumes, environment, issues, gaps };
    },
  };
}

function report(file: FileTree, context: Context): void {
  if (context.reported.has(file)) return;
  context.reported.add(file);
  for (const issue of file.issues) context.issues.push(issue);
}

function combineServices(base: LoadedService, over: LoadedService): LoadedService {
  const gaps = [...base.gaps, ...over.gaps];
  const node = mergeService(base.node, over.node, (message) => gaps.push(message));
  return { name: over.name, nameRange: over.nameRange, node, gaps };
}

function finish(service: LoadedService): LoadedService {
  return { ...service, node: enforceUnicity(service.node) };
}

function pruneDraft(draft: Draft, services: Node | undefined, own: Draft): Draft {
  if (services?.tag === '!override') return { ...draft, services: new Map() };
  const kept = new Map<string, LoadedService>();
  for (const [name, service] of draft.services) {
    if (services?.kind === 'map' && services.resets.has(name)) continue;
    const over = own.services.get(name);
    if (over?.node.tag === '!override') continue;
    kept.set(name, over ? { ...service, node: pruneResets(service.node, over.node) } : service);
  }
  return { services: kept, volumes: draft.volumes };
}

function withoutKey(node: MapNode, key: string): MapNode {
  const entries = new Map(node.entries);
  entries.delete(key);
  return { ...node, entries };
}

function emptyMap(node: Node): MapNode {
  return {
    kind: 'map',
    flow: false,
    entries: new Map(),
    resets: new Set(),
    range: node.range,
    ...(node.source ? { source: node.source } : {}),
  };
}
