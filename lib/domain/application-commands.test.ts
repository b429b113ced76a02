import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { commandsToCreate, commandsToRegister, type Registration } from './application-commands'

const registration: Registration = {
  tenantId: 'c0270500-1111-4a11-8a11-0c0270500001',
  clientId: '5a9d0b0e-0000-4000-8000-726f6c656361',
  credential: 'certificate',
  certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  federation: null,
  graph: 'https://graph.microsoft.com',
}
const textOf = (odd: Partial<Registration>) =>
  commandsToRegister({ ...registration, ...odd })
    .map(({ text }) => text)
    .join('\n')

/** What a shell makes of the commands: each call of `az` with its words, one a line. */
function runIn(text: string): string[][] {
  const az = `az() { printf '%s\\n' "$@" "--end--" >&2; echo ID; }`
  const output = execFileSync('bash', ['-c', `cd "$(mktemp -d)"; ${az}\n{ ${text}\n} 2>&1 >/dev/null`], {
    encoding: 'utf8',
  })
  return output
    .split('--end--\n')
    .filter(Boolean)
    .map((call) => call.trim().split('\n'))
}

test('each way to sign in is registered by its own command, then comes Reader and then the permissions', () => {
  const verbs = (credential: Registration['credential']) =>
    runIn(textOf({ credential })).map((words) => words.filter((word) => /^[a-z][a-z-]+$/.test(word)).join(' '))
  expect(verbs('certificate')[0]).toBe('ad app credential reset')
  expect(verbs('federated')[0]).toBe('ad app federated-credential create')
  expect(verbs('secret')).not.toContain('ad app credential reset')
  for (const kind of ['certificate', 'federated', 'secret'] as const)
    expect(verbs(kind).slice(-2)).toEqual(['ad app permission add', 'ad app permission admin-consent'])
  expect(verbs('managed_identity').filter((verb) => verb === 'rest')).toHaveLength(7)
})

test('what an issuer calls itself stays one word of the command, whatever is in it', () => {
  const subject = `it's $(touch owned); "\\ \`x\``
  const [call = []] = runIn(textOf({ credential: 'federated', federation: { issuer: 'https://issuer', subject } }))
  expect(JSON.parse(call.at(-1) ?? '')).toEqual({
    name: 'rolecall',
    issuer: 'https://issuer',
    subject,
    audiences: ['api://AzureADTokenExchange'],
  })
})

test('the body of a grant is JSON with the ids in it', () => {
  const grants = runIn(textOf({ credential: 'managed_identity', clientId: null })).filter(([verb]) => verb === 'rest')
  expect(JSON.parse(grants[0]?.at(-1) ?? '')).toEqual({
    principalId: 'ID',
    resourceId: 'ID',
    appRoleId: 'df021288-bdef-4463-88db-98f22de89214',
  })
})

test('the application is made for one tenant only', () => {
  expect(
    commandsToCreate()
      .map(({ text }) => text)
      .join('\n'),
  ).toContain('--sign-in-audience AzureADMyOrg')
})
