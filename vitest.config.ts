import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{cli,deploy,kibana,services,shared,test}/**/*.test.ts'],
    // Measures a stack of its own, so that it runs alone: npm run test:compose.
    exclude: [...configDefaults.exclude, 'test/compose/bring-up.test.ts'],
    globalSetup: ['test/stack/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and a broker and Elasticsearch on them: more at once only makes time-outs.
    maxWorkers: 2,
    forceRerunTriggers: [],
  },
});
