import { afterAll, beforeAll, expect, test } from 'vitest'
import { PERMISSIONS } from '../entra/permissions'
import { getTokens } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import table from './facts/graph-delegated-permissions.json'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const GRAPH = 'https://graph.microsoft.com/v1.0'
const consentable = Object.keys(PERMISSIONS).flatMap((key) => (key.startsWith('graph/') ? [key.slice(6)] : []))

let conformance: DemoSandbox
const tokens = new Map<string, string>()
const ids = { user: '', group: '', servicePrincipal: '' }

beforeAll(async () => {
  conformance = await startDemoSandbox()
  const { tenant, world, ada, askForToken } = conformance
  ids.user = [...tenant.users.values()].find((one) => one.userPrincipalName.startsWith('ada@'))?.id ?? ''
  ids.group = tenant.groups.list()[0]?.id ?? ''
  ids.servicePrincipal = tenant.servicePrincipals.list()[0]?.id ?? ''
  for (const permission of consentable) {
    tenant.consents = [{ clientId: world.clientId, userId: null, scopes: new Set([`graph/${permission}`]) }]
    const scope = `https://graph.microsoft.com/${permission}`
    const { body } = await askForToken({ grant_type: 'refresh_token', refresh_token: ada.refresh, scope })
    if (typeof body.access_token !== 'string') throw new Error(`No token for ${permission}: ${JSON.stringify(body)}`)
    tokens.set(permission, body.access_token)
  }
})
afterAll(() => conformance.sandbox.close())

/** The addresses of the table that are imitated, asked for the caller's own objects. */
const ASKED: Record<string, () => [path: string, json?: unknown]> = {
  'GET /me': () => ['/me'],
  'GET /users': () => ['/users'],
  'GET /users/{id}': () => [`/users/${ids.user}`],
  'GET /users/delta': () => ['/users/delta'],
  'GET /users/{id}/memberof': () => [`/users/${ids.user}/memberOf`],
  'GET /users/{id}/transitivememberof': () => [`/users/${ids.user}/transitiveMemberOf`],
  'POST /users/{id}/getmemberobjects': () => [`/users/${ids.user}/getMemberObjects`, { securityEnabledOnly: true }],
  'GET /groups': () => ['/groups'],
  'GET /groups/{id}': () => [`/groups/${ids.group}`],
  'GET /groups/{id}/members': () => [`/groups/${ids.group}/members`],
  'GET /groups/{id}/transitivemembers': () => [`/groups/${ids.group}/transitiveMembers`],
  'GET /serviceprincipals': () => ['/servicePrincipals'],
  'GET /serviceprincipals/{id}': () => [`/servicePrincipals/${ids.servicePrincipal}`],
  'GET /organization': () => ['/organization'],
  'GET /subscribedskus': () => ['/subscribedSkus'],
  'GET /tenantrelationships/findtenantinformationbytenantid(tenantid={value})': () => [
    `/tenantRelationships/findTenantInformationByTenantId(tenantId='${CONTOSO}')`,
  ],
}

const rows = Object.entries<Record<string, string | undefined>>(table.paths)

test.each(Object.keys(ASKED))('each permission that the table names is enough for %s, and no other is', async (row) => {
  const listed = rows.find(([name]) => name === row)?.[1] ?? {}
  const [path, json] = ASKED[row]?.() ?? ['']
  const answered = await Promise.all(
    consentable.map(async (permission) => {
      const token = tokens.get(permission) ?? null
      const { status } = await conformance.ask(`${GRAPH}${path}`, { token, json })
      return [permission, status]
    }),
  )
  expect(answered).toEqual(consentable.map((permission) => [permission, permission in listed ? 200 : 403]))
})

test('getByIds accepts Directory.Read.All, but no permission that reads no directory object', async () => {
  const status = async (permission: string) => {
    const json = { ids: [ids.user], types: ['user'] }
    return (
      await conformance.ask(`${GRAPH}/directoryObjects/getByIds`, { token: tokens.get(permission) ?? null, json })
    ).status
  }
  expect(await status('Directory.Read.All')).toBe(200)
  expect(await status('User.Read')).toBe(403)
})

test('a guest may not list people, whatever consent was given', async () => {
  const { tenant, world } = conformance
  const scopes = new Set(['graph/User.Read', 'graph/User.Read.All'])
  tenant.consents = [{ clientId: world.clientId, userId: null, scopes }]
  const { graph } = await getTokens(conformance.sandbox, CONTOSO, 'nina@fabrikam.example')
  expect(await conformance.ask(`${GRAPH}/users`, { token: graph })).toMatchObject({
    status: 403,
    body: { error: { code: 'Authorization_RequestDenied' } },
  })
})
