// volumes: [".:/app"]  ->  volumes: [".:/app", "/app/.venv"], where the image has its environment at /app/.venv
import { type Reached, reachOf } from '../src/facts/composeReach.ts';
import type { Facts } from '../src/facts/facts.ts';
import { leftAlone } from '../src/facts/leftAlone.ts';
import { type VenvMount, venvMounts } from '../src/facts/venvVolumes.ts';
import { fixWords, messageFor, reasonToLeave } from '../src/facts/venvVolumeWords.ts';
import type { Finding, Fix, Transform } from '../src/model.ts';
import { addVolume, type EditOrReason, removeVolume, replaceVolume } from '../src/parse/composeEdit.ts';

export const fixVenvVolume: Transform<Facts> = {
  id: 'fix-venv-volume',
  title: 'Fix compose volumes that hide or replace the virtual environment',
  why: `A bind mount of the project (\`.:/app\`) lies over everything that the image has below that folder, its virtual environment at
\`/app/.venv\` too: the container finds no environment, or the one of the host, made for another system. An anonymous volume at the
environment's own path lies above the bind mount, and Docker fills it from the image when the container is made.

The volume goes into the list that has the bind mount. It is added only where it is known which stage the service runs, that this stage
has a whole environment at that path, and that the service uses it. An entry that mounts the host's own environment over the
image's is replaced in the same way, or removed where nothing else covers the path. An empty volume is removed where the service starts a
program that only the host's environment has, and nothing can have filled the volume.

A volume has a weakness: it keeps the packages of the image it was filled from. After a rebuild, \`docker compose up
--renew-anon-volumes\` (or \`docker compose down\`) renews it. An environment outside of the mounted folder (\`/opt/venv\`) needs none.`,
  references: [
    'https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container',
    'https://docs.docker.com/reference/compose-file/services/#volumes',
    'https://docs.docker.com/reference/cli/docker/compose/up/',
    'https://docs.astral.sh/uv/guides/integration/docker/#developing-in-a-container',
  ],
  tier: 'S',
  run(facts) {
    if (facts.settings.venvVolume === 'off') return [];
    const all = venvMounts(facts);
    const findings = new Map<string, Finding>();
    for (const one of all) {
      const { path, range } = one.mount.origin;
      const key = [path, range.start, one.path, one.problem].join('\0');
      // several ways to start the same service: a fix speaks for all of them
      if (findings.get(key)?.fix !== undefined) continue;
      const fix = fixFor(one, all, facts);
      const common = { path, offset: range.start, message: messageFor(one) };
      if (typeof fix === 'object') findings.set(key, { ...common, reason: fixWords(one).reason, fix });
      else if (!findings.has(key)) findings.set(key, { ...common, reason: reasonToLeave(one, fix) });
    }
    return [...findings.values()];
  },
};

/** The fix; or why there is none; undefined where none is known. */
function fixFor(one: VenvMount, all: readonly VenvMount[], facts: Facts): Fix | string | undefined {
  const { remedy, doubt, mount } = one;
  if (remedy === undefined || doubt !== undefined) return doubt;
  if (facts.settings.venvVolume === 'relocate' && remedy !== 'remove')
    return 'the configuration asks to relocate the environment, which is not done for you';
  const { path, service } = mount.origin;
  const text = facts.snapshot.read(path);
  if (text === undefined || service === undefined)
    return 'the entry does not stand in a service of a file that can be read';
  const kept = leftAlone(path, text);
  if (kept !== undefined) return `${path} is ${kept.message}`;
  if (mount.origin.shared !== undefined)
    return 'the entry stands under an anchor, and other places would change with it';
  const edits = editsFor(one, { path, text, service });
  if (typeof edits === 'string') return edits;
  const reached = reachOf(edits, facts.snapshot, facts.compose.services);
  const obstacle = typeof reached === 'string' ? reached : obstacleIn(reached, one, all);
  if (typeof reached === 'string' || obstacle !== undefined) return obstacle;
  const { title, notes } = fixWords(one);
  const mounts = reached.map((r) => ({ path: r.service.files[0] ?? path, service: r.service.name }));
  return { title, safety: 'safe', edits, declares: { mounts }, ...(notes.length > 0 ? { notes } : {}) };
}

function editsFor({ remedy, path, mount }: VenvMount, at: Parameters<typeof addVolume>[0]): EditOrReason {
  if (remedy === 'add') return addVolume(at, path);
  return remedy === 'replace' ? replaceVolume(at, mount.index, path) : removeVolume(at, mount.index);
}

/** Why the edit reaches further than it should: it must mend this one service, however it is started, and touch no other. */
function obstacleIn(reached: readonly Reached[], one: VenvMount, all: readonly VenvMount[]): string | undefined {
  if (!reached.some((r) => r.service === one.service)) return 'compose would read the service as before';
  for (const { service, added, removed } of reached) {
    if (service.name !== one.service.name) return `the list also serves ${service.name}`;
    const same = all.find((o) => o.service === service && o.path === one.path && o.remedy === one.remedy);
    if (same === undefined)
      return `the list also counts where ${service.files.join(' and ')} are used together, where this is not wrong or not known`;
    if (same.doubt !== undefined) return same.doubt;
    const want = { added: one.remedy === 'remove' ? 0 : 1, removed: one.remedy === 'add' ? 0 : 1 };
    const fits = [...added, ...removed].every((m) => m.target.known && m.target.value === one.path);
    if (
      added.length !== want.added ||
      removed.length !== want.removed ||
      !fits ||
      !added.every((m) => m.source.kind === 'anonymous')
    )
      return 'compose would read the list otherwise than meant';
  }
  return undefined;
}
