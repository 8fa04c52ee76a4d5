// Starts an image, or a service with its mounts, in a container that is given nothing of the host, and reads what the probe wrote.

import {
  copyInto,
  createContainer,
  createVolume,
  type Mount,
  readFolder,
  removeContainer,
  removeVolumes,
  startContainer,
} from '../io/engine/containers.ts';
import { type Export, standIn } from '../io/engine/exportTree.ts';
import { textOf } from '../text/latin1.ts';
import type { Bench, Start } from './bench.ts';
import { type Inventory, inventoryOfList } from './inventory.ts';
import type { ProcessLooked } from './looked.ts';
import {
  INNER_VARIABLE,
  INVENTORY_FILE,
  INVENTORY_VARIABLE,
  PROBE_FOLDER,
  RECORDS_FOLDER,
  RECORDS_VARIABLE,
} from './probe.ts';
import { processSeen } from './processes.ts';
import type { StartPlan } from './subjects.ts';
import { tarReader } from './tar.ts';

export interface StartRequest {
  readonly image: string;
  /** Variables of the image. */
  readonly env: ReadonlyMap<string, string>;
  readonly of: Export;
  readonly start?: StartPlan;
  /** `own`: entrypoint and command as they are; `inventory`: what `docker exec ... python` starts, and a list of the files there (`by python3` where there is no `python`). */
  readonly program: 'own' | 'inventory' | 'inventory by python3';
}

const FILLING = '/pyvenv-fix-volume';
const MOST_PROCESSES = 50;
/** Seconds that reading a whole image may take longer than a start. */
const LOOKING = 60;
/** Last words of the engine itself: not of a program that it started. */
const REFUSED =
  /^(?:Error: unable to start container|Error: failed to start container|Error response from daemon:|Error: OCI runtime error)/;

/** Undefined where the container could not be prepared. */
export async function seeStart(bench: Bench, request: StartRequest): Promise<Start | undefined> {
  const { session, settings, probe } = bench;
  const { image, env, of, start, program } = request;
  const prepared = await prepareMounts(bench, { image, of, start });
  if (!prepared) return undefined;
  const given = start?.environment ?? new Map<string, string>();
  const pythonPath = given.get('PYTHONPATH') ?? env.get('PYTHONPATH') ?? '';
  const environment = new Map([
    ...given,
    ['PYTHONPATH', pythonPath === '' ? PROBE_FOLDER : `${PROBE_FOLDER}:${pythonPath}`],
    [RECORDS_VARIABLE, RECORDS_FOLDER],
    // Set by the image or the service, it would hide every process.
    [INNER_VARIABLE, ''],
    // Without a network an installer should give up at once.
    ['PIP_RETRIES', '0'],
  ]);
  if (program !== 'own') environment.set(INVENTORY_VARIABLE, '1');
  const entrypoint = program === 'own' ? start?.entrypoint : [program === 'inventory' ? 'python' : 'python3'];
  const command = program === 'own' ? start?.command : ['-c', 'pass'];
  const { workingDir, user } = start ?? {};
  const made = await createContainer(session, {
    image,
    environment,
    ...(workingDir === undefined ? {} : { workingDir }),
    ...(user === undefined ? {} : { user }),
    ...(entrypoint ? { entrypoint } : {}),
    ...(command ? { command } : {}),
    mounts: prepared.mounts,
    ...(settings.network === undefined ? {} : { network: settings.network }),
    ...(settings.platform === undefined ? {} : { platform: settings.platform }),
  });
  if (!('id' in made)) return { processes: [], ended: 'not started', said: [made.problem] };
  const { id } = made;
  try {
    for (const { at, target } of prepared.files) if (!(await copyInto(session, at, id, target))) return undefined;
    if (!(await copyInto(session, probe, id, PROBE_FOLDER))) return undefined;
    const ran = await startContainer(session, id, settings.startSeconds + (program === 'own' ? 0 : LOOKING));
    const { processes, inventory } = await readRecords(bench, id);
    const refused = ran.code === undefined || (processes.length === 0 && REFUSED.test(ran.said.at(-1) ?? ''));
    return {
      processes,
      ...(inventory ? { inventory } : {}),
      ended: ran.timedOut ? 'time' : refused ? 'not started' : 'exit',
      ...(ran.code === undefined ? {} : { code: ran.code }),
      said: processes.length > 0 ? [] : ran.said,
    };
  } finally {
    await removeContainer(session, id);
    const names = prepared.mounts.flatMap((mount) => (mount.kind === 'volume' && mount.name ? [mount.name] : []));
    await removeVolumes(session, names);
  }
}

async function readRecords(
  { session }: Bench,
  id: string,
): Promise<{ readonly processes: ProcessLooked[]; readonly inventory: Inventory | undefined }> {
  const records: { readonly at: number; readonly process: ProcessLooked }[] = [];
  let inventory: Inventory | undefined;
  const onOut = tarReader({
    wants: (path) => path.endsWith('.json') || path.endsWith(INVENTORY_FILE),
    entry: ({ path, text }) => {
      if (text === undefined || records.length >= MOST_PROCESSES) return;
      if (path.endsWith(INVENTORY_FILE)) inventory = inventoryOfList(text);
      const seen = path.endsWith('.json') ? processSeen(textOf(text).text) : undefined;
      if (seen) records.push(seen);
    },
  });
  await readFolder(session, id, { path: RECORDS_FOLDER, onOut });
  return { processes: records.sort((a, b) => a.at - b.at).map(({ process }) => process), inventory };
}

interface Prepared {
  readonly mounts: readonly Mount[];
  /** Absolute files of the export that stand in for mounts of single files. */
  readonly files: readonly { readonly at: string; readonly target: string }[];
}

/** Mounts of the repository become volumes that hold a copy: no path of the host is ever given to a container. */
async function prepareMounts(
  { session }: Bench,
  { image, of, start }: Pick<StartRequest, 'image' | 'of'> & { readonly start: StartPlan | undefined },
): Promise<Prepared | undefined> {
  const mounts: Mount[] = [];
  const files: { at: string; target: string }[] = [];
  for (const mount of start?.mounts ?? []) {
    const { target } = mount;
    if (mount.kind !== 'repository') {
      mounts.push(mount);
      continue;
    }
    const stand = standIn(of, mount.path);
    if (stand?.kind === 'file') {
      files.push({ at: stand.at, target });
      continue;
    }
    const name = await createVolume(session);
    if (name === undefined) return undefined;
    // What stands nowhere, the engine would make as an empty folder.
    mounts.push({ kind: 'volume', name, target, noCopy: true });
    if (!stand) continue;
    const filler = await createContainer(session, {
      image,
      environment: new Map(),
      command: ['true'],
      mounts: [{ kind: 'volume', name, target: FILLING, noCopy: true }],
    });
    if (!('id' in filler)) return undefined;
    const copied = await copyInto(session, `${stand.at}/.`, filler.id, FILLING);
    await removeContainer(session, filler.id);
    if (!copied) return undefined;
  }
  return { mounts, files };
}
