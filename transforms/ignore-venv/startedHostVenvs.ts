// COPY . . / CMD ["venv/bin/python", "app.py"]: the container runs an environment that the repository has, made on another machine.

import { describe } from '../../src/facts/compare/sentences.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { anchorOf, filesOfImage, hasOpenStep, type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import { absolute, isKnown } from '../../src/facts/values.ts';
import type { Finding, Snapshot } from '../../src/model.ts';
import { HOST_VENV_STARTED } from './ignoreDiagnoses.ts';

/** The first start of the image that runs a program of it. */
export function startedHostVenvs(dockerfile: DockerfileFacts, snapshot: Snapshot): Finding[] {
  for (const target of dockerfile.targets) {
    const view: ImageView = { dockerfile, target };
    if (hasOpenStep(view)) continue;
    for (const event of startsWithin(view)) {
      const found = hostVenvOf(event, view, snapshot);
      if (found !== undefined) return [startedFinding(event, view, found)];
    }
  }
  return [];
}

/** An environment of the repository that stands in the image. */
interface StartedVenv {
  readonly inImage: string;
  readonly inRepository: string;
  /** The program that is started; undefined: the repository has it. */
  readonly missing: string | undefined;
}

function hostVenvOf(event: RunEvent, view: ImageView, snapshot: Snapshot): StartedVenv | undefined {
  const word = event.words[0] ?? '';
  const { cwd } = view.dockerfile.image.stages[view.target]!.final;
  if (event.conditional || event.service !== undefined || !/\/bin\/[^/]+$/.test(word) || !isKnown(word))
    return undefined;
  const program = absolute(word, cwd);
  const inImage = folderAbove(folderAbove(program));
  // the image's own
  if (!isKnown(program) || filesOfImage(view).environments.has(inImage)) return undefined;
  const settings = view.dockerfile.trace.stages[view.target]!.readImage(`${inImage}/pyvenv.cfg`);
  if (settings === undefined) return undefined;
  const inRepository = folderAbove(settings.path);
  const own = `${inRepository}/bin/${program.slice(program.lastIndexOf('/') + 1)}`;
  return { inImage, inRepository, missing: snapshot.paths.has(own) ? undefined : own };
}

function startedFinding(event: RunEvent, { dockerfile }: ImageView, venv: StartedVenv): Finding {
  const { inImage, inRepository, missing } = venv;
  const lacks = missing === undefined ? '' : `, and ${missing} is not in it`;
  return {
    diagnosis: HOST_VENV_STARTED,
    ...(missing === undefined ? {} : { level: 'broken' as const }),
    ...anchorOf(event, dockerfile),
    message: `${describe(event)} runs in ${inImage}, which is \`${inRepository}\` of the repository: it was made on another machine${lacks}.`,
    reason: `Make it in the image (\`RUN python -m venv ${inImage}\` and the install behind the COPY of its requirements), then \`git rm -r --cached ${inRepository}\`, and \`${inRepository}\` into the ignore file and .gitignore. The ignore line alone would leave the start without any.`,
  };
}
