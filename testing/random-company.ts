import { z } from 'zod'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom, type Random } from '@/sandbox/world/random'
import { fullWorld } from './full-world'
import { connect, type Rolecall, type TestTenant } from './rolecall'
import { trueAccess } from './true-access'

const OPTIONAL = [...OPTIONAL_SCOPES]

/** A connection of a company, with the subscription that it reads. */
export type Connected = { id: string; subscription: TestTenant['subscription'] }

/** A random tenant whose three subscriptions are connected with one account, so that they share management groups and groups. */
export async function createRandomCompany(rolecall: Rolecall, seed: string) {
  const random = createRandom(seed)
  const spec = { ...fullWorld(seed), managementGroupDepth: 2, managementGroups: 4, subscriptions: 3 }
  const tenant = await rolecall.tenant({ ...spec, consented: OPTIONAL })
  const connected: Connected[] = []
  for (const subscription of tenant.subscriptions)
    connected.push({ id: await connect(tenant, subscription.id, { optional: OPTIONAL }), subscription })
  return {
    ...{ random, tenant, connected },
    /** Changes who holds what, at a management group too, and now and then under which one a subscription lies. */
    change: (round: string) => changeCompany(random, tenant, round),
    /** Who has what in one of the subscriptions. */
    truth: ({ subscription }: Connected) =>
      trueAccess({ ...tenant, subscription }, { paths: MOST_PATHS, eligibleMembers: true, activatedMembers: true }),
  }
}

function changeCompany(random: Random, tenant: TestTenant, seed: string): void {
  const { world, tenantId, managementGroups, subscriptions } = tenant
  applyChange(world, { random: 12, seed, tenantId })
  const to = managementGroups[random.below(managementGroups.length)]
  const moved = subscriptions[random.below(subscriptions.length)]
  if (!to || !moved) throw new Error('The tenant has no management groups or subscriptions.')
  const person = applyChange(world, { type: 'add_person', tenantId, displayName: `Somebody ${seed}` })
  const scope = `/providers/Microsoft.Management/managementGroups/${to.id}`
  applyChange(world, { type: 'assign', tenantId, principalId: idOf(person), role: 'Reader', scope })
  if (random.below(2) === 0)
    applyChange(world, { type: 'move_subscription', subscriptionId: moved.id, managementGroupId: to.id })
}

const idOf = (made: unknown): string => z.object({ id: z.string() }).parse(made).id
