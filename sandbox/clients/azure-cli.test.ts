import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTOSO, CONTOSO_APPLICATION, CONTOSO_SUBSCRIPTIONS } from '../world/demo-ids'
import type { TruthRow } from '../world/truth'
import { findNamespaceMethod, type NetworkNamespace, openNetworkNamespace } from './programs'

const folder = mkdtempSync(join(tmpdir(), 'rolecall-az-'))
const pythonPatch = new URL('debian-az', import.meta.url).pathname
const method = isInstalled() ? findNamespaceMethod(folder) : 'the Azure CLI, az, is not installed'
const skipped = typeof method === 'string' ? ` (skipped: ${method})` : ''
const SUBSCRIPTIONS = Object.values(CONTOSO_SUBSCRIPTIONS)
let namespace: NetworkNamespace

function isInstalled(): boolean {
  try {
    execFileSync('az', ['version'], {
      stdio: 'ignore',
      env: { ...process.env, AZURE_CONFIG_DIR: join(folder, 'azure') },
    })
    return true
  } catch {
    // There is no such program, or it does not even run: in both cases there is nothing to test.
    return false
  }
}

async function az<T>(...args: string[]): Promise<T> {
  const output = await namespace.run('az', [...args, '--output', 'json'], {
    AZURE_CONFIG_DIR: join(folder, 'azure'),
    AZURE_CORE_COLLECT_TELEMETRY: 'no',
    AZURE_CORE_NO_COLOR: '1',
    REQUESTS_CA_BUNDLE: namespace.caFile,
    PYTHONPATH: pythonPatch,
    PYTHONDONTWRITEBYTECODE: '1',
  })
  return JSON.parse(output) as T
}

/** The assignments of the world, read from the controls in the namespace. */
const truth = (subscriptionId: string) =>
  namespace.control(`/truth/${subscriptionId}?of=assignments`) as Promise<TruthRow[]>

const lastSegment = (id: string) => id.slice(id.lastIndexOf('/') + 1)

beforeAll(async () => {
  if (typeof method === 'string') return
  namespace = await openNetworkNamespace(method, folder)
  const { clientId, secret } = CONTOSO_APPLICATION
  await az('login', '--service-principal', '-u', clientId, '-p', secret, '--tenant', CONTOSO)
})
afterAll(async () => {
  await namespace?.close()
  rmSync(folder, { recursive: true })
})

test.skipIf(skipped)(`az account list gives every subscription of the tenant${skipped}`, async () => {
  const { subscriptions } = (await namespace.control('/info')) as { subscriptions: Record<string, string>[] }
  const accounts = await az<Record<string, string>[]>('account', 'list', '--all')
  const facts = ({ id, name, state, tenantId }: Record<string, string>) => ({ id, name, state, tenantId })
  const wanted = subscriptions.filter((one) => one.tenantId === CONTOSO).map(facts)
  expect(accounts.map(facts)).toEqual(expect.arrayContaining(wanted))
  expect(accounts).toHaveLength(wanted.length)
})

type Listed = {
  name: string
  principalId: string
  principalName: string
  principalType: string
  roleDefinitionId: string
  roleDefinitionName: string | null
  scope: string
  condition: string | null
}

const sorted = <T extends { id: string }>(rows: T[]) => rows.sort((a, b) => a.id.localeCompare(b.id))

test.skipIf(skipped)(
  `az role assignment list --all --include-inherited gives what the world holds, row by row${skipped}`,
  async () => {
    for (const subscription of SUBSCRIPTIONS) {
      const rows = await truth(subscription)
      const args = ['role', 'assignment', 'list', '--all', '--include-inherited', '--subscription', subscription]
      const listed = await az<Listed[]>(...args)
      const seen = listed.map((row) => ({
        id: row.name,
        principalId: row.principalId,
        principalType: row.principalType,
        roleId: lastSegment(row.roleDefinitionId),
        roleName: row.roleDefinitionName,
        scope: row.scope,
        condition: row.condition,
      }))
      const held = rows.map(({ assignmentId: id, roleName, principalId, principalType, roleId, scope, condition }) => ({
        id,
        roleName,
        principalId,
        principalType,
        roleId,
        scope,
        condition,
      }))
      expect(held.length).toBeGreaterThan(0)
      expect(sorted(seen)).toEqual(sorted(held))
      const people = new Map(
        rows.map((row) => [row.principalId, row.status === 'deleted' ? '' : row.userPrincipalName]),
      )
      for (const row of listed.filter((one) => one.principalType === 'User'))
        expect(row.principalName).toBe(people.get(row.principalId))
    }
  },
  60_000, // a second or two for each of az's starts
)

test.skipIf(skipped)(`az role definition list gives the built-in roles and the tenant’s own${skipped}`, async () => {
  type Role = { name: string; roleName: string; roleType: string; assignableScopes: string[] }
  const subscription = CONTOSO_SUBSCRIPTIONS.production
  const roles = await az<Role[]>('role', 'definition', 'list', '--subscription', subscription)
  const custom = await az<Role[]>('role', 'definition', 'list', '--custom-role-only', '--subscription', subscription)
  const byId = new Map(roles.map((role) => [role.name, role]))
  for (const { roleId, roleName } of await truth(subscription))
    if (roleName !== null) expect(byId.get(roleId)?.roleName).toBe(roleName)
  expect(roles.filter((role) => role.roleType === 'CustomRole')).toEqual(custom)
  expect(custom.map((role) => role.roleName)).toEqual(
    expect.arrayContaining(['Contoso VM Restarter', 'Contoso Support Reader', 'Contoso Access Auditor']),
  )
  expect(byId.get('acdd72a7-3385-48ef-bd42-f606fba81ae7')).toMatchObject({
    roleName: 'Reader',
    roleType: 'BuiltInRole',
  })
})

test.skipIf(skipped)(`az ad and az rest read the directory${skipped}`, async () => {
  const users = await az<{ id: string; userPrincipalName: string }[]>('ad', 'user', 'list')
  const first = users[0] ?? { id: 'nobody', userPrincipalName: '' }
  const url = `https://graph.microsoft.com/v1.0/users/${first.id}`
  expect(await az('rest', '--url', url)).toMatchObject(first)
  expect(users.map((user) => user.userPrincipalName)).toContain('ada@contoso.example')
})
