// Whether and how what an installer installs is compiled to bytecode.

/** A flag, and the first version that has it (change logs). */
export interface FlagSince {
  readonly flag: string;
  readonly since: readonly number[];
}

/** Whether what it installs is compiled to bytecode (`.pyc`). */
export type Compiling =
  | { readonly kind: 'by itself' | 'not known' }
  /** Nothing compiles it. */
  | ({ readonly kind: 'never' } & UncompiledInstalls)
  | ({ readonly kind: 'by flag' } & UncompiledInstalls & CompileFlag)
  | ({ readonly kind: 'by setting' } & UncompiledInstalls & CompileSetting);

/** Installs that are not compiled by themselves. */
export interface UncompiledInstalls {
  /** Its commands that install. */
  readonly commands: RegExp;
  /** As scripts have them, for a pattern. */
  readonly text: string;
}

/** The flag of an install that has it compiled. */
export interface CompileFlag {
  readonly flag: FlagSince;
  /** Flags with which an install has nothing to compile. */
  readonly nothing: readonly string[];
  /** Where a file brings the installer in another way than as a package of an index or by its script; its version is not certain there. */
  readonly otherwise: RegExp;
  /** Names of the script that brings it. */
  readonly script: RegExp;
  /** A file that brings a version which compiles by itself. */
  readonly selfCompiling: RegExp;
}

/** The variable, the flags and the setting that have all installs compiled. */
export interface CompileSetting {
  readonly variable: string;
  readonly flags: readonly string[];
  /** In the settings file of its own, and in its table of the manifest. */
  readonly key: string;
}
