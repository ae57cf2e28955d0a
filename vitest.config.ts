import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests of timing belong in the bench; a test that hangs is a failure all the same.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
