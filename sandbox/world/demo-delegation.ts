import { applyChange } from './changes'
import { CONTOSO_SUBSCRIPTIONS, FABRIKAM } from './demo-ids'
import { addGroup } from './tenant'
import type { World } from './world'

const OPERATIONS = 'fab21ca0-0100-4a22-8a22-000000000100'

/** Delegates Contoso's Production to Fabrikam: a group that may change it, a reader, and one who can become a contributor. */
export function addDemoDelegation(world: World): void {
  const fabrikam = world.findTenant(FABRIKAM)
  if (!fabrikam) throw new Error('Fabrikam must be added before it manages anything.')
  addGroup(fabrikam, { id: OPERATIONS, displayName: 'Fabrikam Operations' })
  const people = fabrikam.users.indexBy('name', (one) => one.displayName)
  const person = (name: string) => ({
    principalId: people.get(name.toLowerCase())?.id ?? '',
    principalIdDisplayName: name,
  })
  applyChange(world, {
    type: 'delegate',
    subscriptionId: CONTOSO_SUBSCRIPTIONS.production,
    name: 'Fabrikam Managed Services',
    managedByTenantId: FABRIKAM,
    managedByTenantName: fabrikam.name,
    authorizations: [
      { principalId: OPERATIONS, principalIdDisplayName: 'Fabrikam Operations', role: 'Contributor' },
      { ...person('Oscar Blom'), role: 'Reader' },
    ],
    eligibleAuthorizations: [{ ...person('Tess Walker'), role: 'Contributor', maximumActivationDuration: 'PT4H' }],
  })
}
