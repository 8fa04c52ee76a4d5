// Settings of uv that stand in an image: those of the system, the user and the project.

import { type TomlTable, type TomlValue, tableAt, valueAt } from '../../../parse/manifests/toml.ts';
import { flagValues, hasFlag, type ReadFlags } from '../../flags.ts';
import { readable } from '../../values.ts';
import { type CallState, configHome } from '../callState.ts';
import { type ReadToml, tableOf, tomlAt, whyOf } from '../settingsFiles.ts';

/** Files above the project, which every uv in the image reads. */
const outerFiles = (state: CallState): string[] => ['/etc/uv/uv.toml', `${configHome(state)}/uv/uv.toml`];

/** The folder and those above it. */
function* upwards(folder: string): Generator<string> {
  for (let at = folder; at.startsWith('/'); at = at.slice(0, at.lastIndexOf('/'))) {
    yield at === '/' ? '' : at;
    if (at === '/') return;
  }
  yield '';
}

/** Does a value name something on disk? */
const isLocal = (value: TomlValue | undefined): boolean =>
  value !== undefined &&
  !/^\[?"?(https?:|$)/.test(JSON.stringify(value) ?? '') &&
  !/^\[\]$/.test(JSON.stringify(value));

/** Places that settings outside the project name: with them it is not known what an install reads. */
const NAMES_FILES = ['find-links', 'index', 'index-url', 'extra-index-url'];

/** What uv's settings say of `uv pip`, of the nearest file that says it. */
export interface UvSettings {
  readonly system: boolean;
  readonly python?: string;
  /** `target` or `prefix`. */
  readonly elsewhere?: string;
  /** Why there may be other settings that matter. */
  readonly unread?: string;
}

/** The settings by which uv runs in `folder`. `read`: its flags. */
export function uvSettings(read: Pick<ReadFlags, 'flags'>, folder: string, state: CallState): UvSettings {
  if (hasFlag(read, '--no-config') || state.variables.get('UV_NO_CONFIG')) return { system: false };
  const named = flagValues(read, '--config-file').at(-1) ?? state.variables.get('UV_CONFIG_FILE');
  let unread: string | undefined;
  const pips: TomlTable[] = [];
  const take = (path: string, read: ReadToml, table: TomlTable | undefined, place: 'outer' | 'project'): void => {
    unread ??= whyOf(read);
    if (table === undefined) return;
    const pip = tableAt(table, 'pip');
    if (pip !== undefined) pips.push(pip);
    const local = NAMES_FILES.find((name) => isLocal(valueAt(table, name)) || isLocal(valueAt(pip, name)));
    if (place === 'outer' && local !== undefined) unread ??= `${readable(path)} sets ${local}`;
  };
  if (named !== undefined && named !== '') {
    const path = state.pathIn(named);
    const found = tomlAt(path, state) ?? { why: `${readable(path)} cannot be read` };
    take(path, found, tableOf(found), 'outer');
  } else {
    for (const at of upwards(folder)) {
      const own = tomlAt(`${at}/uv.toml`, state);
      const project = own === undefined ? tomlAt(`${at}/pyproject.toml`, state) : undefined;
      const table = own === undefined ? tableAt(tableOf(project), 'tool', 'uv') : tableOf(own);
      if (own === undefined && table === undefined) continue;
      take(`${at}/uv.toml`, own, table, 'project');
      break;
    }
    for (const path of outerFiles(state).reverse()) {
      const found = tomlAt(path, state);
      take(path, found, tableOf(found), 'outer');
    }
  }
  const first = (name: string): TomlValue | undefined =>
    pips.map((pip) => valueAt(pip, name)).find((value) => value !== undefined);
  const python = first('python');
  const elsewhere = first('target') ?? first('prefix');
  return {
    system: first('system') === true,
    ...(typeof python === 'string' ? { python } : {}),
    ...(typeof elsewhere === 'string' ? { elsewhere } : {}),
    ...(unread === undefined ? {} : { unread }),
  };
}
