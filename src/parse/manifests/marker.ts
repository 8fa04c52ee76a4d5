// Brings simple PEP 508 markers to the spelling that uv writes, so that equal ones can be compared as text.

const CLAUSE = /^(\w+) ?(===|==|~=|!=|<=|>=|<|>) ?'([^']*)'$/;

function nextMinor(version: string): string | undefined {
  const match = /^(\d+)\.(\d+)$/.exec(version);
  return match === null ? undefined : `${match[1]}.${Number(match[2]) + 1}`;
}

/** `python_version` compares two numbers; uv writes the same as a range of the full version. */
function canonicalClause(clause: string): string {
  const match = CLAUSE.exec(clause);
  if (match === null) return clause;
  const [, name = '', operator = '', value = ''] = match;
  if (name === 'extra') return `extra == '${value.replace(/[-_.]+/g, '-').toLowerCase()}'`;
  if (name !== 'python_version') return `${name} ${operator} '${value}'`;
  const next = nextMinor(value);
  if (operator === '>=' || operator === '<') return `python_full_version ${operator} '${value}'`;
  if (operator === '>' && next !== undefined) return `python_full_version >= '${next}'`;
  if (operator === '<=' && next !== undefined) return `python_full_version < '${next}'`;
  if ((operator === '==' || operator === '!=') && next !== undefined)
    return `python_full_version ${operator} '${value}.*'`;
  return `${name} ${operator} '${value}'`;
}

/** Canonical text of a marker; '' for none. Only chains of `and` or of `or` are sorted; others keep their order. */
export function canonicalMarker(marker: string | undefined): string {
  if (marker === undefined) return '';
  const text = marker
    .replace(/"/g, "'")
    .replace(/[ \t]+/g, ' ')
    .trim();
  const isChain = !text.includes('(') && !/ in /.test(text);
  const joiner = / or /.test(text) ? ' or ' : ' and ';
  if (!isChain || (joiner === ' or ' && / and /.test(text))) return text;
  return [...new Set(text.split(joiner).map((part) => canonicalClause(part.trim())))].sort().join(joiner);
}

/** The marker under which a requirement of an extra stands. */
export function joinMarkers(marker: string | undefined, extra: string | undefined): string | undefined {
  if (extra === undefined) return marker;
  if (marker === undefined) return `extra == '${extra}'`;
  return / or /.test(marker) ? `(${marker}) and extra == '${extra}'` : `${marker} and extra == '${extra}'`;
}
