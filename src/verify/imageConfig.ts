// Reads how an image is to be started from what the engine tells of it, less what is ours.

import { LABEL } from '../io/engine/engineObjects.ts';
import { recordOrEmpty } from '../text/unknownRecord.ts';
import { withoutProbe } from './instrument.ts';
import type { ImageConfig } from './looked.ts';

/** Takes anything: what is not as expected counts as absent. */
export function imageConfig(config: Readonly<Record<string, unknown>>): ImageConfig {
  const health = recordOrEmpty(config.Healthcheck);
  const { Test, ...times } = health;
  const environment = new Map<string, string>();
  for (const pair of listOf(config.Env)) {
    const at = pair.indexOf('=');
    if (at > 0) environment.set(pair.slice(0, at), pair.slice(at + 1));
  }
  const path = environment.get('PYTHONPATH');
  if (path !== undefined) environment.set('PYTHONPATH', withoutProbe(path));
  const labels = new Map(Object.entries(recordOrEmpty(config.Labels)).map(([name, value]) => [name, String(value)]));
  labels.delete(LABEL);
  return {
    user: textOrEmpty(config.User),
    workingDir: textOrEmpty(config.WorkingDir) || '/',
    environment,
    entrypoint: listOf(config.Entrypoint),
    command: listOf(config.Cmd),
    healthcheck: listOf(Test),
    healthTimes: JSON.stringify(Object.entries(times).sort(([a], [b]) => (a < b ? -1 : 1))),
    ports: Object.keys(recordOrEmpty(config.ExposedPorts)).sort(),
    volumes: Object.keys(recordOrEmpty(config.Volumes)).sort(),
    labels,
    stopSignal: textOrEmpty(config.StopSignal),
    shell: listOf(config.Shell),
    onBuild: listOf(config.OnBuild),
  };
}

const textOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
