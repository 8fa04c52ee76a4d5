// Builds one side of a subject, starts it, and writes down what is seen.

import { buildImage, inspectImage } from '../io/engine/containers.ts';
import { changeContent, contextIn, type Export } from '../io/engine/exportTree.ts';
import type { ChangeSeen } from '../report/proof.ts';
import type { Bench, BuildSettings, Built } from './bench.ts';
import { buildFailure } from './buildFailure.ts';
import { type BuildLog, readBuildLog } from './buildLog.ts';
import { imageConfig } from './imageConfig.ts';
import { instrumented, ownLine, withoutOurs, withoutSyntax } from './instrument.ts';
import type { Inventory } from './inventory.ts';
import { inventoryOf, look, lookInto, withoutInventory } from './look.ts';
import type { BuildLimit, SideDetails, SideLooked } from './looked.ts';
import { PROBE_CONTEXT } from './probe.ts';
import { remembered } from './remembered.ts';
import type { BuildPlan, SidePlan } from './subjects.ts';

export interface SideRequest {
  readonly plan: SidePlan;
  readonly of: Export;
  readonly codeFile?: string;
  readonly name: string;
}

/** Builds (once for the same plan on the same export), starts, looks. */
export async function seeSide(bench: Bench, { plan, of, codeFile, name }: SideRequest): Promise<SideLooked> {
  const key = `${of.folder}\0${planKey(plan.build)}`;
  let building = bench.images.get(key);
  if (!building) {
    building = build(bench, plan.build, { of, name, ...(codeFile === undefined ? {} : { codeFile }) });
    bench.images.set(key, building);
  }
  const built = await building;
  const { image, id, log, seconds, bytes, inventory, change, config } = built;
  const common = {
    seconds,
    ...toldInventory(inventory),
    build: log.steps.flatMap(({ processes }) => processes),
    ...(built.untold === undefined ? {} : { untold: built.untold }),
  };
  if (image === undefined) {
    return { ...common, built: false, log: log.tail, ...(built.limit === undefined ? {} : { limit: built.limit }) };
  }
  bench.say(`${name}: starting`);
  const at = { image, id, env: config.environment, of, ...(plan.start ? { start: plan.start } : {}) };
  const start = await look(bench, { ...at, program: 'own' });
  // Mounts hide what the image has, and bring what it has not.
  const inside = plan.start && (await look(bench, { ...at, program: 'inventory' }));
  const exec = plan.start ? withoutInventory(inside) : built.exec;
  return {
    ...common,
    ...(inside?.inventory ? toldInventory(inside.inventory) : {}),
    built: true,
    log: [],
    bytes,
    ...(change ? { change } : {}),
    ...(start ? { start } : {}),
    ...(exec ? { exec } : {}),
    ...(plan.start ? {} : { details: sideDetails(bench, { image, config, inventory }) }),
  };
}

const toldInventory = ({ environments, leaks }: Inventory): Pick<Inventory, 'environments' | 'leaks'> => ({
  environments,
  leaks,
});

const sideDetails = (
  { session }: Bench,
  { image, config, inventory }: { readonly image: string } & Pick<Built, 'config' | 'inventory'>,
): SideDetails => {
  const { files, packages, by, missing, leads } = inventory;
  const list = async () => (await inventoryOf(session, image))?.files;
  return { ...{ config, files, packages, by, list }, ...(missing ? { missing } : {}), ...(leads ? { leads } : {}) };
};

const planKey = (plan: BuildPlan): string => JSON.stringify({ ...plan, args: [...plan.args] });

const NOTHING: Inventory = { environments: [], leaks: [], files: new Map(), packages: new Map(), by: 'engine' };

interface BuildOf {
  readonly of: Export;
  readonly name: string;
  readonly codeFile?: string;
}

async function build(bench: Bench, plan: BuildPlan, { of, name, codeFile }: BuildOf): Promise<Built> {
  const { session, settings } = bench;
  const failed = (log: BuildLog, seconds: number, why: Pick<Built, 'untold' | 'limit'> = {}): Built => {
    const none = { image: undefined, id: '', bytes: 0, config: imageConfig({}), inventory: NOTHING };
    return { ...none, log, seconds, ...why };
  };
  const context = contextIn(of, plan.context, bench.desk.place('context'));
  if (context === undefined) {
    return failed({ steps: [], tail: ['the build context is no folder of the repository'] }, 0);
  }
  if (bench.used > settings.bytes) {
    const words = limitWords('disk', settings);
    return failed({ steps: [], tail: [words] }, 0, { untold: words, limit: 'disk' });
  }
  bench.say(`${name}: building`);
  const once = async (text: string) => {
    const lineOf = (line: number) => ownLine(text, line);
    const log = readBuildLog({ path: plan.dockerfile, clean: withoutOurs(bench.nonce), lineOf });
    const failure = buildFailure(session.engine.kind);
    const { ignoreText, args, target } = plan;
    const made = await buildImage(session, {
      place: bench.desk.place('build'),
      text,
      context,
      args,
      extraContexts: { ...standIns(settings), [PROBE_CONTEXT]: bench.probe },
      ...(ignoreText === undefined ? {} : { ignoreText }),
      ...(target === undefined ? {} : { target }),
      ...(settings.network === undefined ? {} : { network: settings.network }),
      ...(settings.platform === undefined ? {} : { platform: settings.platform }),
      seconds: settings.buildSeconds,
      bytes: Math.max(0, settings.bytes - bench.used),
      onLine: (line) => {
        log.line(line);
        failure.line(line);
      },
    });
    if (made.image !== undefined) bench.names.push(made.image);
    const read = log.done();
    const limit: BuildLimit | undefined = made.timedOut ? 'time' : made.overDisk ? 'disk' : undefined;
    const ended = limit && limitWords(limit, settings);
    const tail = ended === undefined ? read.tail : [...read.tail, ended];
    const untold = made.image === undefined ? (ended ?? made.problem ?? failure.untold()) : undefined;
    return { ...made, limit, untold, text, log: remembered({ ...read, tail }, plan, bench.ran) };
  };
  let made = await once(instrumented(plan.text, { run: bench.nonce, probe: true }));
  const goesOn = () => made.image === undefined && made.limit === undefined && !session.signal.aborted;
  if (goesOn() && made.log.tail.some((line) => /docker\/dockerfile/.test(line))) {
    // The frontend that its first line names cannot be fetched here; the engine has one of its own.
    made = await once(withoutSyntax(made.text));
  }
  // Only a build without the probe may say that it fails.
  if (goesOn()) {
    const text = instrumented(plan.text, { run: bench.nonce, probe: false });
    made = await once(made.text.includes('# was:') ? withoutSyntax(text) : text);
  }
  const { image, log, seconds, text } = made;
  if (image === undefined) {
    const { untold, limit } = made;
    return failed(log, seconds, {
      ...(untold === undefined ? {} : { untold }),
      ...(limit === undefined ? {} : { limit }),
    });
  }
  const facts = await inspectImage(session, image);
  if (!facts) return failed(log, seconds, { untold: NOT_READ });
  const { bytes, id } = facts;
  const config = imageConfig(facts.config);
  bench.used += bytes;
  const { inventory, exec } = await lookInto(bench, { image, id, env: config.environment, of });
  const restore =
    codeFile === undefined || !settings.change
      ? undefined
      : changeContent(of, codeFile, changed(codeFile, bench.desk.place('change')));
  let change: ChangeSeen | undefined;
  if (restore && codeFile !== undefined) {
    bench.say(`${name}: building again with a change of the code`);
    try {
      const again = await once(text);
      if (again.image !== undefined) {
        const run = again.log.steps.filter((step) => !step.cached).map((step) => step.name);
        change = { file: codeFile, run, cached: again.log.steps.length - run.length, seconds: again.seconds };
      }
    } finally {
      restore();
    }
  }
  return {
    ...{ image, id, log, seconds, bytes, config, inventory: inventory ?? NOTHING },
    ...(inventory ? {} : { untold: NOT_READ }),
    ...(exec ? { exec } : {}),
    ...(change ? { change } : {}),
  };
}

/** As build contexts, which come before the images that they are called like. */
export function standIns({ images = new Map() }: BuildSettings): Record<string, string> {
  const changed = [...images].filter(([reference, image]) => reference !== image);
  return Object.fromEntries(changed.map(([reference, image]) => [reference, `docker-image://${image}`]));
}

/** Said where a limit, not the repository, is why nothing was built. */
export const limitWords = (limit: BuildLimit, { buildSeconds }: Pick<BuildSettings, 'buildSeconds'>): string =>
  limit === 'disk'
    ? 'the images of this run have reached the limit on disk space'
    : `the build was ended after ${buildSeconds} seconds`;

/** Said where the engine built an image, and could not show it. */
const NOT_READ = 'the engine did not show what is in the image';

/**
 * A change that every language takes for a comment, or that hurts nothing in a build. `unique`: no other build may have made the
 * same change, or its steps would come from the cache.
 */
function changed(path: string, unique: string): (text: string) => string {
  const id = unique.replaceAll(/[^A-Za-z0-9]/g, ' ');
  const comment = /\.(?:py|sh|rb)$/i.test(path)
    ? `# changed ${id}`
    : /\.html$/i.test(path)
      ? `<!-- changed ${id} -->`
      : /\.sql$/i.test(path)
        ? `-- changed ${id}`
        : /\.css$/i.test(path)
          ? `/* changed ${id} */`
          : `// changed ${id}`;
  return (text) => `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${comment}\n`;
}
