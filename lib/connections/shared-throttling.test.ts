import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAzure } from '@/lib/azure/client/clients'
import { PATIENCE } from '@/lib/azure/client/retry'
import { readGroups } from '@/lib/azure/groups'
import { readManagementGroups } from '@/lib/azure/management-groups'
import { listRoleAssignments } from '@/lib/azure/role-assignments'
import { listRoleDefinitions } from '@/lib/azure/role-definitions'
import { applyChange } from '@/sandbox/world/changes'
import { createAccessWorld } from '@/testing/access-world'
import { azureAs } from '@/testing/azure-as'
import { type Rolecall, startRolecall } from '@/testing/rolecall'
import { createRequestBudgets } from './request-budgets'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** Microsoft's limits, made small: a fleet of a few subscriptions uses them up in a moment. */
const GRAPH = { units: 400, windowSeconds: 2 }
const ARM = { bucket: 40, refillPerSecond: 20 }
const LIMITS = {
  arm_reads: { bucket: ARM.bucket, perSecond: ARM.refillPerSecond, portion: 4 },
  arm_writes: { bucket: ARM.bucket, perSecond: ARM.refillPerSecond, portion: 4 },
  graph: { bucket: GRAPH.units, perSecond: GRAPH.units / GRAPH.windowSeconds, portion: 40 },
}
const KEPT_SECONDS = 0.4

const WORKERS = 2
const SYNCS_AT_ONCE = 4
const SUBSCRIPTIONS = 16

/**
 * Reads a fleet of subscriptions of a new tenant with one account, as two workers do that share nothing but the database, and
 * counts how many requests and items of batches the sandbox refused with 429.
 */
async function countThrottled(hasBudget: boolean): Promise<number> {
  const { world } = rolecall.sandbox
  const tenant = await rolecall.tenant({ subscriptions: SUBSCRIPTIONS, people: 40, groups: { count: 15, depth: 2 } })
  const { tenantId } = tenant
  applyChange(world, { type: 'set_throttling', tenantId, arm: ARM, graph: GRAPH })
  const { objectId } = tenant.account('owner')
  const { actor } = await createAccessWorld(rolecall.db)
  const reader = { organisationId: actor.organisationId, tenantId, principal: objectId, application: world.clientId }
  const groups = (world.findTenant(tenantId)?.groups.list() ?? []).map(({ id }) => id)
  const waiting = tenant.subscriptions.map(({ id }) => id)
  const { tokens } = azureAs(world, tenantId, objectId).azure.caller

  const work = async () => {
    const budget = createRequestBudgets({ limits: LIMITS, keptSeconds: KEPT_SECONDS }).budgetOf(reader)
    const sync = async () => {
      for (let id = waiting.shift(); id; id = waiting.shift()) {
        const azure = createAzure({ tokens, patience: { ...PATIENCE, tries: 20 }, ...(hasBudget ? { budget } : {}) })
        await Promise.all([
          listRoleAssignments(azure, id),
          listRoleDefinitions(azure, id),
          readManagementGroups(azure, id),
          readGroups(azure, groups),
        ])
      }
    }
    await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, sync))
  }
  world.log = []
  await Promise.all(Array.from({ length: WORKERS }, work))
  const entries = world.log.filter((entry) => entry.tenantId === tenantId)
  return entries.flatMap((entry) => [entry, ...(entry.batch ?? [])]).filter(({ status }) => status === 429).length
}

test('two workers that share a budget read a fleet with a handful of refusals at most, and many without it', async () => {
  expect(await countThrottled(true)).toBeLessThanOrEqual(5)
  expect(await countThrottled(false)).toBeGreaterThan(10)
})
