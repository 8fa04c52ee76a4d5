// Files that are reported and never edited: templates, vendored and generated ones.
import type { Problem } from '../model.ts';

import type { DockerfileSyntax, Instruction } from '../parse/dockerfile/syntax.ts';
import { isTestData } from './testData.ts';

const VENDORED =
  /(^|\/)(node_modules|vendor|third_party|third-party|site-packages|bower_components|\.tox|\.nox|_vendor|\.git)\//;
const TEMPLATE_NAME = /\.(j2|jinja2?|tmpl|tpl|in|erb|mustache|template|hbs|gotmpl|ejs)$|\{\{|\{%|cookiecutter\./i;
const TEMPLATE_TEXT = /\{\{[-~]?\s*[\w.[\]"'| ()]+\s*[-~]?\}\}|\{%[-+]?\s*\w+[^%]*%\}|<%[=-]?\s*\w[^%]*%>/;
const GENERATED =
  /^(\xEF\xBB\xBF)?(?:#.*\r?\n|\s*\r?\n){0,12}?#.*(do not edit|don't edit|automatically generated|auto-?generated|generated (by|from|with) )/i;

/**
 * Why this file is left alone, or undefined. `syntax`: of a Dockerfile, in which braces may be a command's own words; `named`: the
 * folder that the user named.
 */
export function leftAlone(
  path: string,
  text: string,
  { syntax, named }: { readonly syntax?: DockerfileSyntax; readonly named?: string | undefined } = {},
): Problem | undefined {
  if (VENDORED.test(path)) return { offset: 0, message: 'a vendored file' };
  if (isTestData(path, named)) return { code: 'test data', offset: 0, message: 'test data' };
  if (TEMPLATE_NAME.test(path)) return { offset: 0, message: 'a template' };
  if (text.length > 1_000_000) return { offset: 0, message: 'larger than 1 MB' };
  const marker = firstMarker(text, syntax);
  if (marker) return { offset: marker.index, message: `a template (${marker[0].slice(0, 40)})` };
  if (text.includes('\0')) return { offset: text.indexOf('\0'), message: 'binary bytes' };
  if (GENERATED.test(text.slice(0, 2000))) return { offset: 0, message: 'a generated file: change what makes it' };
  return undefined;
}

/** The first template marker that is not a command's own (`sed 's/{{0}}/x/'`, `go list -f '{{.Dir}}'`). */
function firstMarker(text: string, syntax: DockerfileSyntax | undefined): RegExpExecArray | undefined {
  const all = new RegExp(TEMPLATE_TEXT.source, 'g');
  let n = 0;
  const isQuoted = quotesOf(text);
  for (let marker = all.exec(text); marker !== null; marker = all.exec(text)) {
    const before = text.slice(Math.max(0, marker.index - 20), marker.index);
    if (/(-f|--format)[= ]['"]?$/.test(before)) continue;
    const at = marker.index;
    while ((syntax?.instructions[n]?.end ?? Number.POSITIVE_INFINITY) <= at) n++;
    const i = syntax?.instructions[n];
    if (i === undefined || at < i.start || !isOwnWord(marker, i, isQuoted)) return marker;
  }
  return undefined;
}

const LONGEST_LINE = 500;

/** Commands whose words may hold braces without quotes around them. */
const WITH_BRACES =
  /(^|[\s;&|(])(sed|awk|gawk|jq|yq|perl|grep|docker|podman|kubectl|go|dpkg-query|envsubst|mustache)\s[^;&|\n]*$/;

/** Is the marker part of what a command of the image is given, or of a file that is written, and no variable of a template? */
function isOwnWord(
  { 0: marker, index: at, input: text }: RegExpExecArray,
  i: Instruction,
  isQuoted: (at: number, i: Instruction) => boolean,
): boolean {
  if (i.heredocs.some((heredoc) => heredoc.body.start <= at && at < heredoc.body.end)) return true;
  if (!/^(RUN|CMD|ENTRYPOINT|HEALTHCHECK|SHELL)$/.test(i.keyword) || !marker.startsWith('{{')) return false;
  const inner = marker.slice(2, -2).trim();
  if (/^[.$\d]/.test(inner) || /^(range|if|with|end|else|json|printf|println|index|len)\b/.test(inner)) return true;
  if (i.json !== undefined) return false;
  return isQuoted(at, i) || WITH_BRACES.test(text.slice(Math.max(i.start, at - LONGEST_LINE), at));
}

/** Answers whether a quote of the instruction stands open at an offset; asked in ascending order, the text is read once. */
function quotesOf(text: string): (at: number, i: Instruction) => boolean {
  let from = 0;
  let open = '';
  return (to, { start }) => {
    if (from < start) {
      from = start;
      open = '';
    }
    for (; from < to; from++) {
      const character = text[from]!;
      if (character === '\\' && open !== "'") from++;
      else if (open === '' && (character === "'" || character === '"')) open = character;
      else if (character === open) open = '';
    }
    return open !== '';
  };
}
