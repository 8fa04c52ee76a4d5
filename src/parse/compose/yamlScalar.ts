// Says what a YAML scalar means to compose: go-yaml's resolution of plain scalars, as far as it can be told exactly.

/** `text` is what compose prints the value as inside a string; `unknown` when it cannot be told from here. */
export interface ScalarMeaning {
  readonly value: string | number | boolean | null;
  readonly text: string;
  readonly unknown?: string;
}

const TRUE = new Set(['true', 'True', 'TRUE']);
const FALSE = new Set(['false', 'False', 'FALSE']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const PLAIN_INT = /^(?:0|-?[1-9][0-9]{0,14})$/;
// Up to four decimals and six digits: Go's %v and JavaScript's String agree on these.
const PLAIN_FLOAT = /^-?(?:0|[1-9][0-9]{0,5})\.[0-9]{1,4}$/;
const OTHER_INT = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)$/;
const OTHER_FLOAT = /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^(?:\.nan|\.NaN|\.NAN|[-+]?(?:\.inf|\.Inf|\.INF))$/;
const DATE = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt ])/;

/**
 * Meaning of an unquoted scalar without a tag. Source: go-yaml's resolver (what compose reads with), which differs from
 * the YAML 1.2 core schema: `010` is octal, `2024-01-01` a date, `yes` a string.
 */
export function plainMeaning(source: string): ScalarMeaning {
  if (NULL.has(source)) return { value: null, text: '' };
  if (TRUE.has(source)) return { value: true, text: 'true' };
  if (FALSE.has(source)) return { value: false, text: 'false' };
  const first = source.charCodeAt(0);
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  if (!numeric || source.length > 64) return { value: source, text: source };
  if (PLAIN_INT.test(source)) return { value: Number(source), text: source };
  if (PLAIN_FLOAT.test(source) && Number(source) !== 0) return { value: Number(source), text: String(Number(source)) };
  if (OTHER_INT.test(source) || OTHER_FLOAT.test(source) || NOT_FINITE.test(source) || DATE.test(source)) {
    return {
      value: source,
      text: source,
      unknown: `the unquoted value ${source} is a number or date that compose rewrites`,
    };
  }
  return { value: source, text: source };
}
