type Options = {
  nonce: string
  /** Origins a form's answer may lead to: Microsoft's login, or the sandbox that plays it. */
  formTargets: string[]
  /** The development server evaluates code and talks over a socket. */
  development: boolean
}

/** What a page may load and where it may send: scripts by nonce only, everything else from this portal. */
export function contentSecurityPolicy({ nonce, formTargets, development }: Options): string {
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // React writes style attributes, which nonces cannot cover.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${development ? ' ws:' : ''}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self' ${formTargets.join(' ')}`.trim(),
    `frame-ancestors 'none'`,
  ].join('; ')
}
