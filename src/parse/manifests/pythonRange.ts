// Whether a Python of MAJOR.MINOR is one that `requires-python` or a `.python-version` asks for.

/** `unknown`: it hangs on the patch release, or the text is not read. */
export type Fit = 'in' | 'out' | 'unknown';

interface PythonRelease {
  readonly minor: readonly [number, number];
  /** Behind MAJOR.MINOR. */
  readonly rest: string;
}

function pythonRelease(text: string): PythonRelease | undefined {
  const [, major, minor, rest = ''] = /^(\d+)\.(\d+)((?:\.\d+)*(?:\.\*)?)$/.exec(text) ?? [];
  return major === undefined ? undefined : { minor: [Number(major), Number(minor)], rest };
}

const compared = ([major, minor]: PythonRelease['minor'], [otherMajor, otherMinor]: PythonRelease['minor']): number =>
  major - otherMajor || minor - otherMinor;

const isFirst = (rest: string): boolean => /^(\.0)*$/.test(rest);

function fitOfClause(clause: string, version: PythonRelease['minor']): Fit {
  const [, operator, text = ''] = /^(>=|<=|==|~=|!=|>|<)\s*([\d.*]+)$/.exec(clause) ?? [];
  const asked = pythonRelease(/^\d+$/.test(text) ? `${text}.0` : text);
  if (operator === undefined || asked === undefined) return 'unknown';
  const side = compared(version, asked.minor);
  const { rest } = asked;
  switch (operator) {
    case '>=':
      return side > 0 || (side === 0 && isFirst(rest)) ? 'in' : side < 0 ? 'out' : 'unknown';
    case '>':
      return side > 0 ? 'in' : side < 0 ? 'out' : 'unknown';
    case '<':
      return side < 0 ? 'in' : side > 0 || isFirst(rest) ? 'out' : 'unknown';
    case '<=':
      return side < 0 ? 'in' : side > 0 ? 'out' : 'unknown';
    case '==':
      return side !== 0 ? 'out' : rest === '.*' ? 'in' : 'unknown';
    case '!=':
      return side !== 0 ? 'in' : rest === '.*' ? 'out' : 'unknown';
    default:
      if (rest === '') return version[0] === asked.minor[0] && side >= 0 ? 'in' : 'out';
      return side !== 0 ? 'out' : isFirst(rest) ? 'in' : 'unknown';
  }
}

/** `specifiers`: as PEP 440 has them, `>=3.11,<4`. `version`: MAJOR.MINOR. */
export function fitOfRange(specifiers: string, version: string): Fit {
  const own = pythonRelease(version);
  if (own === undefined) return 'unknown';
  const fits = specifiers
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => fitOfClause(one, own.minor));
  return fits.includes('out') ? 'out' : fits.includes('unknown') ? 'unknown' : 'in';
}

/** What is asked of uv by a `.python-version`, by `--python` or by UV_PYTHON: a release, or specifiers. */
export function fitOfRequest(request: string, version: string): Fit {
  const plain = request.trim().replace(/^(cpython-?|cpython@|python-?)(?=\d)/, '');
  if (/^[<>=~!]/.test(plain)) return fitOfRange(plain, version);
  if (/^\d+$/.test(plain)) return version.startsWith(`${plain}.`) ? 'in' : 'out';
  const [own, asked] = [pythonRelease(version), pythonRelease(plain)];
  if (own === undefined || asked === undefined) return 'unknown';
  if (compared(own.minor, asked.minor) !== 0) return 'out';
  return asked.rest === '' ? 'in' : 'unknown';
}
