// Our facts of compose services held against compose-go's project, for one combination of files on disk.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import type { Place } from '../../src/facts/repositoryPlace.ts';
import type { CommandFacts, MountFacts, Piece, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { PathKind, Snapshot } from '../../src/model.ts';
import type { Judgement } from './compareInstructions.ts';
import { goText, latin1Of } from './goText.ts';
import type { ComposeAnswer, JudgedService } from './judge.ts';

const LIMIT = 1_000_000;

/** The folder's files as they stand, less `.git`; read on demand. */
export function diskSnapshot(folder: string): Snapshot {
  const paths = new Map<string, PathKind>();
  for (const e of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = relative(folder, join(e.parentPath, e.name));
    if (e.isDirectory() || path === '.git' || path.startsWith('.git/')) continue;
    paths.set(Buffer.from(path, 'utf8').toString('latin1'), e.isSymbolicLink() ? 'symlink' : e.isFile() ? 'file' : 'other');
  }
  return { paths, read: (path) => (paths.get(path) === 'file' ? readDisk(folder, path) : undefined) };
}

function readDisk(folder: string, path: string): string | undefined {
  const whole = join(folder, Buffer.from(path, 'latin1').toString('utf8'));
  const found = lstatSync(whole, { throwIfNoEntry: false });
  return found?.isFile() && found.size <= LIMIT ? readFileSync(whole, 'latin1') : undefined;
}

/** Without a trailing or double slash, which name the same folder. */
const tidy = (path: string): string => posix.normalize(path).replace(/(.)\/$/, '$1');

type Report = (what: string, ours: unknown, theirs: unknown) => void;

/** Absolute, or undefined where we do not say. */
function absolutePath(place: Place, root: string): string | undefined {
  if (place.kind === 'inside') return posix.join(root, goText(place.path)).replace(/\/$/, '');
  if (place.kind === 'outside') return place.text.startsWith('/') ? tidy(goText(place.text)) : undefined;
  return place.kind === 'remote' ? goText(place.text) : undefined;
}

function comparePiece(report: Report, what: string, ours: Piece<string> | undefined, theirs: unknown): void {
  if (ours?.kind === 'unknown') return;
  report(what, ours === undefined ? '' : goText(ours.value), theirs ?? '');
}

function compareCommand(report: Report, what: string, ours: CommandFacts | undefined, theirs: readonly string[] | null | undefined): void {
  if (ours && (ours.words === undefined || ours.words.includes(undefined))) return;
  report(what, (ours?.words ?? []).map((w) => goText(w!)), theirs ?? []);
}

/** A name without a value is the caller's: compose drops it from build.args where nobody sets it, we keep it as unknown. */
function compareNames(report: Report, what: string, ours: ReadonlyMap<string, Piece<string>>, theirs: readonly string[]): void {
  const judged = new Set(theirs);
  const extra = [...ours].filter(([name, piece]) => piece.kind === 'known' && !judged.has(goText(name))).map(([name]) => goText(name));
  const missing = theirs.filter((name) => !ours.has(latin1Of(name)));
  report(`names of ${what}`, { extra, missing }, { extra: [], missing: [] });
}

function compareBuild(report: Report, ours: ServiceFacts, theirs: JudgedService, root: string): void {
  const { build } = ours;
  report('has a build', build !== undefined, theirs.build != null);
  if (build === undefined || theirs.build == null) return;
  const context = absolutePath(build.context, root);
  if (context !== undefined) report('build.context', context, theirs.build.context);
  comparePiece(report, 'build.target', build.target, theirs.build.target);
  const dockerfile = build.dockerfile && build.context.kind === 'inside' ? absolutePath(build.dockerfile, root) : undefined;
  if (dockerfile !== undefined) report('build.dockerfile', dockerfile, posix.resolve(String(theirs.build.context), String(theirs.build.dockerfile)));
  report('build.dockerfile_inline', build.inline !== undefined, typeof theirs.build.dockerfile_inline === 'string');
  const args = (theirs.build.args ?? {}) as Record<string, string | null>;
  compareNames(report, 'build.args', build.args, Object.keys(args));
  for (const [name, piece] of build.args) comparePiece(report, `build.args.${name}`, piece, args[goText(name)]);
}

function mountRow(mount: MountFacts, root: string): { row: unknown[]; open: boolean } {
  const { source, target } = mount;
  const place = source.kind === 'bind' ? absolutePath(source.place, root) : source.kind === 'volume' ? source.name && goText(source.name) : '';
  const open = target.kind === 'unknown' || place === undefined || source.kind === 'unknown' || mount.readOnly === 'unknown' || mount.noCopy === 'unknown';
  const type = source.kind === 'anonymous' ? 'volume' : source.kind === 'other' ? source.type : source.kind;
  return { row: [target.kind === 'known' ? goText(target.value) : '', type, place, mount.readOnly, source.kind === 'bind' ? false : mount.noCopy], open };
}

function judgedRow(v: Readonly<Record<string, unknown>>): unknown[] {
  const volume = (v.volume ?? {}) as { nocopy?: boolean };
  return [tidy(String(v.target)), v.type, v.type === 'bind' ? tidy(String(v.source)) : v.type === 'volume' ? (v.source ?? '') : '', v.read_only === true, volume.nocopy === true];
}

function compareMounts(report: Report, ours: ServiceFacts, theirs: JudgedService, root: string): void {
  const rows = ours.mounts.filter((m) => m.form !== 'tmpfs').map((m) => mountRow(m, root));
  const judged = (theirs.volumes ?? []).map(judgedRow);
  if (rows.some((r) => r.open)) report('number of mounts', rows.length, judged.length);
  else report('mounts', rows.map((r) => JSON.stringify(r.row)).sort(), judged.map((r) => JSON.stringify(r)).sort());
}

function compareEnvironment(report: Report, ours: ServiceFacts, theirs: JudgedService): void {
  if (ours.environmentOpen.length > 0) return;
  const judged = theirs.environment ?? {};
  compareNames(report, 'environment', ours.environment, Object.keys(judged));
  for (const [name, piece] of ours.environment) comparePiece(report, `environment.${name}`, piece, judged[goText(name)]);
}

/**
 * @param services ours, of one combination of files; those with gaps are left out, as no fix rests on them
 * @param issues what we say is wrong with these files
 * @param root absolute folder that our paths are relative to
 */
export function compareCompose(services: readonly ServiceFacts[], issues: readonly string[], answer: ComposeAnswer, root: string): Judgement {
  const open = services.find((s) => s.gaps.length > 0);
  const problem = issues[0] ?? open?.gaps[0];
  if (answer.error !== undefined) return problem === undefined ? { verdict: 'onlyWeAccept', detail: answer.error.replaceAll(root, '') } : { verdict: 'bothRefuse' };
  let difference: string | undefined;
  const reportFor =
    (name: string): Report =>
    (what, ours, theirs) => {
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) difference ??= `${name}: ${what}: ours ${JSON.stringify(ours)}, compose's ${JSON.stringify(theirs)}`.replaceAll(root, '');
    };
  const judged = answer.services ?? {};
  if (problem === undefined) reportFor('')('services', services.map((s) => goText(s.name)).sort(), Object.keys(judged).sort());
  for (const ours of services) {
    const theirs = judged[goText(ours.name)];
    if (theirs === undefined || ours.gaps.length > 0) continue;
    const report = reportFor(ours.name);
    compareBuild(report, ours, theirs, root);
    comparePiece(report, 'image', ours.image, theirs.image);
    comparePiece(report, 'working_dir', ours.workingDir, theirs.working_dir);
    compareCommand(report, 'command', ours.command, theirs.command);
    compareCommand(report, 'entrypoint', ours.entrypoint, theirs.entrypoint);
    compareMounts(report, ours, theirs, root);
    compareEnvironment(report, ours, theirs);
  }
  if (difference !== undefined) return { verdict: 'disagreed', detail: difference };
  return problem === undefined ? { verdict: 'agreed' } : { verdict: 'refused', detail: problem };
}
