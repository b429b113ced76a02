import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests need no database server: PGlite in memory serves them, or with `TEST_DATABASE_URL` a PostgreSQL. */
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    environment: 'node',
    include: ['{app,components,lib,db,sandbox,testing,scripts}/**/*.test.{ts,tsx,mjs}'],
    setupFiles: ['testing/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // These only end what hangs: a test of 12 seconds takes 40 and more where four other programs want the two cores.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
})
