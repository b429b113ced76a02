/** Every setting of lib/env.ts and of the start script. */
export const SETTINGS = [
  'AUTH_SECRET',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLOUD',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_MANAGED_IDENTITY',
  'AZURE_TENANT_ID',
  'DATABASE_MIGRATION_URL',
  'DATABASE_URL',
  'DATA_DIR',
  'ENCRYPTION_KEYS',
  'HOST',
  'LOG_LEVEL',
  'NEXTAUTH_SECRET',
  'NEXTAUTH_URL',
  'NODE_ENV',
  'PORT',
  'PORTAL_URL',
  'ROLECALL_CONTAINER',
  'ROLECALL_MODE',
  'SANDBOX_PORT',
  'SANDBOX_URL',
  'SIGN_INS_PER_MINUTE',
  'TRUSTED_PROXIES',
  'WORKER',
]

/**
 * The environment without anyone's settings, for tests. They are empty rather than absent, because an empty one also
 * keeps the value of a `.env` file out.
 */
export function cleanEnvironment(settings = {}) {
  const { NODE_ENV, ...kept } = process.env
  return {
    ...kept,
    ...Object.fromEntries(SETTINGS.filter((name) => name !== 'NODE_ENV').map((name) => [name, ''])),
    ...settings,
  }
}
