// Asks the judge: typed requests and answers over JSON lines, one process for a batch.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A file by path (any bytes) or text (sent as UTF-8); `args` are build arguments, `baseEnv` what base images bring. */
export interface DockerfileRequest {
  readonly path?: string;
  readonly text?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly baseEnv?: readonly string[];
}
export interface JudgedInstruction {
  readonly cmd: string;
  /** Lines, from 1. */
  readonly start: number;
  readonly end: number;
  readonly flags: readonly string[] | null;
  /** As the line parser leaves them: ENV and LABEL in threes (name, value, separator), ONBUILD its trigger's text last. */
  readonly args: readonly string[];
  readonly json: boolean;
  readonly original: string;
  readonly heredocs?: readonly { readonly Name: string; readonly FileDescriptor: number; readonly Expand: boolean; readonly Chomp: boolean; readonly Content: string }[];
}
export interface JudgedStep {
  readonly line: number;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: string;
}
export interface JudgedImage {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly Shell?: readonly string[];
}
export interface JudgedStage {
  readonly name: string;
  readonly base: string;
  readonly line: number;
  /** BuildKit cannot turn this stage into build steps. */
  readonly error?: string;
  readonly image?: JudgedImage;
  readonly steps?: readonly JudgedStep[];
}
export interface DockerfileAnswer {
  /** The file does not parse. */
  readonly error?: string;
  readonly escape?: string;
  readonly instructions?: readonly JudgedInstruction[];
  /** It parses, and an instruction is no valid one. */
  readonly stagesError?: string;
  readonly stages?: readonly JudgedStage[];
}
export interface IgnoreRequest {
  readonly ignore: string;
  readonly paths: readonly string[];
}
export interface IgnoreAnswer {
  readonly error?: string;
  readonly patterns?: readonly string[] | null;
  readonly ignored?: readonly string[];
}
export interface ComposeRequest {
  readonly files: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
}
export interface JudgedService {
  readonly build?: Readonly<Record<string, unknown>> | null;
  readonly image?: string;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[] | null;
  readonly command?: readonly string[] | null;
  readonly entrypoint?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>> | null;
  readonly working_dir?: string;
  readonly develop?: unknown;
}
export interface ComposeAnswer {
  readonly error?: string;
  readonly services?: Readonly<Record<string, JudgedService>>;
  readonly volumes?: Readonly<Record<string, unknown>> | null;
}
export interface ShellRequest {
  readonly text: string;
}
export interface ShellAnswer {
  readonly error?: string;
  /** Offsets in bytes; a word with an expansion is null. */
  readonly commands?: readonly { readonly start: number; readonly end: number; readonly words: readonly (string | null)[]; readonly assigns: readonly string[] }[];
}
interface Modes {
  readonly dockerfile: { request: DockerfileRequest; answer: DockerfileAnswer };
  readonly ignore: { request: IgnoreRequest; answer: IgnoreAnswer };
  readonly compose: { request: ComposeRequest; answer: ComposeAnswer };
  readonly shell: { request: ShellRequest; answer: ShellAnswer };
}

/** The folder of this file, also when it was bundled elsewhere (PYVENV_FIX_ORACLE). */
const here = process.env.PYVENV_FIX_ORACLE ?? dirname(fileURLToPath(import.meta.url));
let built: string | undefined | null = null;

/** The judge's binary, built on first use; undefined where there is no Go. */
export function judgeBinary(): string | undefined {
  if (built !== null) return built;
  try {
    const path = execFileSync('sh', [join(here, 'build')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    built = existsSync(path) ? path : undefined;
  } catch (error) {
    if ((error as { status?: number }).status !== 3) throw error;
    built = undefined;
  }
  return built;
}

/**
 * Answers in the order of the requests.
 * @throws where there is no judge (ask judgeBinary first) or it ends early
 */
export async function askJudge<M extends keyof Modes>(mode: M, requests: readonly Modes[M]['request'][]): Promise<Modes[M]['answer'][]> {
  const binary = judgeBinary();
  if (binary === undefined) throw new Error('no judge: it needs Go');
  const child = spawn(binary, [mode], { stdio: ['pipe', 'pipe', 'pipe'] });
  let noise = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    noise = (noise + chunk).slice(-2_000);
  });
  const closed = once(child, 'close');
  const answers: Modes[M]['answer'][] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: 0 })) answers.push(JSON.parse(line));
  })();
  child.stdin.on('error', () => {});
  for (const request of requests) {
    if (!child.stdin.write(`${JSON.stringify(request)}\n`)) await Promise.race([once(child.stdin, 'drain'), closed]);
  }
  child.stdin.end();
  await reading;
  const [status] = await closed;
  if (status !== 0 || answers.length !== requests.length) {
    throw new Error(`the judge ended with ${status} after ${answers.length} of ${requests.length} answers: ${noise}`);
  }
  return answers;
}
