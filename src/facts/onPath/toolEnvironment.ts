// Environments that hold a tool alone (Poetry, awscli, pre-commit): they are the tool's, never the image's.

import { wordSet } from '../../text/wordSet.ts';
import type { Blocker } from '../blocker.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { TOOL_DISTRIBUTIONS } from '../installers/distributions.ts';
import { envPathOf } from '../pythonInterpreter.ts';
import { type ActivateEvent, isRun, type RunEvent } from '../trace/events.ts';
import type { Trace } from '../trace/input.ts';

/** An environment, and what activates it. */
interface ActivatedPath {
  readonly path: string;
  readonly all: readonly ActivateEvent[];
}

/** What every environment has. */
const SEEDS = wordSet('pip setuptools wheel virtualenv');
/** Applications of their own, beside the tools that install projects. */
const APPLICATIONS = wordSet(`
ansible ansible-core ansible-lint ansible-builder ansible-runner awscli awscli-local aws-sam-cli awsebcli azure-cli bandit black cfn-lint checkov
certbot cmake codespell commitizen conan cookiecutter copier csvkit docker-compose esptool flake8 gcovr gitlint glances gsutil httpie
isort localstack meson mkdocs mypy ninja pgcli platformio pylint ruff s3cmd safety semgrep speedtest-cli sqlfluff supervisor yamllint yq youtube-dl yt-dlp
detect-secrets djlint lizard reuse pyright cpplint cmakelang cmake-format twine vcstool colcon-common-extensions west nodeenv
`);
const isApplication = (name: string): boolean =>
  APPLICATIONS.has(name) || /^(certbot|mkdocs|pytest-ansible|flake8|dbt)-/.test(name);
const isToolName = (name: string): boolean => TOOL_DISTRIBUTIONS.has(name) || isApplication(name);

/** Names of the tools of which the environment at `path` holds nothing else; undefined where it holds more, or nothing. */
function toolsIn(trace: Trace, path: string): string[] | undefined {
  const names = new Set<string>();
  for (const event of trace.events.filter(isRun)) {
    if (envPathOf(event.install?.target) === path && event.install) {
      if (event.install.names === undefined || !event.install.names.every((n) => isToolName(n) || SEEDS.has(n)))
        return undefined;
      for (const n of event.install.names) if (!SEEDS.has(n)) names.add(n);
    } else if (
      envPathOf(event.interpreter) === path &&
      event.install === undefined &&
      !event.needsNoPackages &&
      isProjects(event)
    )
      return undefined;
  }
  return names.size === 0 ? undefined : [...names];
}

/** A command that no tool is: a script of Python, something that may be anything. */
const isProjects = (event: RunEvent): boolean =>
  (event.what === 'python' &&
    !(event.words.includes('-m') && isToolName(event.words[event.words.indexOf('-m') + 1] ?? ''))) ||
  (event.what === 'unknown' && !/^[\w.+-]+$/.test(event.words[0] ?? ''));

/** Program of a tool, by its beginning. */
const programName = (tool: string): string => (tool === 'awscli' ? 'aws' : tool.replace(/-(core|cli)$/, ''));

/**
 * The tools of an environment that is theirs alone, seen from what stands (its own trace) and from what a fix would make (`now`).
 * An application that a start activates, or that is called by its name where nothing activates, is what the image is for.
 */
function toolsAlone(dockerfile: DockerfileFacts, { path, all }: ActivatedPath, now?: Trace): string[] | undefined {
  const tools =
    toolsIn(dockerfile.trace, path) ??
    (now === undefined || hasInstalls(dockerfile.trace, path) ? undefined : calledAfter(now, path));
  if (tools === undefined || !tools.some(isApplication)) return tools;
  if (all.some((event) => event.when === 'runtime')) return undefined;
  const linked = new RegExp(`ln\\s+-\\w*s[^\\n]*${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/bin`).test(
    dockerfile.text,
  );
  const byName = dockerfile.trace.events.some(
    (event) =>
      isRun(event) &&
      !event.implied &&
      envPathOf(event.interpreter) !== path &&
      tools.some((tool) => event.words[0] === programName(tool) || event.words[0]?.startsWith(`${programName(tool)}-`)),
  );
  return byName && !linked ? undefined : tools;
}

const hasInstalls = (trace: Trace, path: string): boolean =>
  trace.events.some((event) => isRun(event) && envPathOf(event.install?.target) === path);

/** The tools after which the folder is called, of those that a fix would put there. */
function calledAfter(now: Trace, path: string): string[] | undefined {
  const folder = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const held = now.events
    .filter(isRun)
    .flatMap((event) => (envPathOf(event.install?.target) === path ? (event.install?.names ?? []) : []));
  const own = held.filter((n) => isToolName(n) && !SEEDS.has(n) && folder.includes(programName(n)));
  return own.length > 0 ? own : undefined;
}

/** Why the environment is not the image's. */
export function toolBlocker(dockerfile: DockerfileFacts, group: ActivatedPath, now?: Trace): Blocker | undefined {
  const tools = toolsAlone(dockerfile, group, now);
  if (tools === undefined) return undefined;
  const words = `${group.path} is the environment of a tool (${tools.join(', ')}), not of what the image is for`;
  return { code: 'tool environment', words };
}
