// COPY . . with a .venv on the host  ->  `.venv` in the ignore file that counts.

import type { Blocker } from '../../src/facts/blocker.ts';
import { namingSources } from '../../src/facts/copies/contextCopies.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { type HostEnvironment, hostEnvironments, partsOf } from '../../src/facts/hostEnvironments/hostEnvironments.ts';
import { ignoreAddition, whyNotOurs } from '../../src/facts/ignoreFile/ignoreEdit.ts';
import { recommendedFor, visibleFiles } from '../../src/facts/ignoreFile/ignoreLines.ts';
import { whyUsed } from '../../src/facts/ignoreFile/ignoreWanted.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import type { Finding, Snapshot, Transform } from '../../src/model.ts';
import { parseIgnore, walkIgnores } from '../../src/parse/ignoreFile/ignoreFile.ts';
import { HOST_VENV_COPIED, HOST_VENV_ON_PURPOSE, IGNORE_DIAGNOSES } from './ignoreDiagnoses.ts';
import { type IgnoreGroup, ignoreFix, linesFor, type Wanted } from './ignoreFix.ts';
import { startedHostVenvs } from './startedHostVenvs.ts';
import { unreadIgnores } from './unreadIgnores.ts';

export const ignoreVenv: Transform<Facts> = {
  id: 'ignore-venv',
  title: 'Keep virtual environments of the host out of the build context',
  why: `A virtual environment belongs to the machine that made it: its scripts name absolute paths, its \`python\` is a link to the interpreter of that machine, its compiled packages are built for that system. \`COPY . .\` takes it into the image all the same, where it is laid over the image's own environment of that name, or is found by uv, poetry and pipenv. It also makes the context large, and every local install a change that rebuilds the image.

The line goes into the ignore file that the build reads (\`<Dockerfile>.dockerignore\`, else \`.dockerignore\` at the root of the context), by the rules of that file: a pattern without \`**/\` matches at the root of the context only, and the last match wins. Nothing is added where the environment is left out already, and nothing that a COPY names.`,
  references: [
    'https://docs.docker.com/build/concepts/context/#dockerignore-files',
    'https://docs.astral.sh/uv/guides/integration/docker/#installing-a-project',
    'https://docs.python.org/3/library/venv.html#how-venvs-work',
  ],
  tier: 'S',
  diagnoses: IGNORE_DIAGNOSES,
  run: (facts) => [
    ...onPurpose(facts),
    ...facts.dockerfiles.filter(isRead).flatMap((one) => startedHostVenvs(one, facts.snapshot)),
    ...unknownContexts(facts),
    ...missingLines(facts),
    ...unreadIgnores(facts),
  ],
};

const isRead = (dockerfile: DockerfileFacts): boolean => dockerfile.leftAlone === undefined;
const inBackquotes = (dockerfile: DockerfileFacts, environment: HostEnvironment): string => {
  const { start, end } = environment.copy.instruction;
  const text = dockerfile.text.slice(start, end).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** A COPY that names the host's environment contradicts the ignore line: a person decides. */
function onPurpose(facts: Facts): Finding[] {
  return facts.dockerfiles.filter(isRead).flatMap((dockerfile) =>
    ['.venv', 'venv'].flatMap((name) =>
      namingSources(dockerfile, name).flatMap(({ instruction, source }): Finding[] => {
        const { folder, ignorePath, ignored } = dockerfile.context;
        const full = folder === undefined || folder === '' ? source : `${folder}/${source}`;
        if (visibleFiles(facts.snapshot, full, { onlyOutsideEnvironments: true }).length > 0) return [];
        const out =
          folder !== undefined && ignored(source)
            ? `, which ${ignorePath} leaves out of the context, so that the build fails`
            : '';
        return [
          {
            diagnosis: HOST_VENV_ON_PURPOSE,
            ...(out === '' ? {} : { level: 'broken' as const }),
            path: dockerfile.path,
            offset: instruction.start,
            message: `\`${source}\` of the build context is copied into the image on purpose${out}.`,
            reason: `An environment works only where it was made. Either make it in the image (\`RUN python -m venv\`, \`uv sync\`) and add \`${name}\` to ${ignorePath ?? 'the ignore file'}, or keep this copy and leave \`${name}\` out of the ignore file: both together cannot be.`,
          },
        ];
      }),
    ),
  );
}

/** Without a known context there is no ignore file to write: said where the host's environment may come in. */
function unknownContexts(facts: Facts): Finding[] {
  const { snapshot } = facts;
  return facts.dockerfiles.filter(isRead).flatMap((dockerfile): Finding[] => {
    if (dockerfile.context.folder !== undefined) return [];
    const { possible = [folderAbove(dockerfile.path), ''], reason } = dockerfile.context;
    const own = `${dockerfile.path}.dockerignore`;
    const [next, file] = snapshot.paths.has(own)
      ? [`The build context is not known: ${reason}. ${own} is read in any case: add`, 'it']
      : [
          `Which ignore file counts is not known: ${reason}. Name the build context under \`contexts\` in the configuration, or add`,
          'the ignore file of that context',
        ];
    const taken = [...new Set(possible)].flatMap((folder) => {
      const out = outIn(folder, dockerfile.path, snapshot);
      return hostEnvironments(dockerfile, folder, snapshot).filter((e) => !partsOf(e.path).every(out));
    });
    const one = taken.find((e) => e.over !== undefined) ?? taken[0];
    if (one === undefined || namingSources(dockerfile, one.name).length > 0) return [];
    return [
      {
        diagnosis: HOST_VENV_COPIED,
        path: dockerfile.path,
        offset: one.copy.instruction.start,
        message:
          one.over === undefined
            ? `\`${inBackquotes(dockerfile, one)}\` may take the host's \`${one.path}\` into the image.`
            : `This copy would lay the host's environment over the image's own ${one.over}.`,
        reason: `${next} \`${one.name}\` to ${file}.`,
      },
    ];
  });
}

/** What the ignore file of this folder leaves out, if a Dockerfile at `path` is built there. */
function outIn(folder: string, path: string, snapshot: Snapshot): (path: string) => boolean {
  const shared = folder === '' ? '.dockerignore' : `${folder}/.dockerignore`;
  const text = snapshot.read(`${path}.dockerignore`) ?? snapshot.read(shared);
  return text === undefined ? () => false : walkIgnores(parseIgnore(text));
}

/** One fix for each ignore file, whichever Dockerfiles share it. */
function missingLines(facts: Facts): Finding[] {
  const groups = new Map<string, DockerfileFacts[]>();
  for (const dockerfile of facts.dockerfiles.filter(isRead)) {
    const { ignorePath } = dockerfile.context;
    if (ignorePath === undefined) continue;
    const group = groups.get(ignorePath);
    if (group) group.push(dockerfile);
    else groups.set(ignorePath, [dockerfile]);
  }
  return [...groups].flatMap(([path, dockerfiles]) =>
    groupFindings({ path, context: dockerfiles[0]!.context.folder!, dockerfiles, facts }),
  );
}

function groupFindings(group: IgnoreGroup): Finding[] {
  const { path, context, dockerfiles, facts } = group;
  const { snapshot } = facts;
  // a link or an unreadable file: what it leaves out is not known
  if (snapshot.paths.has(path) && snapshot.read(path) === undefined) return [];
  const wanted: Wanted[] = dockerfiles.flatMap((dockerfile) =>
    hostEnvironments(dockerfile, context, snapshot)
      .filter((e) => !partsOf(e.path).every(dockerfile.context.ignored))
      .map((environment) => ({ dockerfile, environment })),
  );
  const first = wanted[0];
  const takes = first ?? recommendedTaker(group);
  if (takes === undefined) return [];
  const at = {
    diagnosis: HOST_VENV_COPIED,
    path: takes.dockerfile.path,
    offset: takes.environment.copy.instruction.start,
  };
  const blocked = fileBlocker(group);
  const findings: Finding[] = [];
  const chosen: Wanted[] = [];
  const judged = new Map<string, Blocker | undefined>();
  const used = new Set<string>();
  for (const one of wanted) {
    const { name, path: inContext, copy } = one.environment;
    const full = context === '' ? inContext : `${context}/${inContext}`;
    // said where it is copied
    if (namingSources(one.dockerfile, name).length > 0) continue;
    if (visibleFiles(snapshot, full, { onlyOutsideEnvironments: true }).length > 0) continue;
    if (!judged.has(inContext)) judged.set(inContext, blocked ?? useBlocker(inContext, one.dockerfile, facts));
    const blocker = judged.get(inContext);
    if (blocker === undefined) {
      chosen.push(one);
      continue;
    }
    used.add(name);
    const next =
      blocker.code === 'in use'
        ? ` If it is the host's, make it in the image instead, then add \`${name}\` to ${path}.`
        : '';
    findings.push({
      diagnosis: HOST_VENV_COPIED,
      path: one.dockerfile.path,
      offset: copy.instruction.start,
      message: `\`${inBackquotes(one.dockerfile, one.environment)}\` takes the host's \`${inContext}\` into the image.`,
      reason: `${blocker.words.replace(/^line/, 'Line')}.${next}`,
    });
  }
  const all = linesFor(chosen, used, group, blocked);
  const lines = all.filter(
    (one) => ignoreAddition(takes.dockerfile.context, snapshot, [one], takes.dockerfile.text) !== undefined,
  );
  for (const { name } of all.filter((one) => !lines.includes(one))) {
    findings.push({
      ...at,
      message: `The host's \`${name}\` comes into the image.`,
      reason: `No line can be added to ${path} that leaves it out: an exception in it or a blank in the name keeps it in.`,
    });
  }
  const left = findings.slice(0, 1);
  if (lines.length === 0) return left;
  // the finding hangs on a copy of which a person has not said that it is right
  const open = ({ dockerfile, environment }: Wanted): boolean =>
    !facts.held?.(dockerfile.path, environment.copy.instruction.start);
  const names = chosen.find(open) ?? chosen[0] ?? takes;
  const over = chosen.find((w) => w.environment.over !== undefined)?.environment.over;
  const what = chosen.length > 0 ? `the host's \`${names.environment.path}\`` : `\`${lines[0]!.name}\``;
  const message = `\`${inBackquotes(names.dockerfile, names.environment)}\` takes ${what} into the image${over ? `, over the image's own ${over}` : ''}.`;
  const origin =
    chosen.length > 0 ? { ...at, path: names.dockerfile.path, offset: names.environment.copy.instruction.start } : at;
  const fix = ignoreFix(lines, chosen, group, takes.dockerfile);
  const reason = `${path} does not leave it out of the build context.`;
  return [{ ...origin, message, reason, fix }, ...left];
}

/** With `recommendedIgnores`: the first copy of a whole context. */
function recommendedTaker({ dockerfiles, facts }: IgnoreGroup): Wanted | undefined {
  if (!facts.settings.recommendedIgnores) return undefined;
  for (const dockerfile of dockerfiles) {
    const copy = recommendedFor(dockerfile);
    if (copy !== undefined) return { dockerfile, environment: { path: '', name: '', copy } };
  }
  return undefined;
}

/** Why this ignore file cannot be written. */
function fileBlocker({ path, context, dockerfiles, facts: { snapshot } }: IgnoreGroup): Blocker | undefined {
  const blockedBy = (words: string): Blocker => ({ code: 'ignore file', words });
  const [problem] = dockerfiles[0]!.context.ignoreFile?.problems ?? [];
  if (problem !== undefined) return blockedBy(`${path} cannot be read as the builder reads it: ${problem.message}`);
  const own = whyNotOurs(path, snapshot);
  if (own !== undefined) return blockedBy(own);
  const podman = context === '' ? '.containerignore' : `${context}/.containerignore`;
  if (!snapshot.paths.has(path) && snapshot.paths.has(podman))
    return blockedBy(`Podman reads ${podman} and Docker would read ${path}: which one counts is not known`);
  return undefined;
}

/** Why the environment must stay in the context. */
function useBlocker(path: string, { context }: DockerfileFacts, facts: Facts): Blocker | undefined {
  const words = whyUsed(path, context, facts.snapshot, facts.dockerfiles);
  return words === undefined ? undefined : { code: 'in use', words };
}
