// `pyvenv-fix verify`: opens each repository, finds the engine, and proves what HEAD would get as fixes.

import { resolveConfig } from '../config/resolve.ts';
import { fixRepository } from '../fix/loop.ts';
import { findEngine } from '../io/engine/engine.ts';
import { readNamedFile } from '../io/files/streams.ts';
import { openRepository } from '../io/worktree/repository.ts';
import type { Transform } from '../model.ts';
import type { Proof } from '../report/proof.ts';
import { bytesOf } from '../text/latin1.ts';
import { refusalOf } from '../text/userError.ts';
import { type ProofRequest, type ProofSource, proveFixes } from '../verify/prove.ts';
import type { VerifyOptions } from './verifyOptions.ts';

export interface VerifyRequest<F> {
  readonly options: VerifyOptions;
  readonly transforms: readonly Transform<F>[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Progress; latin1. */
  readonly say: (text: string) => void;
}

export interface Verified {
  readonly proofs: readonly Proof[];
  /** Errors and refusals, of the paths that have no proof. */
  readonly failures: readonly unknown[];
}

/** Does every PATH, one after another; one that is refused does not stop the others, an absent engine does. */
export async function verifyPaths<F>(request: VerifyRequest<F>): Promise<Verified> {
  const { options, env, signal } = request;
  const proofs: Proof[] = [];
  const failures: unknown[] = [];
  const engine = await findEngine(env, signal).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (!engine) return { proofs, failures };
  const bases: ProofRequest['bases'] = new Map();
  for (const path of options.paths) {
    if (signal.aborted) break;
    try {
      proofs.push(await proveFixes({ ...(await requestOf(path, request)), engine, bases }));
    } catch (error) {
      if (signal.aborted && !refusalOf(error)) break;
      failures.push(error);
    }
  }
  return { proofs, failures };
}

async function requestOf<F>(path: string, request: VerifyRequest<F>): Promise<Omit<ProofRequest, 'engine'>> {
  const { options, transforms, env, signal, say } = request;
  const opened = await openRepository(path, { write: false, env });
  const { head, git, prefix } = opened;
  const source: ProofSource =
    head && git
      ? { kind: 'commit', place: git.place, commit: head.commit }
      : { kind: 'folder', root: opened.root, paths: opened.snapshot.paths };
  const { network, platform, target, buildMinutes, startSeconds, gigabytes } = options;
  return {
    path: bytesOf(path),
    source,
    signal,
    say,
    fix: async (before) => {
      const places = [{ snapshot: before, prefix }];
      const resolved = await resolveConfig({ by: 'user', options, transforms, places, readFile: readNamedFile });
      const { ids, unsafe, settings } = resolved;
      const result = fixRepository(before, transforms, settings, {
        ...{ ids, unsafe, prefix },
        editable: opened.within,
      });
      return { result, settings };
    },
    plan: {
      buildArgs: new Map(options.buildArgs.map(([name, value]) => [name, bytesOf(value)])),
      ...(target === undefined ? {} : { target }),
      ...(network === undefined ? {} : { network }),
    },
    build: {
      ...(network === undefined ? {} : { network }),
      ...(platform === undefined ? {} : { platform }),
      buildSeconds: buildMinutes * 60,
      startSeconds,
      bytes: gigabytes * 1e9,
      change: true,
    },
  };
}
