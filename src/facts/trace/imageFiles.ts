// What the trace knows of the image's file system: environments, copies, installs, what steps wrote.

import type { Copy } from '../copies/copy.ts';
import type { FileText } from '../installers/callState.ts';
import type { InstallerName } from '../installers/installer.ts';
import type { InterpreterKey } from '../pythonInterpreter.ts';

export interface Environment {
  /** Absolute path, symbolic. */
  readonly path: string;
  readonly kind: 'venv' | 'virtualenv' | InstallerName;
  /** Where it was created; scripts and the activate script name this path. */
  readonly createdAt: string;
  readonly seeded: 'yes' | 'no' | 'unknown';
  readonly systemPackages: 'yes' | 'no' | 'unknown';
  /** MAJOR.MINOR. */
  readonly python?: string;
  /** User that created it: who can write. */
  readonly owner: string;
  /** Others than its owner wrote into it since. */
  readonly mixed?: true;
  /** Index of the instruction that made it in this image (creation or COPY). */
  readonly instruction: number;
  /** Index of the stage where it was created. */
  readonly stage: number;
  /** Came by COPY --from (instruction is the COPY). */
  readonly copied?: true;
  /** Somebody wrote to its activate script: activation is more than PATH. */
  readonly activateChanged?: true;
  /** A command may have removed it, or some of its own files. */
  readonly mayLack?: true;
  /** Created only on some branch. */
  readonly conditional?: true;
}

/** The image's files, as far as they matter. Copied on write, so that stages can branch off. */
export interface Files {
  readonly environments: Map<string, Environment>;
  /** Installs by interpreter. */
  readonly installs: Map<InterpreterKey, Set<string>>;
  readonly copies: Copy[];
  /** apt/apk/yum package names installed. */
  readonly systemPackages: Set<string>;
  /** A Python came into the system (by base, apt, apk). */
  /** Environments over which something was laid: what and where. */
  readonly covered: Map<InterpreterKey, string>;
  /** Files that steps wrote, the last written last. */
  readonly written: Map<string, WrittenFile>;
  /** Settings made by `poetry config` (by their names) and `pdm config` (`pdm NAME`): name -> value. */
  readonly configured: Map<string, string>;
  systemPython: boolean;
  /** Version of it, MAJOR.MINOR. */
  systemPythonVersion?: string;
}

export const cloneFiles = (files: Files): Files => ({
  environments: new Map(files.environments),
  installs: new Map([...files.installs].map(([key, ids]) => [key, new Set(ids)])),
  copies: [...files.copies],
  systemPackages: new Set(files.systemPackages),
  covered: new Map(files.covered),
  written: new Map(files.written),
  configured: new Map(files.configured),
  systemPython: files.systemPython,
  ...(files.systemPythonVersion === undefined ? {} : { systemPythonVersion: files.systemPythonVersion }),
});

/** A file as a step left it; `copies`: how many copies had been made by then. A path with a slash at its end: all below it. */
export type WrittenFile = FileText & { readonly copies: number };
