// `pyvenv-fix init`: the commented configuration that it writes.

/** Name of the file. */
export const CONFIG_NAME = 'pyvenv-fix.config.ts';

/** Its text: every key with its default, as a comment. */
export const CONFIG_TEXT = `import { defineConfig } from 'pyvenv-fix';

// Read without being run: literals, lists, objects, spreads and local consts only.
// The command line wins over what stands here. \`pyvenv-fix explain\` lists the transforms.
export default defineConfig({
  // Run these transforms only, or all but those.
  // only: ['activate-to-env'],
  // skip: ['ignore-venv'],

  // Also apply fixes of the unsafe tier: true, or the ids of transforms.
  // unsafe: false,

  // Globs of the files to look at; vendored and generated files are left out anyway.
  // include: ['services/**'],
  // exclude: ['examples/**'],

  // Where the commits go, and whether there is one for all instead of one a transform.
  // branch: 'pyvenv-fix',
  // squash: false,

  // The folder that a Dockerfile is built in, where the repository does not say.
  // contexts: { 'docker/Dockerfile': '.' },

  // Base images of your own, and a public one that each is as good as.
  // bases: { 'registry.example/python:*': 'python:*' },

  // A bind mount that hides the environment: add a volume, move the environment, or leave it.
  // venvVolume: 'volume',

  // ignore-venv also adds caches, .git and .env to the ignore file.
  // recommendedIgnores: false,
});
`;
