import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { openCertificateAuthority } from '../tls/tls-front'
import { CONTOSO, CONTOSO_APPLICATION } from '../world/demo-ids'
import { makeTenant } from '../world/make-tenant'
import { truthOf } from '../world/truth'
import { runClient } from './programs'
import type { Seen } from './read-with-sdks'
import type { SignedIn } from './sign-in-with-sdks'

const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-sdks-'))
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', tls: { port: 0, dataDir } })
})
afterAll(async () => {
  await sandbox.close()
  rmSync(dataDir, { recursive: true })
})

const byId = <T extends { id: string }>(rows: T[]) => [...rows].sort((one, other) => one.id.localeCompare(other.id))

/** A tenant of two subscriptions that needs several pages for everything. */
function makePaged() {
  const made = makeTenant(sandbox.world, {
    seed: 'sdks',
    people: 120,
    groups: { count: 6, depth: 3 },
    subscriptions: 2,
    assignments: 60,
    conditions: 5,
    customRoles: 3,
    eligibility: 25,
    denyAssignments: 2,
    pageSize: 20,
  })
  const tenant = sandbox.world.findTenant(made.tenantId)
  if (!tenant) throw new Error('The made tenant is not there.')
  return { made, tenant }
}

test('Microsoft’s unmodified libraries read, page by page, exactly what the world holds', async () => {
  const { made, tenant } = makePaged()
  const [group] = tenant.groups.list().toSorted((one, other) => {
    const sizes = [one, other].map(({ id }) => tenant.memberships.transitiveMembersOf(id).length)
    return (sizes[1] ?? 0) - (sizes[0] ?? 0)
  })
  const { clientId, clientSecret } = made.application
  const args = [made.tenantId, clientId, clientSecret, group?.id ?? '']
  const seen = await runClient<Seen>(sandbox, 'read-with-sdks.ts', args)

  expect(seen.tenants).toEqual([made.tenantId])
  expect(byId(seen.subscriptions).map(({ id, name }) => ({ id, name }))).toEqual(byId(made.subscriptions))
  for (const { id, access } of seen.subscriptions) {
    const rows = truthOf(sandbox.world, id)
    const held = rows.map(({ assignmentId, principalId, roleId, scope, condition }) => ({
      id: assignmentId,
      principalId,
      roleId,
      scope,
      condition,
    }))
    expect(held.length).toBeGreaterThan(tenant.pageSizes.assignments)
    expect(byId(access.assignments)).toEqual(byId(held))
    const roles = new Map(access.roles.map((role) => [role.id, role.name]))
    for (const { roleId, roleName } of rows) if (roleName !== null) expect(roles.get(roleId)).toBe(roleName)
    const isElsewhere = (scope: string) => scope.startsWith('/subscriptions/') && !scope.includes(id)
    const custom = tenant.customRoles.list().filter((role) => !role.assignableScopes.every(isElsewhere))
    expect(access.roles.filter((role) => role.custom)).toHaveLength(custom.length)
    const denied = tenant.denyAssignments
      .list()
      .filter((one) => one.scope.includes(id) || !one.scope.includes('/subscriptions/'))
    expect(access.denied.toSorted()).toEqual(denied.map((one) => one.id).toSorted())
    expect(access.eligible.length).toBeGreaterThan(tenant.pageSizes.instances)
  }
  const people = tenant.users.list().map(({ id, displayName: name }) => ({ id, name }))
  expect(people.length).toBeGreaterThan(tenant.pageSizes.users)
  expect(byId(seen.users)).toEqual(byId(people))
  const members = [...tenant.memberships.transitiveMembersOf(group?.id ?? '')]
  expect(members.length).toBeGreaterThan(tenant.pageSizes.members)
  expect(seen.members.toSorted()).toEqual(members.toSorted())
})

test('MSAL and Azure.Identity sign in an application, a person on the pages, and a device', async () => {
  const username = 'ada@contoso.example'
  const { clientId, secret } = CONTOSO_APPLICATION
  const portal = `${sandbox.world.clientId} sandbox-secret http://localhost:3000/api/azure/callback`
  const args = [sandbox.url, CONTOSO, username, portal, `${clientId} ${secret}`]
  const signedIn = await runClient<SignedIn>(sandbox, 'sign-in-with-sdks.ts', args)
  expect(signedIn).toMatchObject({ person: username, silently: true, device: username })
  expect(signedIn.application).toContain('Directory.Read.All')
})

test('a client without the CA gets no answer', async () => {
  const other = await openCertificateAuthority(join(dataDir, 'other'))
  const { clientId, secret } = CONTOSO_APPLICATION
  const refused = runClient(sandbox, 'read-with-sdks.ts', [CONTOSO, clientId, secret, ''], other.caFile)
  await expect(refused).rejects.toThrow(/network_error/)
})
