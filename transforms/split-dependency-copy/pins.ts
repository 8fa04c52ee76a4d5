// The texts that may say which version of an installer an image has: the Dockerfile with its variables filled in, and the files that it names.
import { pathsFitting } from '../../src/facts/sourcePaths.ts';
import type { Snapshot } from '../../src/model.ts';

const LONGEST = 500_000;
const MOST_VALUES = 20;
const MOST_NAMES = 50;

/** Files by which people build an image: what they give to a build argument counts. */
const BUILDS =
  /(^|\/)((docker-)?compose[^/]*\.ya?ml|\.env[^/]*|[Mm]akefile|[Jj]ustfile|[Tt]askfile\.ya?ml|[^/]*\.(sh|mk|hcl)|\.gitlab-ci\.ya?ml|\.github\/workflows\/[^/]+\.ya?ml|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.yml|\.circleci\/config\.yml|devcontainer\.json)$/;
const VARIABLE = /\$\{?([A-Za-z_]\w*)(?::?[-+=][^}\s]{0,200})?\}?/g;

/** What the build arguments and variables of the Dockerfile `text` are set to, there and where it is built. */
function pinValues(text: string, snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  const used = [...new Set([...text.matchAll(VARIABLE)].map((m) => m[1]!))].slice(0, MOST_NAMES);
  if (used.length === 0) return values;
  const set = new RegExp(
    `(?<![\\w.-])(${used.join('|')})["']?(?:[ \\t]*[=:][ \\t]*|[ \\t]+)["']?([^\\s"',=:][^\\s"',]{0,200})`,
    'g',
  );
  const take = (from: string): void => {
    for (const [, name = '', value = ''] of from.matchAll(set)) {
      const own = values.get(name) ?? [];
      if (own.length < MOST_VALUES) values.set(name, [...own, value]);
    }
  };
  take(text);
  if (/^[ \t]*ARG[ \t]/im.test(text))
    for (const path of pathsFitting(snapshot, mayBuild)) {
      const one = (snapshot.read(path) ?? '').slice(0, LONGEST);
      if (used.some((name) => one.includes(name))) take(one);
    }
  return values;
}

const mayBuild = (path: string): boolean => BUILDS.test(path);
const mayPin = (path: string): boolean => /\.(txt|in|pip)$|(^|\/)\.tool-versions$/.test(path);

/** The lines that have variables, with each value that these may have. */
function filledIn(text: string, values: ReadonlyMap<string, readonly string[]>): string {
  let all = '';
  for (const line of text.split('\n')) {
    const names = [...line.matchAll(VARIABLE)].map((m) => m[1]!);
    const most = Math.max(0, ...names.map((name) => values.get(name)?.length ?? 0));
    for (let n = 0; n < most && all.length < LONGEST; n++) {
      let own = line;
      // A value may have a variable of its own.
      for (let depth = 0; depth < 3 && own.includes('$') && own.length < 10_000; depth++)
        own = own.replace(VARIABLE, (all, name: string) => {
          const known = values.get(name) ?? [];
          return known.length === 0 ? all : known[n % known.length]!;
        });
      all += `${own}\n`;
    }
  }
  return all.slice(0, LONGEST);
}

/** Texts that may name the version of an installer. `text`: the Dockerfile. */
export function* pinned(text: string, snapshot: Snapshot): Generator<string> {
  const own = text.slice(0, LONGEST);
  yield own;
  yield filledIn(own, pinValues(own, snapshot));
  for (const path of pathsFitting(snapshot, mayPin))
    if (text.includes(path.slice(path.lastIndexOf('/') + 1))) yield (snapshot.read(path) ?? '').slice(0, LONGEST);
}
