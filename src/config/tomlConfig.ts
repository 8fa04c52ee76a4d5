// Reads [tool.pyvenv-fix] of a pyproject.toml.

import { parse, TomlError } from 'smol-toml';
import { LONGEST_CONFIG, placeKey, type Read, TOO_LONG } from './located.ts';

const OWN_TABLE = /^[ \t]*\[[ \t]*"?tool"?[ \t]*\.[ \t]*"?pyvenv-fix"?[ \t]*[.\]]/m;
const OWN_NAME = 'pyvenv-fix';

/**
 * The table, or undefined where the file has none (also where it is broken and none can be seen). The parser keeps no places, so
 * those of keys are looked up by their text below the table's header.
 */
export function readPyproject(text: string): Read | undefined {
  if (!text.includes(OWN_NAME)) return undefined;
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    if (!OWN_TABLE.test(text)) return undefined;
    if (error instanceof TomlError) return { offset: errorOffset(text, error), message: firstLine(error.message) };
    return { offset: 0, message: 'this file is nested too deeply' };
  }
  const tool = document.tool;
  if (typeof tool !== 'object' || tool === null || !(OWN_NAME in tool)) return undefined;
  const value = tool[OWN_NAME];
  if (isLongerThan(value, LONGEST_CONFIG)) return { offset: headerIn(text), message: TOO_LONG };
  return { value, places: placesIn(text, value) };
}

function headerIn(text: string): number {
  const header = OWN_TABLE.exec(text);
  return header ? header.index + header[0].search(/\[/) : text.indexOf(OWN_NAME);
}

/** Whether a value comes to more than so many characters, its keys counted; stops as soon as it does. */
function isLongerThan(value: unknown, most: number): boolean {
  let length = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && length <= most) {
    const one = waiting.pop();
    length += typeof one === 'string' ? one.length + 3 : 1;
    if (typeof one === 'object' && one !== null) {
      // Only so many more can count.
      for (const [key, inner] of Object.entries(one).slice(0, most)) waiting.push(Array.isArray(one) ? '' : key, inner);
    }
  }
  return length > most;
}

function placesIn(text: string, value: unknown): Map<string, number> {
  const start = headerIn(text);
  const places = new Map([[placeKey([]), start]]);
  if (typeof value !== 'object' || value === null) return places;
  for (const [key, inner] of Object.entries(value)) {
    const at = findKey(text, key, start);
    if (at === undefined) continue;
    places.set(placeKey([key]), at);
    if (Array.isArray(inner)) {
      let from = at + key.length;
      inner.forEach((item, index) => {
        const found = typeof item === 'string' ? text.indexOf(item, from) : -1;
        if (found < 0) return;
        places.set(placeKey([key, index]), found - 1);
        from = found + String(item).length;
      });
    }
  }
  return places;
}

function findKey(text: string, key: string, from: number): number | undefined {
  for (let at = text.indexOf(key, from); at >= 0; at = text.indexOf(key, at + 1)) {
    const before = text[at - 1] ?? '\n';
    const after = /^["']?[ \t]*[=.\]]/.test(text.slice(at + key.length, at + key.length + 80));
    if (after && !/[A-Za-z0-9_-]/.test(before)) return before === '"' || before === "'" ? at - 1 : at;
  }
  return undefined;
}

function errorOffset(text: string, error: TomlError): number {
  let start = 0;
  for (let line = 1; line < error.line; line++) start = text.indexOf('\n', start) + 1;
  return start + error.column - 1;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, 'no valid TOML: ');
}
