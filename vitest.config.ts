// How long one test may take, also where a single file is run: the machine may be busy.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { testTimeout: 60_000 } });
