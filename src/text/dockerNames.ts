// Names by which Dockerfiles, compose files and ignore files are known.

const DOCKERFILE = /^(dockerfile([._-].*)?|.*\.dockerfile|containerfile.*)$/i;
const NOT_DOCKERFILE = /\.(dockerignore|md|rst|html|py|js|ts|json|ya?ml|png|svg|go|rb|java|orig|rej|patch|diff|map)$/i;
const COMPOSE = /compose[^/]*\.ya?ml$/i;

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Is this the name of a Dockerfile? */
export function isDockerfileName(path: string): boolean {
  const name = fileName(path);
  return DOCKERFILE.test(name) && !NOT_DOCKERFILE.test(name);
}

/** May this be a compose file? Whether it is one its text says. */
export const isComposeName = (path: string): boolean => COMPOSE.test(path);

/** Is it the name of a file that a fix may touch, also of a Dockerfile that only a compose file names (`web-Dockerfile`)? */
export function isDockerName(path: string): boolean {
  const name = fileName(path);
  return (
    isComposeName(name) ||
    /\.dockerignore$/i.test(name) ||
    (/dockerfile|containerfile/i.test(name) && !NOT_DOCKERFILE.test(name))
  );
}
