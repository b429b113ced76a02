import { readFile } from 'node:fs/promises'
import { type INetworkModule, ManagedIdentityApplication } from '@azure/msal-node'
import { z } from 'zod'
import { optionalAmong } from '@/lib/domain/permissions'
import { env } from '@/lib/env'
import { problemOfApplication } from './aadsts'
import { readAppClaims } from './app-claims'
import { cloud } from './cloud'
import { AzureError, toAzureError } from './errors'
import { parseJsonObject } from './rows'
import { askJson, createConfidentialClient, keepTokens, type Resource, type Token, type Tokens } from './tokens'
import { type SendOptions, sendToMachine } from './transport'

/**
 * What proves an application to Entra ID, as it is sealed. A federated token is read from the operator's file each time;
 * `isOfMachine` is the identity that the machine itself has, which is asked for without a client ID.
 */
export const Credential = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('certificate'), certificate: z.string(), thumbprint: z.string(), privateKey: z.string() }),
  z.object({ kind: z.literal('federated') }),
  z.object({ kind: z.literal('managed_identity'), isOfMachine: z.boolean() }),
  z.object({ kind: z.literal('secret'), secret: z.string() }),
])
export type Credential = z.infer<typeof Credential>

type Options = SendOptions & {
  tenantId: string
  /** Null where it is not known yet, which it is not for the managed identity that the machine itself has. */
  clientId: string | null
  /** Opens the credential when a token is needed, so that it is in the clear for no longer. */
  openCredential: () => Promise<Credential>
  /** The optional permissions that were granted when it was looked last. */
  optional?: readonly string[]
  /** Told with each token for Graph which optional permissions are granted now. */
  onGranted?: (granted: readonly string[]) => Promise<void>
}

/**
 * Access tokens of an application without a person (client credentials, or a managed identity). There is no refresh token and
 * nothing to store: each token is asked for anew. Throws AzureError, in words about the application.
 */
export function createAppTokens({ optional = [], onGranted, ...options }: Options): Tokens {
  let usable = optional
  return {
    get: keepTokens(async (resource) => {
      const token = await acquire(options, resource).catch(throwOfApplication)
      if (resource === 'graph') {
        usable = optionalAmong(readAppClaims(token.token).roles)
        await onGranted?.(usable)
      }
      return token
    }),
    granted: () => usable,
    withdrawn: () => optional.filter((scope) => !usable.includes(scope)),
    isApplication: true,
  }
}

async function acquire({ openCredential, clientId, ...options }: Options, resource: Resource): Promise<Token> {
  const credential = await openCredential()
  if (credential.kind === 'managed_identity')
    return askMachine(credential.isOfMachine ? null : clientId, options, resource)
  if (clientId === null) throw new AzureError('application_unknown', 'The application has no client ID.')
  const application = { clientId, ...(await proofOf(credential)) }
  const { msal, run } = createConfidentialClient({ application, ...options })
  const scopes = [`${cloud()[resource]}/.default`]
  const result = await run(() => msal.acquireTokenByClientCredential({ scopes, skipCache: true })).catch(
    (error: unknown) => {
      // The times in an assertion that we sign are of our own clock; those in a federated token are of the platform's.
      if (error instanceof AzureError && error.aadsts === 700024 && credential.kind === 'federated')
        throw new AzureError('federated_token_unusable', 'The token in the file has expired.', { cause: error })
      throw error
    },
  )
  return tokenOf(result)
}

async function proofOf(credential: Exclude<Credential, { kind: 'managed_identity' }>) {
  switch (credential.kind) {
    case 'certificate':
      return {
        clientCertificate: { thumbprintSha256: credential.thumbprint, privateKey: credential.privateKey },
      }
    case 'federated':
      return { clientAssertion: await readFederatedToken() }
    case 'secret':
      return { clientSecret: credential.secret }
  }
}

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * The token in the file that the platform keeps fresh there (Kubernetes: some minutes to an hour), read on every call. Which file
 * that is says the operator alone: a path that members could choose would send any file of the server to Microsoft.
 */
async function readFederatedToken(): Promise<string> {
  const { federatedTokenFile: file } = env().azure
  if (file === null) throw new AzureError('federated_token_unusable', 'No file is configured.')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AzureError('federated_token_unusable', 'The file could not be read.', { cause })
  })
  const token = text.trim()
  if (!JWT.test(token)) throw new AzureError('federated_token_unusable', 'The file holds no token.')
  return token
}

const Federation = z.object({ iss: z.string().max(1_000), sub: z.string().max(1_000) })

/** Whose token is in the file, for the federated credential that is to trust it; null when there is none that can be read. */
export async function readFederation(): Promise<{ issuer: string; subject: string } | null> {
  try {
    const [, payload = ''] = (await readFederatedToken()).split('.')
    const { iss, sub } = Federation.parse(parseJsonObject(Buffer.from(payload, 'base64url').toString('utf8'), 200))
    return { issuer: iss, subject: sub }
  } catch (error) {
    if (error instanceof AzureError || error instanceof z.ZodError) return null
    throw error
  }
}

/** Asks the machine that we run on. A machine outside Azure does not answer at that address. */
async function askMachine(clientId: string | null, options: SendOptions & { tenantId: string }, resource: Resource) {
  if (!env().azure.managedIdentity) throw new AzureError('identity_not_found', 'Managed identities are not allowed.')
  let failure: AzureError | undefined
  const networkClient: INetworkModule = {
    sendGetRequestAsync: <T>(url: string, request?: { headers?: Record<string, string> }) =>
      askJson<T>(url, { headers: request?.headers }, options, sendToMachine).catch((error: unknown) => {
        failure = toAzureError(error)
        throw failure
      }),
    sendPostRequestAsync: async () => {
      throw new AzureError('untrusted_link', 'A machine is asked by GET only.')
    },
  }
  const msal = new ManagedIdentityApplication({
    managedIdentityIdParams: clientId === null ? undefined : { userAssignedClientId: clientId },
    system: { networkClient, disableInternalRetries: true, loggerOptions: { piiLoggingEnabled: false } },
  })
  try {
    // MSAL keeps these tokens for the whole process, whoever they are of, so its memory is passed by.
    const result = await msal.acquireToken({ resource: cloud()[resource], forceRefresh: true })
    const token = tokenOf(result)
    if (readAppClaims(token.token).tenantId !== options.tenantId.toLowerCase())
      throw new AzureError('wrong_tenant', 'The identity belongs to another tenant.')
    return token
  } catch (thrown) {
    const error = failure ?? toAzureError(thrown)
    const isAbsent = error.code === 'azure_unreachable' || error.microsoftCode === 'invalid_request'
    throw isAbsent ? new AzureError('identity_not_found', 'The machine gave no token.', { cause: error }) : error
  }
}

function tokenOf(result: { accessToken: string; expiresOn: Date | null } | null): Token {
  if (!result) throw new AzureError('bad_answer', 'There was no token in the answer.')
  return { token: result.accessToken, expiresOnTimestamp: result.expiresOn?.getTime() ?? Date.now() }
}

/** The same failure in words about an application, whose credential is not the portal's own. */
function throwOfApplication(thrown: unknown): never {
  const error = toAzureError(thrown)
  const code = problemOfApplication(error.aadsts, error.code)
  if (code === error.code) throw error
  const { aadsts, correlationId, status, microsoftCode } = error
  throw new AzureError(code, 'Entra ID refused the application.', {
    aadsts,
    correlationId,
    status,
    microsoftCode,
    cause: error,
  })
}
