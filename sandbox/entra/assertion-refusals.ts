import type { AppCertificate, Application } from '../world/types'
import type { Refusal } from './replies'

const invalidClient = (code: number, text: string): Refusal => ({ error: 'invalid_client', status: 401, code, text })

const SEE_FEDERATION = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation'

/**
 * The AADSTS errors about assertions of applications. Those of keys, times, issuers and subjects have the words of replies that were
 * reported (Azure/login 180 and 482, azure-workload-identity 340, AzureAD's MSAL for JavaScript 3741 and 8339); the rest is recalled.
 */
export const ASSERTION_REFUSALS = {
  type: (): Refusal => ({
    error: 'invalid_request',
    code: 900144,
    text: "The request body must contain the following parameter: 'client_assertion_type'.",
  }),
  malformed: (): Refusal => ({
    error: 'invalid_request',
    code: 50027,
    text: 'JWT token is invalid or malformed.',
  }),
  keyNotFound: (app: Application, thumbprint: string): Refusal =>
    invalidClient(
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${app.clientId}'.]`,
    ),
  keyExpired: ({ validFrom, validTo }: AppCertificate): Refusal =>
    invalidClient(
      700027,
      `The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Found key 'Start=${new Date(validFrom).toISOString()}, End=${new Date(validTo).toISOString()}'.]`,
    ),
  badSignature: (app: Application, thumbprint: string): Refusal =>
    invalidClient(
      700027,
      `Client assertion contains an invalid signature. [Reason - The key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${app.clientId}'.]`,
    ),
  otherClient: (): Refusal =>
    invalidClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter."),
  audience: (): Refusal => invalidClient(700023, 'Client assertion audience claim does not match Realm issuer.'),
  time: (now: number, from: number, to: number): Refusal =>
    invalidClient(
      700024,
      `Client assertion is not within its valid time range. Current time: ${new Date(now).toISOString()}, assertion valid from ${new Date(from).toISOString()}, expiry time of assertion ${new Date(to).toISOString()}.`,
    ),
  issuersSignature: (): Refusal => invalidClient(50013, 'Assertion failed signature validation.'),
  notFederated: (issuer: string, subject: string, audience: string): Refusal =>
    invalidClient(
      70021,
      `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'. ${SEE_FEDERATION}`,
    ),
  otherIssuer: (issuer: string): Refusal => invalidClient(700211, mismatch('issuer', issuer)),
  otherAudience: (audience: string): Refusal => invalidClient(700212, mismatch('audience', audience)),
  otherSubject: (subject: string, differsInCase: boolean): Refusal =>
    differsInCase
      ? invalidClient(
          7002138,
          `No matching federated identity record found for presented assertion subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${SEE_FEDERATION}`,
        )
      : invalidClient(700213, mismatch('subject', subject)),
} as const

const mismatch = (what: string, value: string) =>
  `No matching federated identity record found for presented assertion ${what} '${value}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${SEE_FEDERATION}`
