import type { NextConfig } from 'next'

/** Sent with every answer. The content security policy is not here: it carries a nonce, which proxy.ts makes anew each time. */
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  // Microsoft's return addresses carry codes in the query: no other site may see them in a Referer.
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
]

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
  headers: async () => [{ source: '/:path*', headers: SECURITY_HEADERS }],
}

export default config
