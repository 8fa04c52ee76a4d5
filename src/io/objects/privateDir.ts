// Private git directories in the temporary folder: made without git, removed at the end, reaped after a kill.

import { lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { entryNames } from '../files/files.ts';
import { mayLive, ownToken } from '../files/owner.ts';
import { type GitObject, type ObjectFormat, packOf } from './objects.ts';

const PREFIX = 'pyvenv-fix-bare-';
const FOREIGN_DEAD_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Old repositories break these rules without harm to anybody who checks nothing out. */
const HARMLESS = [
  ...['zeroPaddedFilemode', 'zeroPaddedDate', 'badTimezone', 'badDate', 'badDateOverflow', 'badEmail', 'missingEmail'],
  ...['missingSpaceBeforeDate', 'missingSpaceBeforeEmail', 'missingNameBeforeEmail', 'badName', 'nulInCommit'],
  ...['gitmodulesMissing', 'gitmodulesBlob', 'gitmodulesLarge', 'gitmodulesParse', 'gitmodulesName', 'gitmodulesUrl'],
  ...['gitmodulesPath', 'gitmodulesUpdate', 'gitmodulesSymlink', 'gitattributesMissing', 'gitattributesLarge'],
  ...['gitattributesLineLength', 'gitattributesBlob'],
];

const SETTINGS = `	bare = true
	hooksPath = /dev/null
	fsmonitor = false
	attributesFile = /dev/null
	alternateRefsCommand = :
	logAllRefUpdates = false
	askPass = false
	fsync = none
	sshCommand = ssh -oBatchMode=yes
[credential]
	helper =
[protocol]
	allow = never
[protocol "https"]
	allow = always
[protocol "http"]
	allow = always
[protocol "ssh"]
	allow = always
[protocol "file"]
	allow = always
[http]
	followRedirects = false
[transfer]
	credentialsInUrl = die
	fsckObjects = true
	unpackLimit = 1
[fetch]
	recurseSubmodules = false
	negotiationAlgorithm = noop
	writeCommitGraph = false
[push]
	recurseSubmodules = no
	negotiate = false
[submodule]
	recurse = false
[gc]
	auto = 0
[maintenance]
	auto = false
[pack]
	threads = 1
[log]
	showSignature = false
[commit]
	gpgSign = false
[fetch "fsck"]
${HARMLESS.map((name) => `\t${name} = ignore\n`).join('')}`;

export interface PrivateDir {
  readonly dir: string;
  /** Adds objects; they are not forced to the disk. */
  write(objects: readonly GitObject[]): void;
  /** Puts its configuration back: a fetch with a filter makes the other side one that missing objects are asked of, one by one. */
  restore(): void;
  close(): Promise<void>;
}

export interface PrivateDirOptions {
  readonly format: ObjectFormat;
  /** Absolute path of an object directory to read as well. */
  readonly alternate?: string;
  /** Content of the `shallow` file that goes with it. */
  readonly shallow?: string;
}

let token: string | undefined;

/** Makes an empty git directory. Throws the system's error when there is no room for it. */
export function openPrivateDir({ format, alternate, shallow }: PrivateDirOptions): PrivateDir {
  token ??= ownToken();
  const dir = mkdtempSync(join(tmpdir(), `${PREFIX}${token}-`));
  const objects = join(dir, 'objects');
  mkdirSync(objects);
  mkdirSync(join(dir, 'refs'));
  writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/none\n');
  const sha256 = format === 'sha256';
  const extensions = sha256 ? '[extensions]\n\tobjectFormat = sha256\n' : '';
  const version = `[core]\n\trepositoryFormatVersion = ${sha256 ? 1 : 0}\n`;
  const restore = (): void => writeFileSync(join(dir, 'config'), extensions + version + SETTINGS);
  restore();
  if (shallow !== undefined) writeFileSync(join(dir, 'shallow'), shallow);
  if (alternate !== undefined) {
    mkdirSync(join(objects, 'info'));
    // Quoted as git reads it, for a path may hold anything.
    const quoted = alternate.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
    writeFileSync(join(objects, 'info', 'alternates'), `"${quoted}"\n`);
  }
  const write = (added: readonly GitObject[]): void => {
    if (added.length === 0) return;
    const { pack, index } = packOf(added, format);
    const folder = join(objects, 'pack');
    mkdirSync(folder, { recursive: true });
    const name = Buffer.from(pack.subarray(-20)).toString('hex');
    writeFileSync(join(folder, `pack-${name}.pack`), pack);
    // git looks for indexes, so that one comes last.
    writeFileSync(join(folder, `pack-${name}.idx`), index);
  };
  return { dir, write, restore, close: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Removes the private directories that killed runs of this user left behind; best effort. */
export function reapPrivateDirs(): void {
  const [, , namespace, boot] = ownToken().split('.');
  const { uid } = userInfo();
  for (const name of entryNames(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isDirectory() || stat.uid !== uid) continue;
    const owner = name.slice(PREFIX.length, name.lastIndexOf('-'));
    const [, , itsNamespace, itsBoot] = owner.split('.');
    // Whether a process of another container still lives cannot be seen from here.
    const known = namespace !== undefined && namespace === itsNamespace && boot === itsBoot;
    const dead = known ? !mayLive(owner, path) : Date.now() - stat.mtimeMs > FOREIGN_DEAD_MILLISECONDS;
    if (!dead) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // The next run tries again.
    }
  }
}
