// volumes: [".:/app"]  ->  volumes: [".:/app", "/app/.venv"], where the image has its environment at /app/.venv

import { type VolumeEdit, volumeEdits } from '../../src/edit/composeVolumes.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { composeReach, type Reached } from '../../src/facts/compose/composeReach.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { knownValue } from '../../src/facts/piece.ts';
import { leftAlone } from '../../src/facts/skippedFiles.ts';
import type { Finding, Fix, Transform } from '../../src/model.ts';
import { madeInMount } from './madeInMount.ts';
import type { VenvMount } from './mountVerdict.ts';
import { relocation } from './relocation.ts';
import { startedFindings } from './startedMounts.ts';
import { venvMounts } from './venvVolumes.ts';
import { fixWords, messageFor, reasonToLeave } from './venvVolumeWords.ts';
import { VENV_WATCHED, VOLUME_DIAGNOSES } from './volumeDiagnoses.ts';
import { watchedFindings } from './watchedOver.ts';

export const fixVenvVolume: Transform<Facts> = {
  id: 'fix-venv-volume',
  title: 'Fix compose volumes that hide or replace the virtual environment',
  why: `A bind mount of the project (\`.:/app\`) lies over everything that the image has below that folder, its virtual environment at
\`/app/.venv\` too: the container finds no environment, or the one of the host, made for another system. An anonymous volume at the
environment's own path lies above the bind mount, and Docker fills it from the image when the container is made.

The volume goes into the list that has the bind mount. It is added only where it is known which stage the service runs, that this stage
has a whole environment at that path, that the service uses it, that whoever comes into the container owns it, and that nothing there
removes it: a mounted folder cannot be removed. An entry that mounts the host's own environment over the
image's is replaced in the same way, or removed where nothing else covers the path. An empty volume is removed where the service starts a
program that only the host's environment has, and nothing can have filled the volume.

A volume has a weakness: it keeps the packages of the image it was filled from. After a rebuild, \`docker compose up
--renew-anon-volumes\` (or \`docker compose down\`) renews it. An environment outside of the mounted folder (\`/opt/venv\`) needs none.

With \`venvVolume: 'relocate'\`, or with \`--unsafe\` where no volume fits, the environment moves to \`/opt/venv\`, with every word that names it, in the
Dockerfile, in the scripts, Makefiles and devcontainer files beside it, and in the services of its image. uv makes it there by a variable; poetry, pipenv and pdm take one
that is made before, by VIRTUAL_ENV. Where a word cannot be changed (a relative one in a script, a line of settings, a page), nothing moves, and its line is said.`,
  references: [
    'https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container',
    'https://docs.docker.com/reference/compose-file/services/#volumes',
    'https://docs.docker.com/reference/cli/docker/compose/up/',
    'https://docs.astral.sh/uv/guides/integration/docker/#developing-in-a-container',
  ],
  tier: 'S',
  diagnoses: [...Object.values(VOLUME_DIAGNOSES), VENV_WATCHED],
  run(facts) {
    if (facts.settings.venvVolume === 'off') return [];
    const all = venvMounts(facts);
    const fixes = fixesOf(all, facts);
    const findings = new Map<string, Finding>();
    for (const one of all) {
      const { path, range } = one.mount.origin;
      const key = [path, range.start, one.path, one.problem].join('\0');
      const volume = one.blocker ?? fixes.get(one);
      const fix = one.problem === 'hidden' && volume && isBlocker(volume) ? relocated(one, volume, facts) : volume;
      const common = {
        diagnosis: VOLUME_DIAGNOSES[one.problem],
        path,
        offset: range.start,
        message: messageFor(one),
      };
      // several ways to start the same service: a fix speaks for all of them
      if (fix !== undefined && !isBlocker(fix))
        findings.set(key, { ...common, reason: fixReason(one, fix, volume), fix });
      else if (!findings.has(key)) findings.set(key, { ...common, reason: reasonToLeave(one, fix) });
    }
    return [...findings.values(), ...madeInMount(facts), ...startedFindings(facts), ...watchedFindings(facts)];
  },
};

/** What a volume cannot do, or shall not, a place outside of the mounted folder may. */
function relocated(one: VenvMount, volume: Blocker, facts: Facts): Fix | Blocker {
  const fix = relocation(one, facts);
  if (!isBlocker(fix)) return fix;
  return volume.code === 'not wanted' ? fix : volume;
}

/** An unsafe fix is offered: what is said is why no volume is written. */
function fixReason(one: VenvMount, fix: Fix, volume: Fix | Blocker | undefined): string {
  if (fix.safety === 'unsafe' && volume && isBlocker(volume)) return reasonToLeave(one, volume);
  return fix.declares.relocatesEnvironment === undefined
    ? fixWords([one]).reason
    : 'Outside of the mounted folder the environment needs no volume.';
}

/** Edits of a file are checked one by one where they do not go together, up to this many. */
const ALONE_LIMIT = 20;

/** For each that has a remedy: the fix, or why there is none. Equal remedies in one file go together. */
function fixesOf(all: readonly VenvMount[], facts: Facts): Map<VenvMount, Fix | Blocker> {
  const groups = new Map<string, VenvMount[]>();
  const add = (key: string, one: VenvMount): void => {
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  };
  for (const one of all)
    if (one.remedy && !one.blocker) add([one.mount.origin.path, one.path, one.remedy].join('\0'), one);
  const serves = new Map<string, Set<string>>();
  for (const one of all) {
    const names = serves.get(fileListKey(one));
    if (names) names.add(one.service.name);
    else if (one.mount.origin.shared === undefined) serves.set(fileListKey(one), new Set([one.service.name]));
  }
  const fixes = new Map<VenvMount, Fix | Blocker>();
  for (const group of [...groups.values()]) {
    const fix = volumeFix(group, all, facts);
    const lists = new Map<string, VenvMount[]>();
    for (const one of group) {
      const list = lists.get(listKey(one));
      if (list) list.push(one);
      else lists.set(listKey(one), [one]);
      fixes.set(one, fix);
    }
    if (lists.size === 1) continue;
    const own = [...lists.values()].filter((list) => list.every((one) => serves.get(fileListKey(one))?.size === 1));
    const together = own.length < lists.size && own.length > 1 ? volumeFix(own.flat(), all, facts) : fix;
    const isMended = !isBlocker(together);
    if (isMended) for (const one of own.flat()) fixes.set(one, together);
    const mended = new Set(isMended ? own : []);
    const rest = [...lists.values()].filter((list) => !mended.has(list));
    for (const [n, list] of rest.entries()) {
      const alone = n < ALONE_LIMIT ? volumeFix(list, all, facts) : fix;
      for (const one of list) fixes.set(one, alone);
    }
  }
  return fixes;
}

/** Under an anchor it is anybody's. */
const fileListKey = (one: VenvMount): string =>
  one.mount.origin.shared === undefined ? `${one.mount.origin.path}\0${listKey(one)}` : '';

/** The list that an edit changes: an added entry goes to its end, whichever of its mounts it is for. */
const listKey = ({ mount: { origin }, remedy }: VenvMount): string => {
  if (origin.shared !== undefined) return `anchor ${origin.range.start}`;
  return remedy === 'add' ? `${origin.service}` : `${origin.service} ${origin.range.start}`;
};

/** One fix for all of `group` (equal file, path and remedy), or why there is none. */
function volumeFix(group: readonly VenvMount[], all: readonly VenvMount[], facts: Facts): Fix | Blocker {
  const first = group[0]!;
  const { path } = first.mount.origin;
  if (facts.settings.venvVolume === 'relocate' && first.remedy !== 'remove')
    return {
      code: 'not wanted',
      words: 'the configuration asks to relocate the environment',
    };
  const text = facts.snapshot.read(path);
  if (text === undefined) return { code: 'text', words: 'the file cannot be read' };
  const skipped = leftAlone(path, text, { named: facts.settings.named });
  if (skipped !== undefined) return { code: 'text', words: `${path} is ${skipped.message}` };
  // a list that several services extend is edited once: whether all of them need it is asked of what the edit reaches
  const lists = new Map<string, VenvMount>();
  for (const one of group) if (!lists.has(listKey(one))) lists.set(listKey(one), one);
  const wanted: VolumeEdit[] = [];
  for (const one of lists.values()) {
    const { service = one.service.name, shared } = one.mount.origin;
    if (shared !== undefined && one.remedy !== 'add')
      return { code: 'shared entry', words: 'the entry stands under an anchor, and other places would change with it' };
    wanted.push(changeFor(one, service));
  }
  const edits = volumeEdits({ path, text }, wanted);
  if (typeof edits === 'string') return { code: 'text', words: edits };
  const reached = composeReach(edits, facts);
  if (typeof reached === 'string') return { code: 'reach', words: reached };
  const blocker = reachBlocker(reached, group, all);
  if (blocker !== undefined) return blocker;
  const { title, notes } = fixWords(group);
  const mounts = reached.map((r) => ({ path: r.service.files[0] ?? path, service: r.service.name }));
  const said = notes.length > 0 ? { notes, showsNotes: true as const } : {};
  return { title, safety: 'safe', edits, declares: { mounts }, ...said };
}

function changeFor(
  {
    remedy,
    path,
    mount: {
      index,
      origin: { shared },
    },
  }: VenvMount,
  service: string,
): VolumeEdit {
  if (remedy === 'add')
    return { kind: 'add', service, entry: path, ...(shared === undefined ? {} : { everywhere: true as const }) };
  return remedy === 'replace' ? { kind: 'replace', service, index, entry: path } : { kind: 'remove', service, index };
}

/** Why the edits reach further than they should: they mend these services, however they are started, and touch no other. */
function reachBlocker(
  reached: readonly Reached[],
  group: readonly VenvMount[],
  all: readonly VenvMount[],
): Blocker | undefined {
  const services = new Set(reached.map(({ service }) => service));
  if (!group.every((one) => services.has(one.service)))
    return { code: 'reach', words: 'compose would read the service as before' };
  const [{ path, remedy }] = group as [VenvMount];
  const names = new Set(group.map(({ service }) => service.name));
  const alike = new Map(all.filter((o) => o.path === path && o.remedy === remedy).map((o) => [o.service, o]));
  const meant = [
    ...(remedy === 'add' ? [] : [`-${path}`]),
    ...(remedy === 'remove' ? [] : [`+${path} anonymous`]),
  ].join();
  for (const { service, added, removed } of reached) {
    if (!names.has(service.name)) return { code: 'shared entry', words: `the list also serves ${service.name}` };
    const same = alike.get(service);
    if (same === undefined)
      return {
        code: 'shared entry',
        words: `the list also counts where ${service.files.join(' and ')} are used together, where this is not wrong or not known`,
      };
    if (same.blocker !== undefined) return same.blocker;
    const gone = removed.map(({ target }) => `-${knownValue(target)}`);
    const come = added.map(({ target, source }) => `+${knownValue(target)} ${source.kind}`);
    if ([...gone, ...come].join() !== meant)
      return { code: 'reach', words: 'compose would read the list otherwise than meant' };
  }
  return undefined;
}
