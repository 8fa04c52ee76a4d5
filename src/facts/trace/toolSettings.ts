// Settings files of uv and poetry that stand in an image: those of the system, the user and the project.

import { parseToml, type TomlTable, type TomlValue, tableAt, textAt, valueAt } from '../../parse/manifests/toml.ts';
import type { Shell } from '../shell/shellState.ts';
import { pathIn } from '../shell/shellState.ts';
import { readable } from '../values.ts';
import { configHome } from './pipSettings.ts';
import type { UvSettings } from './state.ts';
import type { Tracer } from './tracer.ts';
import { fileAt } from './written.ts';

/** Files above the project, which every uv in the image reads. */
const outerFiles = (shell: Shell): string[] => ['/etc/uv/uv.toml', `${configHome(shell)}/uv/uv.toml`];

/** The folder and those above it. */
function* upwards(folder: string): Generator<string> {
  for (let at = folder; at.startsWith('/'); at = at.slice(0, at.lastIndexOf('/'))) {
    yield at === '/' ? '' : at;
    if (at === '/') return;
  }
  yield '';
}

type Read = { readonly table: TomlTable } | { readonly why: string } | undefined;

function tomlAt(path: string, t: Tracer): Read {
  const file = fileAt(path, t);
  if (file === undefined || 'why' in file) return file;
  const { table } = parseToml(file.text);
  return table === undefined ? { why: `${readable(path)} cannot be read` } : { table };
}

/** Does a value name something on disk? */
const isLocal = (value: TomlValue | undefined): boolean =>
  value !== undefined &&
  !/^\[?"?(https?:|$)/.test(JSON.stringify(value) ?? '') &&
  !/^\[\]$/.test(JSON.stringify(value));

/** Places that settings outside the project name: with them it is not known what an install reads. */
const NAMES_FILES = ['find-links', 'index', 'index-url', 'extra-index-url'];

/** The settings by which `uv pip` runs in `cwd`. `args`: its words. */
export function uvSettings(args: readonly string[], shell: Shell, t: Tracer): UvSettings {
  if (args.includes('--no-config') || shell.variables.get('UV_NO_CONFIG')) return { system: false };
  const at = args.findIndex((a) => a === '--config-file' || a.startsWith('--config-file='));
  const flag = at < 0 ? undefined : args[at]!.includes('=') ? args[at]!.slice(14) : args[at + 1];
  const named = flag ?? shell.variables.get('UV_CONFIG_FILE');
  let unread: string | undefined;
  const pips: TomlTable[] = [];
  const take = (path: string, read: Read, table: TomlTable | undefined, isOuter: boolean): void => {
    if (read !== undefined && 'why' in read) unread ??= read.why;
    if (table === undefined) return;
    const pip = tableAt(table, 'pip');
    if (pip !== undefined) pips.push(pip);
    const local = NAMES_FILES.find((name) => isLocal(valueAt(table, name)) || isLocal(valueAt(pip, name)));
    if (isOuter && local !== undefined) unread ??= `${readable(path)} sets ${local}`;
  };
  const tableOf = (read: Read): TomlTable | undefined =>
    read !== undefined && 'table' in read ? read.table : undefined;
  if (named !== undefined && named !== '') {
    const path = pathIn(shell, named);
    const read = tomlAt(path, t) ?? { why: `${readable(path)} cannot be read` };
    take(path, read, tableOf(read), true);
  } else {
    for (const folder of upwards(shell.cwd)) {
      const own = tomlAt(`${folder}/uv.toml`, t);
      const project = own === undefined ? tomlAt(`${folder}/pyproject.toml`, t) : undefined;
      const table = own === undefined ? tableAt(tableOf(project), 'tool', 'uv') : tableOf(own);
      if (own === undefined && table === undefined) continue;
      take(`${folder}/uv.toml`, own, table, false);
      break;
    }
    for (const path of outerFiles(shell).reverse()) {
      const read = tomlAt(path, t);
      take(path, read, tableOf(read), true);
    }
  }
  const first = (name: string): TomlValue | undefined =>
    pips.map((pip) => valueAt(pip, name)).find((v) => v !== undefined);
  const python = first('python');
  const elsewhere = first('target') ?? first('prefix');
  return {
    system: first('system') === true,
    ...(typeof python === 'string' ? { python } : {}),
    ...(typeof elsewhere === 'string' ? { elsewhere } : {}),
    ...(unread === undefined ? {} : { unread }),
  };
}

/** poetry's settings from its files: the project's poetry.toml, and the user's config.toml. Names as `virtualenvs.create`. */
export function poetrySettings(
  shell: Shell,
  t: Tracer,
): {
  readonly project: ReadonlyMap<string, string>;
  readonly user: ReadonlyMap<string, string>;
  readonly unread?: string;
} {
  const folder = shell.variables.get('POETRY_CONFIG_DIR') ?? `${configHome(shell)}/pypoetry`;
  const own = tomlAt(pathIn(shell, 'poetry.toml'), t);
  const user = tomlAt(`${folder}/config.toml`, t);
  const why = [own, user].find((read) => read !== undefined && 'why' in read);
  return {
    project: virtualenvsOf(own),
    user: virtualenvsOf(user),
    ...(why !== undefined && 'why' in why ? { unread: why.why } : {}),
  };
}

function virtualenvsOf(read: Read): ReadonlyMap<string, string> {
  const table = read !== undefined && 'table' in read ? tableAt(read.table, 'virtualenvs') : undefined;
  const found = new Map<string, string>();
  for (const name of ['create', 'in-project']) {
    const value = valueAt(table, name);
    if (typeof value === 'boolean' || typeof value === 'string') found.set(`virtualenvs.${name}`, String(value));
  }
  const path = textAt(table, 'path');
  if (path !== undefined) found.set('virtualenvs.path', path);
  return found;
}

/** What `.env` beside the Pipfile sets: pipenv loads it at every command, over what is set already. */
export function pipenvSettings(
  shell: Shell,
  t: Tracer,
): { readonly variables: ReadonlyMap<string, string>; readonly unread?: string } {
  const variables = new Map<string, string>();
  if (/^(1|true|yes|on|y|t)$/i.test(shell.variables.get('PIPENV_DONT_LOAD_ENV') ?? '')) return { variables };
  const file = fileAt(pathIn(shell, shell.variables.get('PIPENV_DOTENV_LOCATION') || '.env'), t);
  if (file === undefined) return { variables };
  if ('why' in file) return { variables, unread: file.why };
  for (const line of file.text.split(/\r?\n/)) {
    const [, name, value = ''] =
      /^[ \t]*(?:export[ \t]+)?['"]?([A-Za-z_]\w*)['"]?[ \t]*=[ \t]*("[^"]*"|'[^']*'|[^#\r\n]*)/.exec(line) ?? [];
    if (name !== undefined) variables.set(name, value.trim().replace(/^(["'])(.*)\1$/, '$2'));
  }
  return { variables };
}
