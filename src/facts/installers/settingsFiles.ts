// Settings of the installers that stand in an image as TOML.

import { parseToml, type TomlTable } from '../../parse/manifests/toml.ts';
import { readable } from '../values.ts';
import type { CallState } from './callState.ts';

/** A table, why it is not known, or undefined where there is no file. */
export type ReadToml = { readonly table: TomlTable } | { readonly why: string } | undefined;

export function tomlAt(path: string, { fileAt }: CallState): ReadToml {
  const file = fileAt(path);
  if (file === undefined || 'why' in file) return file;
  const { table } = parseToml(file.text);
  return table === undefined ? { why: `${readable(path)} cannot be read` } : { table };
}

export const tableOf = (read: ReadToml): TomlTable | undefined =>
  read !== undefined && 'table' in read ? read.table : undefined;

export const whyOf = (read: ReadToml): string | undefined =>
  read !== undefined && 'why' in read ? read.why : undefined;
