import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './scripts/end-to-end-portal.mjs',
  workers: 3, // On two cores: a test also waits, for the portal, the sandbox and the sync that it began.
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // These only end what hangs: where other programs want the same cores, a test of 15 seconds takes more than a minute.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  reporter: 'list',
  outputDir: 'test-results',
  use: {
    // Set by the global set-up, which runs before the workers read this file.
    baseURL: process.env.PORTAL_URL,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    // Recording every page doubles the time; a failing test is traced by running it alone with --trace on.
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH || undefined,
      args: ['--no-sandbox', '--disable-background-networking'],
    },
  },
})
