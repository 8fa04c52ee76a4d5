// Two traces compared event by event: what a fix must prove (trace.md, "What each fix must prove").
import type { Base } from './baseImages.ts';
import { isRootUser, sameUser } from './shell/shellState.ts';
import type { ReadEvent, RunEvent, TraceEvent } from './trace/events.ts';
import type { Trace } from './trace/input.ts';
import { envPathOf } from './trace/resolve.ts';
import type { Environment } from './trace/state.ts';
import { readable } from './values.ts';

/** An event that stands in the way of a fix. The event is that of the trace before it; line marks in `why` are those of the text after it. */
export interface Obstacle {
  readonly event: RunEvent | ReadEvent | undefined;
  readonly why: string;
}

export interface CompareOptions {
  /** Environments into which a use or an install may move from the system interpreter. */
  readonly movesTo: readonly string[];
  /** Base of each stage, by index. */
  readonly bases: readonly Base[];
  /** COPY and install may have changed places; an install's text -> what stands for it now (split-dependency-copy). */
  readonly reordered?: Reordered | undefined;
}

interface Reordered {
  readonly commands: Readonly<Record<string, readonly string[]>>;
  /** Stages in which the commands stand so; absent: all. */
  readonly stages?: readonly number[];
}

export const isRun = (e: TraceEvent): e is RunEvent => e.kind === 'run';

/** Everything that differs for the worse, or could; empty when the fix is proven. */
export function obstaclesBetween(before: Trace, after: Trace, options: CompareOptions): Obstacle[] {
  const old = before.events.filter(isRun);
  const now = after.events.filter(isRun);
  const obstacles: Obstacle[] = [];
  if (options.reordered) return reorderedObstacles(old, now, after, options, options.reordered);
  if (old.length !== now.length)
    return [{ event: undefined, why: `the number of commands changes from ${old.length} to ${now.length}` }];
  for (const [n, b] of old.entries()) {
    const a = now[n]!;
    if (a.key !== b.key || a.stage !== b.stage || a.when !== b.when)
      return [{ event: b, why: `${describe(b)} becomes ${describe(a)}` }];
    const why = worse(b, a, after, options);
    if (why !== undefined) obstacles.push({ event: b, why });
  }
  return [...obstacles, ...missedByReaders(before, after)];
}

/** What took installs as files and would no longer find them. */
function missedByReaders(before: Trace, after: Trace): Obstacle[] {
  const slot = (e: ReadEvent): string => [e.stage, e.when, e.service, e.key].join('\0');
  const now = new Map<string, ReadonlySet<string>>();
  for (const e of after.events) if (e.kind === 'read') now.set(slot(e), e.sees);
  return before.events.flatMap((e) => {
    if (e.kind !== 'read') return [];
    const lost = [...e.sees].find((id) => !now.get(slot(e))?.has(id));
    return lost === undefined ? [] : [{ event: e, why: `\`${short(e.key)}\` would no longer find what ${name(lost)}` }];
  });
}

const short = (text: string): string => (text.length > 70 ? `${text.slice(0, 67)}...` : text);

/** Events matched by what they run, not by position; an install may be split into several commands. */
function reorderedObstacles(
  old: readonly RunEvent[],
  now: readonly RunEvent[],
  after: Trace,
  options: CompareOptions,
  { commands, stages }: Reordered,
): Obstacle[] {
  const slot = (e: RunEvent, key = e.key): string => [e.stage, e.when, key].join('\0');
  const pool = new Map<string, RunEvent[]>();
  for (const a of now) {
    const list = pool.get(slot(a));
    if (list) list.push(a);
    else pool.set(slot(a), [a]);
  }
  // installs are known by their text: the new text of one counts as the old one
  const origin = new Map(Object.entries(commands).flatMap(([from, to]) => to.map((t) => [t, from] as const)));
  const ids = (sees: ReadonlySet<string>): Set<string> =>
    new Set(
      [...sees].map((id) =>
        id.replace(
          /^(tool:)?(.*)(#\d+)$/s,
          (_, tool: string | undefined, key: string) => `${tool ?? ''}${origin.get(key) ?? key}`,
        ),
      ),
    );
  const obstacles: Obstacle[] = [];
  for (const b of old) {
    for (const key of (stages === undefined || stages.includes(b.stage) ? commands[b.key] : undefined) ?? [b.key]) {
      const a = pool.get(slot(b, key))?.shift();
      if (a === undefined) {
        obstacles.push({ event: b, why: `${describe(b)} is gone` });
        continue;
      }
      const why = worse({ ...b, sees: ids(b.sees) }, { ...a, words: b.words, sees: ids(a.sees) }, after, options);
      if (why !== undefined) obstacles.push({ event: b, why });
      // the code that now comes later must not lie over what was installed
      else if (a.covered !== undefined && b.covered === undefined)
        obstacles.push({ event: b, why: `${a.covered}, where ${describe(b)} runs` });
    }
  }
  for (const a of [...pool.values()].flat()) obstacles.push({ event: undefined, why: `${describe(a)} is new` });
  return obstacles;
}

/** Programs whose first line is absolute, and which start others along PATH. */
const STARTERS = /^(\S*\/)?(supervisord|circusd|honcho)$/;

/** What would move when a command moves: it, or what it starts. */
const mover = (e: RunEvent): string => (STARTERS.test(e.words[0] ?? '') ? `what ${describe(e)} starts` : describe(e));

/** A command as people read it. */
export function describe(e: RunEvent): string {
  if (e.implied && e.when === 'runtime') return '`docker exec` with `python`';
  const text = readable(e.words.join(' ')).replace(/\s+/g, ' ');
  return `\`${text.length > 70 ? `${text.slice(0, 67)}...` : text}\``;
}

/** Commands that install by rules which are not followed here. */
const MAY_INSTALL =
  /^(pdm|hatch|rye|conda|mamba|micromamba|pixi|poetry|pipenv|make|just|task|tox|nox|invoke|inv|fab|doit|bazel|scons|waf|mise|asdf|nix.*|brew|eb|chef.*|ansible.*)$/;

/** A shell that is given a file or a text: what comes to it along a pipe (`-s`, no operand) is the installer of something else. */
const SHELL_WITH = /^(ba|da|a|z)?sh(?! -s\b)( [-+][oO] \S+| [-+][A-Za-rt-z-]\S*)* [^-+]/;

/** A program found by its bare name: a script of its own, not one of the repository. */
const isBareProgram = (e: RunEvent): boolean =>
  /^[\w.+-]+$/.test(e.words[0] ?? '') &&
  !SHELL_WITH.test(e.words.join(' ')) &&
  !MAY_INSTALL.test(e.words[0]!) &&
  !e.key.startsWith('unreadable:') &&
  !/\.(sh|py|bash)$/.test(e.words[0]!);

const needs = (sees: ReadonlySet<string>): string[] => [...sees].filter((id) => !id.startsWith('tool:'));

function environmentAt(path: string, event: RunEvent, after: Trace): Environment | undefined {
  return after.stages[event.stage]?.files.environments.get(path);
}

/** Why an install by settings (pip.conf and the like) may come out otherwise. */
function settingsObstacle(b: RunEvent, a: RunEvent, sameWay: boolean): string | undefined {
  const unread = b.install?.unread ?? a.install?.unread;
  if (unread !== undefined && !sameWay)
    return `${describe(b)} installs by settings that are not known (${readable(unread)})`;
  if ((b.install?.settings ?? []).join('\n') !== (a.install?.settings ?? []).join('\n'))
    return `${describe(b)} would install by other settings`;
  if (b.what === 'pip' && a.interpreter !== b.interpreter && /\bconfig .*--site\b|--site .*\bconfig\b/.test(b.key))
    return `${describe(b)} would write the settings of another Python`;
  return undefined;
}

/** Why event `a` is worse than, or not comparable with, what it was before (`b`). */
export function worse(b: RunEvent, a: RunEvent, after: Trace, options: CompareOptions): string | undefined {
  const samePath = a.path.join(':') === b.path.join(':');
  const sameVenv = a.virtualEnv === b.virtualEnv && a.virtualEnvDangling === b.virtualEnvDangling;
  if (b.words.join('\0') !== a.words.join('\0') && b.what !== 'tool')
    return `${describe(b)} would be given other words`;
  const base = options.bases[b.stage];
  const moves = (from: string, to: string): boolean =>
    from === 'system' && options.movesTo.includes(envPathOf(to) ?? '\0');

  const settings = settingsObstacle(b, a, samePath && sameVenv);
  if (settings !== undefined) return settings;
  if (b.install && a.install && b.install.target !== a.install.target) {
    const { target } = a.install;
    if (!moves(b.install.target, target))
      return `${describe(b)} would install into ${place(target)} instead of ${place(b.install.target)}`;
    if (base && !base.complete) return `what the system Python of ${base.ref} holds is not known`;
    const environment = environmentAt(envPathOf(target)!, b, after);
    if (environment === undefined) return `${describe(b)} would install into an environment that does not stand`;
    const open = [...(after.stages[b.stage]?.files.installs.get('system') ?? [])].find((id) => id.startsWith('open:'));
    if (open !== undefined)
      return `${describe(b)} would go into ${environment.path}, away from what ${name(open)}, which may need it`;
    const sweep = after.events.filter(isRun).find((e) => sweeps(e, target) && isBehind(e, a));
    if (sweep !== undefined)
      return `${describe(b)} would go into ${environment.path}, and ${describe(sweep)} takes out of it what is not locked`;
    if (b.install.barePip && environment.seeded !== 'yes') return `${environment.path} has no pip of its own`;
    if (!isRootUser(b.user) && environment.owner !== '*' && !sameUser(environment.owner, b.user))
      return `${describe(b)} runs as ${b.user}, who cannot write to ${environment.path}`;
  }
  if (a.install?.toUser && !samePath && envPathOf(a.interpreter) !== undefined)
    return `${describe(b)} ${b.words.includes('--user') ? 'uses --user' : 'installs for the user, as its settings say'}, which is an error inside an environment`;
  if (
    b.install &&
    a.virtualEnvDangling &&
    !b.virtualEnvDangling &&
    b.what === 'tool' &&
    a.install?.target.startsWith('unknown')
  )
    return `${describe(b)} would find VIRTUAL_ENV set before the environment stands`;

  const missing = (): string | undefined => {
    if (b.needsNoPackages) return undefined;
    const have = new Set(a.sees);
    const environment = environmentAt(envPathOf(a.interpreter) ?? '', b, after);
    const lost = needs(b.sees).filter(
      (id) =>
        !have.has(id) &&
        !(
          id === 'package:python3-setuptools' &&
          environment?.python !== undefined &&
          Number(environment.python.split('.')[1]) < 12
        ),
    );
    // what a program only may have put there is no loss of a command that nobody wrote
    const known = b.implied ? lost.filter((id) => !id.startsWith('open:may:')) : lost;
    return known.length === 0 ? undefined : `${mover(b)} would no longer see what ${name(known[0]!)}`;
  };
  if (a.interpreter === b.interpreter) {
    if (a.interpreter.startsWith('unknown:') && !(samePath && sameVenv))
      return `which Python ${describe(b)} runs is not known (${plainly(a.interpreter.slice(8))})`;
    if (b.what === 'unknown' && !sameVenv)
      return `${describe(b)} may be anything, and it would see another VIRTUAL_ENV`;
    return missing();
  }
  if (b.interpreter.startsWith('unknown:') && a.interpreter.startsWith('unknown:'))
    return `which Python ${describe(b)} runs is not known (${plainly(b.interpreter.slice(8))})`;
  if (!moves(b.interpreter, a.interpreter))
    return `${describe(b)} would run in ${place(a.interpreter)} instead of ${place(b.interpreter)}`;
  // nobody wrote it down: it hinders where it loses what somebody installed, and by nothing else
  if (b.implied) return missing();
  const tool = lostModule(b, a);
  if (tool !== undefined) return `${describe(b)} would no longer find what ${name(tool)}`;
  if (b.what === 'pip' && environmentAt(envPathOf(a.interpreter)!, b, after)?.seeded === 'no')
    return `${describe(b)} would find no pip in ${envPathOf(a.interpreter)}`;
  if (base && !base.complete)
    return b.words[0]?.startsWith('(')
      ? `what the base image ${readable(base.ref)} starts would run with it too, and nothing is known of that image`
      : `${describe(b)} would move out of the system Python of ${readable(base.ref)}, of which nothing is known`;
  if (b.what === 'unknown' && b.when === 'build' && !isBareProgram(b))
    return `${describe(b)} may be anything: whether it should move into ${envPathOf(a.interpreter)} is not known`;
  if (/\bbdist_wheel\b|--no-build-isolation\b|-m wheel\b/.test(b.words.join(' ')))
    return `${describe(b)} needs the build tools of the system Python, and an environment has no wheel`;
  const environment = environmentAt(envPathOf(a.interpreter)!, b, after);
  const system = after.stages[b.stage]?.files.systemPythonVersion ?? base?.python;
  if (environment?.python && system && environment.python !== system && b.what !== 'pip')
    return `${mover(b)} would move from Python ${system} to ${environment.python}`;
  if (a.covered !== undefined) return `${a.covered}, so what ${describe(b)} would find there is not known`;
  return missing();
}

/** Does it take what others installed out of the environment? */
const sweeps = ({ install, words, interpreter }: RunEvent, target: string): boolean =>
  (install?.exact === true && install.target === target) ||
  (/(^|\/)pip-sync$/.test(words[0] ?? '') && interpreter === target);

const isBehind = (e: RunEvent, a: RunEvent): boolean =>
  e.when === 'runtime' ||
  e.stage > a.stage ||
  (e.stage === a.stage &&
    (e.instruction > a.instruction || (e.instruction === a.instruction && e.range.start > a.range.start)));

/** `python -m poetry`: the install of the tool in the Python that the command leaves. */
function lostModule(b: RunEvent, a: RunEvent): string | undefined {
  const [, module = '\0'] = (b.what === 'python' && /\s-m\s*([\w-]+)/.exec(b.key)) || [];
  const isOf = new RegExp(`[\\s"'/]${module}(?![\\w-])`);
  return [...b.sees].find((id) => id.startsWith('tool:') && isOf.test(id) && !a.sees.has(id));
}

/** A cause without the marks of an unknown part. */
const plainly = (cause: string): string => readable(cause).replace(/[<>]/g, '');

/** `\`pip install x\` installs`, for a sentence that begins with "what". */
function name(id: string): string {
  if (id.startsWith('package:')) return `the package ${id.slice(8)} installs`;
  const text = short(readable(id.replace(/^(open:may|open|tool):|#\d+$/g, '')).replace(/\s+/g, ' '));
  return id.startsWith('open:') ? `\`${text}\` may put into the system Python` : `\`${text}\` installs`;
}

export function place(interpreter: string): string {
  const path = envPathOf(interpreter);
  if (path !== undefined) return path;
  if (interpreter === 'system') return 'the system Python';
  const [kind, where] = interpreter.split(/:(.*)/s) as [string, string];
  if (kind === 'unknown') return `a place that is not known (${plainly(where)})`;
  return readable(`another place: ${where}`);
}
