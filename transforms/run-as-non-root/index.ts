// CMD ["python", "app.py"] as root  ->  a finding: RUN useradd --create-home app / USER app above it

import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { isRootUser } from '../../src/facts/shell/shellState.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Diagnosis, Finding, Transform } from '../../src/model.ts';
import { wordSet } from '../../src/text/wordSet.ts';

const RUNS_AS_ROOT: Diagnosis = {
  id: 'runs-as-root',
  level: 'advice',
  title: 'The container runs as root',
  means:
    'Nothing names another user, so what starts is root: with what a bind mount shows, and with all that a fault in the program lets somebody do.',
  see: 'docker run --rm --entrypoint id IMAGE',
  write: '`RUN useradd --create-home app` and `USER app` above the CMD, and `--chown=app` on what it writes to.',
};

export const runAsNonRoot: Transform<Facts> = {
  id: 'run-as-non-root',
  title: 'Say that a container runs as root',
  why: `A program that listens and answers needs no rights of root. Which folders it writes to, and which port it opens, no file says: so the
lines are told, and written by a person.`,
  references: ['https://docs.docker.com/build/building/best-practices/#user'],
  tier: 'F',
  offByDefault: true,
  diagnoses: [RUNS_AS_ROOT],
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) =>
      dockerfile.leftAlone === undefined
        ? dockerfile.targets.flatMap((target) => rootFinding({ dockerfile, target }))
        : [],
    ),
};

/** They start as root on purpose, and give their children other users. */
const NEED_ROOT = wordSet(
  'supervisord cron crond sshd s6-svscan runsvdir init systemd gosu su-exec setpriv runuser su sudo chpst',
);

function rootFinding({ dockerfile, target }: ImageView): Finding[] {
  const { final } = dockerfile.image.stages[target]!;
  if (!isKnown(final.user) || !isRootUser(final.user)) return [];
  const starts = startsWithin({ dockerfile, target }).filter(
    ({ implied, service }) => !implied && service === undefined,
  );
  // a container that only waits, or whose program cannot be read, says nothing of what it needs
  if (starts.length === 0 || starts.some(({ what }) => what === 'unknown')) return [];
  const own = dockerfile.trace.stages[target]!.commands.filter(({ when }) => when === 'runtime');
  if (own.some(({ words, user }) => !isRootUser(user) || NEED_ROOT.has(words[0]!.replace(/^.*\//, '')))) return [];
  const { services } = dockerfile;
  if (services.length > 0 && services.every(({ user }) => user !== undefined)) return [];
  const at = final.cmd ?? final.entrypoint ?? dockerfile.image.stages[target]!.from;
  const { distribution } = dockerfile.image.stages[target]!.base;
  const adds = distribution === 'alpine' ? 'RUN adduser -D app' : 'RUN useradd --create-home app';
  const low = lowPort({ dockerfile, target });
  const port = low === undefined ? '' : ` Port ${low} may need another number, above 1023.`;
  return [
    {
      diagnosis: RUNS_AS_ROOT,
      path: dockerfile.path,
      offset: at.start,
      message: 'What starts here is root: no USER stands above it.',
      reason: `Left alone: which folders it writes to is not known. Write \`${adds}\` and \`USER app\` above this line, and \`--chown=app\` on the COPY of what it writes to.${port}`,
    },
  ];
}

function lowPort({ dockerfile, target }: ImageView): string | undefined {
  const words = dockerfile.image.stages[target]!.instructions.flatMap((i) => (i.keyword === 'EXPOSE' ? i.words : []));
  return words.map(({ value }) => value.replace(/\/.*$/, '')).find((port) => Number(port) > 0 && Number(port) < 1024);
}
