import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenOf } from '../properties/small-world'
import { type Sandbox, startSandbox } from '../server'
import { applyChange, type NamedChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import { addGroup } from '../world/tenant'
import type { Tenant } from '../world/types'

type Row = { id: string }
type Reply = { value?: Row[]; id?: string; '@odata.deltaLink'?: string; responses?: { id: string; body: Reply }[] }

const GROUP = '99999999-0000-4000-8000-000000000011'

let sandbox: Sandbox
let tenant: Tenant
let token = ''
let service = ''
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const made = makeTenant(sandbox.world, { seed: 'lag', people: 5, servicePrincipals: 1 })
  const owner = sandbox.world.findUser(`owner@${made.domain}`)
  if (!owner) throw new Error('The tenant has no owner.')
  tenant = owner.tenant
  token = tokenOf(sandbox.world, tenant, owner.user.id, 'graph')
  service = tenant.servicePrincipals.list().at(-1)?.id ?? ''
  addGroup(tenant, { id: GROUP, displayName: 'Newcomers' })
})
afterAll(() => sandbox.close())

const change = (one: object) => applyChange(sandbox.world, { tenantId: tenant.id, ...one } as NamedChange)

function addPerson(): string {
  const { id } = change({ type: 'add_person', displayName: 'Nora Newcomer' }) as { id: string }
  change({ type: 'add_member', groupId: GROUP, principalId: id })
  return id
}

async function ask(path: string, json?: unknown) {
  const address = path.startsWith('https:') ? path : `https://graph.microsoft.com/v1.0${path}`
  const response = await fetch(address.replace('https://', `${sandbox.url}/`), {
    headers: { authorization: `Bearer ${token}`, consistencylevel: 'eventual', 'content-type': 'application/json' },
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Reply }
}

const idsAt = async (path: string, json?: unknown) => (await ask(path, json)).body.value?.map(({ id }) => id)

test('somebody just created is unknown everywhere but in lists of members, until the seconds are over', async () => {
  const id = addPerson()
  const { status, body } = await ask(`/users/${id}`)
  expect([status, body.id]).toEqual([200, id])
  const count = Number((await ask('/users/$count')).text)
  change({ type: 'lag', user: id, seconds: 60 })
  expect((await ask(`/users/${id}`)).status).toBe(404)
  expect((await ask(`/users/${id}/memberOf`)).status).toBe(404)
  expect((await ask(`/directoryObjects/${id}`)).status).toBe(404)
  expect(await idsAt('/users')).not.toContain(id)
  expect(await idsAt(`/users?$filter=id in ('${id}')`)).toEqual([])
  expect(Number((await ask('/users/$count')).text)).toBe(count - 1)
  expect(await idsAt('/directoryObjects/getByIds', { ids: [id] })).toEqual([])
  expect(await idsAt(`/groups/${GROUP}/members`)).toContain(id)
  change({ type: 'advance_clock', ms: 61_000 })
  expect(await idsAt(`/users?$filter=id in ('${id}')`)).toEqual([id])
})

test('a service principal and a deleted person lag too', async () => {
  change({ type: 'lag', principalId: service, seconds: 60 })
  expect(await idsAt(`/servicePrincipals?$filter=id in ('${service}')`)).toEqual([])
  const id = addPerson()
  change({ type: 'delete', user: id })
  change({ type: 'lag', principalId: id, seconds: 60 })
  expect((await ask(`/directory/deletedItems/${id}`)).status).toBe(404)
  expect(await idsAt('/directory/deletedItems/microsoft.graph.user')).not.toContain(id)
  change({ type: 'advance_clock', ms: 61_000 })
  expect(await idsAt('/directory/deletedItems/microsoft.graph.user')).toContain(id)
  expect(await idsAt(`/servicePrincipals?$filter=id in ('${service}')`)).toEqual([service])
})

test('a delta query shows the person once the lag is over', async () => {
  const first = await ask('/users/delta')
  const id = addPerson()
  change({ type: 'lag', user: id, seconds: 60 })
  const lagging = await ask(first.body['@odata.deltaLink'] ?? '')
  expect(lagging.body.value?.map((one) => one.id)).toEqual([])
  change({ type: 'advance_clock', ms: 61_000 })
  const later = await ask(lagging.body['@odata.deltaLink'] ?? '')
  expect(later.body.value?.map((one) => one.id)).toEqual([id])
})

test('after so many look-ups the person is known; requests for others do not count, items of a batch do', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom('direct', 'filter', 'list', 'ids', 'batch', 'other', 'members'), { maxLength: 12 }),
      async (lookups, asked) => {
        const id = addPerson()
        change({ type: 'lag', user: id, lookups })
        const others = tenant.users.list()[0]?.id ?? ''
        let left = lookups
        for (const one of asked) {
          const isKnown = left <= 0
          const url = `/users?$filter=id in ('${id}')`
          if (one === 'direct') expect((await ask(`/users/${id}`)).status).toBe(isKnown ? 200 : 404)
          if (one === 'filter') expect(await idsAt(url)).toEqual(isKnown ? [id] : [])
          if (one === 'list') expect((await idsAt('/users?$top=999'))?.includes(id)).toBe(isKnown)
          if (one === 'ids')
            expect(await idsAt('/directoryObjects/getByIds', { ids: [id] })).toEqual(isKnown ? [id] : [])
          if (one === 'other') expect(await idsAt(`/users?$filter=id in ('${others}')`)).toEqual([others])
          if (one === 'members') expect(await idsAt(`/groups/${GROUP}/members?$top=999`)).toContain(id)
          if (one === 'batch') {
            const { body } = await ask('/$batch', { requests: [{ id: '1', method: 'GET', url }] })
            expect(body.responses?.[0]?.body.value?.map((row) => row.id)).toEqual(isKnown ? [id] : [])
          }
          if (one !== 'other' && one !== 'members') left--
        }
        change({ type: 'delete', user: id, permanently: true })
        tenant.lagging.clear()
      },
    ),
    { numRuns: 40 },
  ))

test('members can be hidden and shown again', async () => {
  change({ type: 'hide_members', groupId: GROUP })
  expect((await ask(`/groups/${GROUP}/members`)).status).toBe(403)
  change({ type: 'hide_members', groupId: GROUP, hidden: false })
  expect((await ask(`/groups/${GROUP}/members`)).status).toBe(200)
})

test('a person can be created as they should be, and twice the same is refused', async () => {
  const facts = {
    displayName: 'Gus Guest',
    userPrincipalName: `gus_home.example#EXT#@${tenant.domain}`,
    mail: null,
    otherMails: ['gus@home.example'],
    userType: 'Guest',
  }
  const { id } = change({ type: 'add_person', ...facts }) as { id: string }
  const select = 'displayName,userPrincipalName,mail,otherMails,userType'
  expect((await ask(`/users/${id}?$select=${select}`)).body).toMatchObject(facts)
  expect(() => change({ type: 'add_person', ...facts })).toThrow('exists already')
  expect(() => change({ type: 'add_person', displayName: 'X', id })).toThrow('exists already')
  expect(() => change({ type: 'lag', user: id })).toThrow('Give either seconds or lookups.')
  expect(() => change({ type: 'lag', user: id, seconds: 1, lookups: 1 })).toThrow('Give either seconds or lookups.')
})
