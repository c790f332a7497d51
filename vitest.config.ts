import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,test,web}/**/*.test.ts'],
    exclude: ['test/benchmarks/**', 'node_modules/**'],
    globalSetup: 'test/support/template.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
