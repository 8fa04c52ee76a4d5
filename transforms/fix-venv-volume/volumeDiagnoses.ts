// What the findings of this transform name, by what is wrong with the mount.

import type { Diagnosis } from '../../src/model.ts';
import type { MountProblem } from './mountVerdict.ts';

const SEE = "docker compose run --rm --entrypoint sh SERVICE -c 'ls -l /app/.venv/bin'";
const STALE =
  'Docker fills a volume from the image once. After a rebuild the service goes on with the packages of the image before: `ModuleNotFoundError` for what was added, old versions of the rest.';

export const VOLUME_DIAGNOSES: Readonly<Record<MountProblem, Diagnosis>> = {
  hidden: {
    id: 'mount-hides-venv',
    level: 'broken',
    title: "A mount hides the image's environment",
    means:
      "The mounted folder lies over the whole of what the image has there. The container finds no environment (exit 127, ModuleNotFoundError), or the host's, made for another system.",
    see: SEE,
    write:
      'A volume at the environment below the mount (`- /app/.venv`), or the environment outside of the mounted folder (`/opt/venv`).',
  },
  'host over image': {
    id: 'host-venv-over-image',
    level: 'fragile',
    title: "The host's environment is mounted over the image's",
    means:
      "The container runs the host's binaries, made for another system and another Python: it works on the machine where both happen to fit.",
    see: SEE,
    write: 'A volume at that path (`- /app/.venv`) in place of the mount.',
  },
  'host without image': {
    id: 'host-venv-mounted',
    level: 'fragile',
    title: "A service runs with the host's environment",
    means: 'Binaries, paths and the Python version of the host need not fit the container.',
    see: SEE,
    write: 'The environment made in the image, outside of mounted folders; the mount goes.',
  },
  'empty over image': {
    id: 'empty-mount-over-venv',
    level: 'broken',
    title: "An empty mount hides the image's environment",
    means: 'A tmpfs, or a volume with `nocopy`, is not filled from the image: the container finds no environment.',
    see: SEE,
    write: 'A plain volume in its place (`- /app/.venv`).',
  },
  stale: {
    id: 'volume-goes-stale',
    level: 'fragile',
    title: 'A volume keeps the packages of the image it was filled from',
    means: STALE,
    see: 'docker compose up --build, then: docker compose exec SERVICE pip list',
    write:
      '`docker compose up --build --renew-anon-volumes` (or `docker compose down -v` for a named one), or the environment outside of the mounted folder.',
  },
  'carried over': {
    id: 'anonymous-volume-carried-over',
    level: 'advice',
    title: 'An anonymous volume keeps old packages until it is renewed',
    means: `The volume is right, and has one price: \`docker compose up --build\` gives the new container the volume of the old one. ${STALE}`,
    see: 'docker compose up --build, then: docker compose exec SERVICE pip list',
    write:
      '`docker compose up --build --renew-anon-volumes` after each change of packages (or `docker compose down` first), or the environment outside of the mounted folder (`/opt/venv`), which needs no volume.',
  },
  'made in mount': {
    id: 'venv-made-in-mount',
    level: 'fragile',
    title: 'A service makes its environment in the folder that it mounts',
    means:
      "The host and the container share one environment, made for one of their systems and Pythons: the other one finds dead links or wrong binaries, and it stays as it is over branches and rebuilds. Where the host's own stands there, the container takes or replaces it.",
    see: SEE,
    write:
      '`UV_PROJECT_ENVIRONMENT=/opt/venv`, `POETRY_VIRTUALENVS_IN_PROJECT=false`, a path outside of the mount for `python -m venv`, or a volume at the environment.',
  },
  'taken by tool': {
    id: 'host-venv-taken-by-tool',
    level: 'fragile',
    title: "The tool takes the host's .venv in place of the image's environment",
    means:
      "The image has its environment in the tool's cache. Poetry prefers a `.venv` in the project, and the mounted project brings the one of the host, where there is one.",
    see: 'docker compose run --rm SERVICE poetry env info',
    write: '`ENV POETRY_VIRTUALENVS_IN_PROJECT=false` in the image. No volume at `.venv`: poetry would take it.',
  },
  'not owner': {
    id: 'volume-of-another-user',
    level: 'fragile',
    title: 'A start syncs a volume that belongs to another user',
    means:
      'Docker fills the volume with the owners that the files have in the image. A start as another user that syncs (`uv run`, `poetry install`) works while nothing is missing, and ends with "Permission denied" once something is.',
    see: "docker compose run --rm --entrypoint sh SERVICE -c 'id -un; ls -ld /app/.venv'",
    write:
      '`COPY --chown=USER` or `RUN chown -R USER /app/.venv` in the Dockerfile, or a start without a sync (`uv run --no-sync`).',
  },
  'not worker': {
    id: 'volume-closed-to-worker',
    level: 'fragile',
    title: 'Who works in the container cannot install into its environment',
    means:
      'Docker fills the volume with the owners that the files have in the image. A container that waits for somebody to work in it (a devcontainer, `sleep infinity`) has an environment of root, and the user who comes in gets "Permission denied" from `uv sync`, `uv add`, `poetry install`.',
    see: "docker compose exec SERVICE sh -c 'id -un; ls -ld /app/.venv'",
    write: '`RUN chown -R USER /app/.venv` in the Dockerfile, or `USER` above the install.',
  },
  'two images': {
    id: 'volume-of-two-images',
    level: 'fragile',
    title: 'Two images share one volume for their environments',
    means:
      'Docker fills a named volume from the image of whichever container comes first. The other service then runs with the packages, and the Python, of an image that is not its own.',
    see: SEE,
    write: 'A volume of its own for each image (`- /app/.venv`, or two names).',
  },
  needless: {
    id: 'volume-without-mount',
    level: 'fragile',
    title: 'A volume at the environment shields it from nothing',
    means: `No mount lies over the environment. ${STALE}`,
    see: 'docker compose up --build, then: docker compose exec SERVICE pip list',
    write: 'Take the entry out.',
  },
  astray: {
    id: 'volume-astray',
    level: 'advice',
    title: 'A volume stands where no environment is',
    means:
      'The entry is written as one that keeps the environment of the image in sight. At its path the image has none, and no mount lies over that place: it hides and keeps nothing. The environment is elsewhere.',
    see: "docker compose run --rm --entrypoint sh SERVICE -c 'ls -d /app/.venv; command -v python'",
    write: 'The path of the environment in its place, where a mount lies over that; else take it out.',
  },
  'empty without image': {
    id: 'volume-hides-host-venv',
    level: 'broken',
    title: 'An empty volume stands where no environment was made',
    means:
      'The image has no environment there, so the volume stays empty, and hides the one that the mounted folder may have.',
    see: SEE,
    write: "The environment made in the image; or take the entry out, if the host's is meant.",
  },
  'leaves its own': {
    id: 'volume-taken-by-poetry',
    level: 'broken',
    title: 'poetry takes an empty volume for its environment',
    means:
      'poetry prefers a `.venv` in the project to the environment that it made in its cache, also an empty one: the packages of the image are not found.',
    see: 'docker compose run --rm SERVICE poetry env info',
    write: 'Take the entry out and set `POETRY_VIRTUALENVS_IN_PROJECT=false`, or install into the project.',
  },
};

/** Of a rule, not of a mount. */
export const VENV_WATCHED: Diagnosis = {
  id: 'venv-watched',
  level: 'fragile',
  title: "develop.watch copies the host's environment over the image's",
  means:
    "`docker compose watch` copies what changes below the rule's path into the container. An environment of the host in there comes along, file by file, over the one of the image: dead links, wrong binaries.",
  see: 'docker compose exec SERVICE cat /app/.venv/pyvenv.cfg',
  write: '`ignore: [.venv/]` in the rule, or `**/.venv` in the ignore file.',
};
