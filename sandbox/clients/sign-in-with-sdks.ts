import { DeviceCodeCredential } from '@azure/identity'
import { ConfidentialClientApplication, CryptoProvider } from '@azure/msal-node'
import { signInAs } from '../visitor'

/** For each way to sign in, whom the tokens are for according to MSAL and Azure.Identity. */
export type SignedIn = { application: string[]; person: string; silently: boolean; device: string }

const ARM = 'https://management.azure.com/user_impersonation'
const [sandboxUrl = '', tenantId = '', username = '', portal = '', own = ''] = process.argv.slice(2)
const [portalId = '', portalSecret = '', redirectUri = ''] = portal.split(' ')
const [ownId = '', ownSecret = ''] = own.split(' ')
const authority = `https://login.microsoftonline.com/${tenantId}`

const readClaims = (token = '') => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

async function signInAsApplication(): Promise<string[]> {
  const client = new ConfidentialClientApplication({ auth: { clientId: ownId, clientSecret: ownSecret, authority } })
  const scopes = ['https://graph.microsoft.com/.default']
  const result = await client.acquireTokenByClientCredential({ scopes })
  return readClaims(result?.accessToken).roles
}

async function signInAsPerson(): Promise<{ person: string; silently: boolean }> {
  const client = new ConfidentialClientApplication({
    auth: { clientId: portalId, clientSecret: portalSecret, authority },
  })
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const request = { redirectUri, scopes: ['User.Read'], extraScopesToConsent: [ARM] }
  const address = await client.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: 'S256' })
  const outcome = await signInAs(sandboxUrl, address, { username, consent: 'accept' })
  if (outcome.kind === 'page') throw new Error(outcome.html)
  const code = outcome.url.searchParams.get('code') ?? ''
  const { account } = await client.acquireTokenByCode({ ...request, code, codeVerifier: verifier })
  if (!account) throw new Error('MSAL knows no account.')
  const arm = await client.acquireTokenSilent({ account, scopes: [ARM] })
  return { person: account.username, silently: readClaims(arm.accessToken).tid === tenantId }
}

/** Without a client id, Azure.Identity uses that of the Azure CLI. */
async function signInOnDevice(): Promise<string> {
  const typed: Promise<unknown>[] = []
  const page = 'https://login.microsoftonline.com/common/oauth2/deviceauth'
  const credential = new DeviceCodeCredential({
    tenantId,
    userPromptCallback: ({ userCode }) => {
      typed.push(signInAs(sandboxUrl, `${page}?otc=${userCode}`, { username, consent: 'accept' }))
    },
  })
  const { token } = await credential.getToken(ARM)
  await Promise.all(typed)
  return readClaims(token).upn
}

const signedIn: SignedIn = {
  application: await signInAsApplication(),
  ...(await signInAsPerson()),
  device: await signInOnDevice(),
}
process.stdout.write(JSON.stringify(signedIn))
