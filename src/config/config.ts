// What a configuration may say, as the user writes it; the library entry publishes these types.

/** A `pyvenv-fix` configuration. Every key may be left out; the command line wins over it. */
export interface Config {
  /** Address of the published JSON Schema, for editors; not read. */
  readonly $schema?: string;
  /** Run these transforms only (also ones that are off by default). */
  readonly only?: readonly string[];
  /** Run all but these transforms. */
  readonly skip?: readonly string[];
  /** Also apply fixes of the unsafe tier: all of them, or those of these transforms. Default false. */
  readonly unsafe?: boolean | readonly string[];
  /** Globs of the files to look at, relative to the repository's root. Default: all. */
  readonly include?: readonly string[];
  /** Globs of files to leave out, in addition to vendored and generated ones. */
  readonly exclude?: readonly string[];
  /** Name of the branch that the commits go to. Default `pyvenv-fix`. */
  readonly branch?: string;
  /** One commit for all instead of one a transform. Default false. */
  readonly squash?: boolean;
  /** Dockerfile to the folder it is built in, both relative to the repository's root. Default: read from the repository. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** Base images of which nothing is known, `*` for any text, to one that they are as good as: `{'registry.example/python:*': 'python:*'}`. */
  readonly bases?: Readonly<Record<string, string>>;
  /** What to do about a bind mount that hides the image's environment. Default `volume`. */
  readonly venvVolume?: 'volume' | 'relocate' | 'off';
  /** `ignore-venv` also adds caches, `.git` and `.env`. Default false. */
  readonly recommendedIgnores?: boolean;
}

/** Returns the configuration as it is: for the editor's completion. The file is read, never run. */
export function defineConfig<const C extends Config>(config: C): C {
  return config;
}
