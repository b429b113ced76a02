import type { NextConfig } from 'next'

/** Every address except those of the files that a build makes. */
const NOT_OF_THE_BUILD = '/:path((?!_next/).*)'

// Security headers are not here: the guard in front of Next sets them on every answer (`lib/guard/security-headers.ts`).
const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Without it Next takes 127.0.0.1, [::1] and localhost for one host and shortens the redirect from one to another in
  // proxy.ts to its path, so that the browser asks the same host again, for ever.
  skipProxyUrlNormalize: true,
  // Loaded from node_modules as they are: they find their own WebAssembly, SQL or worker files beside themselves.
  serverExternalPackages: ['@azure/msal-node', '@electric-sql/pglite', 'pg', 'pg-boss', 'pino'],
  // `forbidden()`: the page that tells a viewer who to ask.
  experimental: { authInterrupts: true },
  // `npm test` and `npm run typecheck` check the types of everything, tests too, whose packages a portal has not.
  typescript: { ignoreBuildErrors: true },
  // No page has pictures to be made smaller, so nobody needs to reach the program that would do it: `/_next/image` is 404.
  images: { unoptimized: true },
  // Addresses that nothing answers, except files that are gone: those Next answers with two words of text. A page that takes every
  // address, like `[...path]`, would answer those too, and their actions could be called where `proxy.ts` does not look.
  rewrites: async () => ({
    beforeFiles: [],
    afterFiles: [],
    fallback: [{ source: NOT_OF_THE_BUILD, destination: '/nothing-here' }],
  }),
}

export default config
