// The library entry: what a pyvenv-fix.config.ts imports.

export type { Config } from './config/config.ts';
export { defineConfig } from './config/config.ts';
