// How a compose service may be started for a proof: a closed list of harmless settings, or the reason why it is not started.

import type { LoadedService } from '../facts/compose/composeSources.ts';
import type { MountFacts, ServiceFacts } from '../facts/compose/serviceFacts.ts';
import { absolute } from '../facts/values.ts';
import type { MapNode, Node } from '../parse/compose/yamlNodes.ts';
import type { MountPlan, StartPlan } from './subjects.ts';

/** Keys that reach out of the container, whatever their value. */
const REACHES_OUT = [
  'cap_add',
  'cgroup_parent',
  'credential_spec',
  'device_cgroup_rules',
  'devices',
  'gpus',
  'provider',
  'runtime',
  'security_opt',
  'sysctls',
  'use_api_socket',
] as const;
/** Keys that name a namespace: only the container's own is given. */
const NAMESPACES = ['pid', 'ipc', 'uts', 'userns_mode', 'cgroup', 'network_mode'] as const;
const OWN_NAMESPACE: ReadonlySet<string> = new Set(['', 'private', 'shareable', 'none', 'bridge', 'default']);

/** Their files stand wherever the compose file says. */
const FILES_OF_THE_HOST = ['secrets', 'configs'] as const;
const BUILD_RIGHTS = ['privileged', 'entitlements', 'ssh', 'secrets'] as const;

function hasKey(node: Node | undefined, key: string): boolean {
  if (node?.kind !== 'map') return false;
  return [...node.entries].some(([name, { value }]) => name === key || hasKey(value, key));
}

/** What the service asks for and never gets, one phrase each; `network`: the one that the user asked for. */
export function hostNeeds(service: LoadedService | undefined, network: string | undefined): string[] {
  if (!service) return ['settings that cannot be read'];
  const { node } = service;
  const needs: string[] = [];
  if (isGiven(settingOf(node, 'privileged'))) needs.push('privileged');
  for (const key of REACHES_OUT) if (isGiven(settingOf(node, key))) needs.push(key);
  for (const key of NAMESPACES) {
    const value = settingOf(node, key);
    if (value === undefined) continue;
    const text = value.kind === 'scalar' ? value.text : '?';
    if (OWN_NAMESPACE.has(text) || (key === 'network_mode' && text === network)) continue;
    needs.push(`${key}: ${text}`);
  }
  for (const key of FILES_OF_THE_HOST)
    if (isGiven(settingOf(node, key))) needs.push(`${key}, which are files of the host`);
  const build = settingOf(node, 'build');
  for (const key of BUILD_RIGHTS) {
    if (build?.kind === 'map' && isGiven(settingOf(build, key))) needs.push(`build.${key}`);
  }
  if (hasKey(settingOf(node, 'deploy'), 'devices')) needs.push('devices (deploy)');
  return needs;
}

const settingOf = (node: MapNode, key: string): Node | undefined => node.entries.get(key)?.value;

function isGiven(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if (node.kind === 'scalar') return node.value !== false && node.value !== null && node.text !== '';
  return node.kind === 'map' ? node.entries.size > 0 : true;
}

/** What a start plan says, and the proof compares by itself. */
const OF_START: ReadonlySet<string> = new Set([
  'command',
  'entrypoint',
  'environment',
  'env_file',
  'user',
  'volumes',
  'working_dir',
]);

/** All other settings of a service as text, by key. */
export function otherSettings({ node }: LoadedService): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [key, { value }] of node.entries)
    if (!OF_START.has(key)) settings.set(key, JSON.stringify(plainValue(value)));
  return settings;
}

function plainValue(node: Node): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'seq') return node.items.map(({ value }) => plainValue(value));
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainValue(value)]).sort());
}

/** The start, or why there is none. */
export function startOf(service: ServiceFacts): StartPlan | string {
  const { workingDir, user, command, entrypoint } = service;
  const [gap] = service.gaps;
  if (gap !== undefined) return `its compose file cannot be read exactly (${gap})`;
  const unread = service.envFiles.find(({ place, read }) => !read && place.kind !== 'inside');
  if (unread) return 'it reads an env_file outside of the repository';
  if (service.volumesFrom.length > 0) return 'it takes the mounts of another container (volumes_from)';
  const mounts: MountPlan[] = [];
  for (const mount of service.mounts) {
    const plan = mountOf(mount);
    if (typeof plan === 'string') return plan;
    mounts.push(plan);
  }
  for (const [name, setting] of [
    ['working_dir', workingDir],
    ['user', user],
  ] as const) {
    if (setting && setting.kind === 'unknown') return `its ${name} is not known (${setting.cause})`;
  }
  const words: { command?: readonly string[]; entrypoint?: readonly string[] } = {};
  for (const [name, facts] of [
    ['command', command],
    ['entrypoint', entrypoint],
  ] as const) {
    if (!facts) continue;
    if (!facts.words?.every((word) => word !== undefined)) return `its ${name} is not known`;
    words[name] = facts.words as readonly string[];
  }
  const environment = new Map<string, string>();
  for (const [name, piece] of service.environment) if (piece.kind === 'known') environment.set(name, piece.value);
  return {
    environment,
    ...(workingDir?.kind === 'known' ? { workingDir: workingDir.value } : {}),
    ...(user?.kind === 'known' ? { user: user.value } : {}),
    ...words,
    mounts,
  };
}

function mountOf({ source, target, subpath, noCopy }: MountFacts): MountPlan | string {
  if (target.kind === 'unknown') return `the place of a mount is not known (${target.cause})`;
  const at = target.value;
  // At the root it would lie over the probe.
  if (!/^\/[^:\0\n]+$/.test(at) || absolute(at, '/') === '/') return `it mounts something at ${at}`;
  if (source.kind === 'tmpfs') return { kind: 'tmpfs', target: at };
  if (subpath !== undefined) return `it mounts a part of a volume at ${at}`;
  if (source.kind === 'anonymous') return { kind: 'volume', target: at, noCopy: noCopy === true };
  if (source.kind === 'volume') {
    if (source.external) return `the content of the external volume at ${at} is not known`;
    const { device } = source;
    if (!device) return { kind: 'volume', target: at, noCopy: noCopy === true };
    if (device.kind === 'inside') return { kind: 'repository', path: device.path, target: at };
    return `its volume at ${at} lies outside the repository, which is never given to a container`;
  }
  if (source.kind !== 'bind') return `what it mounts at ${at} is not known`;
  const { place } = source;
  if (place.kind === 'inside') return { kind: 'repository', path: place.path, target: at };
  if (place.kind === 'unknown') return `what it mounts at ${at} is not known (${place.cause})`;
  return `it mounts ${place.text}, which lies outside the repository and is never given to a container`;
}
