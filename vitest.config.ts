import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** A file here leaves nothing behind in a module or in the environment, so that one process takes many of them. */
const SHARING = '{app,components,sandbox}/**/*.test.{ts,tsx,mjs}'
/** Here settings are read once for a process and files have settings of their own, so each has its own process. */
const ALONE = '{lib,db,deploy,testing,scripts,chaos}/**/*.test.{ts,tsx,mjs}'

/** Tests need no database server: PGlite in memory serves them, or with `TEST_DATABASE_URL` a PostgreSQL. */
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    environment: 'node',
    projects: [
      { extends: true, test: { name: 'alone', include: [ALONE] } },
      { extends: true, test: { name: 'sharing', include: [SHARING], isolate: false } },
    ],
    setupFiles: ['testing/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // These only end what hangs: a test of 12 seconds takes 40 and more where four other programs want the two cores.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
})
