// What base images bring by themselves: nobody's loss and nobody's gain.

import { buildImage } from '../io/engine/containers.ts';
import { bytesOf } from '../text/latin1.ts';
import type { Bench } from './bench.ts';
import { lookInto } from './look.ts';
import { standIns } from './sides.ts';

/** Names of the packages that a base image brings; none where it cannot be had. */
export async function basePackages(bench: Bench, base: string | undefined): Promise<ReadonlySet<string>> {
  if (base === undefined || !/^[\w][\w.:/@-]*$/.test(base)) return new Set();
  let known = bench.bases.get(base);
  if (!known) {
    known = readBase(bench, base);
    bench.bases.set(base, known);
  }
  return known;
}

const NO_FILES = { paths: new Map(), read: () => undefined };

async function readBase(bench: Bench, base: string): Promise<ReadonlySet<string>> {
  const { session, settings, probe } = bench;
  const made = await buildImage(session, {
    place: bench.desk.place('base'),
    text: bytesOf(`FROM ${base}\n`),
    context: probe,
    args: new Map(),
    extraContexts: standIns(settings),
    ...(settings.platform === undefined ? {} : { platform: settings.platform }),
    seconds: settings.buildSeconds,
    bytes: settings.bytes,
    onLine: () => {},
  });
  if (made.image === undefined) return new Set();
  bench.names.push(made.image);
  const of = { folder: probe, snapshot: NO_FILES };
  const { inventory } = await lookInto(bench, { image: made.image, id: made.image, env: new Map(), of });
  return new Set((inventory?.environments ?? []).flatMap(({ packages }) => packages));
}
