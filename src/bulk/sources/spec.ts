// What one SOURCE of the command line means, as far as its text tells; what stands on disk is not looked at here.

import type { ForgeKind } from '../../io/forge/forge.ts';
import { nearest } from '../../text/nearest.ts';
import { type Address, isProjectPath, looksLikeAddress, parseAddress, type Wrong } from './address.ts';

/** A source, read. */
export type RepositorySource =
  /** `-`: paths and addresses on standard input, one a line. */
  | { readonly kind: 'stdin' }
  /** A folder, a glob of folders, or a file with one path or address a line: what stands on disk decides. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'address'; readonly address: Address }
  /** All repositories of an owner, an organisation, or a group with its subgroups. */
  | { readonly kind: 'owner'; readonly forge: ForgeKind; readonly owner: string }
  | { readonly kind: 'repository'; readonly forge: ForgeKind; readonly path: string }
  | { readonly kind: 'search'; readonly forge: ForgeKind; readonly query: string }
  | ({ readonly kind: 'wrong' } & Wrong);

const PREFIXES = ['github', 'github-search', 'gitlab', 'gitea'] as const;
const FORMS =
  'a source is a folder or a glob of folders, a file (or `-`) with one path or address a line, an https, ssh or file address, ' +
  '`github:OWNER`, `github:OWNER/REPO`, `github-search:QUERY`, `gitlab:GROUP` or `gitea:ORG`';

/** Reads one SOURCE; never throws. A path with a colon in its first part is written with `./` in front. */
export function parseSource(spec: string): RepositorySource {
  if (spec === '-') return { kind: 'stdin' };
  if (spec === '') return { kind: 'wrong', what: 'a source is empty', next: FORMS };
  if (spec.includes('\0')) return { kind: 'wrong', what: 'a source has a NUL character in it', next: FORMS };
  if (looksLikeAddress(spec)) {
    const address = parseAddress(spec);
    return 'what' in address ? { kind: 'wrong', ...address } : { kind: 'address', address };
  }
  const [, prefix, rest] = /^([^/:]{0,300}):([\s\S]*)$/.exec(spec) ?? [];
  if (prefix === undefined || rest === undefined) return { kind: 'path', path: spec };
  return prefixed(prefix, rest);
}

function prefixed(prefix: string, rest: string): RepositorySource {
  switch (prefix) {
    case 'github-search':
      if (rest.trim() === '') return wrong('`github-search:` names nothing to search for');
      return { kind: 'search', forge: 'github', query: rest.trim() };
    case 'github':
    case 'gitlab':
    case 'gitea':
      return onForge(prefix, rest.replace(/\/$/, ''));
    default: {
      // The prefix itself is not said back: `user:password@host` ends up here as well.
      const meant = nearest(prefix, PREFIXES);
      return wrong(
        meant === undefined
          ? 'a source begins with a word and a colon that mean nothing here'
          : `a source begins with a word that means nothing here; perhaps \`${meant}:\` is meant`,
        'a path with a colon in it is written with `./` in front',
      );
    }
  }
}

function onForge(forge: ForgeKind, path: string): RepositorySource {
  if (forge === 'gitlab') {
    // A group or a project: only GitLab can tell, and it is asked for the group first.
    if (isProjectPath({ kind: forge }, `${path}/x`)) return { kind: 'owner', forge, owner: path };
    return wrong('`gitlab:` is followed by a group (`gitlab:GROUP` or `gitlab:GROUP/SUBGROUP`)');
  }
  if (isProjectPath({ kind: forge }, path)) return { kind: 'repository', forge, path };
  if (isProjectPath({ kind: forge }, `${path}/x`)) return { kind: 'owner', forge, owner: path };
  return wrong(`\`${forge}:\` is followed by an owner or by owner/repository`);
}

function wrong(what: string, next = FORMS): RepositorySource {
  return { kind: 'wrong', what, next };
}
