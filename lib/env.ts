import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'

/** The application that the sandbox's world registers. Its secret may be public, because it opens nothing but the sandbox. */
const SANDBOX_APP = { clientId: '5a9d0b0e-0000-4000-8000-726f6c656361', clientSecret: 'sandbox-secret' }

/** Bytes in an AES-256 key. */
const KEY_BYTES = 32

const filled = z.string().trim().min(1)
const Guid = z.guid('is not a GUID').toLowerCase()

const EncryptionKeys = filled.transform((text, context) => {
  const keys = text.split(',').map((entry) => {
    const [kid, encoded] = entry.trim().split(':')
    const key = Buffer.from(encoded ?? '', 'base64')
    if (!kid || key.length !== KEY_BYTES) context.addIssue('must be kid:key pairs, each key 32 bytes in base64')
    return { kid: kid ?? '', key: new Uint8Array(key) }
  })
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) context.addIssue('must give each key a name of its own')
  return keys
})

const AuthSecret = filled.min(32, 'must have at least 32 characters')

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: filled.default('127.0.0.1'),
  PORTAL_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  SANDBOX_URL: z.url({ protocol: /^http$/, error: 'must be an http address' }).optional(),
  AZURE_CLIENT_ID: Guid.optional(),
  AZURE_CLIENT_SECRET: filled.optional(),
  AZURE_TENANT_ID: filled
    .transform((text) => text.split(',').map((id) => id.trim()))
    .pipe(z.array(Guid))
    .optional(),
  AZURE_FEDERATED_TOKEN_FILE: filled.optional(),
  AZURE_MANAGED_IDENTITY: z.enum(['on', 'off']).optional(),
  AZURE_CLOUD: z.enum(['global', 'usgov', 'china']).default('global'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  DATABASE_MIGRATION_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  DATA_DIR: filled.default('.data'),
  AUTH_SECRET: AuthSecret.optional(),
  ENCRYPTION_KEYS: EncryptionKeys.optional(),
  ROLECALL_MODE: z.enum(['sandbox', 'azure']).optional(),
  TRUSTED_PROXIES: z.string().regex(/^\d$/, 'must be a whole number from 0 to 9').default('0').transform(Number),
  WORKER: z.enum(['on', 'off']).default('on'),
  SIGN_INS_PER_MINUTE: z.coerce.number().int().min(1).max(10_000).default(30),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

type Settings = z.infer<typeof Environment>

export type Env = {
  mode: 'sandbox' | 'azure'
  /** Where the portal listens. */
  host: string
  port: number
  /** Origin the browser uses, without a trailing slash. */
  portalUrl: string
  sandboxUrl: string | null
  azure: {
    clientId: string
    clientSecret: string
    /** IDs of the tenants whose people may sign in to the portal. */
    allowedTenants: 'any' | string[]
    cloud: Settings['AZURE_CLOUD']
    /** The file with the token of the workload's identity that application accounts may use; null where there is none. */
    federatedTokenFile: string | null
    /** Whether application accounts may use the managed identities of this machine. */
    managedIdentity: boolean
  }
  databaseUrl: string | null
  dataDir: string
  authSecret: string
  /** New secrets are sealed with the first key, and stored ones are opened with whichever sealed them. */
  encryptionKeys: { kid: string; key: Uint8Array<ArrayBuffer> }[]
  /** How many proxies of ours each request has passed, the last of which the portal's connections come from. */
  trustedProxies: number
  worker: boolean
  /** How many sign-ins one client address may begin in a minute. */
  signInsPerMinute: number
  logLevel: string
  /** Sentences for the log of the start, about what was found wrong and was mended. */
  warnings: string[]
}

/** A configuration that nothing can be started with. Its message is one sentence for the person who starts it. */
export class BadConfiguration extends Error {
  override name = 'BadConfiguration'
}

let parsed: Env | undefined

/** The environment of this process, parsed once. Throws {@link BadConfiguration}. */
export function env(): Env {
  parsed ??= parseEnv(process.env)
  return parsed
}

/** Parses a process environment, or throws {@link BadConfiguration}, which names the first setting that is wrong. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const result = Environment.safeParse(Object.fromEntries(Object.entries(source).filter(([, value]) => value !== '')))
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new BadConfiguration(`${issue?.path.join('.')} ${issue?.message}.`)
  }
  const settings = result.data
  const azure = readAzureSettings(settings)
  const dataDir = resolve(settings.DATA_DIR)
  const portalUrl = new URL(settings.PORTAL_URL ?? `http://localhost:${settings.PORT}`)
  const keys = readKeys(settings, dataDir)
  return {
    mode: settings.SANDBOX_URL ? 'sandbox' : 'azure',
    host: settings.HOST,
    port: settings.PORT,
    portalUrl: portalUrl.origin,
    sandboxUrl: settings.SANDBOX_URL ? new URL(settings.SANDBOX_URL).origin : null,
    azure,
    databaseUrl: settings.DATABASE_URL ?? null,
    dataDir,
    ...keys,
    warnings: [...keys.warnings, ...warnOfPlainHttp(portalUrl)],
    trustedProxies: settings.TRUSTED_PROXIES,
    worker: settings.WORKER === 'on',
    signInsPerMinute: settings.SIGN_INS_PER_MINUTE,
    logLevel: settings.LOG_LEVEL,
  }
}

/** Names of this machine, under which nothing that a browser sends leaves it. */
const OWN_NAMES = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function warnOfPlainHttp({ protocol, hostname }: URL): string[] {
  if (protocol === 'https:' || OWN_NAMES.test(hostname)) return []
  return [
    'PORTAL_URL begins with http:, so sessions and names travel unencrypted. Put a proxy with TLS in front, and set the https address.',
  ]
}

function readAzureSettings(settings: Settings): Env['azure'] {
  const given = {
    AZURE_CLIENT_ID: settings.AZURE_CLIENT_ID,
    AZURE_CLIENT_SECRET: settings.AZURE_CLIENT_SECRET,
    AZURE_TENANT_ID: settings.AZURE_TENANT_ID,
  }
  const missing = Object.entries(given).filter(([, value]) => value === undefined)
  const common = {
    cloud: settings.AZURE_CLOUD,
    federatedTokenFile: settings.AZURE_FEDERATED_TOKEN_FILE ?? null,
    // With the sandbox it is on by default: the machine that it plays has no real identities to protect.
    managedIdentity: (settings.AZURE_MANAGED_IDENTITY ?? (settings.SANDBOX_URL ? 'on' : 'off')) === 'on',
  }

  if (settings.SANDBOX_URL) {
    if (missing.length < 3)
      throw new BadConfiguration(
        'Azure credentials and SANDBOX_URL are both set. Remove one: real credentials never meet the sandbox.',
      )
    return { ...SANDBOX_APP, ...common, allowedTenants: 'any' }
  }
  const { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret, AZURE_TENANT_ID: allowedTenants } = settings
  if (!clientId || !clientSecret || !allowedTenants) {
    throw new BadConfiguration(
      `${missing.map(([name]) => name).join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set. Set all of AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID, or none for the sandbox.`,
    )
  }
  return { clientId, clientSecret, allowedTenants, ...common }
}

/**
 * The session secret and the sealing keys. With the embedded database they may be left out: they are then made once and
 * kept beside it, in a file that only its owner may read. Processes that share a PostgreSQL must be given the same ones.
 */
function readKeys(settings: Settings, dataDir: string): Pick<Env, 'authSecret' | 'encryptionKeys' | 'warnings'> {
  if (settings.AUTH_SECRET && settings.ENCRYPTION_KEYS)
    return { authSecret: settings.AUTH_SECRET, encryptionKeys: settings.ENCRYPTION_KEYS, warnings: [] }
  if (settings.DATABASE_URL)
    throw new BadConfiguration(
      'With DATABASE_URL, AUTH_SECRET and ENCRYPTION_KEYS must be set, the same for every process.',
    )

  const file = join(dataDir, 'keys.json')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const made = {
      authSecret: randomBytes(KEY_BYTES).toString('base64url'),
      // A name of its own, so that a lost file is noticed when another has been made in its place.
      encryptionKeys: `local-${randomBytes(4).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}`,
    }
    try {
      writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      // Another process made the file between our look and our write, so we use its keys.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  const warnings = closeToOthers(file)
  const kept = parseKeyFile(file)
  return {
    authSecret: settings.AUTH_SECRET ?? kept.authSecret,
    encryptionKeys: settings.ENCRYPTION_KEYS ?? kept.encryptionKeys,
    warnings,
  }
}

const KeyFile = z.object({ authSecret: AuthSecret, encryptionKeys: EncryptionKeys })

/** The keys in a file, which is never changed or replaced when they cannot be read. Throws {@link BadConfiguration}. */
function parseKeyFile(file: string): z.infer<typeof KeyFile> {
  const damaged = (what: string) =>
    new BadConfiguration(
      `${file} is damaged: ${what}. Restore it from a backup, or delete it and reconnect every subscription.`,
    )
  try {
    const kept = KeyFile.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    if (kept.success) return kept.data
    const [issue] = kept.error.issues
    throw damaged(`${issue?.path.join('.') || 'it'} ${issue?.message}`)
  } catch (error) {
    throw error instanceof SyntaxError ? damaged('it is not whole') : error
  }
}

/** Lets only its owner read a file, where the file system knows such a thing. Says so when others could read it. */
function closeToOthers(file: string): string[] {
  const mode = statSync(file).mode & 0o777
  if (process.platform === 'win32' || (mode & 0o077) === 0) return []
  chmodSync(file, 0o600)
  const octal = `0${mode.toString(8)}`
  return [
    (statSync(file).mode & 0o077) === 0
      ? `${file} had the mode ${octal}, so that others on this machine could read it. Only its owner can now; if somebody may have read it, put a new key in front (docs/operating.md, Keys).`
      : `${file} has the mode ${octal}, and its file system does not let it be closed to others. Keep it where only Rolecall can read, and put a new key in front if somebody may have read it.`,
  ]
}
