// Files that are reported and never edited: templates, vendored and generated ones.
import type { Problem } from '../model.ts';

const VENDORED =
  /(^|\/)(node_modules|vendor|third_party|third-party|site-packages|bower_components|\.tox|\.nox|_vendor|\.git)\//;
const TEMPLATE_NAME = /\.(j2|jinja2?|tmpl|tpl|in|erb|mustache|template|hbs|gotmpl|ejs)$|\{\{|\{%|cookiecutter\./i;
const TEMPLATE_TEXT = /\{\{[-~]?\s*[\w.[\]"'| ()]+\s*[-~]?\}\}|\{%[-+]?\s*\w+[^%]*%\}|<%[=-]?\s*\w[^%]*%>/;
const GENERATED =
  /^(\xEF\xBB\xBF)?(?:#.*\r?\n|\s*\r?\n){0,12}?#.*(do not edit|don't edit|automatically generated|auto-?generated|generated (by|from|with) )/i;

/** Why this file is left alone, or undefined. */
export function leftAlone(path: string, text: string): Problem | undefined {
  if (VENDORED.test(path)) return { offset: 0, message: 'a vendored file' };
  if (TEMPLATE_NAME.test(path)) return { offset: 0, message: 'a template' };
  if (text.length > 1_000_000) return { offset: 0, message: 'larger than 1 MB' };
  const marker = firstMarker(text);
  if (marker) return { offset: marker.index, message: `a template (${marker[0].slice(0, 40)})` };
  if (text.includes('\0')) return { offset: text.indexOf('\0'), message: 'binary bytes' };
  if (GENERATED.test(text.slice(0, 2000))) return { offset: 0, message: 'a generated file: change what makes it' };
  return undefined;
}

/** The first template marker that is not the argument of a command's own format option (`go list -f '{{.Dir}}'`). */
function firstMarker(text: string): RegExpExecArray | undefined {
  const all = new RegExp(TEMPLATE_TEXT.source, 'g');
  for (let marker = all.exec(text); marker !== null; marker = all.exec(text)) {
    const before = text.slice(Math.max(0, marker.index - 20), marker.index);
    if (!/(-f|--format)[= ]['"]?$/.test(before)) return marker;
  }
  return undefined;
}
