// Compares what the compose files say of a service, beside its image.

import { compareVariables } from './compareConfig.ts';
import type { Declared } from './declared.ts';
import { relocatedSeen, relocatedWords } from './relocated.ts';
import { startText } from './startWords.ts';
import type { SidePlan } from './subjects.ts';
import type { Tally } from './tally.ts';

export function compareServices(
  before: SidePlan,
  after: SidePlan,
  { declared, service }: { readonly declared: Declared; readonly service: string },
  tally: Tally,
): void {
  const { lost } = tally;
  const said = (text: string | undefined) => (text === undefined ? undefined : relocatedWords(text, declared));
  const [was, now] = [before.settings ?? new Map<string, string>(), after.settings ?? new Map<string, string>()];
  for (const name of new Set([...was.keys(), ...now.keys()])) {
    if (said(was.get(name)) === said(now.get(name))) continue;
    lost.push(
      now.has(name) ? `The service's \`${name}\` is otherwise than before.` : `The service no longer has \`${name}\`.`,
    );
  }
  const [old, start] = [before.start, after.start];
  if (!old || !start) return;
  const environment = new Map([...old.environment].map(([name, value]) => [name, relocatedSeen(value, declared)]));
  compareVariables(environment, start.environment, { declared, whose: 'The service' }, tally);
  const shown = (text: string | undefined) => (text ? `\`${text}\`` : "the image's");
  for (const [what, one, other] of [
    ['entrypoint', old.entrypoint, start.entrypoint],
    ['command', old.command, start.command],
  ] as const) {
    const texts = [one && startText(one).text, other && startText(other).text] as const;
    if (said(texts[0]) !== said(texts[1]))
      lost.push(`The service's ${what} was ${shown(texts[0])} and is now ${shown(texts[1])}.`);
  }
  for (const [what, one, other] of [
    ['user', old.user, start.user],
    ['working folder', old.workingDir, start.workingDir],
  ] as const) {
    if (one !== other) lost.push(`The service's ${what} was ${shown(one)} and is now ${shown(other)}.`);
  }
  if (!declared.mounts.has(service) && JSON.stringify(old.mounts) !== JSON.stringify(start.mounts))
    lost.push('The mounts of the service are other ones.');
}
