import { addAssignment, addEligibility } from './build'
import { countOf } from './count-of'
import { createScopes } from './make-scopes'
import type { Random } from './random'
import type { TenantSpec } from './tenant-spec'
import type { Eligibility, Subscription, Tenant } from './types'

const ROLES = ['Owner', 'Contributor', 'User Access Administrator', 'Key Vault Administrator', 'Network Contributor']
const EVERYONE = '00000000-0000-0000-0000-000000000000'
const STARTED = '2026-01-15T08:12:44.1930000Z'
/** Does not depend on the day, so that the same seed gives the same world. */
const ENDS = '2040-01-01T00:00:00.0000000Z'

/** Roles that can be activated; every fourth one is a group's, when there are groups and that many are not to be active. */
function addEligible(
  tenant: Tenant,
  random: Random,
  { id }: Subscription,
  spec: TenantSpec,
  holders: { people: readonly string[]; groups: readonly string[] },
): Eligibility[] {
  const { eligibility = 0, resourceGroups } = spec
  const activated = countOf(spec.activated, eligibility)
  const scopes = createScopes(id, resourceGroups)
  return Array.from({ length: eligibility }, (_, index) => {
    const ofGroup = holders.groups.length > 0 && index >= activated && index % 4 === 3
    return addEligibility(tenant, random, {
      principalId: random.pick(ofGroup ? holders.groups : holders.people),
      role: ROLES[index % ROLES.length] ?? 'Owner',
      scope: scopes.draw(random).scope,
      endDateTime: index % 3 === 0 ? null : ENDS,
    })
  })
}

function activate(tenant: Tenant, random: Random, eligibility: Eligibility): void {
  addAssignment(tenant, random, {
    principalId: eligibility.principalId,
    role: eligibility.roleId,
    scope: eligibility.scope,
    createdOn: STARTED,
    schedule: {
      assignmentType: 'Activated',
      startDateTime: STARTED,
      endDateTime: ENDS,
      eligibilityId: eligibility.id,
    },
  })
}

/** What a deployment stack leaves behind: nobody but a few may delete in a resource group. */
function addDenials(tenant: Tenant, random: Random, { id }: Subscription, count: number, people: readonly string[]) {
  for (let index = 0; index < count; index++)
    tenant.denyAssignments.add({
      id: random.guid(),
      name: `Deny deletion of managed resources ${index + 1}`,
      description: 'Created by a deployment stack.',
      permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
      scope: `/subscriptions/${id}${index % 3 === 0 ? '' : `/resourceGroups/rg-${index}`}`,
      doNotApplyToChildScopes: index % 4 === 3,
      principals: [{ id: EVERYONE, type: 'SystemDefined' }],
      excludePrincipals: people.length > 0 ? [{ id: random.pick(people), type: 'User' }] : [],
      isSystemProtected: true,
      createdOn: '2025-10-02T07:45:11.4204918Z',
    })
}

/** Eligible, activated and denied access in every subscription. */
export function addPrivileged(
  tenant: Tenant,
  random: Random,
  spec: TenantSpec,
  holders: { people: readonly string[]; groups: readonly string[] },
): void {
  const activated = countOf(spec.activated, spec.eligibility ?? 0)
  for (const subscription of tenant.subscriptions.values()) {
    const eligible = addEligible(tenant, random, subscription, spec, holders)
    for (const one of eligible.slice(0, activated)) activate(tenant, random, one)
    addDenials(tenant, random, subscription, spec.denyAssignments ?? 0, holders.people)
  }
}
