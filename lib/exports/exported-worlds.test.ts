import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { parseAccessView } from '@/lib/domain/views'
import { createRandom } from '@/sandbox/world/random'
import { carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { accessKey, trueAccess, wayOf } from '@/testing/true-access'
import { accessList } from './lists'
import { toJsonLines } from './table'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=200`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 4)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

type Line = {
  object_id: string
  role_id: string
  scope: string
  kind: string
  assignment: string
  path_group_ids: string[]
  denied: string[]
}

/** Every row that the exports of people and of other principals have together. */
async function exportedLines(tenant: TestTenant, connectionId: string): Promise<Line[]> {
  const connection = await getConnection(tenant.owner, connectionId)
  if (!connection) throw new Error('There is no such connection.')
  const lines: Line[] = []
  for (const who of ['people', 'others'] as const) {
    const { cells } = accessList(tenant.owner, connection, parseAccessView({}), who)
    const text = Buffer.concat(await Array.fromAsync(toJsonLines(cells))).toString()
    lines.push(...text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line])))
  }
  return lines
}

/** The assignment's own name: what comes last in its key, or in front of the principal, the role and the kind of a delegation. */
const nameIn = (key: string) => key.split(' ').at(key.startsWith('delegated ') ? -4 : -1) ?? ''

test.each(Array.from({ length: WORLDS }, (_, index) => `exported world ${index + 1}`))(
  '%s: the rows of the exports are exactly the ways that there are',
  async (seed) => {
    const random = createRandom(seed)
    const tenant = await rolecall.tenant({
      ...{ seed, people: 5 + random.below(20), guests: random.below(5), deleted: random.below(4) },
      groups: { count: 2 + random.below(8), size: 4, depth: 1 + random.below(3), cycles: random.below(2) },
      ...{ servicePrincipals: random.below(5), managementGroupDepth: random.below(4) },
      ...{ assignments: 15 + random.below(60), eligibility: random.below(6), conditions: random.below(4) },
    })
    const id = await connect(tenant, tenant.subscription.id, { optional: ['GroupMember.Read.All'] })
    await carryRun(rolecall, tenant.owner, id)

    const sees = ({ principalType }: { principalType: string }) => !principalType.endsWith('Group')
    const truth = [...trueAccess(tenant, { paths: MOST_PATHS, sees })].flatMap(([key, { ways, deniedBy }]) =>
      [...ways].map((way) => `${key} by ${way}, ${deniedBy.length > 0 ? 'denied' : 'allowed'}`),
    )
    const lines = (await exportedLines(tenant, id)).map((line) => {
      const key = accessKey(line.object_id, line.role_id, line.scope, line.kind)
      const way = wayOf(nameIn(line.assignment), line.path_group_ids.toReversed())
      return `${key} by ${way}, ${line.denied.length > 0 ? 'denied' : 'allowed'}`
    })
    expect(truth.length).toBeGreaterThan(10)
    expect(lines.sort()).toEqual(truth.sort())
  },
)
