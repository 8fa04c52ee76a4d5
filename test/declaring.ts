// For whoever writes a transform: what a fix that the guard withdraws would have to declare.

import { overlaid } from '../src/edit/overlay.ts';
import { serviceCommandChange } from '../src/facts/compose/serviceCommandChange.ts';
import { type Facts, factsOf } from '../src/facts/facts.ts';
import { envPathOf } from '../src/facts/pythonInterpreter.ts';
import { instructionKey } from '../src/facts/shell/commandChange.ts';
import { guardFix } from '../src/fix/guard.ts';
import type { Offer } from '../src/fix/loop.ts';
import type { Declaration, FixResult, Settings } from '../src/model.ts';

/** What the guard says to the developer of each fix that it withdrew; `offers`: what was tried, with the snapshot of each. */
export function withdrawnWords({ withdrawn }: FixResult, offers: readonly Offer[], settings: Settings): string[] {
  return withdrawn.map(({ fix, why }) => {
    const offer = offers.findLast((one) => one.fix.edits === fix.edits);
    const missing = offer && missingIn(offer, settings);
    const next =
      missing === undefined
        ? 'Nothing that it could declare would allow that: the fix must be another.'
        : `If that is what it is for, declare it. Missing: declares: ${JSON.stringify(missing)}`;
    return `"${fix.title}" was withdrawn by the guard: ${why}.\n${next}`;
  });
}

/** The least that `declares` has to say besides for the guard to let the fix stand; undefined where nothing would do. */
export function missingIn({ fix, snapshot }: Offer, settings: Settings): Declaration | undefined {
  const before = factsOf(snapshot, settings);
  let after: Facts;
  try {
    after = factsOf(overlaid(snapshot, fix.edits), settings);
  } catch {
    return undefined;
  }
  const stands = (parts: readonly Declaration[]): boolean =>
    guardFix({ ...fix, declares: parts.reduce(together, fix.declares) }, before, after) === undefined;
  const all = candidates(before, after);
  const order: Declaration = { reorders: { commands: {} } };
  const enough = [all, [...all, order]].find(stands);
  return enough
    ?.reduce((parts: readonly Declaration[], one) => {
      const fewer = parts.filter((other) => other !== one);
      return stands(fewer) ? fewer : parts;
    }, enough)
    .reduce(together, {});
}

/** Instructions are declared exactly; of all else more may be declared than there is. */
function together(a: Declaration, b: Declaration): Declaration {
  const lists = ['movesTo', 'env', 'commandsGone', 'ignores'] as const;
  const both = lists.flatMap((key) => (a[key] || b[key] ? [[key, [...(a[key] ?? []), ...(b[key] ?? [])]]] : []));
  const mounts = [...(a.mounts ?? []), ...(b.mounts ?? [])];
  const starts = [...(a.starts ?? []), ...(b.starts ?? [])];
  return {
    ...a,
    ...b,
    ...Object.fromEntries(both),
    ...(mounts.length > 0 ? { mounts } : {}),
    ...(starts.length > 0 ? { starts } : {}),
  };
}

/** All that could be declared of what changes, each by itself. */
function candidates(before: Facts, after: Facts): Declaration[] {
  const found: Declaration[] = [];
  const old = new Map(before.dockerfiles.map((d) => [d.path, d]));
  for (const now of after.dockerfiles) {
    const was = old.get(now.path);
    if (was === undefined) continue;
    if (was.text !== now.text) {
      const keysOf = (d: typeof was) =>
        d.syntax.instructions.map((i) => ({ key: instructionKey(i, d.text), keyword: i.keyword }));
      found.push({ instructions: instructionsBetween(keysOf(was), keysOf(now)) });
      const commandsOf = (d: typeof was) =>
        d.syntax.instructions.flatMap((i) =>
          i.logical.text
            .replace(/^\s*\S+\s+/, '')
            .split(/&&|\|\||[;\n]/)
            .map((command) => ({ key: command.trim(), keyword: '' })),
        );
      for (const { key } of without(commandsOf(was), commandsOf(now))) found.push({ commandsGone: [key] });
      found.push({ toList: true }, { copiesLess: true });
    }
    for (const [stage, { final }] of was.image.stages.entries()) {
      const to = now.image.stages[stage]?.final.cwd;
      if (to !== undefined && to !== final.cwd) found.push({ movesFolder: { stage, from: final.cwd, to } });
    }
    for (const name of changedEnv(was, now)) found.push({ env: [name] });
    const paths = environmentsOf(now);
    for (const to of paths) found.push({ movesTo: [to] });
    for (const from of environmentsOf(was))
      for (const to of paths) if (from !== to) found.push({ movesEnvironment: { from, to } });
    for (const from of was.trace.allEnvironments)
      for (const to of now.trace.allEnvironments) if (from !== to) found.push({ relocatesEnvironment: { from, to } });
  }
  const names = [...before.snapshot.paths.keys()].flatMap((path) => path.split('/'));
  for (const name of new Set([...names, '.venv', 'venv'])) {
    if (changesIgnoreFile(before, after)) found.push({ ignores: [name] });
  }
  if (before.compose === after.compose) return found;
  found.push(...goneFromStarts(before, after), { toList: true });
  for (const { name, files, origins } of after.compose.services) {
    const path =
      files.find((file) => changed(before, after, file)) ?? origins.find((o) => changed(before, after, o.path))?.path;
    if (path !== undefined) found.push({ mounts: [{ path, service: name }] }, { starts: [{ path, service: name }] });
  }
  return found;
}

/** What a command runs in, or installs into. */
function environmentsOf({ trace }: Facts['dockerfiles'][number]): Set<string> {
  const interpreters = trace.events.flatMap((e) => (e.kind === 'run' ? [e.interpreter, e.install?.target] : []));
  return new Set(interpreters.flatMap((one) => (one && envPathOf(one)) ?? []));
}

/** Activations that are gone from what starts a service. */
function goneFromStarts(before: Facts, after: Facts): Declaration[] {
  return before.compose.services.flatMap((was, n) => {
    const found = serviceCommandChange(was, after.compose.services[n] ?? was);
    return 'gone' in found ? found.gone.map((text) => ({ commandsGone: [text] })) : [];
  });
}

const changed = (before: Facts, after: Facts, path: string): boolean =>
  before.snapshot.read(path) !== after.snapshot.read(path);

const changesIgnoreFile = (before: Facts, after: Facts): boolean =>
  [...after.snapshot.paths.keys()].some((path) => /dockerignore$/.test(path) && changed(before, after, path));

interface Counted {
  readonly key: string;
  readonly keyword: string;
}

/** Those of `list` that have no equal in `others`, once for each. */
function without(list: readonly Counted[], others: readonly Counted[]): Counted[] {
  const open = others.map(({ key }) => key);
  return list.filter(({ key }) => {
    const at = open.indexOf(key);
    if (at >= 0) open.splice(at, 1);
    return at < 0;
  });
}

function instructionsBetween(
  was: readonly Counted[],
  now: readonly Counted[],
): NonNullable<Declaration['instructions']> {
  const removed = without(was, now).map(({ keyword }) => keyword);
  const added: string[] = [];
  const changedOnes: string[] = [];
  for (const { keyword } of without(now, was)) {
    const at = removed.indexOf(keyword);
    if (at >= 0) changedOnes.push(...removed.splice(at, 1));
    else added.push(keyword);
  }
  const lists = Object.entries({ added, removed, changed: changedOnes });
  return Object.fromEntries(lists.filter(([, list]) => list.length > 0));
}

function changedEnv(was: Facts['dockerfiles'][number], now: Facts['dockerfiles'][number]): Set<string> {
  const names = was.image.stages.flatMap(({ final }, n) => {
    const env = now.image.stages[n]?.final.env ?? new Map<string, unknown>();
    return [...new Set([...final.env.keys(), ...env.keys()])].filter((name) => final.env.get(name) !== env.get(name));
  });
  return new Set(names);
}
