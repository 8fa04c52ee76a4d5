// Paths of a repository: which of them may be read or written.

/** True for a repository-relative path without '', '.', '..', NUL or a `.git` part: one that may be read or written. */
export function isCleanPath(path: string): boolean {
  if (path === '' || path.includes('\0')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git');
}
