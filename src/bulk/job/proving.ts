// Proves what a job has fixed by real builds, for `--require-proof`: one proof at a time, one session with the engine for all.

import { findEngine } from '../../io/engine/engine.ts';
import { openSession } from '../../io/engine/engineSession.ts';
import type { ProcessEnvironment } from '../../io/worktree/git.ts';
import { evidenceMarkdown } from '../../report/evidence.ts';
import { bytesOf, textOf } from '../../text/latin1.ts';
import { type ProofRequest, proveResult } from '../../verify/prove.ts';
import type { JobOptions } from './work.ts';

/** What `pyvenv-fix verify` takes where nothing else is said. */
const LIMITS = { buildSeconds: 20 * 60, startSeconds: 20, bytes: 30e9, change: true } as const;

export interface Prover {
  readonly prove: NonNullable<JobOptions<unknown>['prove']>;
  /** Removes all that was made with the engine. */
  close(): Promise<void>;
}

export interface ProverOptions {
  readonly env: ProcessEnvironment;
  readonly signal: AbortSignal;
  /** Of builds and starts; default: the engine's for builds, none for starts. */
  readonly network?: string;
  /** Told what could not be removed; latin1. */
  readonly say: (text: string) => void;
}

/** Refuses where no engine answers; throws the signal's reason once that is given. */
export async function openProver({ env, signal, network, say }: ProverOptions): Promise<Prover> {
  const engine = await findEngine(env, signal);
  const session = await openSession(engine, signal);
  const bases: ProofRequest['bases'] = new Map();
  let last: Promise<unknown> = Promise.resolve();
  return {
    prove: ({ result, settings }, name, repository) => {
      const next = last.then(async () => {
        signal.throwIfAborted();
        const net = network === undefined ? {} : { network };
        const build = { ...LIMITS, ...net };
        const plan = { buildArgs: new Map(), ...net };
        const common = { engine, session, signal, bases, build, plan, say: () => {} };
        const content = await repository.tree();
        const commit = repository.base.oid;
        const proof = await proveResult({ ...common, path: bytesOf(name), result, settings, commit, content });
        return { verdict: proof.verdict, markdown: textOf(evidenceMarkdown(proof, 'pull request')).text };
      });
      last = next.catch(() => {});
      return next;
    },
    close: async () => {
      for (const left of await session.close()) say(`could not be removed: ${left}`);
    },
  };
}
