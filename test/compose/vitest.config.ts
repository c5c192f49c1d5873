import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Of the bring-up alone: it measures, so nothing else may run beside it, and it needs no servers but its own. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    include: ['test/compose/bring-up.test.ts'],
    testTimeout: 120_000,
    // The first time images are made, which takes some minutes.
    hookTimeout: 900_000,
  },
});
