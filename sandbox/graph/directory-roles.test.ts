import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'
import { directoryRoleIds } from '../world/directory-roles'
import { APPLICATION_ADMINISTRATOR, GLOBAL_ADMINISTRATOR } from '../world/roles'
import type { Tenant } from '../world/types'

type Row = Record<string, unknown> & { id: string; principalId: string }
type Reply = { value: Row[]; error?: { code: string } }

const [GLOBAL_READER = '', SECURITY_READER = ''] = directoryRoleIds('Global Reader', 'Security Reader')
const RBAC = '/roleManagement/directory'

let sandbox: Sandbox
let tenant: Tenant
let token = ''
let directory = ''
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const found = sandbox.world.findTenant(CONTOSO)
  if (!found) throw new Error('Contoso is missing.')
  tenant = found
  const roles = [APPLICATION_ADMINISTRATOR, GLOBAL_READER]
  applyChange(sandbox.world, { type: 'set_directory_roles', tenantId: CONTOSO, user: 'ada@contoso.example', roles })
  const signIn = async (graph: string) => {
    tenant.consents = [] // a token carries everything that was consented to before
    return (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', { graph })).graph
  }
  directory = await signIn('Directory.Read.All')
  token = await signIn('RoleManagement.Read.Directory')
})
afterAll(() => sandbox.close())

async function ask(path: string, bearer = token) {
  const response = await fetch(`${sandbox.url}/graph.microsoft.com/v1.0${path}`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  return { status: response.status, body: (await response.json()) as Reply }
}
const holdersOf = (role: string) =>
  tenant.users.list().flatMap((user) => (user.directoryRoles.includes(role) ? [user.id] : []))

test('the members of a directory role are the people who hold it, by its id or that of its template', async () => {
  const holders = holdersOf(APPLICATION_ADMINISTRATOR)
  expect(holders.length).toBeGreaterThan(1)
  for (const role of [`/${APPLICATION_ADMINISTRATOR}`, `(roleTemplateId='${APPLICATION_ADMINISTRATOR}')`]) {
    const { body } = await ask(`/directoryRoles${role}/members`, directory)
    expect(body.value.map(({ id }) => id)).toEqual(holders)
    expect(body.value[0]).toMatchObject({ '@odata.type': '#microsoft.graph.user', displayName: expect.any(String) })
  }
  expect((await ask('/directoryRoles/11111111-1111-4111-8111-111111111111/members')).status).toBe(404)
})

test('$expand adds the person or the role to an assignment, one property in one request', async () => {
  const path = `${RBAC}/roleAssignments?$filter=roleDefinitionId eq '${GLOBAL_READER}'`
  const [ada] = (await ask(`${path}&$expand=principal`, directory)).body.value
  expect(ada).toMatchObject({
    roleDefinitionId: GLOBAL_READER,
    principal: {
      '@odata.type': '#microsoft.graph.user',
      id: ada?.principalId,
      userPrincipalName: 'ada@contoso.example',
    },
  })
  const [withRole] = (await ask(`${path}&$expand=roleDefinition`)).body.value
  expect(withRole).toMatchObject({ roleDefinition: { id: GLOBAL_READER, displayName: 'Global Reader' } })
  expect((await ask(`${path}&$expand=principal,roleDefinition`)).status).toBe(400)
  expect((await ask(`${path}&$expand=shoes`)).body.error?.code).toBe('BadRequest')
})

test.each(['roleAssignmentScheduleInstances', 'roleEligibilityScheduleInstances'])(
  '%s need the licence P2, the permission for roles, and a directory role of the reader',
  async (list) => {
    tenant.licence = 'p1'
    expect(await ask(`${RBAC}/${list}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'AadPremiumLicenseRequired' } },
    })
    tenant.licence = 'p2'
    expect((await ask(`${RBAC}/${list}`)).status).toBe(200)
    expect((await ask(`${RBAC}/${list}`, directory)).status).toBe(403)
    const change = { type: 'set_directory_roles', tenantId: CONTOSO, user: 'ada@contoso.example' } as const
    applyChange(sandbox.world, { ...change, roles: [APPLICATION_ADMINISTRATOR] })
    expect((await ask(`${RBAC}/${list}`)).body.error?.code).toBe('Authorization_RequestDenied')
    applyChange(sandbox.world, { ...change, roles: [APPLICATION_ADMINISTRATOR, GLOBAL_READER] })
  },
)

test('instances tell what is held from what can be activated', async () => {
  tenant.licence = 'p2'
  applyChange(sandbox.world, {
    type: 'set_directory_roles',
    tenantId: CONTOSO,
    user: 'ada@contoso.example',
    roles: ['Application Administrator', 'Global Reader'],
    eligible: ['Global Administrator', SECURITY_READER],
  })
  const ada = sandbox.world.findUser('ada@contoso.example')?.user.id ?? ''
  const filter = `$filter=principalId eq '${ada}'`
  const held = await ask(`${RBAC}/roleAssignmentScheduleInstances?${filter}`)
  expect(held.body.value.map((one) => [one.roleDefinitionId, one.assignmentType, one.memberType])).toEqual([
    [APPLICATION_ADMINISTRATOR, 'Assigned', 'Direct'],
    [GLOBAL_READER, 'Assigned', 'Direct'],
  ])
  const eligible = await ask(`${RBAC}/roleEligibilityScheduleInstances?${filter}&$expand=roleDefinition`)
  expect(eligible.body.value.map((one) => one.roleDefinitionId)).toEqual([GLOBAL_ADMINISTRATOR, SECURITY_READER])
  expect(eligible.body.value[0]).toMatchObject({ roleDefinition: { displayName: 'Global Administrator' } })
})

test('an unknown directory role cannot be given', () => {
  const change = { type: 'set_directory_roles', user: 'ada@contoso.example', roles: ['Emperor'] } as const
  expect(() => applyChange(sandbox.world, { ...change, roles: [...change.roles] })).toThrow(
    'There is no directory role Emperor.',
  )
})
