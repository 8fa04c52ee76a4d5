// COPY . . with a .venv on the host  ->  `.venv` in the ignore file that counts.
import { appendLines, createFile, lineEndingOf } from '../src/edit.ts';
import type { DockerfileFacts, Facts } from '../src/facts/facts.ts';
import { namingSources } from '../src/facts/ignore/contextCopies.ts';
import {
  type HostEnvironment,
  hostEnvironments,
  partsOf,
  reliesOn,
  reliesOnPath,
} from '../src/facts/ignore/hostEnvironments.ts';
import {
  ignoreLine,
  isEnvironmentFile,
  leavesOut,
  RECOMMENDED,
  recommendedFor,
  styled,
  visibleFiles,
} from '../src/facts/ignore/ignoreLines.ts';
import type { Finding, Fix, TextEdit, Transform } from '../src/model.ts';
import { ignores, parseIgnore } from '../src/parse/dockerignore.ts';

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
  run: (facts) => [...onPurpose(facts), ...unknownContexts(facts), ...missingLines(facts)],
};

const readable = (d: DockerfileFacts): boolean => d.leftAlone === undefined;
const quoted = (d: DockerfileFacts, e: HostEnvironment): string => {
  const { start, end } = e.copy.instruction;
  const text = d.text.slice(start, end).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** A COPY that names the host's environment contradicts the ignore line: a person decides. */
function onPurpose(facts: Facts): Finding[] {
  return facts.dockerfiles.filter(readable).flatMap((d) =>
    ['.venv', 'venv'].flatMap((name) =>
      namingSources(d, name).flatMap(({ instruction, source }): Finding[] => {
        const { folder, ignorePath, ignored } = d.context;
        const full = folder === undefined || folder === '' ? source : `${folder}/${source}`;
        if (visibleFiles(facts.snapshot, full, { onlyOutsideEnvironments: true }).length > 0) return [];
        const out =
          folder !== undefined && ignored(source)
            ? `, which ${ignorePath} leaves out of the context, so that the build fails`
            : '';
        return [
          {
            path: d.path,
            offset: instruction.start,
            message: `\`${source}\` of the build context is copied into the image on purpose${out}.`,
            reason: `An environment works only where it was made. Either make it in the image (\`RUN python -m venv\`, \`uv sync\`) and add \`${name}\` to ${ignorePath ?? 'the ignore file'}, or keep this copy and leave \`${name}\` out of the ignore file: both together cannot be.`,
          },
        ];
      }),
    ),
  );
}

/** Without a known context there is no ignore file to write: said where the image's own environment is laid over. */
function unknownContexts(facts: Facts): Finding[] {
  return facts.dockerfiles.filter(readable).flatMap((d) => {
    if (d.context.folder !== undefined) return [];
    const folder = d.path.includes('/') ? d.path.slice(0, d.path.lastIndexOf('/')) : '';
    const files = ['.dockerignore', `${folder}/.dockerignore`, `${d.path}.dockerignore`].flatMap(
      (p) => facts.snapshot.read(p) ?? [],
    );
    const out = files.map((text) => ignores(parseIgnore(text)));
    const risk = d.trace.events.find((e) => {
      if (e.kind !== 'overwrite') return false;
      const { why = '' } = e;
      return why !== '' && !out.some((isOut) => isOut(why) || isOut(`${folder}/${why}`));
    });
    if (risk === undefined) return [];
    return [
      {
        path: d.path,
        offset: risk.range.start,
        message: `This copy would lay the host's environment over the image's own ${risk.path}.`,
        reason: `Which ignore file counts is not known: ${d.context.reason}. Name the build context under \`contexts\` in the configuration, or add \`${risk.path.slice(risk.path.lastIndexOf('/') + 1)}\` to the ignore file of that context.`,
      },
    ];
  });
}

/** One fix for each ignore file, whichever Dockerfiles share it. */
function missingLines(facts: Facts): Finding[] {
  const groups = new Map<string, DockerfileFacts[]>();
  for (const d of facts.dockerfiles.filter(readable)) {
    const { ignorePath } = d.context;
    if (ignorePath === undefined) continue;
    const group = groups.get(ignorePath);
    if (group) group.push(d);
    else groups.set(ignorePath, [d]);
  }
  return [...groups].flatMap(([path, group]) => groupFindings(path, group, facts));
}

interface Wanted {
  readonly d: DockerfileFacts;
  readonly environment: HostEnvironment;
}

function groupFindings(path: string, group: readonly DockerfileFacts[], facts: Facts): Finding[] {
  const { snapshot } = facts;
  const context = group[0]!.context.folder!;
  // a link or an unreadable file: what it leaves out is not known
  if (snapshot.paths.has(path) && snapshot.read(path) === undefined) return [];
  const wanted: Wanted[] = group.flatMap((d) =>
    hostEnvironments(d, context, snapshot)
      .filter((e) => !partsOf(e.path).every(d.context.ignored))
      .map((environment) => ({ d, environment })),
  );
  const first = wanted[0];
  const takes = first ?? recommendedTaker(group, facts);
  if (takes === undefined) return [];
  const at = { path: takes.d.path, offset: takes.environment.copy.instruction.start };
  const blocked = whyNot(path, group, facts);
  const findings: Finding[] = [];
  const chosen: Wanted[] = [];
  for (const one of wanted) {
    const { name, path: inContext } = one.environment;
    const full = context === '' ? inContext : `${context}/${inContext}`;
    const others = facts.dockerfiles.filter((d) => d.context.ignorePath === path || d.context.folder === undefined);
    if (others.some((d) => namingSources(d, name).length > 0)) continue;
    if (visibleFiles(snapshot, full, { onlyOutsideEnvironments: true }).length > 0) continue;
    const user = group.find((d) => reliesOn(d, one.environment) !== undefined);
    if (blocked === undefined && user === undefined) {
      chosen.push(one);
      continue;
    }
    findings.push({
      path: one.d.path,
      offset: one.environment.copy.instruction.start,
      message: `\`${quoted(one.d, one.environment)}\` takes the host's \`${inContext}\` into the image.`,
      reason:
        user === undefined
          ? `${blocked}.`
          : `${user.path} uses it (\`${reliesOn(user, one.environment)}\`) and nothing that can be read there makes it. If it is the host's, make it in the image instead, then add \`${name}\` to ${path}.`,
    });
  }
  const lines = linesFor(chosen, context, facts, group, blocked);
  const left = findings.slice(0, 1);
  if (lines.length === 0) return left;
  const fix = fixFor(path, lines, chosen, facts, takes.d);
  const names = chosen[0] ?? takes;
  const over = chosen.find((w) => w.environment.over !== undefined)?.environment.over;
  const what = chosen.length > 0 ? `the host's \`${names.environment.path}\`` : `\`${lines[0]!.name}\``;
  const message = `\`${quoted(names.d, names.environment)}\` takes ${what} into the image${over ? `, over the image's own ${over}` : ''}.`;
  const origin = chosen.length > 0 ? { path: names.d.path, offset: names.environment.copy.instruction.start } : at;
  return [{ ...origin, message, reason: `${path} does not leave it out of the build context.`, fix }, ...left];
}

/** With `recommendedIgnores`: the first copy of a whole context. */
function recommendedTaker(group: readonly DockerfileFacts[], facts: Facts): Wanted | undefined {
  if (!facts.settings.recommendedIgnores) return undefined;
  for (const d of group) {
    const copy = recommendedFor(d);
    if (copy !== undefined) return { d, environment: { path: '', name: '', copy } };
  }
  return undefined;
}

/** Why this ignore file cannot be written. */
function whyNot(path: string, group: readonly DockerfileFacts[], facts: Facts): string | undefined {
  const { snapshot } = facts;
  const folder = group[0]!.context.folder!;
  const [problem] = group[0]!.context.ignoreFile?.problems ?? [];
  if (problem !== undefined) return `${path} cannot be read as the builder reads it: ${problem.message}`;
  const podman = folder === '' ? '.containerignore' : `${folder}/.containerignore`;
  if (!snapshot.paths.has(path) && snapshot.paths.has(podman))
    return `Podman reads ${podman} and Docker would read ${path}: which one counts is not known`;
  return undefined;
}

interface Line {
  readonly name: string;
  readonly line: string;
}

function linesFor(
  chosen: readonly Wanted[],
  context: string,
  facts: Facts,
  group: readonly DockerfileFacts[],
  blocked: string | undefined,
): Line[] {
  const { snapshot } = facts;
  const names = [...new Set(chosen.map((w) => w.environment.name))].sort();
  const lines = names.flatMap((name) => {
    const paths = chosen.filter((w) => w.environment.name === name).map((w) => w.environment.path);
    const [line = name, ...rest] = ignoreLine(name, paths);
    const free =
      rest.length > 0 || leavesOut(line, context, snapshot, (p) => isEnvironmentFile(p, snapshot)).length === 0;
    return (free ? [line, ...rest] : paths).map((own) => ({ name, line: own }));
  });
  if (!facts.settings.recommendedIgnores || blocked !== undefined || !group.some((d) => recommendedFor(d)))
    return lines;
  const { ignored } = group[0]!.context;
  const more = RECOMMENDED.filter(({ name, line, parts }) => {
    if (parts.every(ignored) || (name === '.git' && facts.dockerfiles.some((d) => /\bgit\b/.test(d.text))))
      return false;
    if (facts.dockerfiles.some((d) => namingSources(d, name).length > 0)) return false;
    if (group.some((d) => reliesOnPath(d, name) !== undefined)) return false;
    return leavesOut(line, context, snapshot, () => false).length === 0;
  });
  return [...lines, ...more];
}

function fixFor(
  path: string,
  lines: readonly Line[],
  chosen: readonly Wanted[],
  facts: Facts,
  d: DockerfileFacts,
): Fix {
  const text = facts.snapshot.read(path);
  const written = lines.map(({ line }) => styled(line, text ?? ''));
  const ending = lineEndingOf(d.text);
  const edit: TextEdit =
    text === undefined
      ? createFile(path, written.map((l) => l + ending).join(''))
      : appendLines({ path, text, lines: written });
  const listed = written.map((l) => `\`${l}\``).join(', ');
  const names = [...new Set(lines.map(({ name }) => name))];
  const dead = (text ?? '').split('\n').find((l) => /^[ \t]*\/?(\*\*\/)?\.?venv\/?[ \t]+#/.test(l));
  return {
    title: text === undefined ? `Create ${path} with ${listed}` : `Add ${listed} to ${path}`,
    safety: 'safe',
    ...(dead === undefined
      ? {}
      : { notes: [`The line \`${dead.trim()}\` leaves nothing out: a comment needs a line of its own.`] }),
    edits: [edit],
    declares: { ignores: [...names, ...chosen.map((w) => w.environment.path)] },
  };
}
