import { afterAll, beforeAll, expect, test } from 'vitest'
import { mintAccessToken } from '../entra/tokens'
import { type Sandbox, startSandbox } from '../server'
import { applyChange, type NamedChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import { GROUPS_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR } from '../world/roles'
import { addGroup } from '../world/tenant'
import type { Tenant, User } from '../world/types'

type Row = { id: string; principalId: string; groupId: string } & Record<string, unknown>
type Reply = { value: Row[]; error?: { code: string }; '@odata.nextLink'?: string }

const HOUR_MS = 3_600_000
const [JIT, PLAIN, TEAM] = [1, 2, 3].map((number) => `99999999-0000-4000-8000-00000000000${number}`) as [
  string,
  string,
  string,
]

let sandbox: Sandbox
let tenant: Tenant
let [ada, bo, owner, service] = ['', '', '', '']
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const made = makeTenant(sandbox.world, { seed: 'pim', people: 6, servicePrincipals: 1, licence: 'p2' })
  const found = sandbox.world.findUser(`owner@${made.domain}`)
  if (!found) throw new Error('The tenant has no owner.')
  tenant = found.tenant
  owner = found.user.id
  const personOf = (number: number) => sandbox.world.findUser(`person${number}@${made.domain}`)?.user.id ?? ''
  ada = personOf(0)
  bo = personOf(1)
  service = tenant.servicePrincipals.list().at(-1)?.id ?? ''
  addGroup(tenant, { id: JIT, displayName: 'Just in time', isAssignableToRole: true })
  addGroup(tenant, { id: PLAIN, displayName: 'Plain' })
  addGroup(tenant, { id: TEAM, displayName: 'Team' })
})
afterAll(() => sandbox.close())

const change = (one: object) => applyChange(sandbox.world, { tenantId: tenant.id, ...one } as NamedChange)

const EVERY_PERMISSION = [
  'GroupMember.Read.All',
  'User.Read.All',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
]

function tokenFor(userId: string, names = EVERY_PERMISSION): string {
  const user = tenant.users.get(userId) as User
  const app = sandbox.world.applications.get(sandbox.world.clientId)
  if (!app) throw new Error('The application is missing.')
  const options = { audience: 'https://graph.microsoft.com', names, mfa: true }
  return mintAccessToken(sandbox.world, { tenant, user, homeTenant: tenant, homeUser: user }, app, options).token
}

async function ask(path: string, token = tokenFor(owner)) {
  const address = path.startsWith('https:') ? path : `https://graph.microsoft.com/v1.0${path}`
  const response = await fetch(address.replace('https://', `${sandbox.url}/`), {
    headers: { authorization: `Bearer ${token}`, consistencylevel: 'eventual' },
  })
  const body = (await response.json()) as Reply
  return { status: response.status, code: body.error?.code, body, ids: body.value?.map(({ id }) => id) }
}

const pim = (list: string, filter = `groupId eq '${JIT}'`, more = '') =>
  `/identityGovernance/privilegedAccess/group/${list}ScheduleInstances?$filter=${filter}${more}`

test('an eligible member is no member; activated, they are one until the end, and both lists tell it', async () => {
  change({ type: 'make_eligible_member', groupId: JIT, user: ada })
  change({ type: 'make_eligible_member', groupId: JIT, principalId: TEAM, endDateTime: '2099-01-01T00:00:00Z' })
  change({ type: 'make_eligible_member', groupId: JIT, user: bo, accessId: 'owner' })
  expect((await ask(`/groups/${JIT}/members`)).ids).toEqual([])
  const { body } = await ask(pim('eligibility'))
  expect(body.value).toHaveLength(3)
  expect(body.value[0]).toMatchObject({ accessId: 'member', principalId: ada, groupId: JIT, endDateTime: null })
  expect(body.value[0]?.id).toMatch(new RegExp(`^${JIT}_member_`))
  expect(String(body.value[0]?.memberType).toLowerCase()).toBe('direct')
  expect(body.value[1]).toMatchObject({ principalId: TEAM, endDateTime: '2099-01-01T00:00:00Z' })
  expect(body.value[2]).toMatchObject({ principalId: bo, accessId: 'owner' })

  const endDateTime = new Date(sandbox.world.now() + HOUR_MS).toISOString()
  change({ type: 'activate_membership', groupId: JIT, user: ada, endDateTime })
  expect((await ask(`/groups/${JIT}/members`)).ids).toEqual([ada])
  expect((await ask(`/users/${ada}/memberOf`)).ids).toContain(JIT)
  const active = await ask(pim('assignment', `groupId eq '${JIT}'`, '&$expand=principal,group,activatedUsing'))
  expect(active.body.value).toHaveLength(1)
  expect(active.body.value[0]).toMatchObject({
    assignmentType: 'activated',
    principal: { '@odata.type': '#microsoft.graph.user', id: ada },
    group: { id: JIT, displayName: 'Just in time' },
    activatedUsing: { id: body.value[0]?.id },
  })
  change({ type: 'advance_clock', ms: HOUR_MS + 1_000 })
  expect((await ask(`/groups/${JIT}/members`)).ids).toEqual([])
  expect((await ask(pim('assignment'))).ids).toEqual([])
  expect((await ask(pim('eligibility'))).ids).toHaveLength(3)
  change({ type: 'advance_clock', ms: -HOUR_MS - 1_000 })
  expect((await ask(`/groups/${JIT}/members`)).ids).toEqual([ada])
  change({ type: 'deactivate_membership', groupId: JIT, user: ada })
  expect((await ask(`/groups/${JIT}/members`)).ids).toEqual([])
})

test('a member who is assigned is in the list of assignments, and one who is there for good cannot activate', async () => {
  change({ type: 'add_member', groupId: PLAIN, user: ada, scheduled: true })
  change({ type: 'add_member', groupId: PLAIN, user: owner })
  change({ type: 'make_eligible_member', groupId: PLAIN, user: owner })
  expect(() => change({ type: 'activate_membership', groupId: PLAIN, user: owner })).toThrow('already')
  expect((await ask(`/groups/${PLAIN}/members`)).ids?.sort()).toEqual([ada, owner].sort())
  const { body } = await ask(pim('assignment', `groupId eq '${PLAIN}'`))
  expect(body.value.map((one) => [one.principalId, one.assignmentType, one.endDateTime === null])).toEqual([
    [ada, 'assigned', true],
  ])
  change({ type: 'advance_clock', ms: 9 * HOUR_MS })
  expect((await ask(`/groups/${PLAIN}/members`)).ids?.sort()).toEqual([ada, owner].sort())
  change({ type: 'remove_member', groupId: PLAIN, user: ada })
  expect((await ask(pim('assignment', `groupId eq '${PLAIN}'`))).ids).toEqual([])
  change({ type: 'remove_member', groupId: PLAIN, user: owner })
})

test.each(['', '$top=5', "$filter=accessId eq 'member'", `$filter=groupId eq '${JIT}' or accessId eq 'member'`])(
  'without a filter by group or principal the list is refused: %s',
  async (query) => {
    const path = `/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?${query}`
    expect((await ask(path)).status).toBe(400)
  },
)

test('each list takes its own permission', async () => {
  const status = async (list: string, name: string) => (await ask(pim(list), tokenFor(owner, [name]))).status
  const [eligibility = '', assignment = ''] = EVERY_PERMISSION.slice(2)
  expect(await status('eligibility', eligibility)).toBe(200)
  expect(await status('eligibility', assignment)).toBe(403)
  expect(await status('assignment', assignment)).toBe(200)
  expect(await status('assignment', 'Directory.Read.All')).toBe(403)
})

test('a person without a role may read the groups they own or are in, and what they are eligible for themselves', async () => {
  const statusFor = async (id: string, filter?: string) => (await ask(pim('eligibility', filter), tokenFor(id))).status
  expect(await statusFor(ada)).toBe(403)
  expect(await statusFor(ada, `principalId eq '${ada}'`)).toBe(200)
  expect(await statusFor(ada, `principalId eq '${bo}'`)).toBe(403)
  change({ type: 'add_owner', groupId: JIT, user: ada })
  expect(await statusFor(ada)).toBe(200)
  change({ type: 'remove_owner', groupId: JIT, user: ada })
  change({ type: 'activate_membership', groupId: JIT, user: ada })
  expect(await statusFor(ada)).toBe(200)
  change({ type: 'deactivate_membership', groupId: JIT, user: ada })
})

test('a role-assignable group and any other are read with different directory roles', async () => {
  const user = tenant.users.get(bo) as User
  const statusWith = async (role: string, group: string) => {
    user.directoryRoles = [role]
    const { status } = await ask(pim('eligibility', `groupId eq '${group}'`), tokenFor(bo))
    user.directoryRoles = []
    return status
  }
  expect(await statusWith(PRIVILEGED_ROLE_ADMINISTRATOR, JIT)).toBe(200)
  expect(await statusWith(PRIVILEGED_ROLE_ADMINISTRATOR, PLAIN)).toBe(403)
  expect(await statusWith(GROUPS_ADMINISTRATOR, JIT)).toBe(403)
  expect(await statusWith(GROUPS_ADMINISTRATOR, PLAIN)).toBe(200)
})

test('pages are linked, and a tenant without the licence is refused', async () => {
  change({ type: 'set_page_size', pageSize: { instances: 2 } })
  const first = await ask(pim('eligibility'))
  expect(first.body.value).toHaveLength(2)
  const next = await ask(first.body['@odata.nextLink'] ?? '')
  expect([next.body.value.length, next.body['@odata.nextLink']]).toEqual([1, undefined])
  change({ type: 'set_licence', licence: 'p1' })
  expect(await ask(pim('eligibility'))).toMatchObject({ status: 400, code: 'AadPremiumLicenseRequired' })
  expect(() => change({ type: 'make_eligible_member', groupId: PLAIN, user: ada })).toThrow('licence p2')
  change({ type: 'set_licence', licence: 'p2' })
})

test('owners are people in v1.0, and service principals too in beta and by a cast', async () => {
  change({ type: 'add_owner', groupId: TEAM, user: ada })
  change({ type: 'add_owner', groupId: TEAM, principalId: service })
  expect((await ask(`/groups/${TEAM}/owners`)).ids).toEqual([ada])
  expect((await ask(`https://graph.microsoft.com/beta/groups/${TEAM}/owners`)).ids).toEqual([ada, service])
  const cast = `/groups/${TEAM}/owners/microsoft.graph.servicePrincipal`
  expect((await ask(cast)).status).toBe(400)
  expect((await ask(`${cast}?$count=true`, tokenFor(owner, ['GroupMember.Read.All']))).ids).toEqual([service])
  expect((await ask(`/groups/${TEAM}/owners`, tokenFor(owner, ['User.Read.All']))).status).toBe(403)
  expect(() => change({ type: 'add_owner', groupId: TEAM, principalId: PLAIN })).toThrow('cannot own a group')
})

test('a deleted person owns nothing and is eligible for nothing', async () => {
  change({ type: 'activate_membership', groupId: JIT, user: bo, accessId: 'owner' })
  expect((await ask(`/groups/${JIT}/owners`)).ids).toEqual([bo])
  change({ type: 'delete', user: bo })
  change({ type: 'delete', user: ada })
  expect((await ask(`/groups/${JIT}/owners`)).ids).toEqual([])
  expect((await ask(`/groups/${TEAM}/owners`)).ids).toEqual([])
  expect((await ask(pim('eligibility'))).body.value.map((one) => one.principalId)).toEqual([TEAM])
})
