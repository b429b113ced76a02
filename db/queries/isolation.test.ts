import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { syncRuns } from '@/db/schema'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { countAccess } from './count-access'
import { countPeople } from './count-people'
import { getConnection } from './get-connection'
import { getPerson } from './get-person'
import { listAccess } from './list-access'
import { listOtherPrincipals } from './list-other-principals'
import { listPeople } from './list-people'
import { listRoleHolders } from './list-role-holders'
import { listRolesHeld } from './list-roles-held'
import { listRuns } from './list-runs'

const database = await createTestDatabase()
afterAll(() => database.close())

const NOTHING = { rows: [], previous: null, next: null }
const PEOPLE = { search: '', status: null, direction: 'asc', cursor: null } as const
const ACCESS = { ...PEOPLE, roleId: null, level: null, sort: 'name' } as const

test('another organisation gets nothing by any of these reads, with the right ids in hand', async () => {
  const ours = await createAccessWorld(database.db)
  const theirs = await createAccessWorld(database.db)
  const connection = await ours.connection()
  const [person, group, reader] = [
    await ours.principal(),
    await ours.principal({ kind: 'group' }),
    await ours.role('Reader'),
  ]
  await ours.assign(connection.id, { to: person, role: reader })
  await ours.assign(connection.id, { to: group, role: reader, kind: 'group' })
  await database.db.insert(syncRuns).values({
    organisationId: ours.actor.organisationId,
    connectionId: connection.id,
    trigger: 'manual',
    state: 'succeeded',
  })

  const reads = async ({ actor }: typeof ours) => ({
    connection: await getConnection(actor, connection.id),
    access: (await listAccess(actor, connection, ACCESS)).rows.length,
    counted: (await countAccess(actor, connection)).assignments,
    roles: (await listRolesHeld(actor, connection)).length,
    holders: (await listRoleHolders(actor, connection)).length,
    others: (await listOtherPrincipals(actor, connection, null)).rows.length,
    runs: (await listRuns(actor, connection.id, null)).rows.length,
    people: (await listPeople(actor, PEOPLE)).rows.length,
    peopleCounted: await countPeople(actor, PEOPLE),
    person: await getPerson(actor, person),
  })

  expect(await reads(ours)).toMatchObject({
    connection: { id: connection.id },
    access: 1,
    counted: 1,
    roles: 1,
    holders: 1,
    others: 1,
    runs: 1,
    people: 1,
    peopleCounted: 1,
    person: { id: person },
  })
  expect(await reads(theirs)).toEqual({
    connection: null,
    access: 0,
    counted: 0,
    roles: 0,
    holders: 0,
    others: 0,
    runs: 0,
    people: 0,
    peopleCounted: 0,
    person: null,
  })
})

test('two organisations that connected the same tenant keep apart', async () => {
  const ours = await createAccessWorld(database.db)
  const theirs = await createAccessWorld(database.db)
  const connection = await theirs.connection({ tenantId: ours.tenantId })
  await ours.assign((await ours.connection()).id, {
    to: await ours.principal({ name: 'Ada' }),
    role: await ours.role('Reader'),
  })
  expect((await listPeople(theirs.actor, PEOPLE)).rows).toEqual([])
  expect(await listRolesHeld(theirs.actor, connection)).toEqual([])
})

test.each(['', 'new', randomUUID(), '../etc/passwd', "' or 1=1 --", '\0', 'a'.repeat(10_000)])(
  'an id that is nobody’s is not found: %j',
  async (id) => {
    const { actor } = await createAccessWorld(database.db)
    expect(await getConnection(actor, id)).toBeNull()
    expect(await getPerson(actor, id)).toBeNull()
    expect(await listRuns(actor, id, null)).toEqual(NOTHING)
  },
)
