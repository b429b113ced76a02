import { HOST_NAMES } from './host-names'

/** What to do so that other people's clients take the sandbox for Microsoft, to be printed at the start. */
export function tlsRecipe({ port, caFile }: { port: number; caFile: string }): string {
  return [
    `TLS for Microsoft's host names on 127.0.0.1:${port}, certificates signed by ${caFile}`,
    'A client finds it with these lines in /etc/hosts, best in a network namespace with a hosts file of its own (docs/sandbox.md):',
    ...HOST_NAMES.map((name) => `  127.0.0.1 ${name}`),
    ...(port === 443 ? [] : [`and with something that takes connections to port 443 to port ${port}.`]),
    "It trusts the certificates with this in its own environment; leave the system's list of trusted CAs alone:",
    `  SSL_CERT_FILE=${caFile} REQUESTS_CA_BUNDLE=${caFile} NODE_EXTRA_CA_CERTS=${caFile}`,
  ].join('\n')
}
