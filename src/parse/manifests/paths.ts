// Joins '/'-separated paths by their text alone, in the repository (nothing may leave it) and in an image (absolute).

/** The path's folder; '' for a file at the root of the repository, '/' for one at the root of an image. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash === 0) return '/';
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function resolved(parts: readonly string[]): { readonly kept: string[]; readonly left: boolean } {
  const kept: string[] = [];
  let left = false;
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined) left = true;
  }
  return { kept, left };
}

/** Repository-relative path of `path` seen from `folder`; '' is the root. Undefined where it is absolute or leaves the repository. */
export function joinInside(folder: string, path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\0')) return undefined;
  const { kept, left } = resolved(`${folder}/${path}`.split('/'));
  return left ? undefined : kept.join('/');
}

/** Absolute path in an image of `path` seen from the absolute `folder`; `..` above the root stays at the root. */
export function joinImage(folder: string, path: string): string {
  return `/${resolved((path.startsWith('/') ? path : `${folder}/${path}`).split('/')).kept.join('/')}`;
}
