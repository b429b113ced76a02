import { afterAll, beforeAll, expect, test } from 'vitest'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { privilegeOf } from '@/lib/domain/role-meaning'
import type { FaultRule } from '@/sandbox/control/fault-rules'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom, type Random } from '@/sandbox/world/random'
import { findRole } from '@/sandbox/world/rbac'
import { effectiveAccess } from '@/sandbox/world/truth'
import { fullWorld } from '@/testing/full-world'
import { findDishonesty } from '@/testing/honest-coverage'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { shownAccess } from '@/testing/shown-access'
import type { TrueRow } from '@/testing/true-access'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `WHOLE_WORLDS=300`. */
const WORLDS = Number(process.env.WHOLE_WORLDS ?? 24)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** Lists that can be refused, and how: Microsoft asks for no wait, so that repeats take no time. */
const LISTS = [
  { path: 'roleEligibilityScheduleInstances' },
  { path: 'roleAssignmentScheduleInstances' },
  { path: 'denyAssignments' },
  { path: 'getEntities' },
  { path: 'registrationAssignments' },
  { path: 'registrationDefinitions' },
  { path: '/members', inBatch: true },
  { path: 'microsoft\\.graph\\.servicePrincipal', inBatch: true },
  { path: 'eligibilityScheduleInstances', inBatch: true },
  { path: 'assignmentScheduleInstances', inBatch: true },
  { path: '/v1\\.0/groups$', inBatch: true },
  { path: '/v1\\.0/servicePrincipals$', inBatch: true },
  { path: '/v1\\.0/users$', inBatch: true },
  { path: 'getByIds' },
]
const STATUSES = [400, 401, 403, 404, 500]

/** Fields without which a row cannot be understood. */
const FIELDS = [
  { match: { path: '/roleAssignments$' }, path: 'properties.principalId' },
  { match: { path: '/roleAssignments$' }, path: 'properties.principalType' },
  { match: { path: '/roleDefinitions$' }, path: 'name' },
  { match: { path: 'roleEligibilityScheduleInstances' }, path: 'properties.roleDefinitionId' },
  { match: { path: 'registrationAssignments' }, path: 'properties.registrationDefinition' },
  { match: { path: '/members', inBatch: true }, path: 'id' },
  { match: { path: 'microsoft\\.graph\\.servicePrincipal', inBatch: true }, path: 'id' },
  { match: { path: 'eligibilityScheduleInstances', inBatch: true }, path: 'principalId' },
  { match: { path: '/owners', inBatch: true }, path: 'id' },
]

function drawFaults(random: Random, tenantId: string): FaultRule[] {
  const counted = { seen: 0, fired: 0 }
  const refusals = Array.from({ length: random.below(4) }, (): FaultRule => {
    const status = random.pick(STATUSES)
    const body = { error: { code: 'MadeUp', message: 'refused' } }
    const every = random.below(2) === 0 ? {} : { every: 2 }
    return {
      match: { ...random.pick(LISTS), tenantId },
      status,
      body,
      headers: { 'retry-after': '0' },
      ...every,
      ...counted,
    }
  })
  const odd = Array.from({ length: random.below(2) }, (): FaultRule => {
    const { match, path } = random.pick(FIELDS)
    return { match: { ...match, tenantId }, setField: { path, value: null, everyNth: 3 + random.below(9) }, ...counted }
  })
  return [...refusals, ...odd]
}

const seeds = Array.from({ length: WORLDS }, (_, index) => `whole ${index + 1}`)

test.each(seeds)(
  'in %s, whatever the world has and the portal does not show is covered by a line that is not whole',
  async (seed) => {
    const random = createRandom(`faults of ${seed}`)
    const optional = OPTIONAL_SCOPES.filter((scope) => random.below(scope === 'GroupMember.Read.All' ? 6 : 2) > 0)
    const tenant = await rolecall.tenant({ ...fullWorld(seed), consented: [...optional] })
    const { world, tenantId, subscription } = tenant
    const id = await connect(tenant, subscription.id, { optional })
    const before = random.below(2) === 0 ? await carryRun(rolecall, tenant.owner, id) : null
    const shownBefore = before?.state === 'succeeded' ? await shownAccess(tenant.owner, id) : null
    if (before) {
      applyChange(world, { random: 10, seed, tenantId })
      await requestSync(tenant.owner, id)
    }
    world.faults = drawFaults(random, tenantId)
    const run = await carryRun(rolecall, tenant.owner, id)
    world.faults = []
    if (run.state !== 'succeeded') {
      // A run that fails publishes nothing: what was shown before stays.
      expect(run.problem).not.toBeNull()
      if (shownBefore) expect((await shownAccess(tenant.owner, id)).keys().toArray()).toEqual([...shownBefore.keys()])
      return
    }

    expect(await findDishonesty(tenant, id, run.coverage)).toEqual([])
  },
)

test.each(seeds.slice(0, Math.ceil(WORLDS / 2)))(
  'in %s, who can grant access is counted by what is held now, never by what is only eligible',
  async (seed) => {
    const tenant = await rolecall.tenant({ ...fullWorld(`count ${seed}`), consented: [...OPTIONAL_SCOPES] })
    const { world, tenantId, subscription } = tenant
    const id = await connect(tenant, subscription.id, { optional: OPTIONAL_SCOPES })
    const run = await carryRun(rolecall, tenant.owner, id)
    const directory = world.findTenant(tenantId)
    if (!directory) throw new Error('There is no such tenant.')
    const grants = (row: TrueRow) =>
      privilegeOf(findRole(directory, row.roleId)?.permissions ?? []) === 'grants_access' &&
      row.status !== 'disabled' &&
      row.status !== 'deleted'
    const isPerson = ({ principalType }: TrueRow) => principalType === 'User' || principalType === 'AgentUser'
    const rows = effectiveAccess(world, subscription.id, { paths: MOST_PATHS }).filter(
      (row) => isPerson(row) && grants(row),
    )
    const idsOf = (some: TrueRow[]) => new Set(some.map(({ principalId }) => principalId))
    const licensed = directory.licence === 'p2'
    const held = rows.filter(({ kind }) => kind !== 'eligible')
    const wide = idsOf(held.filter(({ level }) => level !== 'resource_group' && level !== 'resource'))
    const below = idsOf(held).difference(wide)
    const could = licensed ? idsOf(rows).difference(idsOf(held)) : new Set()
    const people = (signal: keyof typeof run.signals) => run.signals[signal]?.people ?? 0
    expect([people('can_grant'), people('can_grant_below'), people('could_grant')]).toEqual([
      wide.size,
      below.size,
      could.size,
    ])
  },
)
