// Which folders of a given name a .gitignore names: enough to learn what the project calls its environments.

/** Where a .gitignore ignores folders of a name: at any depth below its own folder, or at these paths relative to it. */
export interface GitignoreNames {
  readonly anywhere: boolean;
  readonly at: readonly string[];
}

/** Reads a .gitignore (latin1) for `name`, which has no `/`. Only patterns that hold the name's letters are looked at. */
export function gitignoreNames(text: string, name: string): GitignoreNames {
  const letters = name.replace(/[^A-Za-z]/g, '');
  let anywhere = false;
  let at: string[] = [];
  for (const line of text.split('\n')) {
    const { negated, pattern } = namePattern(line);
    if (!pattern.includes(letters) || pattern.length > 200) continue;
    const path = pattern.replace(/^(\*\*\/)+/, '').replace(/(\/\*{0,2})+$/, '');
    const inner = path.replace(/^\//, '');
    if (!matchesName(inner.slice(inner.lastIndexOf('/') + 1), name)) continue;
    const free = !path.includes('/') || (path !== pattern && pattern.startsWith('**/') && !inner.includes('/'));
    const folder = inner.includes('/') ? `${inner.slice(0, inner.lastIndexOf('/'))}/` : '';
    if (free) anywhere = !negated;
    else if (negated) at = at.filter((each) => each !== folder + name);
    else if (!/[*?[\\]/.test(folder)) at.push(folder + name);
  }
  return { anywhere, at };
}

function namePattern(line: string): { readonly negated: boolean; readonly pattern: string } {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line[end - 1]!)) end--;
  const own = line.slice(0, end);
  if (own.startsWith('#')) return { negated: false, pattern: '' };
  return own.startsWith('!') ? { negated: true, pattern: own.slice(1) } : { negated: false, pattern: own };
}

/** A name against one with at most two `*`. */
function matchesName(glob: string, name: string): boolean {
  const parts = glob.split('*');
  if (parts.length === 1) return glob === name;
  if (parts.length > 3 || !name.startsWith(parts[0]!) || !name.endsWith(parts.at(-1)!)) return false;
  const middle = name.slice(parts[0]!.length, name.length - parts.at(-1)!.length);
  return name.length >= parts[0]!.length + parts.at(-1)!.length && middle.includes(parts.length === 3 ? parts[1]! : '');
}
