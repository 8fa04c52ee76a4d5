// Compares how an image, or a service, is to be started: what its words, variables, user and the rest of its settings say.

import type { Declared } from './declared.ts';
import type { ImageConfig } from './looked.ts';
import { healthText, startText } from './startWords.ts';
import { listed, type Tally, without } from './tally.ts';

/** `isSeen`: Python processes were seen in both starts, which tell who is first in the container. */
export function compareConfigs(
  before: ImageConfig,
  after: ImageConfig,
  { declared, isSeen }: { readonly declared: Declared; readonly isSeen: boolean },
  tally: Tally,
): void {
  const { lost, open } = tally;
  compareWords(before, after, { isSeen }, tally);
  const user = (text: string) => (text === '' ? 'that of the base' : `\`${text}\``);
  if (before.user !== after.user)
    lost.push(`The image's user was ${user(before.user)} and is now ${user(after.user)}.`);
  if (before.workingDir !== after.workingDir)
    lost.push(`The image's working folder was ${before.workingDir} and is now ${after.workingDir}.`);
  if (before.stopSignal !== after.stopSignal)
    lost.push(
      `The signal that stops it was ${before.stopSignal || 'SIGTERM'} and is now ${after.stopSignal || 'SIGTERM'}.`,
    );
  for (const [what, was, now] of [
    ['SHELL', before.shell, after.shell],
    ['ONBUILD', before.onBuild, after.onBuild],
  ] as const) {
    if (JSON.stringify(was) !== JSON.stringify(now)) lost.push(`The image's ${what} is another one.`);
  }
  const health = [healthText(before.healthcheck), healthText(after.healthcheck)] as const;
  if (health[0] !== health[1]) {
    const shown = (text: string) => (text === '' ? 'none' : `\`${text}\``);
    lost.push(`The image's HEALTHCHECK was ${shown(health[0])} and is now ${shown(health[1])}.`);
  } else if (before.healthTimes !== after.healthTimes)
    lost.push("The times of the image's HEALTHCHECK are other ones.");
  for (const [what, was, now] of [
    ['ports', before.ports, after.ports],
    ['volumes', before.volumes, after.volumes],
  ] as const) {
    const gone = without(was, now);
    const come = without(now, was);
    if (gone.length > 0) lost.push(`The image no longer has the ${what} ${listed(gone)}.`);
    if (come.length > 0) open.push(`The image now has the ${what} ${listed(come)}.`);
  }
  const labels = [...before.labels].flatMap(([name, value]) => (after.labels.get(name) === value ? [] : [name]));
  if (labels.length > 0) lost.push(`Labels of the image are gone or have another value: ${listed(labels)}.`);
  compareVariables(before.environment, after.environment, { declared, whose: 'The image' }, tally);
}

function compareWords(
  before: ImageConfig,
  after: ImageConfig,
  { isSeen }: { readonly isSeen: boolean },
  { lost }: Tally,
): void {
  const was = startText([...before.entrypoint, ...before.command]);
  const now = startText([...after.entrypoint, ...after.command]);
  const entry = [startText(before.entrypoint).text, startText(after.entrypoint).text] as const;
  const shown = (text: string) => (text === '' ? 'nothing' : `\`${text}\``);
  if (was.text !== now.text) lost.push(`The image started ${shown(was.text)} and now starts ${shown(now.text)}.`);
  else if (entry[0] !== entry[1])
    lost.push(`The image's ENTRYPOINT was ${shown(entry[0])} and is now ${shown(entry[1])}.`);
  else if (!isSeen && !was.inShell && now.inShell)
    lost.push(`\`${now.text}\` was the first process of the container, and now a shell is.`);
}

const ONES_TOOL = new Set(['PATH']);

/** Names only: a value may be a secret. What a fix declares may come or change; what is gone is lost all the same. */
export function compareVariables(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  { declared, whose }: { readonly declared: Declared; readonly whose: string },
  { lost, open }: Tally,
): void {
  const gone = [...before.keys()].filter((name) => !after.has(name));
  if (gone.length > 0) lost.push(`${whose} no longer sets ${listed(gone)}.`);
  const other = [...before].filter(
    ([name, value]) => after.has(name) && after.get(name) !== value && !declared.env.has(name) && !ONES_TOOL.has(name),
  );
  if (other.length > 0) lost.push(`${whose} sets ${listed(other.map(([name]) => name))} to another value.`);
  const come = [...after.keys()].filter((name) => !before.has(name) && !declared.env.has(name));
  if (come.length > 0) open.push(`${whose} sets ${listed(come)}, which was not set before.`);
  const places = (of: ReadonlyMap<string, string>) => (of.get('PATH') ?? '').split(':').filter((one) => one !== '');
  const [was, now] = [places(before), places(after)];
  if (was.length === 0 || before.get('PATH') === after.get('PATH')) return;
  const away = without(was, now);
  const kept = now.filter((one) => was.includes(one));
  if (away.length > 0) lost.push(`PATH no longer has ${listed(away)}.`);
  else if (without(was, []).join(':') !== without(kept, []).join(':'))
    lost.push('The places in PATH have another order.');
  else if (!declared.env.has('PATH')) open.push(`PATH has ${listed(without(now, was))} in addition.`);
}
