import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,test,web}/**/*.test.ts'],
    exclude: ['test/benchmarks/**', 'node_modules/**'],
    globalSetup: 'test/support/template.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Each file has a database of its own and leaves nothing else behind; reading the whole program anew for
    // each of a hundred files took a tenth of the run.
    isolate: false,
  },
})
