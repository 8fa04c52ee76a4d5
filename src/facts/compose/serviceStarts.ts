// How compose services start an image, in the words of the trace.

import { type ImageFacts, stageNamed } from '../image.ts';
import type { HookStart, ServiceStart } from '../trace/input.ts';
import { absolute, unknown } from '../values.ts';
import type { CommandFacts, HookFacts, ServiceFacts } from './serviceFacts.ts';

const wordsOfCommand = (command: CommandFacts | undefined): readonly string[] | 'unknown' | undefined => {
  if (command === undefined) return undefined;
  return command.words === undefined
    ? 'unknown'
    : command.words.map((word, n) => word ?? unknown(`word ${n + 1} of the command`));
};

/** The start of one service with all that compose and devcontainers run in it besides. */
export function wholeStart(service: ServiceFacts, image: ImageFacts): ServiceStart[] {
  const hooks = hookStarts([...service.hooks, ...service.devcontainers.flatMap((devcontainer) => devcontainer.hooks)]);
  return startsOf([service], image).map((start) => ({ ...start, hooks }));
}

function hookStarts(hooks: readonly HookFacts[]): HookStart[] {
  return hooks.map((hook) => {
    const command = wordsOfCommand(hook.command);
    const { user, workingDir } = hook;
    return {
      command: command ?? 'unknown',
      environment: new Map(
        [...hook.environment].map(([name, piece]) => [
          name,
          piece.kind === 'known' ? piece.value : unknown(`${name} of a hook`),
        ]),
      ),
      ...(user === undefined ? {} : { user: user.kind === 'known' ? user.value : unknown('user of a hook') }),
      ...(workingDir === undefined
        ? {}
        : { workingDir: workingDir.kind === 'known' ? workingDir.value : unknown('working_dir of a hook') }),
    };
  });
}

/** The starts of `services`, equal ones once. */
export function startsOf(services: readonly ServiceFacts[], image: ImageFacts): ServiceStart[] {
  const starts: ServiceStart[] = [];
  const seen = new Set<string>();
  for (const service of services) {
    const target = service.build?.target;
    const stage =
      target === undefined
        ? image.stages.at(-1)?.index
        : target.kind === 'known'
          ? stageNamed(image, target.value)
          : undefined;
    if (stage === undefined) continue;
    const environment = new Map<string, string>();
    for (const [name, piece] of service.environment)
      environment.set(name, piece.kind === 'known' ? piece.value : unknown(`${name} of service ${service.name}`));
    const command = wordsOfCommand(service.command);
    const entrypoint = wordsOfCommand(service.entrypoint);
    const cwd = image.stages[stage]!.final.cwd;
    const workingDir =
      service.workingDir === undefined
        ? undefined
        : service.workingDir.kind === 'known'
          ? absolute(service.workingDir.value, cwd)
          : unknown(`working_dir of ${service.name}`);
    const binds = service.mounts.filter(
      (mount) =>
        mount.target.kind === 'known' &&
        (mount.source.kind === 'bind' || mount.source.kind === 'unknown' || mount.source.kind === 'tmpfs'),
    );
    const hooks = hookStarts(service.hooks);
    const start: ServiceStart = {
      name: service.name,
      stage,
      environment,
      ...(command === undefined ? {} : { command }),
      ...(entrypoint === undefined ? {} : { entrypoint }),
      ...(workingDir === undefined ? {} : { workingDir }),
      ...(service.user?.kind === 'known' ? { user: service.user.value } : {}),
      ...(hooks.length > 0 ? { hooks } : {}),
      covers: binds.map((mount) => ({
        target: mount.target.kind === 'known' ? mount.target.value : '',
        why: `service ${service.name} mounts over ${mount.target.kind === 'known' ? mount.target.value : ''}`,
      })),
      volumes: service.mounts.flatMap((mount) =>
        mount.target.kind === 'known' && (mount.source.kind === 'volume' || mount.source.kind === 'anonymous')
          ? [mount.target.value]
          : [],
      ),
    };
    const key = JSON.stringify([
      start.name,
      stage,
      [...environment],
      command,
      entrypoint,
      workingDir,
      start.user,
      start.covers.map((cover) => cover.target),
      start.volumes,
      hooks.map((hook) => [hook.command, [...hook.environment], hook.user, hook.workingDir]),
    ]);
    if (seen.has(key)) continue;
    seen.add(key);
    starts.push(start);
  }
  return starts;
}
