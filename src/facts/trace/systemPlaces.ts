// Where the system's Python looks for packages, and whether a path lies there or above.
import { beginsInHome, isKnown } from '../values.ts';

/** `within`: a folder of packages or below one; `above`: a folder that holds one; `no`: neither. */
export type Reach = 'no' | 'within' | 'above';

const WITHIN = [
  /^(\/usr(\/local)?)?\/lib(64)?\/python[^/]*(\/|$)/,
  /\/\.local\/lib\/python[^/]*(\/|$)/,
  /^\/(usr|lib|root|home)\/(.*\/)?(site|dist)-packages(\/|$)/,
];
/** Of /usr/local/lib, where Python's own folders have many names (a `.pth` leads to any): what holds no packages of it. */
const LOCAL_LIB = /^\/usr\/local\/lib(?:64)?\/([^/]+)/;
const NO_PYTHON =
  /^(?:node_modules|pkgconfig|cmake|docker|ruby|perl5?|lua|php|R|gcc|systemd|ocaml|erlang|.*\.(?:so|a|la|jar|js|node)[.\d]*)$/;
const ABOVE = /^\/$|^\/usr(\/local)?(\/lib(64)?)?$|^\/lib(64)?$|\/\.local(\/lib)?$/;
const HOME = /^\/root$|^\/home(\/[^/]+)?$/;

/** Folders of packages and those above them, from `/`; a user's own below each home. */
const FOLDERS = ['usr/local/lib', 'usr/local/lib64', 'usr/lib', 'usr/lib64', 'lib', 'root/.local', 'home'];
const VERSIONS = ['python3', ...Array.from({ length: 10 }, (_, n) => `python3.${n + 6}`), 'site-packages'];

/** A path whose beginning is not known may be anywhere; elsewhere an unknown part stands for any name. */
function plainSystemPath(path: string): string {
  if (isKnown(path)) return path;
  const rest = path.slice(path.indexOf('\uE001') + 1);
  const whole = path.startsWith('\uE000')
    ? beginsInHome(path)
      ? `/home/user${rest}`
      : `/usr/local/lib${/^\/?$/.test(rest) ? '/python3' : rest}`
    : path;
  return whole.replace(/(^|\/)\uE000[^\uE001]*\uE001(?=\/|$)/g, '$1python3').replace(/\uE000[^\uE001]*\uE001/g, 'x');
}

/** `path`: absolute, symbolic; its last part may be `*`. */
export function systemReach(path: string): Reach {
  const whole = plainSystemPath(path).replace(/(?<=.)\/(\*|\.)?$/, '');
  const folder = whole === '/*' || whole === '' ? '/' : whole;
  const [, own] = LOCAL_LIB.exec(folder) ?? [];
  if (
    WITHIN.some((pattern) => pattern.test(folder)) ||
    (own !== undefined && !own.includes('*') && !NO_PYTHON.test(own))
  )
    return 'within';
  return ABOVE.test(folder) || HOME.test(folder) ? 'above' : 'no';
}

/** A home folder holds a user's own packages alone. */
export const isHome = (path: string): boolean => HOME.test(plainSystemPath(path).replace(/(?<=.)\/\*?$/, ''));

/** Paths below `folder` (which is above packages) at which packages, or folders of them, would lie. */
export function placesBelow(folder: string): string[] {
  const own = plainSystemPath(folder).replace(/\/$/, '');
  if (HOME.test(own)) return own === '/home' ? [''] : ['.local'];
  if (/\/\.local$/.test(own)) return ['lib'];
  if (/\/lib(64)?$/.test(own)) return VERSIONS;
  return FOLDERS.filter((folder) => `/${folder}`.startsWith(`${own}/`)).map((folder) =>
    `/${folder}`.slice(own.length + 1),
  );
}

/** Could a name that matches this pattern, put into `folder`, bring packages? */
export function mayBring(folder: string, pattern: string): boolean {
  const reach = systemReach(folder);
  if (reach !== 'above') return reach === 'within';
  const text = [...pattern].map((character) =>
    character === '*' ? '.*' : character === '?' ? '.' : character.replace(/[.+^${}()|[\]\\]/, '\\$&'),
  );
  const match = new RegExp(`^${text.join('')}$`);
  return placesBelow(folder).some((place) => place === '' || match.test(place.split('/')[0]!));
}

/** Absolute paths of the system's packages in a text: a word, a setting, a here-document. */
const NAMED =
  /(?<![\w/.-])(?:\/usr(?:\/local)?\/lib(?:64)?\/python[\w.*]*|\/(?:root|home\/[\w.-]+)\/\.local\/lib)(?:\/[^\s"':;,)]*)?/;
const PROGRAM = /(?<![\w/.-])(?:\/usr\/local|\/(?:root|home\/[\w.-]+)\/\.local)\/bin\/([\w.+-]+)/g;

/** What a text names of the system's packages: a folder or file of them, or a program that one of them brings. */
export function namedIn(text: string, isProgram: (name: string) => boolean): string | undefined {
  const folder = NAMED.exec(text)?.[0];
  if (folder !== undefined) return folder;
  for (const match of text.matchAll(PROGRAM)) if (isProgram(match[1]!)) return match[0];
  return undefined;
}
