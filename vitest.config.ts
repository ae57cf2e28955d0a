import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fixed-seeds.ts'],
    // Tests of timing belong in the bench; a test that hangs is a failure all the same.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Stories mostly wait for git's processes, so that two of them fit on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
